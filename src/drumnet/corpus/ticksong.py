"""What training knows of a song: events on ticks, and a store of many songs.

In: stems as onset curves and drum hits as onsets.  Out: `TickSong`, a sparse
table of events, which `TickStore` keeps by the thousand in one `.npz` file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, parts_of, read_arrays, write_arrays
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning, on_grid, tick_strength
from drumnet.hearing.onset_strength import OnsetCurve
from drumnet.hits import MAX_VELOCITY, PIECES, DrumTrack
from drumnet.limits import parsed_json
from drumnet.song.roles import Role

#: Rows of the event table: the heard roles, then the pieces that are played.
NUM_ROLES = len(HEARD_ROLES)
NUM_ROWS = NUM_ROLES + len(PIECES)
#: Onset strength is kept in 255 steps; what is below this is no event.
_LEAST_STRENGTH = 0.04
#: Offsets from -0.5 to 0.5 ticks are kept in these steps either side.
OFFSET_STEPS = 127
#: The store in a folder of prepared songs.
SONGS_FILE = "songs.npz"
_STRENGTH_STEPS = 255
_FASTEST_BPM = 10_000
_EVENT_FIELDS = {"row": np.uint8, "tick": np.int32, "value": np.uint8, "offset": np.int8}
_BEAT_FIELDS = {"beat_in_bar": np.uint8, "bar_length": np.uint8, "bar": np.int32}


@dataclass(frozen=True, eq=False)
class Dense:
    """A passage of a song as float32 arrays.

    Args:
        strength: (NUM_ROLES, num_ticks) onset strength, 0-1.
        velocity: (num_pieces, num_ticks) 0-1, 0 where nothing is hit.
        offset: (num_pieces, num_ticks) in ticks, -0.5 to 0.5.
    """

    strength: NDArray[np.float32]
    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class TickSong:
    """One song on ticks.

    Args:
        about: `name`, `split`, `open` (licence), `source`, `heard` (how its
            stems became onset curves: "events", "rendered" or "recorded").
        present: (NUM_ROLES,) bool, the roles it has.
        beat_in_bar, bar_length, bar: (num_beats,) as in `Conditioning`.
        row, tick, value, offset: (num_events,) ordered by tick; rows below
            NUM_ROLES hold onset strength * 255, the others velocity and the
            offset from the tick in 1/254 ticks.
    """

    about: Mapping[str, Any]
    present: NDArray[np.bool_]
    beat_in_bar: NDArray[np.uint8]
    bar_length: NDArray[np.uint8]
    bar: NDArray[np.int32]
    row: NDArray[np.uint8]
    tick: NDArray[np.int32]
    value: NDArray[np.uint8]
    offset: NDArray[np.signedinteger[Any]]

    @property
    def num_beats(self) -> int:
        return len(self.beat_in_bar)

    def dense(self, first_beat: int, num_beats: int) -> Dense:
        """A passage as arrays; beats beyond the song are empty."""
        start, length = first_beat * TICKS_PER_BEAT, num_beats * TICKS_PER_BEAT
        low, high = np.searchsorted(self.tick, [start, start + length])
        at = (self.row[low:high], self.tick[low:high] - start)
        values = np.zeros((NUM_ROWS, length), dtype=np.float32)
        offsets = np.zeros((NUM_ROWS, length), dtype=np.float32)
        values[at] = self.value[low:high]
        offsets[at] = self.offset[low:high]
        return Dense(
            values[:NUM_ROLES] / np.float32(_STRENGTH_STEPS),
            values[NUM_ROLES:] / np.float32(MAX_VELOCITY),
            offsets[NUM_ROLES:] / np.float32(2 * OFFSET_STEPS),
        )

    def dense_song(self) -> Dense:
        """The whole song as arrays."""
        return self.dense(0, self.num_beats)

    def cut(self, first_beat: int, num_beats: int) -> TickSong:
        """A passage as a song of its own; it ends where the song ends."""
        beats = slice(first_beat, first_beat + num_beats)
        ticks = np.array([beats.start, beats.stop]) * TICKS_PER_BEAT
        events = slice(*np.searchsorted(self.tick, ticks))
        return TickSong(
            self.about,
            self.present,
            self.beat_in_bar[beats],
            self.bar_length[beats],
            self.bar[beats],
            self.row[events],
            (self.tick[events] - ticks[0]).astype(np.int32),
            self.value[events],
            self.offset[events],
        )

    def conditioning(self) -> Conditioning:
        """What the model is given of the whole song, every role that it has."""
        return Conditioning(
            self.dense_song().strength,
            self.present,
            self.beat_in_bar.astype(np.int64),
            self.bar_length.astype(np.int64),
            self.bar.astype(np.int64),
        )


def tick_song(
    about: Mapping[str, Any],
    curves: Mapping[Role, OnsetCurve],
    drums: DrumTrack | None,
    grid: BeatGrid,
) -> TickSong:
    """A song of its stems' onset curves and its drums' hits, on the grid."""
    present = np.array([role in curves for role in HEARD_ROLES])
    columns = []
    for index, role in enumerate(HEARD_ROLES):
        if role in curves:
            strength = tick_strength(curves[role], grid)
            ticks = np.flatnonzero(strength >= _LEAST_STRENGTH)
            columns.append(
                _column(
                    index, ticks, np.round(strength[ticks] * _STRENGTH_STEPS), np.zeros(len(ticks))
                )
            )
    columns += _hit_columns(drums, grid) if drums is not None else []
    table = np.concatenate(columns, axis=1) if columns else np.zeros((4, 0), dtype=np.int64)
    table = table[:, np.argsort(table[1], kind="stable")]
    placed = on_grid(np.zeros((NUM_ROLES, grid.num_ticks), np.float32), present, grid)
    return TickSong(
        about,
        present,
        np.minimum(placed.beat_in_bar, 255).astype(np.uint8),
        np.minimum(placed.bar_length, 255).astype(np.uint8),
        placed.bar.astype(np.int32),
        *(table[i].astype(kind) for i, kind in enumerate(_EVENT_FIELDS.values())),
    )


def _column(
    row: int, ticks: NDArray[Any], values: NDArray[Any], offsets: NDArray[Any]
) -> NDArray[np.int64]:
    return np.stack(
        [np.full(len(ticks), row), ticks, values.astype(np.int64), offsets.astype(np.int64)]
    ).astype(np.int64)


def _hit_columns(drums: DrumTrack, grid: BeatGrid) -> list[NDArray[np.int64]]:
    columns = []
    for index, piece in enumerate(PIECES):
        hits = drums.of(piece).hits
        if not hits:
            continue
        at = grid.seconds_to_ticks([hit.onset_s for hit in hits])
        ticks = np.round(at).astype(np.int64)
        loudest = np.lexsort((-np.array([hit.velocity for hit in hits]), ticks))
        _, first = np.unique(ticks[loudest], return_index=True)
        kept = loudest[first]
        kept = kept[(ticks[kept] >= 0) & (ticks[kept] < grid.num_ticks)]
        velocity = np.array([hits[i].velocity for i in kept])
        offset = np.round((at - ticks)[kept] * 2 * OFFSET_STEPS)
        columns.append(_column(NUM_ROLES + index, ticks[kept], velocity, offset))
    return columns


class TickStore(Sequence[TickSong]):
    """Many songs in memory, as views into a few long arrays."""

    def __init__(self, songs: Iterable[TickSong]) -> None:
        self._songs = tuple(songs)

    def __len__(self) -> int:
        return len(self._songs)

    def __getitem__(self, index: Any) -> Any:
        return self._songs[index]

    def where(self, **wanted: Any) -> TickStore:
        """The songs whose `about` has all of these values."""
        return TickStore(
            song
            for song in self._songs
            if all(song.about.get(key) == value for key, value in wanted.items())
        )

    def save(self, path: str | Path) -> None:
        """Write all songs to one `.npz` file."""
        arrays: dict[str, NDArray[Any]] = {
            "about": np.array(json.dumps([dict(song.about) for song in self._songs])),
            "present": np.array([song.present for song in self._songs]).reshape(-1, NUM_ROLES),
            "num_beats": np.array([song.num_beats for song in self._songs]),
            "num_events": np.array([len(song.row) for song in self._songs]),
        }
        for field, kind in (_EVENT_FIELDS | _BEAT_FIELDS).items():
            parts = [getattr(song, field) for song in self._songs]
            arrays[field] = np.concatenate(parts) if parts else np.zeros(0, kind)
        write_arrays(path, arrays)

    @staticmethod
    def load(path: str | Path) -> TickStore:
        """Read a store.

        Raises:
            DataError: the file is missing or was not written by `save`.
        """
        return TickStore(read_arrays(path, "prepared songs", _songs_in))


def _songs_in(arrays: Mapping[str, NDArray[Any]]) -> list[TickSong]:
    about = parsed_json(str(arrays["about"]))
    present = fitting(arrays["present"], len(about), NUM_ROLES).astype(bool)
    columns = []
    for fields, lengths in ((_BEAT_FIELDS, "num_beats"), (_EVENT_FIELDS, "num_events")):
        counts = fitting(arrays[lengths], len(about))
        for field, kind in fields.items():
            parts = parts_of(fitting(arrays[field], None).astype(kind), counts)
            columns.append([(field, part) for part in parts])
    songs = [
        TickSong(about=check_about(facts), present=present[i], **dict(row))
        for i, (facts, *row) in enumerate(zip(about, *columns, strict=True))
    ]
    for song in songs:
        _check_places(song)
    return songs


def _check_places(song: TickSong) -> None:
    """Raises:
    ValueError: events that are in no row, beyond the beats, or not in order.
    """
    last = song.num_beats * TICKS_PER_BEAT - 1
    is_inside = not len(song.tick) or (song.tick[0] >= 0 and song.tick[-1] <= last)
    if not is_inside or (np.diff(song.tick) < 0).any() or (song.row >= NUM_ROWS).any():
        raise ValueError(f"the events of '{song.about['name']}' are in no song")


def check_about(about: Mapping[str, Any], name: str = "name") -> Mapping[str, Any]:
    """What is known of a song, if it can be: a name, a split, and no tempo or a positive one.

    Raises:
        ValueError, TypeError, LookupError: it cannot.
    """
    bpm = about.get("bpm") or 1
    if not (isinstance(about[name], str) and isinstance(about.get("split", ""), str)):
        raise ValueError("a song has a name and a split")
    if isinstance(bpm, bool) or not 0 < float(bpm) < _FASTEST_BPM:
        raise ValueError(f"'{about[name]}' has a tempo of {bpm!r:.20} bpm")
    return about

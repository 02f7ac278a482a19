"""The corpus as the beat network's training needs it.

In: a MIDI corpus with `manifest.json`.  Out: `BeatSong`s: the notes of every
part and the beats, both in seconds, kept together in one file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, parts_of, read_arrays, write_arrays
from drumnet.corpus.reading import read_manifest
from drumnet.errors import DataError, DrumnetError
from drumnet.midi.read import read_midi
from drumnet.workers import LocalWorkers, in_order

#: Columns of the notes: start, end (s), part, key, velocity.
NUM_COLUMNS = 5
PARTS = ("BASS", "GUITAR", "KEYS", "VOCALS", "DRUMS")
BASS, GUITAR, KEYS, VOCALS, DRUMS = range(len(PARTS))
#: A faster beat than this is a subdivision: 6/8 is felt in two.
_FASTEST_BPM = 240.0
_LEAST_BEATS = 16
#: Read by a process before it takes more.
_SONGS_AT_A_TIME = 16


@dataclass(frozen=True, eq=False)
class BeatSong:
    """Args:
    name, split, source, kind: as in the manifest.
    notes: (num_notes, 5) float32, ordered by start.
    beats_s, beat_in_bar: (num_beats,).
    """

    name: str
    split: str
    source: str
    kind: str
    notes: NDArray[np.float32]
    beats_s: NDArray[np.float64]
    beat_in_bar: NDArray[np.int64]

    @property
    def duration_s(self) -> float:
        return float(max(self.notes[:, 1].max(initial=0.0), self.beats_s[-1]))


def read_songs(
    corpus: Path, workers: int = 2, progress: Callable[[int, int], None] = lambda done, of: None
) -> list[BeatSong]:
    """All songs of a corpus that have beats.

    Raises:
        DataError: no readable manifest, or no song.
    """
    entries = read_manifest(corpus)
    songs = []
    with LocalWorkers(workers) as pool:
        read = in_order(pool, partial(read_song, corpus), entries, _SONGS_AT_A_TIME)
        for done, song in enumerate(read, 1):
            progress(done, len(entries))
            if song is not None:
                songs.append(song)
    if not songs:
        raise DataError(f"'{corpus}' holds no song with beats that one taps")
    return songs


def read_song(corpus: Path, entry: Mapping[str, Any]) -> BeatSong | None:
    """One song; None where it cannot be read or has no beats that one taps."""
    try:
        midi = read_midi(corpus / entry["file"])
        grid = midi.beat_grid()
    except DrumnetError:
        return None
    rows = []
    for track in midi.tracks:
        name = "DRUMS" if track.is_drums else track.name
        if name in PARTS:
            part = np.full(len(track.ticks), PARTS.index(name))
            start, end = midi.seconds(track.ticks), midi.seconds(track.end_ticks)
            rows.append(np.stack([start, end, part, track.keys, track.velocities], axis=1))
    if not rows:
        return None
    notes = np.concatenate(rows)
    notes = notes[np.argsort(notes[:, 0], kind="stable")].astype(np.float32)
    felt = felt_beats(grid.beats_s, grid.beat_in_bar)
    if felt is None:
        return None
    source, kind = (str(entry.get(name, "")) for name in ("source", "kind"))
    return BeatSong(entry["file"], entry["split"], source, kind, notes, *felt)


def felt_beats(
    beats_s: NDArray[np.float64], beat_in_bar: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """Beats as one taps them: of notated beats too fast to tap, each third in
    a bar of 6, 9 or 12, else each second; None where that leaves no metre."""
    if len(beats_s) < _LEAST_BEATS:
        return None
    if 60.0 / np.median(np.diff(beats_s)) <= _FASTEST_BPM:
        return beats_s, beat_in_bar.astype(np.int64)
    before_downbeats = beat_in_bar[:-1][beat_in_bar[1:] == 1]
    length = int(np.median(before_downbeats)) if len(before_downbeats) else 0
    if length < 2:
        return None
    step = 3 if length % 3 == 0 else 2
    kept = (beat_in_bar - 1) % step == 0
    numbers = (beat_in_bar[kept] - 1) // step + 1
    if length % step or kept.sum() < _LEAST_BEATS:
        return None
    return beats_s[kept], numbers.astype(np.int64)


def bent(song: BeatSong, amount: float, period_s: float) -> BeatSong:
    """The song at a tempo that swings by `amount` (0.1 is 10 %) to either side."""
    clock_s = np.linspace(0.0, 1.3 * song.duration_s + 1.0, 20_001)
    speed = 1.0 + amount * np.sin(2 * np.pi * clock_s / period_s)
    played_s = np.concatenate([[0.0], np.cumsum(speed[:-1] * np.diff(clock_s))])
    notes = song.notes.copy()
    notes[:, :2] = np.interp(notes[:, :2], played_s, clock_s)
    return replace(song, notes=notes, beats_s=np.interp(song.beats_s, played_s, clock_s))


def save_songs(songs: list[BeatSong], path: Path) -> None:
    """Write songs to one file."""
    about = np.array([[s.name, s.split, s.source, s.kind] for s in songs])
    write_arrays(
        path,
        {
            "about": about,
            "num_notes": np.array([len(s.notes) for s in songs]),
            "num_beats": np.array([len(s.beats_s) for s in songs]),
            "notes": np.concatenate([s.notes for s in songs]),
            "beats_s": np.concatenate([s.beats_s for s in songs]),
            "beat_in_bar": np.concatenate([s.beat_in_bar for s in songs]),
        },
    )


def load_songs(path: Path) -> list[BeatSong]:
    """Read what `save_songs` wrote.

    Raises:
        DataError: the file is missing or of another kind.
    """
    return read_arrays(path, "songs", _songs_in, "remove it, and it is made again")


def _songs_in(arrays: Mapping[str, NDArray[Any]]) -> list[BeatSong]:
    notes = parts_of(fitting(arrays["notes"], None, NUM_COLUMNS), arrays["num_notes"])
    beats_s = parts_of(fitting(arrays["beats_s"], None), arrays["num_beats"])
    numbers = parts_of(fitting(arrays["beat_in_bar"], None), arrays["num_beats"])
    songs = []
    for about, *of_song in zip(arrays["about"], notes, beats_s, numbers, strict=True):
        name, split, source, kind = (str(text) for text in about)
        songs.append(BeatSong(name, split, source, kind, *check_timed(*of_song)))
    return songs


def check_timed(
    notes: NDArray[np.float32], beats_s: NDArray[np.float64], beat_in_bar: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.int64]]:
    """The three of a song, if they are of one.

    Raises:
        ValueError: beats that do not come one after the other, notes of no part or key.
    """
    if len(beats_s) < 2 or (np.diff(beats_s) <= 0).any() or (beat_in_bar < 1).any():
        raise ValueError("its beats do not come one after the other")
    lowest, highest = notes.min(axis=0, initial=0), notes.max(axis=0, initial=0)
    if (lowest < 0).any() or (highest[2:] >= (len(PARTS), 128, 128)).any():
        raise ValueError("its notes are of no part or key")
    return notes, beats_s, beat_in_bar

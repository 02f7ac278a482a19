"""Songs cut in halves, to learn a style from one and play it to the other.

In: songs on ticks (known exactly), songs in seconds with beats that a tracker
found, or a folder of recordings (beats and drums annotated, the other stems
heard).  Out: `HalvedSong`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.files import read_beats
from drumnet.beats.tracker import BeatTracker
from drumnet.corpus.ticksong import TickSong
from drumnet.errors import DataError, SongError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning, conditioning_of
from drumnet.hearing.lateness import lateness_s
from drumnet.hits import MAX_VELOCITY, PIECES, DrumTrack, Hit, Piece
from drumnet.song.onsets import read_onset_table
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem, load_song

#: The band without its drums: what a whole kit is played to.
MELODIC_ROLES = (Role.BASS, Role.GUITAR, Role.KEYS, Role.VOCALS, Role.OTHER)
#: What the benchmark of the kick gives of a corpus song: its band and its snare.
BENCHMARK_ROLES = (*MELODIC_ROLES, Role.SNARE)
#: The files that annotate a recording, in its folder.
BEATS_FILE, DRUMS_FILE = "beats.tsv", "drums.tsv"
_DRUM_STEMS = ("drums", "kick", "snare")
_DEFAULT_BPM = 120.0


@dataclass(frozen=True, eq=False)
class HalvedSong:
    """A song whose drums are known.

    Args:
        name: of the song.
        conditioning: of the whole song.
        velocity: (num_pieces, num_ticks) the wanted drums, 0-1, rows as in `Piece`;
            of recordings the kick alone.
        grid: its beats in seconds; those of the conditioning.
        onsets_s: the wanted kick in seconds.
        about: what else is known of it.
        late_s: how far the drums lie behind their ticks all along.
    """

    name: str
    conditioning: Conditioning
    velocity: NDArray[np.float32]
    grid: BeatGrid
    onsets_s: NDArray[np.float64]
    about: Mapping[str, Any] = field(default_factory=dict)
    late_s: float = 0.0

    @property
    def num_ticks(self) -> int:
        return self.conditioning.num_ticks

    @property
    def half_beat(self) -> int:
        """The beat at which the second half begins."""
        return self.conditioning.num_beats // 2

    @property
    def half_tick(self) -> int:
        return self.half_beat * TICKS_PER_BEAT

    @property
    def half_s(self) -> float:
        """When the second half begins: half a tick before its first tick."""
        return float(self.grid.ticks_to_seconds(self.half_tick - 0.5))

    @property
    def kick(self) -> NDArray[np.float32]:
        """(num_ticks,) velocity of the wanted kick."""
        return np.asarray(self.velocity[PIECES.index(Piece.KICK)])

    @property
    def duration_s(self) -> float:
        """When its last beat ends."""
        return float(self.grid.beats_s[-1])

    @cached_property
    def drums(self) -> DrumTrack:
        """The wanted drums, on their ticks."""
        rows, ticks = np.nonzero(self.velocity)
        levels = np.round(self.velocity[rows, ticks] * MAX_VELOCITY).clip(1, MAX_VELOCITY)
        return self.track([PIECES[row] for row in rows], ticks, levels.astype(int).tolist())

    def track(
        self, pieces: Sequence[Piece], ticks: NDArray[np.int64], velocities: Sequence[int]
    ) -> DrumTrack:
        """Hits on ticks, at their times, as late as the drums are."""
        times_s = (self.grid.ticks_to_seconds(ticks) + self.late_s).tolist()
        hits = zip(times_s, ticks.tolist(), pieces, velocities, strict=True)
        return DrumTrack(tuple(Hit(*hit) for hit in hits))

    @property
    def hits(self) -> NDArray[np.int64]:
        """Ticks of the wanted kick."""
        return np.flatnonzero(self.kick)

    @property
    def first_half_hits(self) -> NDArray[np.int64]:
        return self.hits[self.hits < self.half_tick]

    @property
    def second_half_hits(self) -> NDArray[np.int64]:
        return self.hits[self.hits >= self.half_tick]

    @property
    def second_half_onsets_s(self) -> NDArray[np.float64]:
        return self.onsets_s[self.onsets_s >= self.half_s]

    @property
    def bar_position(self) -> NDArray[np.int64]:
        """(num_ticks,) the tick's place in its bar."""
        ticks = self.conditioning.beat_in_bar[:, None] * TICKS_PER_BEAT + np.arange(TICKS_PER_BEAT)
        return ticks.reshape(-1)

    def onset_ticks(self, role: Role, least: float) -> NDArray[np.int64]:
        """Ticks of a stem's onsets of at least that strength; of neighbouring
        ticks, the strongest."""
        strength = self.conditioning.strength[HEARD_ROLES.index(role)]
        padded = np.pad(strength, 1)
        peak = (strength >= least) & (strength > padded[:-2]) & (strength >= padded[2:])
        return np.flatnonzero(peak)

    @property
    def has_both_halves(self) -> bool:
        """Whether either half has a hit."""
        return bool(self.first_half_hits.size and self.second_half_hits.size)


def halved(song: TickSong, roles: Sequence[Role] = BENCHMARK_ROLES) -> HalvedSong:
    """A song on ticks, at the constant tempo that is known of it."""
    heard = song.conditioning()
    given = np.array([role in roles for role in HEARD_ROLES]) & song.present
    heard = replace(heard, strength=heard.strength * given[:, None], present=given)
    row = PIECES.index(Piece.KICK)
    dense = song.dense_song()
    grid = constant_grid(song)
    ticks = np.flatnonzero(dense.velocity[row])
    onsets_s = grid.ticks_to_seconds(ticks + dense.offset[row, ticks])
    return HalvedSong(str(song.about["name"]), heard, dense.velocity, grid, onsets_s, song.about)


def constant_grid(song: TickSong) -> BeatGrid:
    """The beats of a song on ticks at the `bpm` of its `about`, from 0:00."""
    period_s = 60.0 / float(song.about.get("bpm") or _DEFAULT_BPM)
    after = int(song.beat_in_bar[-1]) + 1
    numbers = np.append(song.beat_in_bar, after % max(int(song.bar_length[-1]), 1)) + 1
    beats_s = np.asarray(np.arange(len(numbers)) * period_s, dtype=np.float64)
    return BeatGrid(beats_s, numbers.astype(np.int64))


def all_halved(songs: Iterable[TickSong]) -> list[HalvedSong]:
    """The songs that have a kick in both halves."""
    return [found for found in map(halved, songs) if found.has_both_halves]


def halved_heard(
    song: Song, grid: BeatGrid, onsets_s: NDArray[np.float64], about: Mapping[str, Any]
) -> HalvedSong:
    """A song in seconds, on beats that are given or were tracked.

    Args:
        onsets_s: the wanted kick.
        about: what is known of it, its `name` at least.
    """
    velocity = np.zeros((len(PIECES), grid.num_ticks), dtype=np.float32)
    late_s = lateness_s(onsets_s, np.ones(len(onsets_s)), grid)
    ticks = grid.nearest_ticks(onsets_s - late_s)
    velocity[PIECES.index(Piece.KICK), ticks[(ticks >= 0) & (ticks < grid.num_ticks)]] = 1.0
    heard = conditioning_of(song, grid)
    return HalvedSong(str(about["name"]), heard, velocity, grid, onsets_s, about, late_s)


def recording_folders(root: Path) -> list[Path]:
    """The annotated recordings in a folder: folders with stems, `beats.tsv` and
    `drums.tsv`.

    Raises:
        DataError: there is none.
    """
    names = (BEATS_FILE, DRUMS_FILE)
    found = [
        folder
        for folder in (sorted(root.iterdir()) if root.is_dir() else [])
        if folder.is_dir()
        and all((folder / name).is_file() for name in names)
        and band_files(folder)
    ]
    if not found:
        raise DataError(
            f"'{root}' holds no folder with stems, {BEATS_FILE} and {DRUMS_FILE}: "
            "name the folder that the folders of recordings are in"
        )
    return found


def band_files(folder: Path) -> list[Path]:
    """A recording's sound files, but for its drums and for pieces of them."""
    return [path for path in sorted(folder.glob("*.flac")) if path.stem not in _DRUM_STEMS]


def halved_recording(
    folder: Path, *, snare: bool = True, tracker: BeatTracker | None = None
) -> HalvedSong:
    """A recording in the layout of MDB: `bass.flac`, `other.flac`, annotated
    `drums.tsv` and `beats.tsv`; what it has of its drums as sound is not heard.

    Args:
        snare: give the annotated snare as a stem.
        tracker: finds the beats in place of `beats.tsv`.
    """
    song = load_song(band_files(folder))
    onsets_s = read_onset_table(folder / DRUMS_FILE, Role.KICK).times_s
    if snare:
        with suppress(SongError):  # some are played without a snare
            annotated = read_onset_table(folder / DRUMS_FILE, Role.SNARE)
            song = Song((*song.stems, Stem("snare", Role.SNARE, annotated)))
    # Before the first and after the last annotated beat nothing is known: the
    # grid is left as it is.
    grid = tracker.track(song) if tracker is not None else read_beats(folder / BEATS_FILE)
    about = {"name": folder.name, "kind": "recording", "bpm": round(grid.tempo_bpm, 1)}
    return halved_heard(song, grid, onsets_s, about)

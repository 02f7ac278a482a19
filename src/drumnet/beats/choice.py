"""The user's say on the beats, and a song, in; the beat grid out.

Tempo, file or tracker first, then half or double time, then metre and first
downbeat, which number the beats anew whatever they came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drumnet.beats.grid import DEFAULT_BEATS_PER_BAR, BeatGrid
from drumnet.beats.tracker import BeatFile, BeatTracker, FixedTempo, OnsetTracker
from drumnet.errors import BeatError
from drumnet.song import Song


@dataclass(frozen=True)
class BeatChoice:
    """What is said about the beats; with nothing said they are tracked.

    Args:
        bpm: one tempo for the whole song.
        beats_file: a file of beats, or a MIDI file; not together with `bpm`.
        beats_per_bar: the metre (default: as the file or the tracker says, else 4).
        first_downbeat_s: where the first bar begins, in seconds.
        half_time, double_time: every second beat, or twice as many.

    Raises:
        BeatError: two of them contradict each other.
    """

    bpm: float | None = None
    beats_file: Path | None = None
    beats_per_bar: int | None = None
    first_downbeat_s: float | None = None
    half_time: bool = False
    double_time: bool = False

    def __post_init__(self) -> None:
        if self.bpm is not None and self.beats_file is not None:
            raise BeatError("a tempo and a file of beats exclude each other: give one of them")
        if self.half_time and self.double_time:
            raise BeatError("half time and double time exclude each other: give one of them")
        if self.first_downbeat_s is not None and not np.isfinite(self.first_downbeat_s):
            raise BeatError("the first downbeat must be a finite number of seconds")

    @property
    def is_tracked(self) -> bool:
        """Whether the beats have to be heard."""
        return self.bpm is None and self.beats_file is None

    @property
    def origin(self) -> str:
        """In a word or two where the beats come from."""
        if self.bpm is not None:
            return "given"
        return "tracked" if self.beats_file is None else f"from {self.beats_file.name}"

    def grid(self, song: Song) -> BeatGrid:
        """The beats of the song, from 0:00 to its end.

        Raises:
            BeatError: beats that cannot be read or tracked, or a first downbeat
                outside the song.
        """
        grid = self._tracker().track(song)
        if self.half_time:
            grid = grid.half_time()
        if self.double_time:
            grid = grid.double_time()
        return self._numbered(grid.covering(song.duration_s), song.duration_s)

    def _tracker(self) -> BeatTracker:
        if self.bpm is not None:
            metre = self.beats_per_bar or DEFAULT_BEATS_PER_BAR
            return FixedTempo(self.bpm, metre, self.first_downbeat_s or 0.0)
        if self.beats_file is not None:
            return BeatFile(self.beats_file, self.beats_per_bar)
        return OnsetTracker(self.beats_per_bar)

    def _numbered(self, grid: BeatGrid, duration_s: float) -> BeatGrid:
        if self.beats_per_bar is None and self.first_downbeat_s is None:
            return grid
        if self.first_downbeat_s is None:
            first = int(np.argmax(grid.is_downbeat))
        elif 0.0 <= self.first_downbeat_s <= duration_s:
            first = int(np.argmin(np.abs(grid.beats_s - self.first_downbeat_s)))
        else:
            raise BeatError(
                f"a first downbeat at {self.first_downbeat_s:g} s is outside the song, "
                f"which lasts {duration_s:.1f} s"
            )
        length = self.beats_per_bar or int(np.median(grid.bar_length))
        return BeatGrid(grid.beats_s, (np.arange(grid.num_beats) - first) % length + 1)

"""Trackers: a song to its beat grid.

In: a `Song`.  Out: a `BeatGrid` that covers it.  Three ways: a tempo that is
known, a file of beats, and, where nothing is given, `OnsetTracker`, which fits
one tempo to the onset strength of the stems or, where the tempo moves, decodes
it with the state-space model of Krebs, Boeck & Widmer ("An Efficient State-Space
Model for Joint Tempo and Meter Tracking", ISMIR 2015) in the implementation of
the library metricon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from drumnet.beats.files import read_beats
from drumnet.beats.grid import DEFAULT_BEATS_PER_BAR, BeatGrid, check_metre
from drumnet.beats.hearing import hear
from drumnet.beats.pulse import find_beats, number_beats
from drumnet.features import OnsetCurve
from drumnet.song import Song

#: What an empty or shapeless song is given: the tempo of a blank DAW project.
_FALLBACK_BPM = 120.0


class BeatTracker(Protocol):
    """Anything that says where the beats of a song are."""

    def track(self, song: Song) -> BeatGrid:
        """A grid that covers the song from 0:00 to its end."""
        ...


@dataclass(frozen=True)
class FixedTempo:
    """One tempo and one metre for the whole song, checked when tracked.

    Args:
        bpm: beats a minute, 20-400.
        beats_per_bar: beats in a bar, 1-32.
        first_downbeat_s: where a bar begins, in seconds.
    """

    bpm: float
    beats_per_bar: int = DEFAULT_BEATS_PER_BAR
    first_downbeat_s: float = 0.0

    def track(self, song: Song) -> BeatGrid:
        return BeatGrid.constant(
            self.bpm,
            song.duration_s,
            beats_per_bar=self.beats_per_bar,
            first_downbeat_s=self.first_downbeat_s,
        )


@dataclass(frozen=True)
class BeatFile:
    """The beats that a file holds, extended to the ends of the song.

    Args:
        path: a text file of beats or a MIDI file, see `read_beats`.
        beats_per_bar: the metre, where the file gives times alone (default 4).
    """

    path: Path
    beats_per_bar: int | None = None

    def track(self, song: Song) -> BeatGrid:
        return read_beats(self.path, self.beats_per_bar).covering(song.duration_s)


@dataclass(frozen=True)
class OnsetTracker:
    """Hears the beats in the onsets, the bass and the chord changes.

    All stems are listened to, those that will be replaced included.  A song
    in which no pulse can be heard is given 120 bpm, 4/4 from 0:00.

    Args:
        beats_per_bar: the metre, where it is known; otherwise 3 or 4 is heard.
        curves: the onset strength of each stem, where it is known.
    """

    beats_per_bar: int | None = None
    curves: Sequence[OnsetCurve] | None = None

    def track(self, song: Song) -> BeatGrid:
        if self.beats_per_bar is not None:
            check_metre(self.beats_per_bar)
        heard = hear(song, self.curves)
        beats_s = find_beats(heard)
        if beats_s is None:
            metre = self.beats_per_bar or DEFAULT_BEATS_PER_BAR
            return BeatGrid.constant(_FALLBACK_BPM, song.duration_s, beats_per_bar=metre)
        numbers = number_beats(heard, beats_s, self.beats_per_bar)
        return BeatGrid(beats_s, numbers).covering(song.duration_s)

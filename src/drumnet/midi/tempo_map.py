"""The beats of a song as the fewest tempos that keep their times.

In: where beats are, in quarter notes and in seconds.  Out: a `TempoMap`: tempos in whole
microseconds a quarter note, as Standard MIDI Files have them, each from a beat on, under
which no beat is farther from its time than a bound.

A tempo holds for as many beats as it can: those that a line from its first beat reaches
within the bound; the slopes of such lines are a cone that each beat narrows (Williams, "An
efficient algorithm for the piecewise linear approximation of planar curves", Computer
Graphics and Image Processing 8, 1978).  Of the slopes that are left, and of the beats it may
end on, those are taken from which the next tempo holds longest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: What the 24 bits of a MIDI tempo hold.
MAX_TEMPO_US = 2**24 - 1
#: Slopes, spread evenly, and beats, from the last one back, that a tempo is tried with.
_NUM_SLOPES, _NUM_ENDS = 9, 4
#: Beats that are looked at first; twice as many as long as the line reaches them all.
_WINDOW = 64


@dataclass(frozen=True, eq=False)
class TempoMap:
    """Tempos, each up to the next; the last one goes on.

    Args:
        starts: (num_tempos,) in quarter notes, the first 0.
        tempo_us: (num_tempos,) whole microseconds a quarter note.
    """

    starts: NDArray[np.float64]
    tempo_us: NDArray[np.int64]

    @staticmethod
    def constant(tempo_us: float) -> TempoMap:
        """One tempo, rounded to whole microseconds."""
        return TempoMap(np.zeros(1), np.array([_in_range(tempo_us)]))

    @cached_property
    def starts_s(self) -> NDArray[np.float64]:
        """(num_tempos,) the times at which the tempos begin."""
        lengths_us = np.diff(self.starts) * self.tempo_us[:-1]
        return np.concatenate([[0.0], np.cumsum(lengths_us)]) * 1e-6

    def seconds(self, quarters: ArrayLike) -> NDArray[np.float64]:
        """Times of quarter notes, from 0 on.

        >>> TempoMap(np.array([0, 4.0]), np.array([500_000, 250_000])).seconds([2, 6]).tolist()
        [1.0, 2.5]
        """
        at = np.asarray(quarters, dtype=np.float64)
        index = np.searchsorted(self.starts, at, side="right") - 1
        since = (at - self.starts[index]) * self.tempo_us[index] * 1e-6
        return np.asarray(self.starts_s[index] + since)

    def quarters(self, seconds: ArrayLike) -> NDArray[np.float64]:
        """Quarter notes of times, from 0 on."""
        at = np.asarray(seconds, dtype=np.float64)
        index = np.searchsorted(self.starts_s, at, side="right") - 1
        since = (at - self.starts_s[index]) / (self.tempo_us[index] * 1e-6)
        return np.asarray(self.starts[index] + since)

    def bpm(self) -> NDArray[np.float64]:
        """(num_tempos,) quarter notes a minute."""
        return np.asarray(60e6 / self.tempo_us)


def fewest_tempos(
    quarters: NDArray[np.float64], times_s: NDArray[np.float64], bound_s: float
) -> TempoMap:
    """Few tempos under which each beat is within `bound_s` of its time.

    Args:
        quarters, times_s: (num_beats,) both strictly increasing from 0.
        bound_s: kept wherever a beat lasts less than 16.7 s a quarter, the slowest
            tempo that MIDI has; later beats are met again behind it.
    """
    beats = _Beats(quarters, times_s * 1e6, bound_s * 1e6)
    last = len(quarters) - 1
    starts: list[float] = []
    tempos: list[int] = []
    at = _Knot(0, 0.0)
    while at.beat < last:
        slope, following = beats.next_knot(at)
        if not tempos or slope != tempos[-1]:
            starts.append(float(quarters[at.beat]))
            tempos.append(slope)
        at = following
    return TempoMap(np.array(starts), np.array(tempos))


class _Knot(NamedTuple):
    """Where a tempo begins: a beat, and the time in microseconds that it has by then."""

    beat: int
    time_us: float


class _Reach(NamedTuple):
    """How far a line goes: `low[i]` to `high[i]` are the slopes, in whole microseconds a
    quarter, that pass the first i + 1 beats."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Beats:
    quarters: NDArray[np.float64]
    times_us: NDArray[np.float64]
    bound_us: float

    def next_knot(self, at: _Knot) -> tuple[int, _Knot]:
        """The tempo from a knot on, and where it ends."""
        low, high = self._reach(at)
        if not len(low):  # slower, or faster, than MIDI can say
            ahead = float(self.quarters[at.beat + 1] - self.quarters[at.beat])
            slope = _in_range((self.times_us[at.beat + 1] - at.time_us) / ahead)
            return slope, _Knot(at.beat + 1, at.time_us + slope * ahead)
        end = at.beat + len(low)
        if end == len(self.quarters) - 1:
            ends_on_time = self._slope(at, end)
            slope = int(np.clip(ends_on_time, low[-1], high[-1]))
            return slope, self._along(at, slope, end)
        tried = [
            (slope, self._along(at, int(slope), end - back))
            for back in range(min(_NUM_ENDS, len(low)))
            for slope in np.linspace(low[-1 - back], high[-1 - back], _NUM_SLOPES).round()
        ]
        slope, best = max(tried, key=lambda one: self._promise(one[1]))
        return int(slope), best

    def _promise(self, knot: _Knot) -> tuple[int, float]:
        """How good a knot is: how far the next line goes, then how near its beat it is."""
        off_us = abs(knot.time_us - float(self.times_us[knot.beat]))
        return knot.beat + len(self._reach(knot).low), -off_us

    def _slope(self, at: _Knot, end: int) -> int:
        ahead = float(self.quarters[end] - self.quarters[at.beat])
        return round((float(self.times_us[end]) - at.time_us) / ahead)

    def _along(self, at: _Knot, slope: int, end: int) -> _Knot:
        ahead = float(self.quarters[end] - self.quarters[at.beat])
        return _Knot(end, at.time_us + slope * ahead)

    def _reach(self, at: _Knot) -> _Reach:
        window, left = _WINDOW, len(self.quarters) - 1 - at.beat
        while True:
            beats = slice(at.beat + 1, at.beat + 1 + window)
            ahead = self.quarters[beats] - self.quarters[at.beat]
            due_us = self.times_us[beats] - at.time_us
            low = np.maximum.accumulate(np.ceil((due_us - self.bound_us) / ahead))
            high = np.minimum.accumulate(np.floor((due_us + self.bound_us) / ahead))
            low, high = np.maximum(low, 1), np.minimum(high, MAX_TEMPO_US)
            passed = int(np.argmin(np.append(low <= high, False)))
            if passed < window or window >= left:
                return _Reach(low[:passed].astype(np.int64), high[:passed].astype(np.int64))
            window *= 2


def _in_range(tempo_us: float) -> int:
    return int(np.clip(round(tempo_us), 1, MAX_TEMPO_US))

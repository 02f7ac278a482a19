"""Beats mended by hand.

In: a beat grid, and what a musician does to it.  Out: another grid.  (Half and
double time are the grid's own.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.errors import BeatError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid, check_metre

_FEWEST_TAPS = 4
#: What a browser, a loudspeaker without a cable and a finger together make taps late by, or
#: early: at most, in parts of a beat too (halfway lies the offbeat); usually, and how differently.
_MOST_LATE_S, _MOST_LATE_BEATS = 0.2, 0.35
_LATE_S, _LATENESS_S = 0.04, 0.1
#: A note so near to a beat is on it.
_NEAR_S = 0.04


def shifted(grid: BeatGrid, beats: int) -> BeatGrid:
    """The same beats, with the bars moved by so many beats to the right."""
    if beats == 0:
        return grid
    index = np.arange(grid.num_beats) - beats
    inside = (index >= 0) & (index < grid.num_beats)
    moved = grid.beat_in_bar[np.clip(index, 0, grid.num_beats - 1)]
    # Where nothing moves in, the bars of that end go on.
    end, length = (0, grid.bar_length[0]) if beats > 0 else (-1, grid.bar_length[-1])
    over = index if beats > 0 else index - (grid.num_beats - 1)
    counted = (grid.beat_in_bar[end] - 1 + over) % length + 1
    return replace(grid, beat_in_bar=np.where(inside, moved, counted))


def shifted_by_half(grid: BeatGrid, sign: int) -> BeatGrid:
    """Beats half-way to the next one (sign 1) or to the one before (-1), numbered as they were."""
    ticks = (np.arange(grid.num_beats) + 0.5 * sign) * TICKS_PER_BEAT
    return BeatGrid(grid.ticks_to_seconds(ticks), grid.beat_in_bar, grid.unit)


def nudged(grid: BeatGrid, seconds: float, duration_s: float) -> BeatGrid:
    """All beats moved in time, and added to until they cover the song again."""
    return grid.later(seconds).covering(duration_s)


def with_metre(grid: BeatGrid, beats_per_bar: int) -> BeatGrid:
    """The same beats in bars of another length, counted from the first downbeat.

    Raises:
        BeatError: a bar of no beats, or of too many.
    """
    check_metre(beats_per_bar)
    first = int(np.argmax(grid.is_downbeat))
    numbers = (np.arange(grid.num_beats) - first) % beats_per_bar + 1
    return replace(grid, beat_in_bar=numbers)


@dataclass(frozen=True, eq=False)
class Heard:
    """Where a song's notes begin.

    Args:
        strength: (num_frames,) from 0; frame i is at i / frame_rate_hz seconds.
    """

    strength: NDArray[np.float32]
    frame_rate_hz: float

    def frames_near(self, times_s: NDArray[np.float64], near_s: float) -> NDArray[np.int64]:
        """The frames around each time, (num_times, frames)."""
        reach = round(near_s * self.frame_rate_hz)
        middle = np.round(times_s * self.frame_rate_hz).astype(np.int64)
        return middle[:, None] + np.arange(-reach, reach + 1)

    def of(self, frames: NDArray[np.int64]) -> NDArray[np.float64]:
        """Their strength; 0 beyond the song."""
        inside = (frames >= 0) & (frames < len(self.strength))
        found = self.strength[np.clip(frames, 0, len(self.strength) - 1)].astype(np.float64)
        found[~inside] = 0.0
        return found


@dataclass(frozen=True)
class _Pulse:
    """Beats as even as can be: number 0 at `first_s`."""

    first_s: float
    period_s: float

    def times_s(self, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(self.first_s + numbers * self.period_s, dtype=np.float64)


def tapped(
    times_s: ArrayLike, duration_s: float, beats_per_bar: int, heard: Heard | None = None
) -> BeatGrid:
    """One tempo through taps, by least squares; the first tap is a downbeat.

    Args:
        times_s: (num_taps,) seconds of the song; a tap that was left out does
            no harm.
        heard: what sounds: by how much all taps are late is found by it, and the tempo to the
            end of the song.

    Raises:
        BeatError: fewer than four taps, or a tempo outside 20-400 bpm.
    """
    taps = np.unique(np.asarray(times_s, dtype=np.float64))
    if len(taps) < _FEWEST_TAPS:
        raise BeatError(f"{len(taps)} taps are too few: tap {_FEWEST_TAPS} beats or more")
    steps = np.diff(taps)
    # A beat at a time, so that an uneven start does not add up.
    number = np.concatenate([[0], np.cumsum(np.maximum(1, np.round(steps / np.median(steps))))])
    period, first = np.polyfit(number, taps, 1)
    pulse = _Pulse(float(first), float(period))
    grid = _even(pulse, duration_s, beats_per_bar)  # or no tempo at all
    if heard is None:
        return grid
    pulse = _on_what_sounds(pulse, int(number[-1]), heard, duration_s)
    return _even(pulse, duration_s, beats_per_bar)


def _even(pulse: _Pulse, duration_s: float, beats_per_bar: int) -> BeatGrid:
    return BeatGrid.constant(
        60.0 / pulse.period_s,
        duration_s,
        beats_per_bar=beats_per_bar,
        first_downbeat_s=pulse.first_s,
    )


def _on_what_sounds(pulse: _Pulse, last: int, heard: Heard, duration_s: float) -> _Pulse:
    """The pulse of taps 0 to `last`, put on the notes near them, then on those farther on."""
    most_s = min(_MOST_LATE_S, _MOST_LATE_BEATS * pulse.period_s)
    late_s = np.arange(-most_s, most_s, 1 / heard.frame_rate_hz)
    numbers = np.arange(last + 1)
    near_s = 1 / heard.frame_rate_hz
    clear = [
        heard.of(heard.frames_near(pulse.times_s(numbers) - late, near_s)).max(axis=1).mean()
        for late in late_s
    ]
    likely = np.array(clear) * np.exp(-0.5 * ((late_s - _LATE_S) / _LATENESS_S) ** 2)
    pulse = replace(pulse, first_s=pulse.first_s - float(late_s[int(np.argmax(likely))]))
    # The farther one looks, the better the tempo is known, and the farther one may look.
    reach = last + 1
    lowest = int(np.floor(-pulse.first_s / pulse.period_s))
    highest = int(np.ceil((duration_s - pulse.first_s) / pulse.period_s))
    while True:
        numbers = np.arange(max(lowest, -reach), min(highest, last + reach) + 1)
        pulse = _through_notes(pulse, numbers, heard)
        if -reach <= lowest and last + reach >= highest:
            return pulse
        reach *= 2


def _through_notes(pulse: _Pulse, numbers: NDArray[np.int64], heard: Heard) -> _Pulse:
    """The pulse through the strongest notes near these beats, by how strong they are."""
    frames = heard.frames_near(pulse.times_s(numbers), _NEAR_S)
    strength = heard.of(frames)
    strongest = strength.argmax(axis=1)
    weight = strength.max(axis=1)
    if np.count_nonzero(weight) < _FEWEST_TAPS:
        return pulse
    found_s = np.take_along_axis(frames, strongest[:, None], axis=1)[:, 0] / heard.frame_rate_hz
    period, first = np.polyfit(numbers, found_s, 1, w=weight)
    return _Pulse(float(first), float(period))

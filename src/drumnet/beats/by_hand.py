"""Beats mended by hand.

In: a beat grid, and what a musician does to it.  Out: another grid.  (Half and
double time are the grid's own.)
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from drumnet.errors import BeatError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid, check_metre

_FEWEST_TAPS = 4


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


def tapped(times_s: ArrayLike, duration_s: float, beats_per_bar: int) -> BeatGrid:
    """One tempo through taps, by least squares; the first tap is a downbeat.

    Args:
        times_s: (num_taps,) seconds of the song; a tap that was left out does
            no harm.

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
    return BeatGrid.constant(
        60.0 / float(period),
        duration_s,
        beats_per_bar=beats_per_bar,
        first_downbeat_s=float(first),
    )

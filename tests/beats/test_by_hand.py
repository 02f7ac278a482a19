"""A grid mended by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.beats.by_hand import Heard, nudged, shifted, tapped, with_metre
from drumnet.errors import BeatError
from drumnet.grid import BeatGrid

GRID = BeatGrid.constant(120, 8.0)
MIXED = BeatGrid(np.arange(10) * 0.5, np.array([1, 2, 3, 1, 2, 3, 4, 1, 2, 3]))


@pytest.mark.parametrize("beats", [-5, -1, 0, 1, 2, 7])
def test_shifted_bars_begin_so_many_beats_later(beats: int) -> None:
    moved = shifted(GRID, beats)
    np.testing.assert_array_equal(moved.beats_s, GRID.beats_s)
    np.testing.assert_array_equal((moved.beat_in_bar - 1 + beats) % 4, (GRID.beat_in_bar - 1) % 4)


def test_bars_of_different_lengths_move_as_they_are() -> None:
    assert shifted(MIXED, 2).beat_in_bar.tolist() == [2, 3, 1, 2, 3, 1, 2, 3, 4, 1]
    assert shifted(MIXED, -2).beat_in_bar.tolist() == [3, 1, 2, 3, 4, 1, 2, 3, 4, 1]


def test_a_shift_and_back_changes_nothing() -> None:
    np.testing.assert_array_equal(shifted(shifted(GRID, 3), -3).beat_in_bar, GRID.beat_in_bar)


@pytest.mark.parametrize("seconds", [-0.3, 0.02, 0.7])
def test_nudged_beats_cover_the_song(seconds: float) -> None:
    moved = nudged(GRID, seconds, 8.0)
    assert moved.beats_s[0] <= 0.03 and moved.beats_s[-1] >= 8.0
    assert np.abs((moved.beats_s - seconds) / 0.5 % 1 - 0.5).min() == pytest.approx(0.5)


def test_a_metre_counts_from_the_first_downbeat() -> None:
    grid = shifted(GRID, 1)
    first = int(np.argmax(grid.is_downbeat))
    assert np.flatnonzero(with_metre(grid, 3).is_downbeat).tolist()[:2] == [
        first % 3,
        first % 3 + 3,
    ]
    with pytest.raises(BeatError, match="outside"):
        with_metre(GRID, 0)


def test_even_taps_are_the_beats() -> None:
    grid = tapped(1.2 + np.arange(8) * 0.6, 30.0, 3)
    assert grid.tempo_bpm == pytest.approx(100)
    downbeats = grid.beats_s[grid.is_downbeat]
    assert np.abs(downbeats - 1.2).min() < 1e-9
    assert np.diff(downbeats) == pytest.approx(1.8)


def test_too_few_taps_say_so() -> None:
    with pytest.raises(BeatError, match="3 taps are too few"):
        tapped([1.0, 2.0, 3.0, 3.0], 10.0, 4)


def heard(seed: int = 3) -> tuple[NDArray[np.float64], Heard]:
    """A minute of 120 bpm from 0.31 s on, with softer notes between, some beats without any."""
    beats_s = 0.31 + 0.5 * np.arange(119)
    strength = np.random.default_rng(seed).uniform(0, 0.1, 6000).astype(np.float32)
    strength[np.round(100 * (beats_s + 0.25)).astype(int)] = 0.5
    strength[np.round(100 * np.delete(beats_s, slice(5, None, 7))).astype(int)] = 0.9
    return beats_s, Heard(strength, 100.0)


@pytest.mark.parametrize("late_s", [-0.06, 0.05, 0.16])
def test_taps_are_put_on_what_sounds(late_s: float) -> None:
    """However late all of them are, and on to the end of the song."""
    beats_s, sound = heard()
    taps = beats_s[8:20] + late_s + np.random.default_rng(1).normal(0, 0.012, 12)
    grid = tapped(taps, 60.0, 4, sound)
    nearest = np.abs(grid.beats_s[:, None] - beats_s).min(axis=0)
    assert nearest.max() < 0.01
    plain = tapped(taps, 60.0, 4)
    assert np.abs(plain.beats_s[:, None] - beats_s).min(axis=0).max() > 0.02

"""A player who lies beside the grid all along is heard as lying there, not as playing
something else."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.grid import BeatGrid
from drumnet.hearing.lateness import drums_lateness_s, lateness_s, settled
from drumnet.hits import DrumTrack, Hit

ROCK = np.array([0, 18, 24, 30, 33])
FUNK = np.array([0, 9, 21, 30, 39, 45])
SHUFFLE = np.array([0, 8, 12, 20, 24, 32, 36, 44])
FOUR = np.array([0, 12, 24, 36])


def times_of(
    pattern: NDArray[np.int64], grid: BeatGrid, jitter_s: float = 0.0, seed: int = 0
) -> NDArray[np.float64]:
    bars = np.arange(grid.num_ticks // 48)[:, None] * 48
    times = grid.ticks_to_seconds((bars + pattern).reshape(-1))
    return times + np.random.default_rng(seed).normal(0, jitter_s, len(times))


def late(times: NDArray[np.float64], grid: BeatGrid) -> float:
    return lateness_s(times, np.ones(len(times)), grid)


def track_of(times: NDArray[np.float64]) -> DrumTrack:
    return DrumTrack(tuple(Hit(float(time), 0) for time in times))


@pytest.mark.parametrize("late_ms", [-30, -20, -10, 0, 10, 20, 30])
@pytest.mark.parametrize("bpm", [80, 120, 165])
@pytest.mark.parametrize(
    "pattern", [ROCK, FUNK, SHUFFLE, FOUR], ids=["rock", "funk", "shuffle", "4"]
)
def test_the_lateness_of_a_drummer_is_found(
    pattern: NDArray[np.int64], bpm: float, late_ms: int
) -> None:
    if pattern is FUNK and bpm > 150 and abs(late_ms) > 20:
        pytest.skip("a third of a sixteenth, in a pattern that avoids the beat, might be the next")
    grid = BeatGrid.constant(bpm, 40.0)
    times = times_of(pattern, grid, jitter_s=0.007) + late_ms / 1000
    assert late(times, grid) == pytest.approx(late_ms / 1000, abs=0.004)


@pytest.mark.parametrize("late_ms", [-30, -15, 15, 30])
def test_late_hits_come_on_the_ticks_that_they_are_meant_for(late_ms: int) -> None:
    grid = BeatGrid.constant(150.0, 30.0)
    times = times_of(FUNK, grid, jitter_s=0.005)
    found = settled(track_of(times + late_ms / 1000), grid)
    wanted = grid.nearest_ticks(times_of(FUNK, grid))
    assert [hit.tick for hit in found] == wanted.tolist()
    assert [hit.onset_s for hit in found] == pytest.approx(times + late_ms / 1000)


@pytest.mark.parametrize("late_ms", [-20, 0, 20])
@pytest.mark.parametrize("bpm", [80, 120])
@pytest.mark.parametrize("eighth", [0.52, 0.55, 0.58, 0.6, 0.62, 0.64])
def test_swing_between_straight_and_triplets_is_no_lateness(
    eighth: float, bpm: float, late_ms: int
) -> None:
    grid = BeatGrid.constant(bpm, 40.0)
    beats, lengths = grid.beats_s[:-1], np.diff(grid.beats_s)
    times = np.sort(np.r_[beats, beats + eighth * lengths])
    times = times + np.random.default_rng(0).normal(0, 0.006, len(times)) + late_ms / 1000
    assert late(times, grid) == pytest.approx(late_ms / 1000, abs=0.006)


def test_of_little_there_is_none() -> None:
    grid = BeatGrid.constant(110.0, 10.0)
    assert abs(late(np.array([1.02]), grid)) < 0.01
    assert late(np.zeros(0), grid) == 0.0
    assert drums_lateness_s(DrumTrack(), grid) == 0.0


def test_what_is_played_anywhere_is_not_late() -> None:
    grid = BeatGrid.constant(110.0, 60.0)
    rng = np.random.default_rng(0)
    assert all(late(np.sort(rng.uniform(0, 60, 60)), grid) == 0 for _ in range(20))


def test_a_tempo_that_drifts_does_not_matter() -> None:
    beats = np.cumsum(np.r_[0.0, 0.5 + 0.05 * np.sin(np.arange(80) / 9)])
    grid = BeatGrid(beats, np.arange(len(beats)) % 4 + 1)
    assert late(times_of(ROCK, grid) + 0.025, grid) == pytest.approx(0.025, abs=0.003)


def test_weak_onsets_count_less() -> None:
    """Strong strokes on the beat, weak noise late by 30 ms."""
    grid = BeatGrid.constant(120.0, 30.0)
    beat, noise = times_of(FOUR, grid), times_of(FOUR, grid) + 0.03
    times, weights = np.r_[beat, noise], np.r_[np.ones(len(beat)), np.full(len(noise), 0.1)]
    assert abs(lateness_s(times, weights, grid)) < 0.004

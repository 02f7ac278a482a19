"""Which peaks become hits, and what the controls do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import Conditioning, on_grid
from drumnet.logits import logit
from drumnet.playing.peak_picking import (
    BAR_NOISE,
    disturbed,
    expected_f_threshold,
    in_the_gap,
    likely_ticks,
    pick_ticks,
)

#: The fixture.
Played = Callable[..., list[int]]
NUM_BARS = 16
BAR = 4 * TICKS_PER_BEAT


def grid_of(num_bars: int = NUM_BARS) -> BeatGrid:
    index = np.arange(4 * num_bars + 1)
    return BeatGrid(index * 0.5, index % 4 + 1)


def heard_on(grid: BeatGrid) -> Conditioning:
    strength = np.zeros((9, grid.num_ticks), np.float32)
    return on_grid(strength, np.zeros(9, bool), grid)


# ------------------------------------------------------------------ peaks


@pytest.mark.parametrize(
    ("probability", "distance", "ticks"),
    [
        ([0.0, 0.5, 0.0, 0.49, 0.0], 2, [1]),  # the threshold itself is enough
        ([0.6, 0.9, 0.8, 0.0, 0.7], 2, [1, 4]),  # only the highest of neighbours
        ([0.9, 0.0, 0.0, 0.0, 0.9], 2, [0, 4]),  # the ends may be hit
        ([0.0, 0.8, 0.8, 0.8, 0.0], 2, [1]),  # of equals, the first
        ([0.9, 0.8, 0.9, 0.8, 0.9], 2, [0, 2, 4]),  # two ticks apart is allowed
        ([0.9, 0.8, 0.8, 0.0, 0.0], 3, [0]),  # nothing within less than three
        ([0.9, 0.0, 0.8, 0.9, 0.0], 3, [0, 3]),
        ([0.6, 0.7, 0.8, 0.9], 1, [0, 1, 2, 3]),  # no distance: all above
        ([0.1, 0.2, 0.3], 2, []),
    ],
)
def test_peaks(probability: list[float], distance: int, ticks: list[int]) -> None:
    found = pick_ticks(np.array(probability, np.float32), 0.5, distance)
    assert found.tolist() == ticks


@pytest.mark.parametrize("distance", [1, 2, 3, 5])
def test_no_two_hits_are_closer_than_the_distance(distance: int) -> None:
    rng = np.random.default_rng(distance)
    probability = np.round(rng.random(2000), 1).astype(np.float32)  # with many equals
    ticks = pick_ticks(probability, 0.3, distance)
    assert len(ticks) > 100
    assert np.diff(ticks).min() >= distance
    # And what was left out is in the shadow of a neighbour at least as probable.
    for tick in np.setdiff1d(np.flatnonzero(probability >= 0.3), ticks):
        near = probability[max(0, tick - distance + 1) : tick + distance]
        assert distance > 1 and np.sort(near)[-2:].max() >= probability[tick] and len(near) > 1


# ------------------------------------------------------------------ the song's threshold


def test_what_is_sure_is_played_and_what_is_unlikely_is_not() -> None:
    probability = np.full(96, 0.01, np.float32)
    probability[[0, 24, 48, 72]] = [0.99, 0.9, 0.95, 0.7]
    assert likely_ticks(probability, 0.1).tolist() == [0, 24, 48, 72]


def test_an_unsure_player_still_plays_its_likeliest_hits() -> None:
    """All are below one half, and yet the score is best if they are played."""
    probability = np.full(96, 0.001, np.float32)
    probability[::12] = 0.4
    assert likely_ticks(probability, 0.1).tolist() == list(range(0, 96, 12))
    assert likely_ticks(probability, 0.45).size == 0, "but not below the floor"


def test_weak_hits_are_played_beside_weak_ones_but_not_beside_strong_ones() -> None:
    weak, strong = np.zeros(480, np.float32), np.zeros(480, np.float32)
    weak[::12] = 0.35
    strong[::12] = 0.35
    strong[6::12] = 0.98
    assert likely_ticks(weak, 0.1).tolist() == list(range(0, 480, 12))
    assert likely_ticks(strong, 0.1).tolist() == list(range(6, 480, 12))


@pytest.mark.parametrize("seed", range(4))
def test_the_threshold_is_as_good_as_the_best_one_for_drums_that_are_that_likely(seed: int) -> None:
    rng = np.random.default_rng(seed)
    probability = np.zeros(768, np.float32)
    probability[::3] = rng.beta(0.5, 1.5, 256)
    songs = rng.random((300, 768)) < probability

    def score(ticks: NDArray[np.int64]) -> float:
        matched = songs[:, ticks].sum(axis=1)
        return float((2 * matched / (songs.sum(axis=1) + len(ticks))).mean())

    best = max(score(pick_ticks(probability, t, 2)) for t in np.arange(0.02, 0.9, 0.02))
    assert score(likely_ticks(probability, 0.0)) == pytest.approx(best, abs=0.005)


# ------------------------------------------------------------------ density


@pytest.mark.parametrize("density", [0.25, 0.5, 1.0, 1.5, 2.0])
def test_density_is_the_number_of_hits(
    density: float, sixteenths: NDArray[np.float32], played: Played
) -> None:
    once = len(played(sixteenths, 0.7))
    assert 40 < once < 128, "so that twice as many peaks are there"
    assert len(played(sixteenths, 0.7, density=density)) == round(density * once)


def test_fewer_hits_are_the_surest_ones(sixteenths: NDArray[np.float32], played: Played) -> None:
    half = played(sixteenths, density=0.5)
    left_out = [tick for tick in played(sixteenths) if tick not in half]
    assert sixteenths[half].min() >= sixteenths[left_out].max()


def test_density_0_is_silence_and_a_high_one_takes_every_peak(
    sixteenths: NDArray[np.float32], played: Played
) -> None:
    assert len(played(sixteenths, density=0.0)) == 0
    assert len(played(sixteenths, density=100.0)) == 16 * NUM_BARS


# ------------------------------------------------------------------ temperature


def test_without_temperature_the_seed_does_not_matter(
    sixteenths: NDArray[np.float32], played: Played
) -> None:
    assert played(sixteenths, seed=1) == played(sixteenths, seed=2)


def test_with_temperature_the_seed_decides(sixteenths: NDArray[np.float32], played: Played) -> None:
    one = played(sixteenths, seed=1, temperature=0.7)
    assert played(sixteenths, seed=1, temperature=0.7) == one
    assert played(sixteenths, seed=2, temperature=0.7) != one
    assert one != played(sixteenths)


def test_the_higher_the_temperature_the_more_is_changed(
    sixteenths: NDArray[np.float32], played: Played
) -> None:
    plain = set(played(sixteenths))

    def changed(temperature: float) -> float:
        moved = (played(sixteenths, seed=seed, temperature=temperature) for seed in range(8))
        return float(np.mean([len(plain ^ set(ticks)) for ticks in moved]))

    assert 0 < changed(0.1) < changed(0.5) < changed(2.0)


def test_a_repeated_bar_that_is_disturbed_still_repeats() -> None:
    """Most of the noise is alike in every bar, so a pattern varies as a whole."""
    bar = np.full(BAR, 0.001, np.float32)
    bar[::3] = np.random.default_rng(5).uniform(0.2, 0.8, 16)
    probability = np.tile(bar, NUM_BARS)
    heard = heard_on(grid_of())

    def agreement(bar_noise: float) -> float:
        """Share of sixteenths on which a bar agrees with the most of the bars."""
        shares = []
        for seed in range(10):
            rng = np.random.default_rng(seed)
            moved = disturbed(probability, heard, 1.0, rng, bar_noise).reshape(NUM_BARS, BAR)
            share = (moved[:, ::3] > 0.5).mean(axis=0)
            shares.append(np.maximum(share, 1 - share).mean())
        return float(np.mean(shares))

    assert agreement(1.0) == 1.0
    assert agreement(BAR_NOISE) > 0.8
    assert agreement(0.0) < 0.75


def test_at_temperature_1_a_hit_is_as_likely_as_its_probability_says() -> None:
    heard = heard_on(grid_of())
    wanted = np.linspace(0.05, 0.95, NUM_BARS * BAR).astype(np.float32)
    for bar_noise in (0.0, BAR_NOISE):
        rng = np.random.default_rng(0)
        moved = [disturbed(wanted, heard, 1.0, rng, bar_noise) for _ in range(400)]
        found = (np.array(moved) >= 0.5).mean(axis=0)
        assert np.abs(found - wanted).mean() < 0.03


@pytest.mark.parametrize("bar_noise", [0.0, 0.5, BAR_NOISE, 1.0])
def test_noise_is_as_strong_however_much_of_it_is_alike_in_every_bar(bar_noise: float) -> None:
    """That of the logistic distribution has a variance of pi squared over three."""
    heard, even = heard_on(grid_of()), np.full(NUM_BARS * BAR, 0.5, np.float32)
    rng = np.random.default_rng(1)
    moves = np.array([logit(disturbed(even, heard, 1.0, rng, bar_noise)) for _ in range(400)])
    assert moves.var() == pytest.approx(np.pi**2 / 3, rel=0.05)


def test_the_hottest_temperature_is_noise_and_no_fault(
    sixteenths: NDArray[np.float32], played: Played
) -> None:
    assert played(sixteenths, temperature=1e300)


# ------------------------------------------------------------------ the gap


def test_the_gap_plays_the_same_ticks(sixteenths: NDArray[np.float32]) -> None:
    for threshold in (0.2, 0.5, 0.8):
        middle = in_the_gap(sixteenths, threshold, 0.1, 2)
        assert pick_ticks(sixteenths, middle, 2).tolist() == (
            pick_ticks(sixteenths, threshold, 2).tolist()
        )
    assert in_the_gap(np.zeros(BAR, np.float32), 0.3, 0.3, 2) == 0.3, "nothing is played"


def test_where_nothing_is_dared_the_likely_ticks_are_played(
    sixteenths: NDArray[np.float32], played: Played
) -> None:
    for floor in (0.1, 0.5, 0.8):
        assert played(sixteenths, floor) == likely_ticks(sixteenths, floor).tolist()


def test_more_is_played_where_more_is_to_be_expected() -> None:
    """With hits of 0.9 and 0.3 and S expected in all, the second is worth its risk where
    2 * 1.2 / (2 + S) is more than 2 * 0.9 / (1 + S): where S is more than 2."""
    few = np.zeros(60, np.float32)
    few[0], few[6] = 0.9, 0.3
    many = few.copy()
    many[12::4] = 0.09  # peaks that are too unlikely by themselves, 12 of them
    assert few.sum() < 2 < many.sum()
    assert expected_f_threshold(few, 0.1, 2) == pytest.approx(0.9)
    assert expected_f_threshold(many, 0.1, 2) == pytest.approx(0.3)

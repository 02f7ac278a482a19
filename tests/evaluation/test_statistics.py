"""Intervals, differences and corrections, against formulas and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.evaluation import statistics
from drumnet.evaluation.statistics import (
    holm,
    mean_interval,
    paired_difference,
    pooled_interval,
    resampled_sums,
)
from drumnet.metrics.hits import Counts


def test_the_interval_of_a_mean_is_that_of_the_normal_approximation() -> None:
    values = np.random.default_rng(0).normal(0.7, 0.2, 400)
    found = mean_interval(values)
    half = 1.96 * values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - half, abs=0.05 * half)
    assert found.high == pytest.approx(values.mean() + half, abs=0.05 * half)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for seed in range(200):
        found = mean_interval(rng.exponential(1.0, 80), num_resamples=500, seed=seed)
        held += found.low <= 1.0 <= found.high
    assert 0.89 <= held / 200 <= 0.99


def test_songs_that_are_all_alike_leave_no_doubt() -> None:
    found = mean_interval([1.0] * 30)
    assert (found.value, found.low, found.high, found.num_songs) == (1.0, 1.0, 1.0, 30)
    alone = mean_interval([0.4])
    assert (alone.low, alone.high) == (0.4, 0.4)


def test_songs_without_a_value_are_left_out() -> None:
    assert mean_interval([0.5, None, 0.7, float("nan")]) == mean_interval([0.5, 0.7])


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.random.default_rng(0).random(50)
    assert mean_interval(values) == mean_interval(values)
    assert mean_interval(values) != mean_interval(values, seed=1)


def test_sums_are_of_as_many_songs_as_there_are() -> None:
    sums = resampled_sums(np.column_stack([np.ones(304), np.arange(304)]))
    assert sums.shape == (10_000, 2)
    assert (sums[:, 0] == 304).all()
    assert sums[:, 1].mean() / 304 == pytest.approx(151.5, rel=0.01)


# ------------------------------------------------------------------ pooled


def test_pooled_is_over_hits_and_not_the_mean_over_songs() -> None:
    counts = [Counts(1, 1, 1), Counts(1, 4, 1)]
    found = pooled_interval(counts)
    assert found.value == pytest.approx(4 / 7)
    # Of two songs: twice the one, twice the other, or both.
    assert (found.low, found.high) == pytest.approx((2 * 2 / 10, 1.0))


def test_perfect_songs_pool_to_exactly_1_and_silence_too() -> None:
    for counts in ([Counts(3, 3, 3), Counts(7, 7, 7)], [Counts(), Counts()]):
        found = pooled_interval(counts)
        assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


# ------------------------------------------------------------------ differences


def test_a_player_does_not_differ_from_itself() -> None:
    values = np.random.default_rng(0).random(40)
    found = paired_difference(values, values.copy())
    assert (found.mean, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_of_few_songs_noise_is_no_more_often_a_difference_than_p_says() -> None:
    """Of 8 songs, the percentiles of the bootstrap are below 0.01 five times as often."""
    rng = np.random.default_rng(0)
    gaps = rng.standard_normal((600, 8))
    p = np.array([paired_difference(one, np.zeros(8), num_resamples=1000).p for one in gaps])
    assert 0.03 < (p < 0.05).mean() < 0.075
    assert (p < 0.01).mean() < 0.02


def test_what_is_better_in_every_song_is_surely_better() -> None:
    values = np.random.default_rng(0).random(40)
    found = paired_difference(values + 0.01, values)
    assert found.mean == pytest.approx(0.01)
    assert found.low == pytest.approx(0.01)
    assert found.p == pytest.approx(1 / 10_001)
    turned = paired_difference(values, values + 0.01)
    assert (turned.mean, turned.p) == pytest.approx((-0.01, 1 / 10_001))


@pytest.mark.parametrize("shift", [0.0, 0.1, 0.2, 0.3])
def test_p_is_that_of_the_z_test(shift: float) -> None:
    stats = pytest.importorskip("scipy.stats", reason="the [evaluation] extra")
    gaps = np.random.default_rng(2).normal(size=200)
    gaps += shift - gaps.mean()
    theirs = 2 * stats.norm.sf(abs(gaps.mean()) / (gaps.std() / np.sqrt(len(gaps))))
    assert paired_difference(gaps, np.zeros(200)).p == pytest.approx(theirs, abs=0.03)


def test_only_songs_that_have_both_are_compared() -> None:
    found = paired_difference([1.0, None, 3.0, 9.0], [0.0, 5.0, 1.0, None])
    assert (found.mean, found.num_songs) == (1.5, 2)


# ------------------------------------------------------------------ many at once


def test_holm_by_hand() -> None:
    """0.01 * 4, 0.02 * 3, 0.03 * 2, 0.04 * 1; none less than a lesser one's."""
    np.testing.assert_allclose(holm([0.01, 0.02, 0.03, 0.04]), [0.04, 0.06, 0.06, 0.06])
    np.testing.assert_allclose(holm([0.04, 0.001, 0.5]), [0.08, 0.003, 0.5])
    np.testing.assert_allclose(holm([0.6, 0.7]), [1.0, 1.0])
    assert holm([0.03]).tolist() == [0.03]
    assert holm([]).tolist() == []


# ------------------------------------------------------------------ faults


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "no song has a value"),
        ([None, float("nan")], "no song has a value"),
        ([[0.1, 0.2]], r"shape \(1, 2\): one finite value for every song"),
        ([float("inf")], "one finite value"),
    ],
)
def test_what_are_no_scores_is_refused(values: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        statistics.validate(values)
    with pytest.raises(ValueError, match=message):
        mean_interval(values)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="2 songs against 1: pair them by name"):
        paired_difference([0.1, 0.2], [0.1])
    with pytest.raises(ValueError, match="no songs to pool"):
        pooled_interval([])
    with pytest.raises(ValueError, match="from 0 to 1"):
        holm([0.5, 1.2])
    with pytest.raises(ValueError, match="leave out songs without a value"):
        resampled_sums([[1.0], [np.nan]])

"""Perfect drums score exactly 1; other scores are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.metrics import hits
from drumnet.metrics.hits import Counts, tick_counts


@pytest.mark.parametrize("ticks", [[], [0], [0, 12, 24, 25]])
def test_identical_drums_score_exactly_1(ticks: list[int]) -> None:
    assert hits.evaluate(ticks, ticks) == {"precision": 1.0, "recall": 1.0, "f_measure": 1.0}


@pytest.mark.parametrize(
    ("wanted", "played", "precision", "recall", "f_measure"),
    [
        ([0, 12, 24, 36], [0, 24], 1.0, 0.5, 2 / 3),
        ([0, 24], [0, 12, 24, 36], 0.5, 1.0, 2 / 3),
        ([0, 12], [1, 11], 0.0, 0.0, 0.0),  # a tick beside is no match
        ([0, 12, 24], [12, 24, 36], 2 / 3, 2 / 3, 2 / 3),
        ([0, 0, 12], [12, 12], 1.0, 0.5, 2 / 3),  # a tick counts once
        ([24, 0, 12], [12.0, 0.0], 1.0, 2 / 3, 0.8),  # in any order, of any type
        ([], [3], 0.0, 0.0, 0.0),
        ([3], [], 0.0, 0.0, 0.0),
    ],
)
def test_exact_ticks(
    wanted: list[int], played: list[float], precision: float, recall: float, f_measure: float
) -> None:
    scores = {"precision": precision, "recall": recall, "f_measure": f_measure}
    assert hits.evaluate(wanted, played) == pytest.approx(scores)
    assert hits.f_measure(wanted, played) == pytest.approx(f_measure)


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_those_of_scikit_learn_on_flags(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="the [evaluation] extra")
    wanted, played = np.random.default_rng(seed).random((2, 200)) < 0.3
    theirs = metrics.precision_recall_fscore_support(wanted, played, average="binary")[:3]
    ours = hits.evaluate(np.flatnonzero(wanted), np.flatnonzero(played))
    assert list(ours.values()) == pytest.approx(theirs)


def test_counts_of_several_songs_are_pooled() -> None:
    """One hit of one, and one of four: 2 of 5 in all, not the mean of 1 and 1/4."""
    total = tick_counts([0], [0]) + tick_counts([0, 1, 2, 3], [0])
    assert total == Counts(2, 5, 2)
    assert total.f_measure == pytest.approx(4 / 7)


@pytest.mark.parametrize(
    ("ticks", "message"),
    [
        ([0.5, 1.0], "played has ticks that are not whole numbers: are they seconds"),
        ([0.0, np.nan], "not whole numbers"),
        ([-3, 0], "played has the tick -3: ticks count from 0"),
        ([[0, 1]], r"shape \(1, 2\), not \(n,\)"),
        ([True, False], "boolean: np.flatnonzero"),
        (["0"], "ticks are numbers"),
    ],
)
def test_what_is_no_tick_is_refused(ticks: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        hits.validate([0, 12], ticks)
    with pytest.raises(ValueError, match=message):
        hits.evaluate([0, 12], ticks)

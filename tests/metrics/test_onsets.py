"""Onsets within 50 ms are the same onset, as mir_eval has it."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.metrics import onsets
from drumnet.metrics.hits import Counts
from drumnet.metrics.onsets import onset_counts

pytest.importorskip("mir_eval", reason="the [evaluation] extra")


@pytest.mark.parametrize("times_s", [[], [0.0], [0.1, 1.2, 1.21, 7.0]])
def test_identical_onsets_score_exactly_1(times_s: list[float]) -> None:
    assert onsets.evaluate(times_s, times_s) == {"precision": 1, "recall": 1, "f_measure": 1}


def test_onsets_match_within_50_ms_and_one_to_one() -> None:
    assert onset_counts([1.0], [1.049]).matched == 1
    assert onset_counts([1.0], [1.051]).matched == 0
    assert onset_counts([1.0], [1.051], window_s=0.06).matched == 1
    assert onset_counts([1.0], [0.98, 1.02]) == Counts(1, 1, 2)
    # Nearest first would leave 1.06 alone; the best matching takes both.
    assert onset_counts([1.0, 1.06], [1.03, 0.97]) == Counts(2, 2, 2)
    assert onsets.f_measure([2.0, 1.0], [1.01, 2.01]) == 1.0, "in any order"
    assert onsets.f_measure([0.0], [-0.01]) == 1.0, "a hit may come before the first tick"


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_those_of_mir_eval(seed: int) -> None:
    import mir_eval

    rng = np.random.default_rng(seed)
    wanted = np.sort(rng.uniform(1, 30, 80))
    played = np.sort(
        np.concatenate([rng.choice(wanted, 50) + rng.normal(0, 0.03, 50), rng.uniform(1, 30, 20)])
    )
    theirs = mir_eval.onset.f_measure(wanted, played, window=0.05)
    ours = onsets.evaluate(wanted, played)
    assert (ours["f_measure"], ours["precision"], ours["recall"]) == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("times_s", "message"),
    [
        ([44_100.0], "played_s reaches 44100 s.*milliseconds, ticks or samples"),
        ([0.0, np.nan], "not finite"),
        ([[0.0, 0.1]], r"shape \(1, 2\).*without their ends"),
    ],
)
def test_what_are_no_seconds_is_refused(times_s: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        onsets.validate([0.0], times_s)
    with pytest.raises(ValueError, match=message):
        onsets.evaluate([0.0], times_s)

"""Perfect drums score exactly 1; other scores are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.beats.grid import TICKS_PER_BEAT
from drumnet.evaluation.metrics import Counts, onset_counts, tick_counts
from drumnet.evaluation.patterns import measure_pattern
from drumnet.features import HEARD_ROLES, Conditioning
from drumnet.roles import Role

# ------------------------------------------------------------------ counts


@pytest.mark.parametrize("ticks", [[], [0], [0, 12, 24, 25]])
def test_identical_drums_score_exactly_1(ticks: list[int]) -> None:
    for counts in (
        tick_counts(ticks, ticks),
        onset_counts(np.array(ticks) / 7, np.array(ticks) / 7),
    ):
        assert (counts.precision, counts.recall, counts.f_measure) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("wanted", "played", "precision", "recall", "f_measure"),
    [
        ([0, 12, 24, 36], [0, 24], 1.0, 0.5, 2 / 3),
        ([0, 24], [0, 12, 24, 36], 0.5, 1.0, 2 / 3),
        ([0, 12], [1, 11], 0.0, 0.0, 0.0),  # a tick beside is no match
        ([0, 12, 24], [12, 24, 36], 2 / 3, 2 / 3, 2 / 3),
        ([0, 0, 12], [12, 12], 1.0, 0.5, 2 / 3),  # a tick counts once
        ([], [3], 0.0, 0.0, 0.0),
        ([3], [], 0.0, 0.0, 0.0),
    ],
)
def test_exact_ticks(
    wanted: list[int], played: list[int], precision: float, recall: float, f_measure: float
) -> None:
    counts = tick_counts(wanted, played)
    assert (counts.precision, counts.recall) == (precision, recall)
    assert counts.f_measure == pytest.approx(f_measure)


def test_counts_of_several_songs_are_pooled() -> None:
    """One hit of one, and one of four: 2 of 5 in all, not the mean of 1 and 1/4."""
    total = tick_counts([0], [0]) + tick_counts([0, 1, 2, 3], [0])
    assert total == Counts(2, 5, 2)
    assert total.f_measure == pytest.approx(4 / 7)


def test_onsets_match_within_50_ms_and_one_to_one() -> None:
    assert onset_counts([1.0], [1.049]).matched == 1
    assert onset_counts([1.0], [1.051]).matched == 0
    assert onset_counts([1.0], [0.98, 1.02]) == Counts(1, 1, 2)
    # Nearest first would leave 1.06 alone; the best matching takes both.
    assert onset_counts([1.0, 1.06], [1.03, 0.97]) == Counts(2, 2, 2)
    assert onset_counts([2.0, 1.0], [1.01, 2.01]).f_measure == 1.0, "in any order"


@pytest.mark.parametrize("seed", range(5))
def test_onset_scores_are_those_of_mir_eval(seed: int) -> None:
    mir_eval = pytest.importorskip("mir_eval", reason="the [evaluation] extra")
    rng = np.random.default_rng(seed)
    wanted = np.sort(rng.uniform(0, 30, 80))
    played = np.sort(
        np.concatenate([rng.choice(wanted, 50) + rng.normal(0, 0.03, 50), rng.uniform(0, 30, 20)])
    )
    counts = onset_counts(wanted, played)
    theirs = mir_eval.onset.f_measure(wanted, np.maximum(played, 0), window=0.05)
    assert (counts.f_measure, counts.precision, counts.recall) == pytest.approx(theirs)


# ------------------------------------------------------------------ patterns


def heard(bass_ticks: list[int] | None, num_bars: int = 4, beats: int = 4) -> Conditioning:
    num_beats = num_bars * beats
    strength = np.zeros((len(HEARD_ROLES), num_beats * TICKS_PER_BEAT), np.float32)
    present = np.zeros(len(HEARD_ROLES), bool)
    if bass_ticks is not None:
        present[HEARD_ROLES.index(Role.BASS)] = True
        strength[HEARD_ROLES.index(Role.BASS), bass_ticks] = 0.8
    index = np.arange(num_beats)
    return Conditioning(strength, present, index % beats, np.full(num_beats, beats), index // beats)


def test_density_is_hits_per_bar_whatever_the_bar() -> None:
    for beats in (3, 4, 7):
        every_beat = np.arange(0, 4 * beats * 12, 12)
        assert measure_pattern(every_beat, heard(None, beats=beats)).density == pytest.approx(beats)


def test_hits_with_the_bass() -> None:
    band = heard([0, 18, 48, 66])
    assert measure_pattern(np.array([0, 18, 48, 66]), band).with_bass == 1.0
    assert measure_pattern(np.array([0, 12, 24, 48]), band).with_bass == 0.5
    assert measure_pattern(np.array([1, 13]), band).with_bass == 0.0
    assert np.isnan(measure_pattern(np.array([0]), heard(None)).with_bass)


def test_an_off_beat_is_syncopated_unless_the_next_beat_is_hit() -> None:
    band = heard([])
    pushing = measure_pattern(np.array([0, 18, 30]), band)  # 18 and 30: beats 24, 36 silent
    assert (pushing.on_beat, pushing.syncopation) == pytest.approx((1 / 3, 2 / 3))
    leading = measure_pattern(np.array([0, 21, 24]), band)  # 21 leads to the beat at 24
    assert (leading.on_beat, leading.syncopation) == pytest.approx((2 / 3, 0.0))


def test_no_hits_have_no_density() -> None:
    nothing = measure_pattern(np.zeros(0, int), heard([0]))
    assert (nothing.density, nothing.on_beat, nothing.with_bass) == (0.0, 0.0, 0.0)

"""Hits on 16ths, within as many 16ths as are allowed; scores worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.metrics import sixteenths
from drumnet.metrics.hits import Counts
from drumnet.metrics.onsets import onset_counts
from drumnet.metrics.sixteenths import on_sixteenths, sixteenth_counts


def row(*places: int, size: int = 16) -> NDArray[np.bool_]:
    hits = np.zeros((1, size), dtype=bool)
    hits[0, list(places)] = True
    return hits


def test_hits_go_to_the_nearest_16th_and_the_last_ones_stay_in_the_segment() -> None:
    """Of 12 ticks a beat: the triplet's second is nearer to the second 16th, the third to
    the fourth; a tick before the end of the bar is nearer to the next bar's first."""
    struck = row(0, 4, 8, 13, 47, size=48)
    assert np.flatnonzero(on_sixteenths(struck)[0]).tolist() == [0, 1, 3, 4, 15]


def test_a_piece_is_struck_once_on_a_16th() -> None:
    """A flam of two ticks is one stroke."""
    assert on_sixteenths(row(3, 4, size=48)).sum() == 1


@pytest.mark.parametrize("tolerance", [0, 1, 3])
def test_identical_drums_score_exactly_1(tolerance: int) -> None:
    drums = np.random.default_rng(0).random((9, 64)) < 0.3
    assert set(sixteenths.evaluate(drums, drums, tolerance).values()) == {1.0}
    silence = np.zeros((9, 64), dtype=bool)
    assert sixteenth_counts(silence, silence, tolerance).f_measure == 1.0


def test_a_hit_a_16th_off_counts_within_a_16th_alone() -> None:
    wanted, played = row(0, 4, 8, 12), row(1, 4, 10, 11)
    assert sixteenth_counts(wanted, played) == Counts(1, 4, 4)
    assert sixteenth_counts(wanted, played, 1) == Counts(3, 4, 4)
    assert sixteenth_counts(wanted, played, 2) == Counts(4, 4, 4)


def test_one_hit_answers_one_hit() -> None:
    """A hat between two wanted ones is near to both, and matches one."""
    assert sixteenth_counts(row(4, 6), row(5), 1) == Counts(1, 2, 1)


def test_pieces_are_not_taken_for_each_other() -> None:
    kick, snare = row(0), np.zeros((1, 16), dtype=bool)
    wanted, played = np.concatenate([kick, snare]), np.concatenate([snare, kick])
    assert sixteenth_counts(wanted, played, 1).matched == 0


def test_as_many_match_as_can_be() -> None:
    """As with mir_eval's matching, where 16ths are taken for seconds."""
    rng = np.random.default_rng(1)
    for _ in range(50):
        wanted, played = rng.random((2, 1, 32)) < 0.4
        places = [np.flatnonzero(hits[0]).astype(float) for hits in (wanted, played)]
        for tolerance in (0, 1, 2):
            found = sixteenth_counts(wanted, played, tolerance)
            assert found == onset_counts(*places, window_s=tolerance + 1e-9)


@pytest.mark.parametrize(
    ("wanted", "played", "tolerance", "said"),
    [
        (row(0), row(0, size=32), 0, "of the same segment"),
        (np.zeros(16, bool), row(0), 0, r"wanted is of shape \(16,\)"),
        (np.zeros((1, 16)), row(0), 0, "type float64"),
        (row(0), row(0), -1, "give 0 or more 16ths"),
    ],
)
def test_what_is_no_pair_of_segments_is_refused(
    wanted: NDArray[np.bool_], played: NDArray[np.bool_], tolerance: int, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        sixteenth_counts(wanted, played, tolerance)


def test_a_piece_of_a_beat_is_refused() -> None:
    with pytest.raises(ValueError, match="40 ticks are no whole beats of 12"):
        on_sixteenths(row(0, size=40))

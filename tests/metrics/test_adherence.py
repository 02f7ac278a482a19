"""Drums that follow the bass, beyond the metre that both follow."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.metrics import adherence
from drumnet.metrics.adherence import Covariation, covariation, phi

Rows = tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64]]


def by_metre(seed: int, num_bars: int = 200) -> Rows:
    """Drums and bass that share nothing but how likely each position is."""
    rng = np.random.default_rng(seed)
    position = np.tile(np.arange(16), num_bars)
    likely = np.where(position % 4 == 0, 0.8, 0.1)
    drums, bass = rng.random((2, len(position))) < likely
    return drums, bass, position


@pytest.mark.parametrize("seed", range(5))
def test_in_one_position_it_is_the_phi_coefficient(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="the [evaluation] extra")
    drums, bass, position = by_metre(seed)
    theirs = metrics.matthews_corrcoef(bass, drums)
    assert phi(drums, bass, np.zeros_like(position)) == pytest.approx(theirs)
    assert theirs > 0.3, "the metre alone makes them go together"


@pytest.mark.parametrize("seed", range(5))
def test_given_position_it_is_the_correlation_of_what_the_metre_leaves(seed: int) -> None:
    drums, bass, position = by_metre(seed)
    bass |= drums & (position % 3 == 0)
    one_hot = np.eye(16)[position]
    left = [row - one_hot @ np.linalg.lstsq(one_hot, row, rcond=None)[0] for row in (drums, bass)]
    assert phi(drums, bass, position) == pytest.approx(np.corrcoef(*left)[0, 1])


def test_what_the_metre_makes_go_together_is_not_counted() -> None:
    assert abs(phi(*by_metre(0))) < 0.05


@pytest.mark.parametrize("seed", range(5))
def test_the_same_row_is_exactly_1_and_the_opposite_minus_1(seed: int) -> None:
    drums, _, position = by_metre(seed)
    assert phi(drums, drums, position) == 1.0
    assert phi(drums, ~drums, position) == pytest.approx(-1.0)


def test_by_hand() -> None:
    """Position 0: drums 1 1 0 0, bass 1 0 0 0 -> together 1 - 2/4, 1, 3/4.
    Position 1: the drums never play, which adds to the bass alone: 1/2."""
    found = covariation(
        [1, 0, 1, 0, 0, 0, 0, 0], [1, 0, 0, 1, 0, 0, 0, 0], [0, 1, 0, 1, 0, 2, 0, 2]
    )
    assert found == Covariation(0.5, 1.0, 1.25)
    assert found.phi == pytest.approx(0.5 / np.sqrt(1.25))


def test_a_bar_that_only_repeats_says_nothing() -> None:
    _, bass, position = by_metre(0)
    assert phi(np.isin(position, (0, 8)), bass, position) == 0.0


def test_songs_are_pooled_by_adding_or_by_joining() -> None:
    first, second = by_metre(0), by_metre(1, num_bars=50)
    added = covariation(*first) + covariation(*second)
    # The second song's positions are other positions.
    rows = [np.concatenate(pair) for pair in zip(first, second, strict=True)]
    rows[2][len(first[2]) :] += 1000
    joined = covariation(rows[0], rows[1], rows[2])
    assert added.phi == pytest.approx(joined.phi)
    assert added + Covariation() == added


def test_real_drums_adhere_exactly_1_and_mismatched_ones_exactly_0() -> None:
    mismatched, bass, position = by_metre(0)
    real = np.where(np.random.default_rng(9).random(len(bass)) < 0.5, bass, mismatched)
    as_real = adherence.evaluate(real, real, mismatched, bass, position)
    assert as_real["adherence"] == 1.0
    assert as_real["phi_real"] == as_real["phi_generated"] > 0.3
    assert adherence.evaluate(mismatched, real, mismatched, bass, position)["adherence"] == 0.0
    half = np.where(np.arange(len(bass)) < len(bass) // 2, real, mismatched)
    found = adherence.evaluate(half, real, mismatched, bass, position)["adherence"]
    assert found == pytest.approx(0.5, abs=0.1)


def test_real_drums_that_do_not_follow_tell_nothing() -> None:
    assert np.isnan(adherence.adherence(0.2, 0.1, 0.1))
    assert np.isnan(adherence.adherence(0.2, 0.1, 0.3))


@pytest.mark.parametrize(
    ("drums", "position", "message"),
    [
        ([1, 0, 1], [0, 1], "one value for every tick"),
        ([], [], "one value for every tick"),
        ([0, 100], [0, 1], "drums has values besides 0 and 1: are they velocities"),
        ([0.0, np.nan], [0, 1], "besides 0 and 1"),
        ([0, 1], [0, 0.5], "position has values that are not whole"),
    ],
)
def test_what_are_no_rows_is_refused(
    drums: list[float], position: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        adherence.validate(drums, [1, 0][: len(drums)] or [], position)
    with pytest.raises(ValueError, match=message):
        phi(drums, [1, 0][: len(drums)], position)

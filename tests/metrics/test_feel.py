"""Loudness and timing: what is played as it was costs nothing."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.metrics import feel


@pytest.fixture
def two_bars() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    velocity = rng.uniform(0.1, 1.0, (9, 32)) * (rng.random((9, 32)) < 0.2)
    return velocity, rng.uniform(-0.5, 0.5, (9, 32)) * (velocity > 0)


def test_what_is_played_as_it_was_has_no_error(two_bars: tuple[np.ndarray, np.ndarray]) -> None:
    assert feel.evaluate(*two_bars, *two_bars, step_ms=125) == {"velocity": 0.0, "timing_ms": 0.0}


def test_every_hit_a_tenth_softer_and_a_fifth_of_a_step_late(
    two_bars: tuple[np.ndarray, np.ndarray],
) -> None:
    velocity, offset = two_bars
    softer = np.maximum(velocity - 0.1, 0.0)
    found = feel.evaluate(velocity, offset, softer, offset + 0.2, step_ms=125)
    assert found["velocity"] == pytest.approx(0.1)
    assert found["timing_ms"] == pytest.approx(25.0)


def test_what_is_played_where_nobody_hits_does_not_count() -> None:
    found = feel.evaluate([0.5, 0.0], [0.0, 0.0], [0.5, 1.0], [0.0, 0.5], step_ms=100)
    assert found == {"velocity": 0.0, "timing_ms": 0.0}


def test_sums_add_up_to_the_mean_over_all_hits() -> None:
    slow = feel.feel_errors([0.5], [0.0], [0.7], [0.1], step_ms=200)
    fast = feel.feel_errors([0.5, 0.5], [0.0, 0.0], [0.5, 0.5], [0.1, 0.1], step_ms=100)
    both = np.add(slow, fast)
    assert both[2] == 3
    assert both[0] / both[2] == pytest.approx(0.2 / 3)
    assert both[1] / both[2] == pytest.approx((20 + 2 * 10) / 3)


def test_without_a_hit_there_is_nothing_to_say() -> None:
    found = feel.evaluate([0.0], [0.0], [0.4], [0.1], step_ms=100)
    assert np.isnan(found["velocity"]) and np.isnan(found["timing_ms"])


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        (([0.5], [0.0], [0.5, 0.5], [0.0]), "the shapes .* differ"),
        (([64.0], [0.0], [0.5], [0.0]), "velocities beyond 0 to 1: are they of MIDI"),
        (([0.5], [0.0], [0.5], [np.nan]), "not finite"),
    ],
)
def test_what_cannot_be_compared_is_told(arrays: tuple[list[float], ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        feel.validate(*arrays)

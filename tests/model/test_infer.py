"""The refined code is the one that makes the given drums most probable."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.model.infer import RefineConfig, extracted_code, refine_code
from drumnet.model.network import Network

NUM_TICKS = 480


ONE = np.ones(1, dtype=bool)


class Linear:
    """A player whose logits are a linear map of the code: its best code is that
    of a logistic regression, and there is only one."""

    def __init__(self, seed: int, num_pieces: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.slopes = rng.normal(0, 0.7, (num_pieces, NUM_TICKS, 16))

    def probabilities(self, context: NDArray[Any], codes: NDArray[Any]) -> NDArray[np.float32]:
        logits = np.einsum("cs,pts->cpt", codes, self.slopes) - 1.0
        return (1 / (1 + np.exp(-logits))).astype(np.float32)

    def encode(
        self, context: NDArray[Any], velocity: NDArray[Any], seen: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """It has no idea."""
        return np.zeros(16, np.float32)


def drums_of(player: Linear, code: NDArray[Any], seed: int) -> NDArray[np.float32]:
    chance = player.probabilities(np.zeros(0), code[None])[0]
    return (np.random.default_rng(seed).random(chance.shape) < chance).astype(np.float32)


def refined(
    player: Linear,
    velocity: NDArray[np.float32],
    start: NDArray[Any],
    seen: NDArray[np.bool_] = ONE,
    **config: float,
) -> NDArray[np.float64]:
    heard = np.zeros((1, NUM_TICKS // 12), np.float32)
    found = refine_code(
        cast(Network, player),
        heard,
        velocity,
        seen,
        start.astype(np.float32),
        RefineConfig(**config),  # type: ignore[arg-type]
    )
    return found.astype(np.float64)


def log_posterior(
    player: Linear,
    velocity: NDArray[Any],
    code: NDArray[Any],
    start: NDArray[Any],
    precision: float,
) -> float:
    chance = player.probabilities(np.zeros(0), code[None])[0].astype(np.float64)
    fit = np.where(velocity > 0, np.log(chance), np.log1p(-chance)).sum()
    return float(fit - 0.5 * precision * ((code - start) ** 2).sum())


@pytest.mark.parametrize("seed", range(3))
def test_the_code_that_played_the_drums_is_found(seed: int) -> None:
    player = Linear(seed)
    code = np.random.default_rng(100 + seed).normal(size=16)
    velocity = drums_of(player, code, seed)
    found = refined(player, velocity, np.zeros(16), precision=0.1)
    assert np.corrcoef(found, code)[0, 1] > 0.95
    assert np.linalg.norm(found - code) < 0.4 * np.linalg.norm(code)


@pytest.mark.parametrize("seed", range(3))
def test_no_code_nearby_is_better(seed: int) -> None:
    player = Linear(seed)
    rng = np.random.default_rng(seed)
    velocity = drums_of(player, rng.normal(size=16), seed)
    start = rng.normal(0, 0.5, 16)
    found = refined(player, velocity, start, rounds=20, least_gain=1e-4)
    best = log_posterior(player, velocity, found, start, 4.0)
    assert best > log_posterior(player, velocity, start, start, 4.0)
    for _ in range(50):
        beside = found + rng.normal(0, 0.05, 16)
        assert log_posterior(player, velocity, beside, start, 4.0) < best + 1e-3


def test_a_strong_prior_keeps_the_encoders_code() -> None:
    player = Linear(0)
    start = np.random.default_rng(1).normal(size=16)
    velocity = drums_of(player, -start, 0)
    moved = [
        np.linalg.norm(refined(player, velocity, start, precision=p, least_gain=0.0) - start)
        for p in (1.0, 100.0, 1e6)
    ]
    assert moved[0] > moved[1] > moved[2]
    assert moved[2] < 1e-3


def test_a_code_that_cannot_be_bettered_is_left_as_it_is() -> None:
    player = Linear(0)
    velocity = drums_of(player, np.ones(16), 0)
    best = refined(player, velocity, np.zeros(16), precision=1e-3, rounds=20, least_gain=1e-4)
    np.testing.assert_array_equal(refined(player, velocity, best), best)


def test_the_same_drums_give_the_same_code() -> None:
    player = Linear(2)
    velocity = drums_of(player, np.ones(16), 2)
    first = refined(player, velocity, np.zeros(16))
    np.testing.assert_array_equal(refined(player, velocity, np.zeros(16)), first)


def test_pieces_that_are_not_seen_do_not_count() -> None:
    """Of three pieces the second plays something else altogether."""
    player = Linear(0, 3)
    code = np.random.default_rng(7).normal(size=16)
    velocity = drums_of(player, code, 0)
    seen = np.array([True, False, True])
    odd = velocity.copy()
    odd[1] = 1 - odd[1]
    found = refined(player, velocity, np.zeros(16), seen, precision=0.1)
    np.testing.assert_array_equal(refined(player, odd, np.zeros(16), seen, precision=0.1), found)
    every = refined(player, odd, np.zeros(16), np.ones(3, dtype=bool), precision=0.1)
    assert np.corrcoef(found, code)[0, 1] > 0.95 > np.corrcoef(every, code)[0, 1]


def test_the_more_pieces_are_seen_the_nearer_the_code() -> None:
    player = Linear(1, 9)
    code = np.random.default_rng(8).normal(size=16)
    velocity = drums_of(player, code, 1)
    far = [
        np.linalg.norm(
            refined(player, velocity, np.zeros(16), np.arange(9) < count, precision=0.1, rounds=20)
            - code
        )
        for count in (1, 9)
    ]
    assert far[1] < 0.7 * far[0]


def test_an_extracted_code_begins_at_the_encoders() -> None:
    player = Linear(2, 2)
    velocity = drums_of(player, np.ones(16), 2)
    seen = np.array([False, True])
    heard = np.zeros((1, NUM_TICKS // 12), np.float32)
    found = extracted_code(cast(Network, player), heard, velocity, seen)
    np.testing.assert_allclose(found, refined(player, velocity, np.zeros(16), seen), atol=1e-6)

"""Codes that do not move are found at distance 0."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.metrics import codes


@pytest.mark.parametrize("num_varied", [9, 4])
def test_codes_that_do_not_move_are_found_at_no_distance(num_varied: int) -> None:
    own = np.random.default_rng(0).normal(size=(9, 16)).astype(np.float32)
    assert codes.evaluate(own, own[:num_varied]) == {"top_1": 1.0, "distance": 0.0}


def test_codes_that_change_places_are_not_found() -> None:
    found = codes.evaluate(np.eye(3), np.roll(np.eye(3), 1, axis=0))
    assert found == pytest.approx({"top_1": 0.0, "distance": 1.0})


def test_half_way_between_two_songs_is_a_tie() -> None:
    """Codes 0, 2 and 10 are 2, 8 and 10 apart: 20/3 in the mean; 0 -> 1 and
    2 -> 2 have moved 1/2 in the mean."""
    found = codes.evaluate([[0.0], [2.0], [10.0]], [[1.0], [2.0]])
    assert found == pytest.approx({"top_1": 0.75, "distance": 0.5 / (20 / 3)})


def test_one_code_for_all_songs_finds_them_by_chance() -> None:
    assert codes.top_1(np.ones((8, 16)), np.ones((8, 16))) == pytest.approx(1 / 8)
    assert np.isnan(codes.distance(np.ones((8, 16)), np.ones((8, 16))))


@pytest.mark.parametrize("seed", range(3))
def test_retrieval_is_that_of_scikit_learn(seed: int) -> None:
    neighbors = pytest.importorskip("sklearn.neighbors", reason="the [evaluation] extra")
    rng = np.random.default_rng(seed)
    own = rng.normal(size=(60, 16))
    varied = own[:40] + rng.normal(scale=0.9, size=(40, 16))
    nearest = neighbors.NearestNeighbors(n_neighbors=1).fit(own).kneighbors(varied)[1][:, 0]
    found = codes.top_1(own, varied)
    assert found == pytest.approx((nearest == np.arange(40)).mean())
    assert 0.1 < found < 1.0, "or the test says nothing"


@pytest.mark.parametrize(
    ("own", "varied", "message"),
    [
        (np.ones((1, 2)), np.ones((1, 2)), "codes has 1 rows, 2 are needed"),
        (np.ones((2, 2)), np.ones((3, 2)), "3 songs are varied, but only 2.*other way round"),
        (np.ones((2, 2)), np.ones((2, 3)), "2 and 3 columns.*same model"),
        (np.ones((2, 2)), np.full((2, 2), np.nan), "varied is not finite in 2 rows, row 0 first"),
        (np.ones((2, 2, 2)), np.ones((2, 2)), "shape"),
    ],
)
def test_what_are_no_codes_is_refused(own: np.ndarray, varied: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        codes.validate(own, varied)
    with pytest.raises(ValueError, match=message):
        codes.evaluate(own, varied)

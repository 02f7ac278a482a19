"""Overlapped area and KL: 1 and 0 of a set against itself, SciPy's densities else."""

from __future__ import annotations

import time

import numpy as np
import pytest

from drumnet.metrics import distributions
from drumnet.metrics.distributions import densities, distances


@pytest.mark.parametrize("shape", [(2,), (40,), (304, 16)])
def test_a_set_against_itself_overlaps_exactly(shape: tuple[int, ...]) -> None:
    real = np.random.default_rng(0).normal(size=shape)
    assert distributions.evaluate(real, real.copy()) == {"overlapped_area": 1.0, "kl": 0.0}


@pytest.mark.parametrize("value", [0.0, 3.7, -1e9])
def test_songs_that_are_all_alike_overlap_exactly(value: float) -> None:
    same = np.full(12, value)
    assert distributions.evaluate(same, same) == {"overlapped_area": 1.0, "kl": 0.0}


def test_songs_far_from_real_ones_do_not_overlap() -> None:
    real = np.random.default_rng(0).normal(size=50)
    found = distributions.evaluate(real, real + 1000.0)
    assert found["overlapped_area"] < 1e-6
    assert found["kl"] > 20
    alike = distributions.evaluate(np.zeros(5), np.ones(5))
    assert alike["overlapped_area"] < 1e-3


def test_more_unlike_overlaps_less() -> None:
    real, other = np.random.default_rng(1).normal(size=(2, 200))
    areas, divergences = zip(
        *(distributions.evaluate(real, other + shift).values() for shift in (0, 1, 2, 4)),
        strict=True,
    )
    assert areas[0] > 0.95
    assert list(areas) == sorted(areas, reverse=True)
    assert list(divergences) == sorted(divergences)


def test_distances_leave_out_songs_of_the_same_index() -> None:
    assert distances([0, 1, 3], [0, 1, 3]).tolist() == [1, 3, 1, 2, 3, 2]
    assert distances([0, 1], [10, 20, 30]).tolist() == [20, 30, 9, 29]
    assert distances([[0, 0], [3, 4]], [[9, 9], [3, 4]]).tolist() == [5.0, np.hypot(6, 5)]


@pytest.mark.parametrize("seed", range(3))
def test_densities_are_those_of_scipy(seed: int) -> None:
    stats = pytest.importorskip("scipy.stats", reason="the [evaluation] extra")
    rng = np.random.default_rng(seed)
    real, generated = rng.gamma(2.0, size=40), rng.gamma(3.0, size=40)
    intra, inter = distances(real, real), distances(real, generated)
    steps, p, q = densities(intra, inter)
    theirs = [stats.gaussian_kde(values)(steps) for values in (intra, inter)]
    step = steps[1] - steps[0]
    np.testing.assert_allclose(p / step, theirs[0], atol=2e-3 * theirs[0].max())
    np.testing.assert_allclose(q / step, theirs[1], atol=2e-3 * theirs[1].max())
    found = distributions.evaluate(real, generated)
    overlap = np.minimum(*theirs).sum() * step
    divergence = stats.entropy(*theirs)
    assert found == pytest.approx({"overlapped_area": overlap, "kl": divergence}, abs=2e-3)
    assert distributions.overlapped_area(real, generated) == found["overlapped_area"]
    assert distributions.kl_divergence(real, generated) == found["kl"]


def test_two_bells_overlap_as_by_hand() -> None:
    """Distances from bells one standard deviation apart: 2 Phi(-1/2), and a KL
    of 1/2, but for the kernels, that widen both bells a little."""
    grid = (np.arange(20_000) + 0.5) / 20_000
    stats = pytest.importorskip("scipy.stats", reason="the [evaluation] extra")
    bell = stats.norm.ppf(grid)
    _, p, q = densities(bell, bell + 1.0)
    assert np.minimum(p, q).sum() == pytest.approx(0.617, abs=0.01)
    both = (p > 0) & (q > 0)
    divergence = (p[both] * np.log(p[both] / q[both])).sum()
    assert divergence == pytest.approx(0.5, abs=0.02)


def test_three_hundred_songs_are_quick() -> None:
    rng = np.random.default_rng(0)
    real, generated = rng.random((304, 16)), rng.random((304, 16))
    start = time.process_time()
    distributions.evaluate(real, generated)
    assert time.process_time() - start < 2.0, "0.1 s on an idle core"


@pytest.mark.parametrize(
    ("real", "generated", "message"),
    [
        ([1.0], [1.0, 2.0], "real has 1 rows, 2 are needed"),
        ([1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]], "1 and 2 columns.*same measure"),
        ([1.0, 2.0], [1.0, np.nan], "generated is not finite in 1 rows, row 1 first"),
        (np.zeros((2, 2, 2)), [1.0, 2.0], "not .rows, columns."),
    ],
)
def test_what_are_no_measures_is_refused(
    real: list[float], generated: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        distributions.validate(real, generated)
    with pytest.raises(ValueError, match=message):
        distributions.evaluate(real, generated)

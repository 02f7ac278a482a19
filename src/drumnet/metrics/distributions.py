"""Are generated songs as different from real ones as real ones from each other?

For one measure of a song (a number or a vector) the Euclidean distances
between every two real songs (intra-set) and between every real and every
generated song (inter-set) are smoothed to densities p and q by a Gaussian
kernel (bandwidth by Scott's rule), as in Yang & Lerch, "On the evaluation of
generative models in music" (Neural Computing and Applications 32, 2020):

    overlapped area = integral of min(p, q)
    KL = integral of p log(p / q), in nats

Two things differ from their mgeval, so that a set against itself gives exactly
1 and 0: the densities are taken whole, not cut off at the least and the
greatest distance, and the i-th real song is not compared with the i-th
generated one, as no song is compared with itself within the set.  Let the two
be of the same song where there is such a song.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.metrics.checks import check_columns, checked_table
from drumnet.metrics.euclidean import euclidean

#: Steps of the distance axis; a kernel is never narrower than one.
_NUM_STEPS = 4096
#: Kernels reach this many bandwidths.
_REACH = 5.0
#: The share that a step has at least, for the logarithm; it bounds KL at 28 nats.
_LEAST_SHARE = 1e-12


def validate(real: ArrayLike, generated: ArrayLike) -> None:
    """
    Args:
        real, generated: (num_songs, d) or (num_songs,) of one measure, two
            songs at least.

    Raises:
        ValueError: other shapes, different d, or values that are not finite.
    """
    _checked(real, generated)


def distances(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """(n,) Euclidean distances of every two songs but those of the same
    index: intra-set where both are the same set, else inter-set.

    >>> distances([0, 1, 3], [0, 1, 3])
    array([1., 3., 1., 2., 3., 2.])
    """
    one, other = _checked(first, second)
    found = euclidean(one, other)
    return np.asarray(found[np.eye(*found.shape) == 0])


def densities(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Two sets of distances, smoothed on one axis.

    Returns:
        (steps, p, q): (n,) distances, and the shares of either set at each of
        them, which sum to 1.  Where all distances are the same, n is 1.
    """
    widths = _bandwidth(first), _bandwidth(second)
    low = min(first.min(), second.min()) - _REACH * max(widths)
    high = max(first.max(), second.max()) + _REACH * max(widths)
    if high - low <= _REACH * np.spacing(abs(low) + abs(high)):
        return np.array([low]), np.ones(1), np.ones(1)
    steps = np.linspace(low, high, _NUM_STEPS)
    p, q = (_shares(values, steps, w) for values, w in zip((first, second), widths, strict=True))
    return steps, p, q


def overlapped_area(real: ArrayLike, generated: ArrayLike) -> float:
    """The area under both densities, 0-1; of a set against itself exactly 1.

    >>> overlapped_area([0, 1, 3], [0, 1, 3]), overlapped_area([5, 5], [5, 5])
    (1.0, 1.0)
    """
    return evaluate(real, generated)["overlapped_area"]


def kl_divergence(real: ArrayLike, generated: ArrayLike) -> float:
    """KL divergence in nats, 0 and above, of real's intra-set density from the
    inter-set one; of a set against itself exactly 0."""
    return evaluate(real, generated)["kl"]


def evaluate(real: ArrayLike, generated: ArrayLike) -> dict[str, float]:
    """`overlapped_area` and `kl`.

    Args:
        real, generated: (num_songs, d) or (num_songs,) of one measure; the
            i-th are of the same song, where there is one.

    Raises:
        ValueError: as `validate`.
    """
    _, p, q = densities(distances(real, real), distances(real, generated))
    area = 1.0 - 0.5 * np.abs(p - q).sum()
    p, q = np.maximum(p, _LEAST_SHARE), np.maximum(q, _LEAST_SHARE)
    divergence = (p * np.log(p / q)).sum()
    return {"overlapped_area": max(0.0, float(area)), "kl": max(0.0, float(divergence))}


def _checked(
    real: ArrayLike, generated: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    one = checked_table("real", real, least_rows=2)
    other = checked_table("generated", generated, least_rows=2)
    check_columns("real and generated songs", one, other)
    return one, other


def _bandwidth(values: NDArray[np.float64]) -> float:
    """Scott's rule for one dimension: n ** (-1/5) standard deviations."""
    return float(values.std(ddof=1) * len(values) ** -0.2) if len(values) > 1 else 0.0


def _shares(
    values: NDArray[np.float64], steps: NDArray[np.float64], bandwidth: float
) -> NDArray[np.float64]:
    """(n,) shares of the values at the steps, smoothed."""
    step = float(steps[1] - steps[0])
    nearest = np.rint((values - steps[0]) / step).astype(np.int64)
    counts = np.bincount(nearest, minlength=len(steps)).astype(np.float64)
    width = max(bandwidth / step, 1.0)
    reach = min(int(np.ceil(_REACH * width)), len(steps) // 2 - 1)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    smooth = np.convolve(counts, kernel, mode="same")
    return np.asarray(smooth / smooth.sum())

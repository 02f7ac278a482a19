"""How sure the figures are: bootstrap over songs, and many comparisons at once.

In: a value of every song.  Out: 95 % intervals by the percentile bootstrap
(Efron & Tibshirani, "An Introduction to the Bootstrap", 1993), p values of
paired differences, and Holm's correction.  The same values give the same
figures: resampling is seeded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.metrics.hits import Counts

NUM_RESAMPLES = 10_000
#: The share of resamples that an interval holds.
COVERAGE = 0.95
#: Songs drawn at a time; bounds memory, and is part of what a seed gives.
_BLOCK = 2_000_000


@dataclass(frozen=True)
class Interval:
    """A figure and the interval it is likely to lie in.

    Args:
        value: the figure over all songs.
        low, high: of its 95 % interval; `value` where there is one song.
        num_songs: that have a value.
    """

    value: float
    low: float
    high: float
    num_songs: int


@dataclass(frozen=True)
class Difference:
    """How much better the first of two is, over the same songs.

    Args:
        mean: of first - second.
        low, high: of its 95 % interval.
        p: two-sided, by the studentized bootstrap; 1 where the two are the same.
        num_songs: that have both values.
    """

    mean: float
    low: float
    high: float
    p: float
    num_songs: int


def validate(per_song: Sequence[float | None] | ArrayLike) -> None:
    """
    Args:
        per_song: (num_songs,) a value of every song; None or NaN where there
            is none.

    Raises:
        ValueError: no row of numbers, infinite ones, or no number at all.
    """
    _known(_row("per_song", per_song))


def resampled_sums(
    table: ArrayLike, num_resamples: int = NUM_RESAMPLES, seed: int = 0
) -> NDArray[np.float64]:
    """(num_resamples, num_columns) column sums of songs drawn with replacement.
    What is a function of sums over songs (means, pooled F1, pooled phi) has its
    interval from these; every table of as many songs is drawn in the same way.

    Args:
        table: (num_songs, num_columns).

    Raises:
        ValueError: another shape, no songs, or values that are not finite.
    """
    values = np.asarray(table, dtype=np.float64)
    if values.ndim != 2 or not len(values) or not np.isfinite(values).all():
        raise ValueError(
            f"a table of the shape {values.shape}, not (songs, columns) of finite values: "
            "leave out songs without a value"
        )
    rng = np.random.default_rng(seed)
    num_songs = len(values)
    block = max(1, _BLOCK // num_songs)
    sums = []
    for start in range(0, num_resamples, block):
        rows = min(block, num_resamples - start)
        drawn = rng.integers(num_songs, size=(rows, num_songs))
        drawn += np.arange(rows)[:, None] * num_songs
        times = np.bincount(drawn.reshape(-1), minlength=rows * num_songs)
        sums.append(times.reshape(rows, num_songs).astype(np.float64) @ values)
    return np.concatenate(sums)


def mean_interval(
    per_song: Sequence[float | None] | ArrayLike,
    num_resamples: int = NUM_RESAMPLES,
    seed: int = 0,
) -> Interval:
    """The mean over songs; songs without a value are left out.

    Args:
        per_song: (num_songs,) None or NaN where there is no value.

    Raises:
        ValueError: as `validate`.
    """
    values = _known(_row("per_song", per_song))
    means = resampled_sums(values[:, None], num_resamples, seed)[:, 0] / len(values)
    return Interval(float(values.mean()), *bounds(means), len(values))


def pooled_interval(
    counts: Sequence[Counts], num_resamples: int = NUM_RESAMPLES, seed: int = 0
) -> Interval:
    """F1 over all hits of all songs: 2 matched / (wanted + played).

    Args:
        counts: of every song.

    Raises:
        ValueError: no songs.
    """
    if not counts:
        raise ValueError("there are no songs to pool")
    table = np.array([(2 * one.matched, one.wanted + one.played) for one in counts], np.float64)
    matched, total = resampled_sums(table, num_resamples, seed).T
    scores = np.divide(matched, total, out=np.ones(num_resamples), where=total > 0)
    return Interval(sum(counts, Counts()).f_measure, *bounds(scores), len(counts))


def paired_difference(
    first: Sequence[float | None] | ArrayLike,
    second: Sequence[float | None] | ArrayLike,
    num_resamples: int = NUM_RESAMPLES,
    seed: int = 0,
) -> Difference:
    """Bootstrap of first - second over the songs that have both.

    With t = mean / standard error, and t* = (mean* - mean) / standard error* of a
    resample, p = (1 + resamples whose |t*| >= |t|) / (1 + resamples): the
    studentized test (Davison & Hinkley, "Bootstrap Methods and their
    Application", 1997, 4.4). Unlike the percentiles it knows that a few songs
    tell little of their own spread.

    Args:
        first, second: (num_songs,) of the same songs in the same order.

    Raises:
        ValueError: different numbers of songs, or none that has both.
    """
    one, other = _row("first", first), _row("second", second)
    if len(one) != len(other):
        raise ValueError(f"{len(one)} songs against {len(other)}: pair them by name first")
    gaps = _known(one - other)
    mean = float(gaps.mean())
    centred = gaps - mean
    sums = resampled_sums(np.column_stack([centred, centred**2]), num_resamples, seed)
    moved, squares = sums.T / len(gaps)
    t_drawn = _studentized(moved, squares - moved**2, mean)
    t = _studentized(np.array([mean]), np.array([(centred**2).mean()]), mean)
    p = float(1 + (np.abs(t_drawn) >= np.abs(t)).sum()) / (1 + num_resamples)
    return Difference(mean, *bounds(mean + moved), p, len(gaps))


def _studentized(
    means: NDArray[np.float64], variances: NDArray[np.float64], scale: float
) -> NDArray[np.float64]:
    """(n,) means over spreads; 0 where a mean is 0 but for rounding, infinite where
    another has no spread."""
    least = 1e-12 * max(abs(scale), 1e-12)
    spread = np.sqrt(np.maximum(variances, 0.0))
    out = np.where(np.abs(means) > least, np.inf, 0.0)
    wide = (spread > least) & (np.abs(means) > least)
    return np.asarray(np.divide(means, spread, out=out, where=wide))


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """(n,) p values corrected for n comparisons (Holm, "A simple sequentially
    rejective multiple test procedure", 1979): the k-th least is multiplied by
    n - k + 1, and none is less than a lesser one's.

    Raises:
        ValueError: values that are not from 0 to 1.

    >>> holm([0.01, 0.04, 0.03]).round(3)
    array([0.03, 0.06, 0.06])
    """
    values = np.asarray(p_values, dtype=np.float64)
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("p values are one row of numbers from 0 to 1")
    order = np.argsort(values, kind="stable")
    scaled = values[order] * np.arange(len(values), 0, -1)
    corrected = np.empty(len(values))
    corrected[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return corrected


def _row(name: str, per_song: Sequence[float | None] | ArrayLike) -> NDArray[np.float64]:
    """(num_songs,) with NaN for None."""
    values = np.asarray(per_song, dtype=np.float64)
    if values.ndim != 1 or np.isinf(values).any():
        raise ValueError(
            f"{name} has the shape {values.shape}: one finite value for every song is wanted, "
            "None where there is none"
        )
    return values


def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    known = values[~np.isnan(values)]
    if not known.size:
        raise ValueError("no song has a value: was the experiment run on these songs?")
    return known


def bounds(resampled: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % interval of a figure that was drawn many times."""
    tail = (1.0 - COVERAGE) / 2.0
    low, high = np.quantile(resampled, (tail, 1.0 - tail))
    return float(low), float(high)

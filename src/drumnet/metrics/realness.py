"""Can a classifier tell generated bars from real ones?

Gradient-boosted trees (scikit-learn's HistGradientBoostingClassifier, after Ke
et al., "LightGBM", NeurIPS 2017) learn real against generated from the
measures of single bars.  They are judged on songs that they have not seen:
cross-validation whose folds are of whole songs.  The area under the ROC curve,
pooled over the folds, is the chance that a real bar is taken to be more real
than a generated one (Hanley & McNeil, 1982):

    AUC = (pairs in the right order + half of the ties) / pairs

0.5 is indistinguishable, 1 is told apart always.  Real bars given as the
generated bars of the same songs get exactly 0.5.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.metrics.checks import check_columns, checked_table

NUM_FOLDS = 5


def validate(
    real: ArrayLike, generated: ArrayLike, real_songs: ArrayLike, generated_songs: ArrayLike
) -> None:
    """
    Args:
        real, generated: (num_bars, num_measures); NaN is a missing measure.
        real_songs, generated_songs: (num_bars,) which song each bar is of; what
            is generated for a song has that song's name.

    Raises:
        ValueError: other shapes, different measures, values that are infinite,
            or fewer than two songs.
    """
    one = checked_table("real", real, missing=True)
    other = checked_table("generated", generated, missing=True)
    check_columns("real and generated bars", one, other)
    for name, table, songs in (("real", one, real_songs), ("generated", other, generated_songs)):
        groups = np.asarray(songs)
        if groups.shape != (len(table),):
            raise ValueError(
                f"{name} has {len(table)} bars, but {name}_songs the shape {groups.shape}: "
                "each bar needs its song"
            )
        if len(np.unique(groups)) < 2:
            raise ValueError(f"{name} is of one song: two are needed, one to learn from")


def auc(positive: ArrayLike, negative: ArrayLike) -> float:
    """The share of pairs whose positive score is the higher one, ties a half;
    of scores against themselves exactly 0.5.

    Args:
        positive, negative: (n,) scores.

    Raises:
        ValueError: no scores, or scores that are NaN.

    >>> auc([1, 2, 3], [0, 2])
    0.75
    """
    high, low = np.asarray(positive, np.float64), np.asarray(negative, np.float64)
    if not high.size or not low.size or np.isnan(high).any() or np.isnan(low).any():
        raise ValueError(f"{high.size} and {low.size} scores: both are needed, none of them NaN")
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, side="left").sum()
    not_above = np.searchsorted(ordered, high, side="right").sum()
    return float((int(below) + int(not_above)) / (2 * high.size * low.size))


def unseen_scores(
    real: ArrayLike,
    generated: ArrayLike,
    real_songs: ArrayLike,
    generated_songs: ArrayLike,
    *,
    seed: int = 0,
    num_folds: int = NUM_FOLDS,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(num_real,), (num_generated,) how probably real each bar is, 0-1, by a
    classifier that has not seen its song.  On one core, so that it repeats.

    Raises:
        ValueError: as `validate`.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    validate(real, generated, real_songs, generated_songs)
    one, other = (checked_table("bars", table, missing=True) for table in (real, generated))
    bars = np.concatenate([one, other])
    is_real = np.arange(len(bars)) < len(one)
    fold = _folds(np.asarray(real_songs), np.asarray(generated_songs), seed, num_folds)
    scores = np.zeros(len(bars))
    with threadpool_limits(limits=1):
        for held_out in range(int(fold.max()) + 1):
            test = fold == held_out
            # Early stopping would set bars aside, not songs.
            trees = HistGradientBoostingClassifier(early_stopping=False, random_state=seed)
            # Of a measure that no bar has there is nothing to learn.
            known = ~np.isnan(bars[~test]).all(axis=0)
            trees.fit(bars[~test][:, known], is_real[~test])
            scores[test] = trees.predict_proba(bars[test][:, known])[:, 1]
    return scores[: len(one)], scores[len(one) :]


class SongPairs(NamedTuple):
    """The AUC, song by song.

    Args:
        won: (num_songs, num_songs) of the pairs of a real bar of the song of the
            row and a generated bar of that of the column, how many have the real
            bar's score higher, ties a half.
        num_real, num_generated: (num_songs,) bars; the AUC is the sum of `won`
            over the product of their sums.
    """

    won: NDArray[np.float64]
    num_real: NDArray[np.int64]
    num_generated: NDArray[np.int64]


def song_pairs(
    real_scores: ArrayLike,
    generated_scores: ArrayLike,
    real_songs: ArrayLike,
    generated_songs: ArrayLike,
) -> SongPairs:
    """What a bootstrap over songs draws from.

    Args:
        real_scores, generated_scores: (num_bars,) from `unseen_scores`.
        real_songs, generated_songs: (num_bars,) which song each bar is of.
    """
    high, low = np.asarray(real_scores, np.float64), np.asarray(generated_scores, np.float64)
    both = np.concatenate([np.asarray(real_songs), np.asarray(generated_songs)])
    songs, index = np.unique(both, return_inverse=True)
    of_real, of_generated = index[: len(high)], index[len(high) :]
    won = np.zeros((len(songs), len(songs)))
    for song in range(len(songs)):
        ordered = np.sort(low[of_generated == song])
        twice = sum(np.searchsorted(ordered, high, side) for side in ("left", "right"))
        won[:, song] = np.bincount(of_real, weights=twice / 2, minlength=len(songs))
    counts = (np.bincount(of, minlength=len(songs)) for of in (of_real, of_generated))
    return SongPairs(won, *counts)


def evaluate(
    real: ArrayLike,
    generated: ArrayLike,
    real_songs: ArrayLike,
    generated_songs: ArrayLike,
    *,
    seed: int = 0,
    num_folds: int = NUM_FOLDS,
) -> dict[str, float]:
    """`auc`, 0-1.

    Args:
        real, generated: (num_bars, num_measures); NaN is a missing measure.
        real_songs, generated_songs: (num_bars,) which song each bar is of.
        seed: of the folds and of the classifier.

    Raises:
        ValueError: as `validate`.
    """
    scores = unseen_scores(
        real, generated, real_songs, generated_songs, seed=seed, num_folds=num_folds
    )
    return {"auc": auc(*scores)}


def _folds(
    real_songs: NDArray[np.generic],
    generated_songs: NDArray[np.generic],
    seed: int,
    num_folds: int,
) -> NDArray[np.int64]:
    """(num_bars,) the fold of each bar, real bars first: songs dealt out in
    turn, those of real bars alone first and those of generated bars alone
    last, so that any two folds have two songs of either or more."""
    songs, song_of = np.unique(np.concatenate([real_songs, generated_songs]), return_inverse=True)
    has_real, has_generated = np.isin(songs, real_songs), np.isin(songs, generated_songs)
    shuffled = np.random.default_rng(seed).permutation(len(songs))
    kind = has_generated.astype(np.int64) - has_real
    order = shuffled[np.argsort(kind[shuffled], kind="stable")]
    count = max(2, min(num_folds, int(has_real.sum()), int(has_generated.sum())))
    fold_of_song = np.empty(len(songs), dtype=np.int64)
    fold_of_song[order] = np.arange(len(songs)) % count
    return np.asarray(fold_of_song[song_of])

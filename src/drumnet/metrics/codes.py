"""Are codes the same when a song is varied?

In: the codes of songs, and of some of them varied (another tempo, shifted).
Out:

    top-1     share of varied songs whose code is nearest to its own song's,
              by Euclidean distance; a tie counts as its share
    distance  mean |varied - own| / mean |code of one song - code of another|
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.metrics.checks import check_columns, checked_table
from drumnet.metrics.euclidean import euclidean


def validate(codes: ArrayLike, varied: ArrayLike) -> None:
    """
    Args:
        codes: (num_codes, code_size), two at least.
        varied: (num_songs, code_size) of the first songs of `codes`, varied.

    Raises:
        ValueError: other shapes, codes that are not finite, or more varied
            songs than songs.
    """
    _checked(codes, varied)


def top_1(codes: ArrayLike, varied: ArrayLike) -> float:
    """The share of varied songs that are found, 0-1.  With codes that all
    differ and do not move it is exactly 1; with one code for all it is chance.

    >>> top_1(np.eye(4), 0.9 * np.eye(4))
    1.0
    """
    return float(per_song(codes, varied)["top_1"].mean())


def distance(codes: ArrayLike, varied: ArrayLike) -> float:
    """How far codes move, over how far songs are apart: 0 where none moves, 1
    where they are as good as another song's; NaN where all songs have one
    code, which tells nothing.

    >>> distance(np.eye(4), np.eye(4))
    0.0
    """
    return float(per_song(codes, varied)["distance"].mean())


def per_song(codes: ArrayLike, varied: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """(num_songs,) each: `top_1` is how much each song is found (1, 0 or its share
    of a tie), `distance` how far its code moved; their means are what `evaluate`
    gives.

    Raises:
        ValueError: as `validate`.
    """
    own, moved = _checked(codes, varied)
    gaps = euclidean(moved, own)
    nearest = gaps == gaps.min(axis=1, keepdims=True)
    between = euclidean(own, own).sum() / (len(own) * (len(own) - 1))
    step = np.linalg.norm(moved - own[: len(moved)], axis=1)
    return {
        "top_1": np.diagonal(nearest) / nearest.sum(axis=1),
        "distance": step / between if between > 0 else np.full(len(moved), np.nan),
    }


def evaluate(codes: ArrayLike, varied: ArrayLike) -> dict[str, float]:
    """`top_1` and `distance`.

    Args:
        codes: (num_codes, code_size), two at least.
        varied: (num_songs, code_size) of the first songs of `codes`, varied.

    Raises:
        ValueError: as `validate`.
    """
    return {"top_1": top_1(codes, varied), "distance": distance(codes, varied)}


def _checked(
    codes: ArrayLike, varied: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    own = checked_table("codes", codes, least_rows=2)
    moved = checked_table("varied", varied)
    check_columns("codes and varied codes", own, moved)
    if len(moved) > len(own):
        raise ValueError(
            f"{len(moved)} songs are varied, but only {len(own)} have a code: "
            "are the two arguments the other way round?"
        )
    return own, moved

"""How many edits make one rhythm of another.

A rhythm is a row of pulses, each an onset or a silence; the edit distance is the least
number of pulses to be inserted, deleted or replaced that makes one row of the other
(Levenshtein 1966).  How far apart people find two rhythms goes with it at r = 0.87
(Post & Toussaint, "The Edit Distance as a Measure of Perceived Rhythmic Similarity",
Empirical Musicology Review 6(3), 2011: rhythms of 16 pulses).  Unlike F1 it tells a
figure that is moved as a whole from one that is another.

A kit is one rhythm for each piece; its distance is their sum.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.metrics.bars import Bars
from drumnet.metrics.sixteenths import on_sixteenths


def validate(first: ArrayLike, second: ArrayLike) -> None:
    """
    Args:
        first, second: (num_rhythms, num_pulses) bool.

    Raises:
        ValueError: other shapes or types.
    """
    for name, rhythms in (("first", first), ("second", second)):
        array = np.asarray(rhythms)
        if array.ndim != 2 or array.dtype != bool:
            raise ValueError(
                f"{name} is of shape {array.shape} and type {array.dtype}, "
                "not (num_rhythms, num_pulses) of bool"
            )
    if np.shape(first) != np.shape(second):
        raise ValueError(
            f"first and second have the shapes {np.shape(first)} and {np.shape(second)}: "
            "compare bar with bar"
        )


def edit_distances(first: ArrayLike, second: ArrayLike) -> NDArray[np.int64]:
    """(num_rhythms,) of each rhythm from the one in the same row.

    Args:
        first, second: (num_rhythms, num_pulses) bool.

    Raises:
        ValueError: as `validate`.

    >>> off, on = [[True, False] * 4], [[False, True] * 4]
    >>> edit_distances(on, off)  # one pulse is taken from the start and put to the end
    array([2])
    """
    validate(first, second)
    one, other = np.asarray(first), np.asarray(second)
    num_rhythms, num_pulses = one.shape
    # Of the pulses of `one` so far, the distance from each beginning of `other`.
    reached = np.tile(np.arange(num_pulses + 1), (num_rhythms, 1))
    for pulse in range(num_pulses):
        before, reached = reached, np.empty_like(reached)
        reached[:, 0] = pulse + 1
        for end in range(1, num_pulses + 1):
            replaced = before[:, end - 1] + (one[:, pulse] != other[:, end - 1])
            moved = np.minimum(before[:, end], reached[:, end - 1]) + 1
            reached[:, end] = np.minimum(replaced, moved)
    return np.asarray(reached[:, -1], dtype=np.int64)


def edits_a_bar(wanted: ArrayLike, played: ArrayLike, bars: Bars) -> float:
    """The mean over bars of the edits of all pieces, bar by bar on 16ths; NaN without a bar.

    Args:
        wanted, played: (num_pieces, num_ticks) bool, of the song that the bars are of.

    Raises:
        ValueError: as `validate`.
    """
    validate(wanted, played)
    one, other = np.asarray(wanted), np.asarray(played)
    total = 0
    for length in np.unique(bars.num_ticks):
        parts = [
            slice(int(start), int(start + length))
            for start in bars.start_tick[bars.num_ticks == length]
        ]
        rhythms = [
            np.concatenate([on_sixteenths(hits[:, part]) for part in parts])
            for hits in (one, other)
        ]
        total += int(edit_distances(*rhythms).sum())
    return total / len(bars) if len(bars) else float("nan")


def evaluate(wanted: ArrayLike, played: ArrayLike, bars: Bars) -> dict[str, float]:
    """`edits`, a bar.

    Raises:
        ValueError: as `validate`.
    """
    return {"edits": edits_a_bar(wanted, played, bars)}

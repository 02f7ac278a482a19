"""Played hits against the hits that were wanted, on exactly the same tick.

    precision = matched / played        recall = matched / wanted
    F1 = 2 matched / (wanted + played)  (van Rijsbergen, 1979)

Counts are added over songs for a pooled score, scores are averaged over songs
for a mean.  Where nothing was wanted and nothing played all scores are 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from drumnet.metrics.checks import checked_ticks


@dataclass(frozen=True)
class Counts:
    """Hits that match, that were wanted, and that were played.

    >>> Counts(matched=2, wanted=4, played=2).f_measure
    0.6666666666666666
    """

    matched: int = 0
    wanted: int = 0
    played: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.matched + other.matched, self.wanted + other.wanted, self.played + other.played
        )

    @property
    def precision(self) -> float:
        return self.matched / self.played if self.played else float(not self.wanted)

    @property
    def recall(self) -> float:
        return self.matched / self.wanted if self.wanted else float(not self.played)

    @property
    def f_measure(self) -> float:
        """The harmonic mean of precision and recall: 2 matched / (wanted +
        played); 1 where nothing was wanted and nothing played."""
        total = self.wanted + self.played
        return 2 * self.matched / total if total else 1.0

    @property
    def scores(self) -> dict[str, float]:
        """`precision`, `recall` and `f_measure`, as `evaluate` gives them."""
        return {"precision": self.precision, "recall": self.recall, "f_measure": self.f_measure}


def validate(wanted: ArrayLike, played: ArrayLike) -> None:
    """
    Args:
        wanted, played: (n,) ticks of the hits, in any order.

    Raises:
        ValueError: one of them is no row of whole numbers from 0 on.
    """
    checked_ticks("wanted", wanted)
    checked_ticks("played", played)


def tick_counts(wanted: ArrayLike, played: ArrayLike) -> Counts:
    """Hits on exactly the same tick; a tick counts once.

    Args:
        wanted, played: (n,) ticks of the hits, in any order.

    Raises:
        ValueError: as `validate`.
    """
    want = np.unique(checked_ticks("wanted", wanted))
    play = np.unique(checked_ticks("played", played))
    matched = len(np.intersect1d(want, play, assume_unique=True))
    return Counts(matched, len(want), len(play))


def f_measure(wanted: ArrayLike, played: ArrayLike) -> float:
    """F1 on exactly the same tick.

    >>> f_measure([0, 12, 24, 36], [0, 24])
    0.6666666666666666
    """
    return tick_counts(wanted, played).f_measure


def evaluate(wanted: ArrayLike, played: ArrayLike) -> dict[str, float]:
    """`precision`, `recall` and `f_measure`, each 0-1.

    Args:
        wanted, played: (n,) ticks of the hits, in any order.

    Raises:
        ValueError: as `validate`.
    """
    return tick_counts(wanted, played).scores

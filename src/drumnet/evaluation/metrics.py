"""Scores of played hits against the hits that were wanted.

Counts are added over songs for a pooled score, scores are averaged over songs
for a mean; identical input scores exactly 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

#: mir_eval's window for onsets, as in MIREX.
ONSET_WINDOW_S = 0.05


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


def tick_counts(wanted: ArrayLike, played: ArrayLike) -> Counts:
    """Hits on exactly the same tick.

    Args:
        wanted, played: ticks of the hits.
    """
    want, play = np.unique(np.asarray(wanted)), np.unique(np.asarray(played))
    matched = len(np.intersect1d(want, play, assume_unique=True))
    return Counts(matched, len(want), len(play))


def onset_counts(
    wanted_s: ArrayLike, played_s: ArrayLike, window_s: float = ONSET_WINDOW_S
) -> Counts:
    """Hits within a window of each other, matched one to one (Raffel et al.,
    "mir_eval", ISMIR 2014).

    Args:
        wanted_s, played_s: onset times in seconds.
    """
    import mir_eval

    want = np.sort(np.asarray(wanted_s, dtype=float))
    play = np.sort(np.asarray(played_s, dtype=float))
    matched = mir_eval.util.match_events(want, play, window_s) if len(want) and len(play) else []
    return Counts(len(matched), len(want), len(play))

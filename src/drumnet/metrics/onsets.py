"""Played onsets against the onsets that were wanted, in seconds.

Onsets within 50 ms of each other match, one to one, as many as can be
(Raffel et al., "mir_eval", ISMIR 2014).  Scores as in `hits`; unlike mir_eval,
nothing played where nothing was wanted scores 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from drumnet.metrics.checks import checked_times
from drumnet.metrics.hits import Counts

#: mir_eval's window for onsets, as in MIREX.
ONSET_WINDOW_S = 0.05
#: No song is longer; what is beyond is in another unit (mir_eval.onset.MAX_TIME).
LATEST_S = 30_000.0


def validate(wanted_s: ArrayLike, played_s: ArrayLike) -> None:
    """
    Args:
        wanted_s, played_s: (n,) onset times in seconds, in any order; a little
            before 0 is possible, where a hit comes before the first tick.

    Raises:
        ValueError: one of them is no row of finite seconds.
    """
    checked_times("wanted_s", wanted_s, LATEST_S)
    checked_times("played_s", played_s, LATEST_S)


def onset_counts(
    wanted_s: ArrayLike, played_s: ArrayLike, window_s: float = ONSET_WINDOW_S
) -> Counts:
    """Onsets within a window of each other, matched one to one.

    Args:
        wanted_s, played_s: (n,) onset times in seconds, in any order.
        window_s: the farthest that a match may be away.

    Raises:
        ValueError: as `validate`.
    """
    import mir_eval

    want = np.sort(checked_times("wanted_s", wanted_s, LATEST_S))
    play = np.sort(checked_times("played_s", played_s, LATEST_S))
    matched = mir_eval.util.match_events(want, play, window_s) if len(want) and len(play) else []
    return Counts(len(matched), len(want), len(play))


def f_measure(wanted_s: ArrayLike, played_s: ArrayLike, window_s: float = ONSET_WINDOW_S) -> float:
    """F1 of onsets within a window of each other."""
    return onset_counts(wanted_s, played_s, window_s).f_measure


def evaluate(
    wanted_s: ArrayLike, played_s: ArrayLike, window_s: float = ONSET_WINDOW_S
) -> dict[str, float]:
    """`precision`, `recall` and `f_measure`, each 0-1.

    Args:
        wanted_s, played_s: (n,) onset times in seconds, in any order.

    Raises:
        ValueError: as `validate`.
    """
    return onset_counts(wanted_s, played_s, window_s).scores

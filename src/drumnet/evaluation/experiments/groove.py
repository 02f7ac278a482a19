"""A kit to a tapped rhythm, on the Groove MIDI Dataset.

In: windows of performances, and players.  Out: rows of the section "groove": F1
of all pieces and of each, and how near loudness and timing of the hits are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.grooves import Window
from drumnet.evaluation.experiments.scores import MICRO_F1, f1_row, micro_row
from drumnet.evaluation.grooves import KitTake, TapPlayer
from drumnet.evaluation.report.model import LOWER, Row
from drumnet.evaluation.statistics import bounds, resampled_sums
from drumnet.hits import PIECES
from drumnet.metrics import Counts
from drumnet.metrics.feel import FeelErrors, feel_errors

SECTION, EXPERIMENT = "groove", "tap to kit"
STEP_F1 = "16th F1"
VELOCITY, TIMING = "velocity error", "timing error, ms"
ALL_PIECES = "all pieces"


def performances(windows: Sequence[Window]) -> list[str]:
    """The names of the performances, in their order."""
    return list(dict.fromkeys(window.song for window in windows))


def groove_rows(windows: Sequence[Window], player: TapPlayer) -> list[Row]:
    """One player on all windows; intervals are over performances, of which the
    windows overlap."""
    takes = player.play([window.tap for window in windows])
    names = performances(windows)
    of = np.array([names.index(window.song) for window in windows])
    rows = []
    for piece, setting in ((None, ALL_PIECES), *((i, p.value) for i, p in enumerate(PIECES))):
        counts = _counts(windows, takes, of, piece)
        if piece is None:
            rows.append(f1_row(SECTION, EXPERIMENT, player.name, STEP_F1, counts, setting))
        if any(one.wanted + one.played for one in counts):
            rows.append(micro_row(SECTION, EXPERIMENT, player.name, MICRO_F1, counts, setting))
    return rows + _feel_rows(player.name, windows, takes, of)


def _counts(
    windows: Sequence[Window],
    takes: Sequence[KitTake],
    of: NDArray[np.int64],
    piece: int | None,
) -> list[Counts]:
    """Of each performance; None is all pieces."""
    rows = slice(None) if piece is None else piece
    counts = [Counts()] * (int(of.max()) + 1)
    for window, take, song in zip(windows, takes, of, strict=True):
        wanted, played = window.struck[rows], take.struck[rows]
        found = Counts(int((wanted & played).sum()), int(wanted.sum()), int(played.sum()))
        counts[song] = counts[song] + found
    return counts


def _feel_rows(
    player: str, windows: Sequence[Window], takes: Sequence[KitTake], of: NDArray[np.int64]
) -> list[Row]:
    sums = np.zeros((int(of.max()) + 1, len(FeelErrors._fields)))
    for window, take, song in zip(windows, takes, of, strict=True):
        sums[song] += feel_errors(
            window.velocity, window.offset, take.velocity, take.offset, window.step_ms
        )
    drawn = resampled_sums(sums)
    rows = []
    for column, metric in enumerate((VELOCITY, TIMING)):
        low, high = bounds(drawn[:, column] / drawn[:, -1])
        value = sums[:, column].sum() / sums[:, -1].sum()
        own = (sums[:, column] / sums[:, -1]).tolist()
        rows.append(
            Row(SECTION, EXPERIMENT, player, metric, "", value, low, high, None, own, LOWER)
        )
    return rows

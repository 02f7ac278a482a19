"""F1 of players: how much of the second half they play as it was."""

from __future__ import annotations

from collections.abc import Sequence

from drumnet.evaluation.players import WRONG_CODE
from drumnet.evaluation.report.model import HIGHER, NEITHER, Row
from drumnet.evaluation.statistics import mean_interval, pooled_interval
from drumnet.evaluation.takes import CountHits, Takes, in_time, on_ticks
from drumnet.metrics import Counts

TICK_F1, ONSET_F1 = "tick F1", "onset F1"
#: Of all hits of all songs together.
MICRO_F1 = "micro F1"
#: Hits on exactly the wanted tick; hits within 50 ms of the wanted one.
MEASURES: dict[str, CountHits] = {TICK_F1: on_ticks, ONSET_F1: in_time}


def f1_row(
    section: str,
    experiment: str,
    player: str,
    metric: str,
    counts: Sequence[Counts],
    setting: str = "",
    silent: float | None = 1.0,
) -> Row:
    """The mean over songs with its interval, and pooled over all hits.

    Args:
        silent: the score of a song in which nothing is wanted and nothing played.
    """
    per_song = [one.f_measure if one.wanted + one.played else silent for one in counts]
    mean = mean_interval(per_song)
    # To play better with another song's code is no progress.
    better = NEITHER if player == WRONG_CODE else HIGHER
    pooled = sum(counts, Counts()).f_measure
    return Row(
        section, experiment, player, metric, setting,
        mean.value, mean.low, mean.high, pooled, per_song, better,
    )  # fmt: skip


def micro_row(
    section: str,
    experiment: str,
    player: str,
    metric: str,
    counts: Sequence[Counts],
    setting: str = "",
) -> Row:
    """Pooled over all hits, with its interval over songs."""
    better = NEITHER if player == WRONG_CODE else HIGHER
    found = pooled_interval(counts)
    return Row(
        section, experiment, player, metric, setting,
        found.value, found.low, found.high, better=better,
    )  # fmt: skip


def f1_rows(
    section: str,
    experiment: str,
    takes: Takes,
    setting: str = "",
    metrics: Sequence[str] = tuple(MEASURES),
) -> list[Row]:
    """Every player by every measure."""
    return [
        f1_row(section, experiment, player, name, takes.counts(player, MEASURES[name]), setting)
        for name in metrics
        for player in takes.played
    ]

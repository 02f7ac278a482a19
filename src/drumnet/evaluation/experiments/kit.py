"""The whole kit on songs of the corpus: F1 of the pieces, and do kits look real?

In: halved songs and what players played to them.  Out: rows of the section "kit".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.experiments.likeness import (
    AUC,
    KL,
    LEAST_BARS,
    LEAST_SONGS,
    OVERLAP,
    auc_interval,
)
from drumnet.evaluation.experiments.scores import MICRO_F1, TICK_F1, f1_row, micro_row
from drumnet.evaluation.report.model import HIGHER, LOWER, MODEL_PLAYER, NEITHER, REAL_PLAYER, Row
from drumnet.evaluation.statistics import bounds, resampled_sums
from drumnet.evaluation.takes import KitHits, Takes
from drumnet.hits import PIECES, Piece
from drumnet.metrics import Counts, distributions, kit_bars, realness
from drumnet.metrics.bars import whole_bars

SECTION = "kit"
ALL_PIECES, HATS = "all pieces", "hats, closed or open"
SHARE, ABOVE_COPY = "share of hits", "micro F1 above copy-bar"
COPY_BAR = "copy-bar"
#: Pieces with fewer of all hits are not asked to be above copy-bar.
_LEAST_SHARE = 0.01
SONG_MEASURES = ("density", "syncopation", "repetition", "density of pieces", "position histogram")


def wanted_hits(song: HalvedSong) -> KitHits:
    """The second half as it was."""
    wanted = song.velocity > 0
    wanted[:, : song.half_tick] = False
    return np.asarray(wanted)


#: What F1 is told of, and the rows of it; hats both as one and as two.
SETTINGS: tuple[tuple[str, tuple[int, ...]], ...] = (
    (ALL_PIECES, tuple(range(len(PIECES)))),
    *((piece.value, (index,)) for index, piece in enumerate(PIECES)),
    (HATS, (PIECES.index(Piece.CLOSED_HAT), PIECES.index(Piece.OPEN_HAT))),
)


def piece_counts(wanted: KitHits, played: KitHits, setting: str) -> Counts:
    """Hits on exactly the wanted ticks; of the hats, whichever of the two."""
    rows = list(dict(SETTINGS)[setting])
    one, other = wanted[rows], played[rows]
    if setting == HATS:
        one, other = (np.asarray(hits.any(axis=0)) for hits in (one, other))
    return Counts(int((one & other).sum()), int(one.sum()), int(other.sum()))


def kit_rows(takes: Takes, experiment: str = "transfer") -> list[Row]:
    """F1 of every player, over all pieces and of each: the mean over the songs that
    have or get the piece, and over all hits of all songs."""
    wanted = [wanted_hits(song) for song in takes.songs]
    kits = {player: takes.kits(player) for player in takes.played}
    counts = {
        (player, setting): [
            piece_counts(one, other, setting) for one, other in zip(wanted, played, strict=True)
        ]
        for setting, _ in SETTINGS
        for player, played in kits.items()
    }
    rows = []
    mean_row = partial(f1_row, silent=None)
    for metric, make in ((MICRO_F1, micro_row), (TICK_F1, mean_row)):
        for (player, setting), found in counts.items():
            if any(one.wanted + one.played for one in found):
                rows.append(make(SECTION, experiment, player, metric, found, setting))
    rows += _share_rows(wanted, experiment)
    if {MODEL_PLAYER, COPY_BAR} <= set(takes.played):
        rows += _above_rows(counts, experiment)
    return rows


def _share_rows(wanted: Sequence[KitHits], experiment: str) -> list[Row]:
    hits = np.sum([one.sum(axis=1) for one in wanted], axis=0)
    shares = hits / max(int(hits.sum()), 1)
    return [
        Row(SECTION, experiment, REAL_PLAYER, SHARE, piece.value, share, better=NEITHER)
        for piece, share in zip(PIECES, shares, strict=True)
    ]


def _above_rows(counts: Mapping[tuple[str, str], Sequence[Counts]], experiment: str) -> list[Row]:
    """How far the model is above copy-bar, of pieces with enough hits."""
    total = sum(counts[MODEL_PLAYER, ALL_PIECES], Counts()).wanted
    rows = []
    for setting in (ALL_PIECES, *(piece.value for piece in PIECES)):
        own, rival = counts[MODEL_PLAYER, setting], counts[COPY_BAR, setting]
        if sum(own, Counts()).wanted < _LEAST_SHARE * total or not total:
            continue
        table = [
            (2 * a.matched, a.wanted + a.played, 2 * b.matched, b.wanted + b.played)
            for a, b in zip(own, rival, strict=True)
        ]
        drawn = _f1_gap(resampled_sums(table).T)
        value = float(_f1_gap(np.sum(table, axis=0, dtype=np.float64)))
        low, high = bounds(drawn)
        rows.append(
            Row(SECTION, experiment, MODEL_PLAYER, ABOVE_COPY, setting, value, low, high,
                better=HIGHER)
        )  # fmt: skip
    return rows


def _f1_gap(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """First F1 less second, of rows: matched twice, wanted and played, for each."""
    first, second = (
        np.divide(top, below, out=np.ones_like(top), where=below > 0)
        for top, below in ((sums[0], sums[1]), (sums[2], sums[3]))
    )
    return np.asarray(first - second)


class Measured(NamedTuple):
    """Second halves, measured; songs with fewer than two whole bars are left out.

    Args:
        song_values: of each of `SONG_MEASURES`, (num_songs, d).
        bars: (num_bars, num_features), see `kit_bars.FEATURE_NAMES`.
        bar_songs: (num_bars,) index of each bar's song.
    """

    song_values: dict[str, NDArray[np.float64]]
    bars: NDArray[np.float64]
    bar_songs: NDArray[np.int64]


def measured(songs: Sequence[HalvedSong], played: Sequence[KitHits]) -> Measured:
    values: dict[str, list[NDArray[np.float64]]] = {name: [] for name in SONG_MEASURES}
    tables, owners = [np.zeros((0, len(kit_bars.FEATURE_NAMES)))], [np.zeros(0, np.int64)]
    for index, (song, hits) in enumerate(zip(songs, played, strict=True)):
        whole = whole_bars(song.conditioning).since(song.half_tick)
        if len(whole) < 2:
            continue
        found = kit_bars.kit_song_features(hits, whole)
        numbers = (found.density, found.syncopation, found.repetition)
        vectors = (*(np.array([value]) for value in numbers), found.pieces, found.histogram)
        for name, value in zip(SONG_MEASURES, vectors, strict=True):
            if value is not None:
                values[name].append(value)
        tables.append(kit_bars.kit_bar_table(hits, whole))
        owners.append(np.full(len(tables[-1]), index))
    columns = {
        name: np.array(rows, dtype=np.float64).reshape(len(rows), -1 if rows else 1)
        for name, rows in values.items()
    }
    return Measured(columns, np.concatenate(tables), np.concatenate(owners))


def kit_likeness_rows(takes: Takes, experiment: str, seed: int = 0) -> list[Row]:
    """Every player against the real kits, by the measures of whole kits."""
    real = measured(takes.songs, [wanted_hits(song) for song in takes.songs])
    rows: list[Row] = []
    if len(np.unique(real.bar_songs)) < 2:
        return rows
    for player in takes.played:
        own = measured(takes.songs, takes.kits(player))
        for name in SONG_MEASURES:
            pair = real.song_values[name], own.song_values[name]
            known = ~(np.isnan(pair[0]).any(axis=1) | np.isnan(pair[1]).any(axis=1))
            if known.sum() < LEAST_SONGS:
                continue
            found = distributions.evaluate(pair[0][known], pair[1][known])
            area, kl = found["overlapped_area"], found["kl"]
            rows.append(Row(SECTION, experiment, player, OVERLAP, name, area, better=HIGHER))
            rows.append(Row(SECTION, experiment, player, KL, name, kl, better=LOWER))
        if len(real.bars) >= LEAST_BARS:
            rows.append(_auc_row(experiment, player, real, own, seed))
    return rows


def _auc_row(experiment: str, player: str, real: Measured, own: Measured, seed: int) -> Row:
    scores = realness.unseen_scores(real.bars, own.bars, real.bar_songs, own.bar_songs, seed=seed)
    low, high = auc_interval(realness.song_pairs(*scores, real.bar_songs, own.bar_songs))
    value = realness.auc(*scores)
    return Row(SECTION, experiment, player, AUC, "", value, low, high, better=LOWER)

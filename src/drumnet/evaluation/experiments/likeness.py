"""Do drums look real?  Measures of what is played against those of real drums.

In: takes.  Out: for every player the overlapped areas and KL divergences of
density, syncopation, bar repetition and position histogram over songs, and the
AUC of a classifier that has to tell its bars from real ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.report.model import HIGHER, LOWER, Row
from drumnet.evaluation.statistics import resampled_sums
from drumnet.evaluation.takes import Takes
from drumnet.metrics import bars as bar_measures
from drumnet.metrics import distributions, realness
from drumnet.metrics.patterns import CLEAR_ONSET
from drumnet.song.roles import Role

OVERLAP, KL, AUC = "overlapped area", "KL", "AUC"
HISTOGRAM = "position histogram"
SONG_MEASURES = ("density", "syncopation", "repetition", HISTOGRAM)

#: Of fewer songs there is no distribution to speak of.
LEAST_SONGS = 3
#: A leaf of a tree holds 20 bars or more (scikit-learn's min_samples_leaf): of
#: fewer bars than these so little is learned that 0.5 tells of that alone.
LEAST_BARS = 60


class Measured(NamedTuple):
    """Second halves, measured.

    Args:
        song_values: of each of `SONG_MEASURES`, (num_songs, d).
        bars: (num_bars, num_features), see `BarFeatures`.
        bar_songs: (num_bars,) index of each bar's song.
    """

    song_values: dict[str, NDArray[np.float64]]
    bars: NDArray[np.float64]
    bar_songs: NDArray[np.int64]


def measured(takes: Takes, ticks: list[NDArray[np.int64]]) -> Measured:
    """Measure the second halves with these hits; songs without a whole bar there
    are left out.

    Args:
        ticks: of each song, the hits.
    """
    values: dict[str, list[NDArray[np.float64] | float]] = {name: [] for name in SONG_MEASURES}
    tables, owners = [np.zeros((0, len(bar_measures.FEATURE_NAMES)))], [np.zeros(0, np.int64)]
    for index, (song, hits) in enumerate(zip(takes.songs, ticks, strict=True)):
        whole = bar_measures.whole_bars(song.conditioning).since(song.half_tick)
        if len(whole) < 2:
            continue
        found = bar_measures.song_features(hits, whole)
        for name in SONG_MEASURES[:3]:
            values[name].append(getattr(found, name))
        if found.histogram is not None:
            values[HISTOGRAM].append(found.histogram)
        table = bar_measures.bar_features(hits, whole, _bass(song)).table
        tables.append(table)
        owners.append(np.full(len(table), index))
    columns = {
        name: np.array(rows, dtype=np.float64).reshape(len(rows), -1 if rows else 1)
        for name, rows in values.items()
    }
    return Measured(columns, np.concatenate(tables), np.concatenate(owners))


def _both(
    real: Measured, played: Measured, name: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A measure of the songs in which it is defined for both."""
    one, other = real.song_values[name], played.song_values[name]
    known = ~(np.isnan(one).any(axis=1) | np.isnan(other).any(axis=1))
    return one[known], other[known]


def _bass(song: HalvedSong) -> NDArray[np.int64] | None:
    ticks = song.onset_ticks(Role.BASS, CLEAR_ONSET)
    return ticks if ticks.size else None


def likeness_rows(
    section: str, takes: Takes, experiment: str = "sampled", seed: int = 0
) -> list[Row]:
    """Every player against the real drums; nothing of fewer than two songs, and no
    AUC of so few bars that nothing can be learned of them."""
    real = measured(takes, [song.second_half_hits for song in takes.songs])
    rows: list[Row] = []
    if len(np.unique(real.bar_songs)) < 2:
        return rows
    for player in takes.played:
        played = measured(takes, takes.ticks(player))
        for name in SONG_MEASURES:
            values = _both(real, played, name)
            if len(values[0]) < LEAST_SONGS:
                continue
            found = distributions.evaluate(*values)
            area, kl = found["overlapped_area"], found["kl"]
            rows.append(Row(section, experiment, player, OVERLAP, name, area, better=HIGHER))
            rows.append(Row(section, experiment, player, KL, name, kl, better=LOWER))
        if len(real.bars) >= LEAST_BARS:
            rows.append(_auc_row(section, experiment, player, real, played, seed))
    return rows


def _auc_row(
    section: str, experiment: str, player: str, real: Measured, played: Measured, seed: int
) -> Row:
    scores = realness.unseen_scores(
        real.bars, played.bars, real.bar_songs, played.bar_songs, seed=seed
    )
    low, high = auc_interval(realness.song_pairs(*scores, real.bar_songs, played.bar_songs))
    value = realness.auc(*scores)
    return Row(section, experiment, player, AUC, "", value, low, high, better=LOWER)


def auc_interval(pairs: realness.SongPairs) -> tuple[float, float]:
    """The 95 % interval of the AUC over songs: one that is drawn brings its real
    and its generated bars. The classifier stays as it is."""
    drawn = resampled_sums(np.eye(len(pairs.won)))
    num_pairs = (drawn @ pairs.num_real) * (drawn @ pairs.num_generated)
    won = ((drawn @ pairs.won) * drawn).sum(axis=1)
    low, high = np.quantile(won[num_pairs > 0] / num_pairs[num_pairs > 0], (0.025, 0.975))
    return float(low), float(high)

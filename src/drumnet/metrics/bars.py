"""What each bar of a drum pattern measurably does.

In: the ticks of one piece's hits, the song's bars and the onsets of its bass.
Out: `BarFeatures`, an array of each measure over the bars, which `realness`
compares, and `SongFeatures`, one value of each over the song, which
`distributions` compares.

Only whole bars count: a pickup, or a bar that the end cuts short, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.metrics.checks import checked_ticks
from drumnet.metrics.patterns import is_syncopated

_QUARTERS = 4
#: The histogram is of bars of this many beats, in steps of a 16th.
_HISTOGRAM_BEATS = 4
NUM_SIXTEENTHS = 16
_SIXTEENTH_TICKS = TICKS_PER_BEAT // 4


@dataclass(frozen=True, eq=False)
class Bars:
    """The whole bars of a song or a passage.

    Args:
        start_tick: (num_bars,) in order.
        num_ticks: (num_bars,) of each.
    """

    start_tick: NDArray[np.int64]
    num_ticks: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start_tick)

    @property
    def follows(self) -> NDArray[np.bool_]:
        """(num_bars,) whether a bar begins where the bar before it ends."""
        ends = np.concatenate([[-1], (self.start_tick + self.num_ticks)[:-1]])
        return np.asarray(self.start_tick == ends[: len(self)])

    def since(self, tick: int) -> Bars:
        """The bars that begin at the tick or after it."""
        kept = self.start_tick >= tick
        return Bars(self.start_tick[kept], self.num_ticks[kept])


@dataclass(frozen=True, eq=False)
class BarFeatures:
    """Measures of each bar; NaN where a bar leaves one undefined.

    Args:
        density: (num_bars,) hits.
        syncopation: (num_bars,) share of its hits that are off the beat and
            not resolved by a hit on the next beat (see `is_syncopated`).
        repetition: (num_bars,) Jaccard index of its hits' places with those of
            the bar before: shared places over all places (Jaccard, 1901); 1
            for two empty bars; NaN for the first bar.
        on_beat: (num_bars,) share of its hits on a beat.
        with_bass: (num_bars,) share of its hits at a bass onset; NaN without a bass.
        quarters: (num_bars, 4) share of its hits in each quarter of its length.
        shortest_interval: (num_bars,) ticks between its closest two hits; NaN
            with fewer than two.
    """

    density: NDArray[np.float64]
    syncopation: NDArray[np.float64]
    repetition: NDArray[np.float64]
    on_beat: NDArray[np.float64]
    with_bass: NDArray[np.float64]
    quarters: NDArray[np.float64]
    shortest_interval: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.density)

    @property
    def table(self) -> NDArray[np.float64]:
        """(num_bars, num_features) columns as in `FEATURE_NAMES`."""
        return np.column_stack([getattr(self, field.name) for field in fields(self)])


#: The columns of `BarFeatures.table`.
FEATURE_NAMES = tuple(
    name
    for field in fields(BarFeatures)
    for name in (
        [f"quarter {number + 1}" for number in range(_QUARTERS)]
        if field.name == "quarters"
        else [field.name.replace("_", " ")]
    )
)


@dataclass(frozen=True, eq=False)
class SongFeatures:
    """Measures of a song over its whole bars.

    Args:
        density: hits a bar; NaN without a whole bar.
        syncopation: share of all hits that are syncopated; 0 without hits.
        repetition: mean over the bars that follow another; NaN without one.
        histogram: (16,) share of hits on each 16th of the bars in four, hits
            between two 16ths at the nearer; zeros without hits; None where
            less than half of the bars are in four.
    """

    density: float
    syncopation: float
    repetition: float
    histogram: NDArray[np.float64] | None


def whole_bars(heard: Conditioning) -> Bars:
    """The bars that begin on a downbeat and have all their beats.

    >>> heard = Conditioning(np.zeros((9, 108), np.float32), np.zeros(9, bool),
    ...     (np.arange(9) - 1) % 4, np.full(9, 4), (np.arange(9) + 3) // 4)
    >>> whole_bars(heard).start_tick
    array([12, 60])
    """
    _, first, num_beats = np.unique(heard.bar, return_index=True, return_counts=True)
    whole = (heard.beat_in_bar[first] == 0) & (num_beats == heard.bar_length[first])
    return Bars(
        (first[whole] * TICKS_PER_BEAT).astype(np.int64),
        (num_beats[whole] * TICKS_PER_BEAT).astype(np.int64),
    )


def validate(ticks: ArrayLike, bars: Bars, bass_ticks: ArrayLike | None = None) -> None:
    """
    Args:
        ticks: (num_hits,) of the hits; those outside the bars are left out.
        bars: as `whole_bars` finds them.
        bass_ticks: (num_onsets,) of the bass; None without a bass.

    Raises:
        ValueError: ticks that are no row of whole numbers from 0 on, bars that
            are empty or overlap, or no bar.
    """
    checked_ticks("ticks", ticks)
    if bass_ticks is not None:
        checked_ticks("bass_ticks", bass_ticks)
    if not len(bars):
        raise ValueError("there is no whole bar: are downbeats known, is the passage too short?")
    ends = bars.start_tick + bars.num_ticks
    if (bars.num_ticks <= 0).any() or (bars.start_tick[1:] < ends[:-1]).any():
        raise ValueError("bars are empty or overlap: are they in order, and in ticks?")


def bar_features(ticks: ArrayLike, bars: Bars, bass_ticks: ArrayLike | None = None) -> BarFeatures:
    """Measure every bar.

    Args:
        ticks, bars, bass_ticks: as in `validate`.

    Raises:
        ValueError: as `validate`.
    """
    validate(ticks, bars, bass_ticks)
    all_hits = np.unique(checked_ticks("ticks", ticks))
    hits, bar = _inside(all_hits, bars)
    place = hits - bars.start_tick[bar]
    count = np.bincount(bar, minlength=len(bars))

    def share(flags: NDArray[np.bool_]) -> NDArray[np.float64]:
        found = np.bincount(bar[flags], minlength=len(bars))
        out = np.full(len(bars), np.nan)
        return np.asarray(np.divide(found, count, out=out, where=count > 0))

    quarter = place * _QUARTERS // bars.num_ticks[bar]
    no_bass = bass_ticks is None
    bass = np.zeros(0, np.int64) if bass_ticks is None else checked_ticks("bass_ticks", bass_ticks)
    return BarFeatures(
        density=count.astype(np.float64),
        syncopation=share(np.isin(hits, all_hits[is_syncopated(all_hits)])),
        repetition=_repetition(bar, place, count, bars),
        on_beat=share(place % TICKS_PER_BEAT == 0),
        with_bass=np.full(len(bars), np.nan) if no_bass else share(np.isin(hits, bass)),
        quarters=np.column_stack([share(quarter == number) for number in range(_QUARTERS)]),
        shortest_interval=_shortest_interval(bar, hits, len(bars)),
    )


def song_features(ticks: ArrayLike, bars: Bars) -> SongFeatures:
    """Measure a song.

    Args:
        ticks, bars: as in `validate`.

    Raises:
        ValueError: as `validate`.
    """
    measured = bar_features(ticks, bars)
    num_hits = measured.density.sum()
    syncopated = np.nansum(measured.syncopation * measured.density)
    repeated = measured.repetition[~np.isnan(measured.repetition)]
    return SongFeatures(
        float(measured.density.mean()),
        float(syncopated / num_hits) if num_hits else 0.0,
        float(repeated.mean()) if repeated.size else float("nan"),
        _histogram(np.unique(checked_ticks("ticks", ticks)), bars),
    )


def evaluate(ticks: ArrayLike, bars: Bars) -> dict[str, float]:
    """`density`, `syncopation` and `repetition` of `SongFeatures`.

    Raises:
        ValueError: as `validate`.
    """
    song = song_features(ticks, bars)
    return {
        "density": song.density,
        "syncopation": song.syncopation,
        "repetition": song.repetition,
    }


def _inside(hits: NDArray[np.int64], bars: Bars) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The hits that lie in a bar, and the index of that bar."""
    bar = np.searchsorted(bars.start_tick, hits, side="right") - 1
    inside = (bar >= 0) & (hits < bars.start_tick[bar] + bars.num_ticks[bar])
    return hits[inside], bar[inside].astype(np.int64)


def _repetition(
    bar: NDArray[np.int64], place: NDArray[np.int64], count: NDArray[np.int64], bars: Bars
) -> NDArray[np.float64]:
    """(num_bars,) Jaccard index with the bar before."""
    longest = int(bars.num_ticks.max())
    again = np.isin((bar - 1) * longest + place, bar * longest + place)
    shared = np.bincount(bar[again], minlength=len(bars))
    either = count + np.concatenate([[0], count[:-1]]) - shared
    index = np.divide(shared, either, out=np.ones(len(bars)), where=either > 0)
    return np.where(bars.follows, index, np.nan)


def _shortest_interval(
    bar: NDArray[np.int64], hits: NDArray[np.int64], num_bars: int
) -> NDArray[np.float64]:
    """(num_bars,) ticks between the closest two hits of a bar."""
    same = bar[1:] == bar[:-1]
    shortest = np.full(num_bars, np.inf)
    np.minimum.at(shortest, bar[1:][same], np.diff(hits)[same])
    return np.where(np.isinf(shortest), np.nan, shortest)


def _histogram(hits: NDArray[np.int64], bars: Bars) -> NDArray[np.float64] | None:
    """(16,) share of hits on each 16th of the bars in four."""
    in_four = bars.num_ticks == _HISTOGRAM_BEATS * TICKS_PER_BEAT
    if 2 * in_four.sum() < len(bars):
        return None
    four = Bars(bars.start_tick[in_four], bars.num_ticks[in_four])
    inside, bar = _inside(hits, four)
    place = inside - four.start_tick[bar]
    sixteenth = (place + _SIXTEENTH_TICKS // 2) // _SIXTEENTH_TICKS % NUM_SIXTEENTHS
    counts = np.bincount(sixteenth, minlength=NUM_SIXTEENTHS)
    return np.asarray(counts / max(len(inside), 1))

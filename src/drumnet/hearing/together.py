"""What the whole band does together: where it stops, strikes, and ends, and how much it plays.

In: what is heard of a song (`Conditioning`).  Out: ticks and bars.

A held chord is no stop: how loud the band is tells one from the other.  Where that is not
known, as of notes without sound, only a rest is a stop that is far longer than any other gap
of a busy song.  Every number is chosen by where the drummers of the corpus stop and strike
(`scripts/measure_together.py`, docs/sections.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.bar_patterns import LEAST_STRENGTH, bar_starts
from drumnet.hearing.conditioning import Conditioning

Ticks = NDArray[np.bool_]

#: A push comes a sixteenth, a triplet or an eighth before the downbeat.
_LEADS = (TICKS_PER_BEAT // 4, TICKS_PER_BEAT // 3, TICKS_PER_BEAT // 2)
#: Where a stroke is that is heard on a tick of a beat: of sound it may lie a tick beside.
_PLACES = (0, 0, 3, 3, 4, 6, 6, 6, 8, 9, 9, 12)


@dataclass(frozen=True)
class TogetherConfig:
    """Lengths in beats.

    Args:
        stroke: of a sound, what is weaker than this is no stroke.
        silent: the band is silent where it is so loud, of its usual level (-20 dB).
        stop: a stop is as long at least.
        gap: where loudness is not known, a gap that holds a stop is as long at least,
        busy: and nine in ten of the song's gaps no longer than this.
        ring: so long a last stroke sounds there.
        rest: a stab is followed by so much silence,
        long_rest: or, where loudness is not known, by no stroke for so long.
        around: who plays is told by so much to either side.
        band: so many of those who play strike together.
        end: and so many to end it,
        final: one of them with such strength;
        soft: where the band is so loud then, of its usual level, it has faded.
        usual_bar: share of the bars that are no busier than an ordinary busy one.
        loud_as: loudness grows with this power of the level (Stevens 1955).
    """

    stroke: float = 0.25
    silent: float = 0.1
    stop: float = 1.0
    gap: float = 3.0
    busy: float = 1.0
    ring: float = 1.0
    rest: float = 0.75
    long_rest: float = 1.5
    around: float = 4.0
    band: float = 0.75
    end: float = 0.5
    final: float = 0.4
    soft: float = 0.3
    usual_bar: float = 0.8
    loud_as: float = 0.6


DEFAULT_TOGETHER = TogetherConfig()


def band_stops(heard: Conditioning, config: TogetherConfig = DEFAULT_TOGETHER) -> Ticks:
    """(num_ticks,) where the whole band is silent for a beat or more inside the song, from
    where its last stroke has ended up to where it comes back."""
    any_stroke = _strokes(heard, config).any(axis=0)
    stops = np.zeros(heard.num_ticks, dtype=bool)
    struck = np.flatnonzero(any_stroke)
    if len(struck) < 2:
        return stops
    least = _ticks(config.stop)
    if heard.sounding is not None:
        quiet = (heard.sounding < config.silent) & ~any_stroke
        sounds = np.flatnonzero(~quiet)
        for before, after in pairwise(sounds.tolist()):
            stops[before + 1 : after] = after - before - 1 >= least
        return stops
    gaps = np.diff(struck)
    if np.quantile(gaps, 0.9) > _ticks(config.busy):
        return stops
    for last, gap in zip(struck, gaps, strict=False):
        if gap >= _ticks(config.gap):
            stops[last + _ticks(config.ring) : last + gap] = True
    return stops


def band_strikes(heard: Conditioning, config: TogetherConfig = DEFAULT_TOGETHER) -> Ticks:
    """(num_ticks,) where the band strikes together as it does not all along: stabs, after which
    it is silent, and pushes, that come before a downbeat which nobody strikes."""
    return band_stabs(heard, config) | band_pushes(heard, config)


def band_stabs(heard: Conditioning, config: TogetherConfig = DEFAULT_TOGETHER) -> Ticks:
    """(num_ticks,) where the band strikes together and is silent then."""
    strokes = _strokes(heard, config)
    struck = np.append(np.flatnonzero(strokes.any(axis=0)), heard.num_ticks + _slack(heard))
    usual = np.median(np.diff(struck)) if len(struck) > 2 else heard.num_ticks
    stabs = np.zeros(heard.num_ticks, dtype=bool)
    for tick in _together(strokes, heard, config).tolist():
        after = int(struck[np.searchsorted(struck, tick + _slack(heard), side="right")])
        if heard.sounding is not None:
            silent = int((heard.sounding[tick:after] < config.silent).sum())
            stabs[_settled(tick, heard)] = silent >= _ticks(config.rest)
        else:
            is_long = after - tick >= _ticks(config.long_rest)
            stabs[tick] = is_long and usual <= _LEADS[-1]
    return stabs


def band_pushes(heard: Conditioning, config: TogetherConfig = DEFAULT_TOGETHER) -> Ticks:
    """(num_ticks,) where the band strikes together a sixteenth, a triplet or an eighth before
    a downbeat that nobody strikes; and goes on."""
    strokes = _strokes(heard, config)
    any_stroke, to_bar = np.asarray(strokes.any(axis=0)), _ticks_to_bar(heard)
    pushes = np.zeros(heard.num_ticks, dtype=bool)
    last = int(np.flatnonzero(any_stroke).max(initial=0))
    for struck in _together(strokes, heard, config).tolist():
        tick = _settled(struck, heard)
        bar = tick + int(to_bar[tick])
        is_struck = any_stroke[struck + 1 + _slack(heard) : bar + 2].any()
        pushes[tick] = bar - tick in _LEADS and bar < last and not is_struck
    return pushes


def last_stroke(heard: Conditioning, config: TogetherConfig = DEFAULT_TOGETHER) -> int | None:
    """The tick on which the band ends together, on a downbeat or a push to it; None where it
    fades or trails off."""
    strokes = _strokes(heard, config)
    struck = np.flatnonzero(strokes.any(axis=0))
    ends = _together(strokes, heard, replace(config, band=config.end))
    if not len(ends) or ends[-1] < struck[-1] - _slack(heard):
        return None
    last = int(ends[-1])
    loudest = heard.strength[:, last - _slack(heard) : last + _slack(heard) + 1].max()
    level = np.ones(1) if heard.sounding is None else heard.sounding[last : last + _LEADS[0]]
    if loudest < config.final or level.max() < config.soft:
        return None
    tick = _settled(last, heard)
    to_bar = _ticks_to_bar(heard)[tick]
    runs_on = strokes[:, max(0, last - _LEADS[-1] - 1) : max(0, last - 1)].any()
    return tick if to_bar == 0 or (to_bar in _LEADS and not runs_on) else None


def band_energy(
    heard: Conditioning, config: TogetherConfig = DEFAULT_TOGETHER
) -> NDArray[np.float64]:
    """(num_bars,) how much the band does in each bar, of its busy ordinary bars: 0 nothing, 1
    as usual of the full band; of how many stems play how much and, where it is known, half of
    it of how loud they are.  Bars as in `bar_starts`."""
    starts = bar_starts(heard) * TICKS_PER_BEAT
    lengths = np.diff([*starts, heard.num_ticks])
    strokes = _strokes(heard, config)
    if not strokes.any():
        return np.zeros(len(starts))
    each = np.add.reduceat(strokes, starts, axis=1, dtype=np.float64) / lengths
    usual = np.array([np.median(row[row > 0]) if row.any() else 1.0 for row in each])
    energy = _of_busy(np.minimum(each / usual[:, None], 1.0).sum(axis=0), config)
    if heard.sounding is not None:
        level = np.add.reduceat(heard.sounding**config.loud_as, starts, dtype=np.float64) / lengths
        energy = (energy + _of_busy(level, config)) / 2
    return energy


def _strokes(heard: Conditioning, config: TogetherConfig) -> Ticks:
    """(num_present, num_ticks) where each stem begins something.  Of sound the strongest
    tick of several beside each other; of notes all that are no noise."""
    strength = heard.strength[heard.present]
    if heard.sounding is None:
        return strength >= LEAST_STRENGTH
    padded = np.pad(strength, ((0, 0), (1, 1)))
    peak = (strength > padded[:, :-2]) & (strength >= padded[:, 2:])
    return np.asarray(peak & (strength >= config.stroke))


def _together(strokes: Ticks, heard: Conditioning, config: TogetherConfig) -> NDArray[np.int64]:
    """(n,) ticks on which the stems that play thereabouts strike at once, two at least if
    there are as many."""
    near, plays = (_spread(strokes, reach) for reach in (_slack(heard), _ticks(config.around)))
    enough = np.maximum(config.band * plays.sum(axis=0), min(2, len(strokes)))
    ticks = np.asarray(np.flatnonzero(strokes.any(axis=0) & (near.sum(axis=0) >= enough)))
    # Of neighbours, the first is where they strike.
    return ticks[np.diff(ticks, prepend=-np.inf) > _slack(heard)]


def _settled(tick: int, heard: Conditioning) -> int:
    """The sixteenth or triplet that a stroke is on; of notes, their tick."""
    if not _slack(heard):
        return tick
    beat, place = divmod(tick, TICKS_PER_BEAT)
    return min(beat * TICKS_PER_BEAT + _PLACES[place], heard.num_ticks - 1)


def _ticks_to_bar(heard: Conditioning) -> NDArray[np.int64]:
    """(num_ticks,) how far the nearest bar line is ahead; behind is negative."""
    places = heard.places
    to_next = places.beats_per_bar * TICKS_PER_BEAT - places.tick
    return np.where(to_next <= places.tick, to_next, -places.tick)


def _of_busy(values: NDArray[np.float64], config: TogetherConfig) -> NDArray[np.float64]:
    """Values, of that of the busy ordinary bars."""
    most = np.quantile(values[values > 0], config.usual_bar)
    return np.asarray(values / most)


def _spread(rows: Ticks, reach: int) -> Ticks:
    """(num_rows, num_ticks) true as far as `reach` ticks to either side of where it is true."""
    sums = np.cumsum(np.pad(rows, ((0, 0), (reach + 1, reach))), axis=1)
    return np.asarray(sums[:, 2 * reach + 1 :] > sums[:, : -2 * reach - 1])


def _slack(heard: Conditioning) -> int:
    """Ticks by which strokes together may differ: notes do not, sound may lie beside its tick."""
    return 0 if heard.sounding is None else 1


def _ticks(beats: float) -> int:
    return round(beats * TICKS_PER_BEAT)

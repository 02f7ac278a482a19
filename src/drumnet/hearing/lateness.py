"""How late a player lies against the grid, all along.

In: when something is played, and the beats.  Out: seconds.  A laid-back drummer, a bass that
leads, the delay of an encoder: all of it lies some milliseconds beside the grid all along,
and rounded to ticks it would be another pattern.  So it is taken out before anything is
rounded; of drums it is kept as a part of their style.

Onsets lie near the places of a beat, some of which are likelier than others: a mixture of
normal distributions, and a few that lie anywhere; of straight beats, of triplets, or swung
between the two, whichever fits best.  The lateness is the most probable one (maximum a
posteriori) where small ones are likelier than large ones, so that with little evidence there
is none; nor is there any of onsets that keep to no beat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack
from drumnet.products import inner


def _swung(eighth: float, sixteenth: float) -> Mapping[float, float]:
    """Share of the onsets on the places of a beat, by tick, as the drums and the band of the
    training songs have it, rounded.

    Args:
        eighth: where the second eighth lies: from 6, straight, to 8, in triplets.
        sixteenth: where the second sixteenth lies between its eighths, from a half on.
    """
    second = eighth * sixteenth
    fourth = eighth + (TICKS_PER_BEAT - eighth) * sixteenth
    return {0.0: 0.45, second: 0.1, eighth: 0.35, fourth: 0.1}


#: Straight, eighths that swing more and more, and sixteenths that do.
_FEELS = (
    *(_swung(eighth, 0.5) for eighth in np.arange(6.0, 8.25, 0.25)),
    *(_swung(6.0, sixteenth) for sixteenth in (7 / 12, 8 / 12)),
)


@dataclass(frozen=True)
class LatenessConfig:
    """Args:
    feels: shares of the places of a beat, of which one fits; the first is straight,
    swing_odds: by how many nats each of the others is less likely.
    spread_s: standard deviation of onsets around their places.
    anywhere: share of the onsets that lie anywhere.
    usual_s: standard deviation of lateness among players.
    most_s: no player is farther off; nor by `most_of_16th`, for it might be the next one.
    evidence: of an onset against that of an independent one, since a player's onsets
        depart together.
    least_fit: onsets keep to the beat if they are so much likelier (in nats, on average)
        than ones that lie anywhere.
    step_s: between latenesses that are tried.
    """

    feels: tuple[Mapping[float, float], ...] = _FEELS
    swing_odds: float = 2.0
    spread_s: float = 0.012
    anywhere: float = 0.1
    usual_s: float = 0.015
    most_s: float = 0.06
    most_of_16th: float = 0.4
    evidence: float = 0.3
    least_fit: float = 0.3
    step_s: float = 0.001


DEFAULT_LATENESS = LatenessConfig()
#: Of players who may keep to no beat together.
LEAST_SURE = LatenessConfig(least_fit=0.0)


def lateness_s(
    times_s: ArrayLike,
    weights: ArrayLike,
    grid: BeatGrid,
    config: LatenessConfig = DEFAULT_LATENESS,
) -> float:
    """By how much a player is late; early is negative.

    Args:
        times_s: (n,) when something is played, in seconds.
        weights: (n,) how much each onset counts, from 0 to 1.
    """
    times = np.asarray(times_s, dtype=np.float64)
    counted = np.asarray(weights, dtype=np.float64)
    if not len(times):
        return 0.0
    beat = np.clip(grid.seconds_to_ticks(times) // TICKS_PER_BEAT, 0, grid.num_beats - 2)
    start, stop = (grid.ticks_to_seconds((beat + end) * TICKS_PER_BEAT) for end in (0, 1))
    most_s = min(config.most_s, config.most_of_16th * float(np.median(stop - start)) / 4)
    steps = int(most_s / config.step_s)
    tried = np.arange(-steps, steps + 1) * config.step_s
    inside, length = times - start, stop - start
    fits = np.array([_fits(inside, length, counted, tried, feel, config) for feel in config.feels])
    posterior = config.evidence * fits - 0.5 * (tried / config.usual_s) ** 2
    posterior[1:] -= config.swing_odds
    feel, best = np.unravel_index(int(posterior.argmax()), posterior.shape)
    is_edge = best in (0, len(tried) - 1)  # beyond it may lie a better one
    if is_edge or fits[feel, best] < config.least_fit * counted.sum():
        return 0.0
    return float(tried[best])


def _fits(
    inside_s: NDArray[np.float64],
    beat_s: NDArray[np.float64],
    weights: NDArray[np.float64],
    tried_s: NDArray[np.floating],
    feel: Mapping[float, float],
    config: LatenessConfig,
) -> list[float]:
    """(num_tried,) by how many nats onsets are likelier, so long after the beginning of beats of
    such lengths, than if they lay anywhere; all together, and each less a lateness."""
    beats = (inside_s - tried_s[:, None]) / beat_s
    density = np.full(beats.shape, config.anywhere)
    scale = beat_s / config.spread_s
    for tick, share in feel.items():
        away = beats - tick / TICKS_PER_BEAT
        away -= np.rint(away)
        away *= scale
        away *= away
        away *= -0.5
        np.exp(away, out=away)
        away *= (1 - config.anywhere) * share / np.sqrt(2 * np.pi) * scale
        density += away
    return [inner(weights, row) for row in np.log(density, out=density)]


def drums_lateness_s(drums: DrumTrack, grid: BeatGrid) -> float:
    """The same of hits, which all count alike."""
    times = [hit.onset_s for hit in drums]
    return lateness_s(times, np.ones(len(times)), grid)


def settled(drums: DrumTrack, grid: BeatGrid) -> DrumTrack:
    """The hits, each on the tick nearest to where it would be if they were not late."""
    late_s = drums_lateness_s(drums, grid)
    ticks = grid.nearest_ticks([hit.onset_s - late_s for hit in drums]).tolist()
    return DrumTrack(tuple(replace(hit, tick=tick) for hit, tick in zip(drums, ticks, strict=True)))

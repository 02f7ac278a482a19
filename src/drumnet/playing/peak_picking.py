"""Probabilities to ticks: which peaks of a piece are played.

A tick is played where its probability reaches a threshold and is the peak
among its neighbours.  The threshold is the song's own: the one that maximises
the F1 score expected under the probabilities themselves.  What `freedom` and
`variation` move has to cross the gap below the least likely hit to change.  Density
moves the threshold until that many times the hits are played.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import DrumnetError
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import Piece
from drumnet.logits import chance, logit, moved
from drumnet.playing.variation import varied

#: Between two hits of a piece; 2 keeps 32nds apart.
MIN_DISTANCE_TICKS = 2


def pick_ticks(
    probability: NDArray[np.float32], threshold: float, min_distance_ticks: int
) -> NDArray[np.int64]:
    """Ticks that are played: at least `threshold`, and the highest within less
    than `min_distance_ticks`; of equals, the first.

    Args:
        probability: (num_ticks,).
    """
    reach = min_distance_ticks - 1
    num_ticks = len(probability)
    padded = np.pad(probability, reach, constant_values=-1.0)
    windows = np.lib.stride_tricks.sliding_window_view(padded, num_ticks)
    before = windows[:reach].max(axis=0, initial=-1.0)
    after = windows[reach + 1 :].max(axis=0, initial=-1.0)
    peak = (probability >= threshold) & (probability > before) & (probability >= after)
    return np.flatnonzero(peak)


def expected_f_threshold(
    probability: NDArray[np.float32], floor: float, min_distance_ticks: int
) -> float:
    """The threshold of the highest expected F1, but never below `floor`.

    With k hits of probabilities p played, F1 is expected to be near
    2 * sum(p of those) / (k + sum(all p)): the plug-in rule of Ye et al.,
    "Optimizing F-Measures", ICML 2012.

    Args:
        probability: (num_ticks,) calibrated.
        floor: tuned on songs outside training.

    >>> round(expected_f_threshold(np.array([0.9, 0, 0.8, 0, 0.1], np.float32), 0.2, 2), 2)
    0.8
    """
    peaks = pick_ticks(probability, floor, min_distance_ticks)
    if not len(peaks):
        return floor
    ranked = np.sort(probability[peaks].astype(np.float64))[::-1]
    expected = 2 * np.cumsum(ranked) / (np.arange(len(ranked)) + 1 + probability.sum())
    return float(ranked[int(expected.argmax())])


def likely_ticks(probability: NDArray[np.float32], floor: float) -> NDArray[np.int64]:
    """The ticks that are played without freedom."""
    threshold = expected_f_threshold(probability, floor, MIN_DISTANCE_TICKS)
    return pick_ticks(probability, threshold, MIN_DISTANCE_TICKS)


def in_the_gap(
    probability: NDArray[np.float32], threshold: float, floor: float, min_distance_ticks: int
) -> float:
    """A threshold that plays the same ticks, midway in logits between the least likely
    hit and the likeliest peak that is not played, or the floor where that is higher:
    noise changes what is in doubt, not what is sure.

    >>> round(in_the_gap(np.array([0.9, 0, 0.9, 0, 0.1], np.float32), 0.8, 0.1, 2), 2)
    0.5
    """
    peaks = probability[pick_ticks(probability, floor, min_distance_ticks)].astype(np.float64)
    played = peaks >= threshold
    if not played.any():
        return threshold
    below = peaks[~played].max(initial=floor)
    middle = (logit(below) + logit(peaks[played].min())) / 2
    return float(chance(middle))


def dense_threshold(probability: NDArray[np.float32], threshold: float, density: float) -> float:
    """The threshold that gives `density` times the hits that `threshold` gives; where
    it gives none, what a density above 1 adds is measured by the hits to be expected."""
    if density == 1:
        return threshold
    played = len(pick_ticks(probability, threshold, MIN_DISTANCE_TICKS))
    wanted = round(density * played if played else (density - 1) * float(probability.sum()))
    if wanted <= 0:
        return np.inf
    peaks = pick_ticks(probability, 0.0, MIN_DISTANCE_TICKS)
    ranked = np.sort(probability[peaks])[::-1]
    if not len(ranked):
        return np.inf
    return float(ranked[min(wanted, len(ranked)) - 1])


def picked_ticks(
    probability: NDArray[np.float32],
    floor: float,
    heard: Conditioning,
    freedom: Freedom,
    seed: int,
    piece: Piece,
) -> NDArray[np.int64]:
    """The ticks of one piece that are played; its choices are its own, whatever else
    is played.

    Args:
        probability: (num_ticks,).
        floor: the least probability of a hit without freedom.
    """
    threshold = expected_f_threshold(probability, floor, MIN_DISTANCE_TICKS)
    rng = np.random.default_rng([seed, list(Piece).index(piece)])
    moved = disturbed(probability, heard, freedom.temperature, rng)
    moved = varied(moved, heard, freedom.variation, seed, piece)
    threshold = in_the_gap(probability, threshold, floor, MIN_DISTANCE_TICKS)
    limit = dense_threshold(moved, threshold, freedom.density)
    return pick_ticks(moved, limit, MIN_DISTANCE_TICKS)


#: The share of the temperature's noise that is alike in every bar.
BAR_NOISE = 0.85


@dataclass(frozen=True)
class Freedom:
    """How far from what is likeliest to play.

    Args:
        temperature: 0 plays what is most likely; higher dares more.
        density: hits are wanted as often as that many times those of density 1.
        variation: 0 leaves each bar as likely as can be; the higher, the more bars
            differ from each other.

    Raises:
        DrumnetError: a number that is negative or not finite.
    """

    temperature: float = 0.0
    density: float = 1.0
    variation: float = 0.0

    def __post_init__(self) -> None:
        for name in ("temperature", "density", "variation"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0):
                raise DrumnetError(f"a {name} of {value:g} makes no sense: give 0 or more")


def disturbed(
    probability: NDArray[np.float32],
    heard: Conditioning,
    temperature: float,
    rng: np.random.Generator,
    bar_noise: float = BAR_NOISE,
) -> NDArray[np.float32]:
    """Probabilities whose logits were moved by Gumbel-like noise.

    Args:
        probability: (num_ticks,).
        temperature: 0 changes nothing; at 1 the logistic noise makes a hit as
            likely as its probability says.
        bar_noise: share of the noise that is alike in every bar.
    """
    if temperature == 0:
        return probability
    place = heard.beat_in_bar[:, None] * TICKS_PER_BEAT + np.arange(TICKS_PER_BEAT)
    num_places = int(place.max()) + 1
    in_bar = rng.logistic(size=num_places)[place].reshape(-1)
    free = rng.logistic(size=len(probability))
    noise = bar_noise * in_bar + np.sqrt(1 - bar_noise**2) * free
    return moved(probability, temperature * noise)

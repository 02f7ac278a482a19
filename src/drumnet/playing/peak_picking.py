"""Probabilities to ticks: which peaks of a piece are played.

A tick is played where its probability reaches a threshold and is the peak
among its neighbours.  The threshold is the song's own: the one that maximises
the F1 score expected under the probabilities themselves.  What temperature and
variation move has to cross the gap below the least likely hit to change.  Density
moves the threshold until that many times the hits are played.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import PIECES, Piece
from drumnet.logits import logit, moved, sigmoid
from drumnet.playing.variation import DEFAULT_VARIATION, varied

#: The share of the temperature's noise that is alike in every bar.
BAR_NOISE = 0.85
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
    probability: NDArray[np.float32], min_probability: float, min_distance_ticks: int
) -> float:
    """The threshold of the highest expected F1, but never below `min_probability`.

    With k hits of probabilities p played, F1 is expected to be near
    2 * sum(p of those) / (k + sum(all p)): the plug-in rule of Ye et al.,
    "Optimizing F-Measures", ICML 2012.

    Args:
        probability: (num_ticks,) calibrated.
        min_probability: tuned on songs outside training.

    >>> round(expected_f_threshold(np.array([0.9, 0, 0.8, 0, 0.1], np.float32), 0.2, 2), 2)
    0.8
    """
    peaks = pick_ticks(probability, min_probability, min_distance_ticks)
    if not len(peaks):
        return min_probability
    ranked = np.sort(probability[peaks].astype(np.float64))[::-1]
    expected = 2 * np.cumsum(ranked) / (np.arange(len(ranked)) + 1 + probability.sum())
    return float(ranked[int(expected.argmax())])


def likely_ticks(probability: NDArray[np.float32], min_probability: float) -> NDArray[np.int64]:
    """The ticks that are played where nothing is dared."""
    threshold = expected_f_threshold(probability, min_probability, MIN_DISTANCE_TICKS)
    return pick_ticks(probability, threshold, MIN_DISTANCE_TICKS)


def in_the_gap(
    probability: NDArray[np.float32],
    threshold: float,
    min_probability: float,
    min_distance_ticks: int,
) -> float:
    """A threshold that plays the same ticks, midway in logits between the least likely
    hit and the likeliest peak that is not played, or the min_probability where that is higher:
    noise changes what is in doubt, not what is sure.

    >>> round(in_the_gap(np.array([0.9, 0, 0.9, 0, 0.1], np.float32), 0.8, 0.1, 2), 2)
    0.5
    """
    peaks = probability[pick_ticks(probability, min_probability, min_distance_ticks)].astype(
        np.float64
    )
    played = peaks >= threshold
    if not played.any():
        return threshold
    below = peaks[~played].max(initial=min_probability)
    middle = (logit(below) + logit(peaks[played].min())) / 2
    return float(sigmoid(middle))


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
    min_probability: float,
    conditioning: Conditioning,
    piece: Piece,
    *,
    temperature: float = 0.0,
    variation: float = 0.0,
    density: float = 1.0,
    seed: int = 0,
    fills: float = 1.0,
) -> NDArray[np.int64]:
    """The ticks of one piece that are played; its choices are its own, whatever else
    is played.

    Args:
        probability: (num_ticks,).
        min_probability: the least of a hit of what is likeliest.
        temperature, variation: 0 plays what is likeliest.
        density: so many times the hits of density 1.
        fills: so many times the small fills of variation.
    """
    threshold = expected_f_threshold(probability, min_probability, MIN_DISTANCE_TICKS)
    rng = np.random.default_rng([seed, PIECES.index(piece)])
    moved = disturbed(probability, conditioning, temperature, rng)
    config = replace(DEFAULT_VARIATION, fills=fills * DEFAULT_VARIATION.fills)
    moved = varied(moved, conditioning, variation, seed, piece, config)
    threshold = in_the_gap(probability, threshold, min_probability, MIN_DISTANCE_TICKS)
    limit = dense_threshold(moved, threshold, density)
    return pick_ticks(moved, limit, MIN_DISTANCE_TICKS)


def disturbed(
    probability: NDArray[np.float32],
    conditioning: Conditioning,
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
    place = conditioning.beat_in_bar[:, None] * TICKS_PER_BEAT + np.arange(TICKS_PER_BEAT)
    num_places = int(place.max()) + 1
    in_bar = rng.logistic(size=num_places)[place].reshape(-1)
    free = rng.logistic(size=len(probability))
    noise = bar_noise * in_bar + np.sqrt(1 - bar_noise**2) * free
    return moved(probability, temperature * noise)

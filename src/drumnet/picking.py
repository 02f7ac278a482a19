"""Probabilities to ticks: which peaks of a piece are played.

A tick is played where its probability reaches a threshold and is the peak
among its neighbours.  The threshold is the song's own: the one that maximises
the F1 score expected under the probabilities themselves, and what is disturbed has
to cross the gap below the least likely hit to change.  Temperature disturbs
the logits, mostly alike in every bar, so that a pattern varies as a whole and
still repeats; variation moves them alike within a bar, so that bars differ;
density moves the threshold until that many times the hits are played.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.beats.grid import TICKS_PER_BEAT
from drumnet.errors import DrumnetError
from drumnet.features import Conditioning
from drumnet.hits import Piece


@dataclass(frozen=True)
class PickConfig:
    """How hits are picked.

    Args:
        min_distance_ticks: between two hits of a piece; 2 keeps 32nds apart.
        bar_noise: share of the temperature's noise that is alike in every bar.
        variation_logits: standard deviation of a bar's noise at variation 1.
        steady: what keeps time has that much of it.
        together: share of that noise's variance that all pieces of a bar have in
            common: whole bars are busier or plainer.
        least_chance: a tick that is less likely is left alone by variation.
    """

    min_distance_ticks: int = 2
    bar_noise: float = 0.85
    variation_logits: float = 1.4
    steady: float = 0.5
    together: float = 0.5
    least_chance: float = 0.1


DEFAULT_PICKING = PickConfig()
#: What keeps time: people vary it less than what they play to it.
_TIMEKEEPERS = frozenset({Piece.CLOSED_HAT, Piece.OPEN_HAT, Piece.CRASH, Piece.RIDE})


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


def likely_ticks(
    probability: NDArray[np.float32], floor: float, config: PickConfig = DEFAULT_PICKING
) -> NDArray[np.int64]:
    """The ticks that are played without freedom."""
    threshold = expected_f_threshold(probability, floor, config.min_distance_ticks)
    return pick_ticks(probability, threshold, config.min_distance_ticks)


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
    middle = (_logit(below) + _logit(peaks[played].min())) / 2
    return float(_chance(middle))


def disturbed(
    probability: NDArray[np.float32],
    heard: Conditioning,
    temperature: float,
    rng: np.random.Generator,
    config: PickConfig = DEFAULT_PICKING,
) -> NDArray[np.float32]:
    """Probabilities whose logits were moved by Gumbel-like noise.

    Args:
        probability: (num_ticks,).
        temperature: 0 changes nothing; at 1 the logistic noise makes a hit as
            likely as its probability says.
    """
    if temperature == 0:
        return probability
    place = heard.beat_in_bar[:, None] * TICKS_PER_BEAT + np.arange(TICKS_PER_BEAT)
    num_places = int(place.max()) + 1
    in_bar = rng.logistic(size=num_places)[place].reshape(-1)
    free = rng.logistic(size=len(probability))
    share = config.bar_noise
    noise = share * in_bar + np.sqrt(1 - share**2) * free
    return _moved(probability, temperature * noise)


def varied(
    probability: NDArray[np.float32],
    heard: Conditioning,
    variation: float,
    seed: int,
    piece: Piece,
    config: PickConfig = DEFAULT_PICKING,
) -> NDArray[np.float32]:
    """Probabilities whose logits were moved by normal noise that is alike within a bar:
    the piece is busier in some bars and plainer in others, partly as the others are.

    The noise goes by the bar's number in the song, so that a passage that is cut out
    varies as it does in the song.

    Args:
        probability: (num_ticks,).
        variation: 0 changes nothing.
    """
    if variation == 0:
        return probability
    num_bars = int(heard.bar.max()) + 1
    # Streams that `picked_ticks` gives to no piece's temperature.
    streams = len(Piece), len(Piece) + 1 + list(Piece).index(piece)
    common, own = (
        np.random.default_rng([seed, stream]).standard_normal(num_bars) for stream in streams
    )
    of_bar = np.sqrt(config.together) * common + np.sqrt(1 - config.together) * own
    noise = np.repeat(of_bar[heard.bar], TICKS_PER_BEAT)
    amount = variation * config.variation_logits
    amount *= config.steady if piece in _TIMEKEEPERS else 1.0
    moved = _moved(probability, amount * noise)
    return np.where(probability < config.least_chance, probability, moved)


def _moved(probability: NDArray[np.float32], by: NDArray[np.float64]) -> NDArray[np.float32]:
    """With logits moved."""
    return _chance(_logit(probability) + by).astype(np.float32)


def _logit(probability: ArrayLike) -> NDArray[np.float64]:
    clipped = np.clip(np.asarray(probability, dtype=np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _chance(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((1 + np.tanh(logit / 2)) / 2)


def dense_threshold(
    probability: NDArray[np.float32], threshold: float, density: float, config: PickConfig
) -> float:
    """The threshold that gives `density` times the hits that `threshold` gives; where
    it gives none, what a density above 1 adds is measured by the hits to be expected."""
    if density == 1:
        return threshold
    played = len(pick_ticks(probability, threshold, config.min_distance_ticks))
    wanted = round(density * played if played else (density - 1) * float(probability.sum()))
    if wanted <= 0:
        return np.inf
    peaks = pick_ticks(probability, 0.0, config.min_distance_ticks)
    ranked = np.sort(probability[peaks])[::-1]
    if not len(ranked):
        return np.inf
    return float(ranked[min(wanted, len(ranked)) - 1])


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


def picked_ticks(
    probability: NDArray[np.float32],
    floor: float,
    heard: Conditioning,
    freedom: Freedom,
    seed: int,
    piece: Piece,
    config: PickConfig = DEFAULT_PICKING,
) -> NDArray[np.int64]:
    """The ticks of one piece that are played; its choices are its own, whatever else
    is played.

    Args:
        probability: (num_ticks,).
        floor: the least probability of a hit without freedom.
    """
    threshold = expected_f_threshold(probability, floor, config.min_distance_ticks)
    rng = np.random.default_rng([seed, list(Piece).index(piece)])
    moved = disturbed(probability, heard, freedom.temperature, rng, config)
    moved = varied(moved, heard, freedom.variation, seed, piece, config)
    threshold = in_the_gap(probability, threshold, floor, config.min_distance_ticks)
    limit = dense_threshold(moved, threshold, freedom.density, config)
    return pick_ticks(moved, limit, config.min_distance_ticks)

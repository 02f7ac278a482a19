"""Probabilities to probabilities: how far from what is likeliest a piece is played.

Temperature disturbs the logits, mostly alike in every bar, so that a pattern
varies as a whole and still repeats.  Variation makes bars differ as those of a
song do: phrases of four bars are of a few kinds, that come again, the first of which
is the likeliest and the others busier or plainer; and the last bar of each phrase, the
turnaround, is busier or plainer than the bars before it, or leads on with a fill: snare
and toms dare what they hardly ever would.
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


@dataclass(frozen=True)
class NoiseConfig:
    """What the noise is like.

    Args:
        bar_noise: share of the temperature's noise that is alike in every bar.
        phrase_bars: bars of a phrase; `phrase_kinds`: how many kinds there are, two or more.
        home: share, less than all, of the phrases that are of the first kind, as the first
            phrase always is; it has no noise.
        phrase_logits: standard deviation of another kind's noise at variation 1;
            `turnaround_logits`: of what the last bar of a phrase has besides;
            `most_logits`: of both together there is no more, so that what is sure stays.
        steady: what keeps time has that much of it.
        fills: how many turnarounds have a fill at variation 1; `fill_logits`: by how much
            snare and toms are likelier there, `fill_chance`: where they are that likely.
        together: share of that noise's variance that all pieces have in common:
            the whole kit is busier or plainer.
        least_chance: a tick that is less likely is left alone by variation.
    """

    bar_noise: float = 0.85
    phrase_bars: int = 4
    phrase_kinds: int = 3
    home: float = 0.4
    phrase_logits: float = 1.8
    turnaround_logits: float = 3.4
    most_logits: float = 4.0
    steady: float = 0.25
    fills: float = 0.8
    fill_logits: float = 5.0
    fill_chance: float = 0.03
    together: float = 0.5
    least_chance: float = 0.1


DEFAULT_NOISE = NoiseConfig()
#: What keeps time: people vary it less than what they play to it.
_TIMEKEEPERS = frozenset({Piece.CLOSED_HAT, Piece.OPEN_HAT, Piece.CRASH, Piece.RIDE})
#: What fills are played on.
_FILLERS = frozenset({Piece.SNARE, Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM})


def disturbed(
    probability: NDArray[np.float32],
    heard: Conditioning,
    temperature: float,
    rng: np.random.Generator,
    config: NoiseConfig = DEFAULT_NOISE,
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
    config: NoiseConfig = DEFAULT_NOISE,
) -> NDArray[np.float32]:
    """Probabilities whose logits were moved by noise that is alike within a bar: the
    piece is busier in some bars and plainer in others, partly as the others are, and a
    turnaround may have a fill.

    The noise goes by the bar's number in the song, so that a passage that is cut out
    varies as it does in the song.

    Args:
        probability: (num_ticks,).
        variation: 0 changes nothing.
    """
    if variation == 0:
        return probability
    num_bars = int(heard.bar.max()) + 1
    num_phrases = -(-num_bars // config.phrase_bars)
    # Streams that `picked_ticks` gives to no piece's temperature.
    common, own, form, filling = (
        np.random.default_rng([seed, len(Piece) + stream])
        for stream in (0, 1 + list(Piece).index(piece), 1 + len(Piece), 2 + len(Piece))
    )
    kinds = _kinds(num_phrases, form, config)
    of_bar = sum(
        np.sqrt(share) * _busyness(num_bars, kinds, rng, config)
        for share, rng in ((config.together, common), (1 - config.together, own))
    )
    of_bar = np.clip(of_bar, -config.most_logits, config.most_logits)
    amount = variation * (config.steady if piece in _TIMEKEEPERS else 1.0)
    noise, least = amount * of_bar, np.full(num_bars, config.least_chance)
    if piece in _FILLERS:
        filled = _turnarounds(num_bars, config)
        filled &= filling.random(num_bars) < config.fills * variation
        noise[filled], least[filled] = variation * config.fill_logits, config.fill_chance
    noise, least = (np.repeat(part[heard.bar], TICKS_PER_BEAT) for part in (noise, least))
    return np.where(probability < least, probability, _moved(probability, noise))


def _kinds(num_phrases: int, rng: np.random.Generator, config: NoiseConfig) -> NDArray[np.int64]:
    """(num_phrases,) the kind of each phrase; the first is of the first kind."""
    away = (rng.random(num_phrases) - config.home) / (1 - config.home)
    kinds = np.where(away < 0, 0, 1 + (config.phrase_kinds - 1) * away).astype(np.int64)
    kinds[0] = 0
    return kinds


def _busyness(
    num_bars: int, kinds: NDArray[np.int64], rng: np.random.Generator, config: NoiseConfig
) -> NDArray[np.float64]:
    """(num_bars,) how much busier each bar is, in logits: as its phrase's kind, and a
    turnaround by itself."""
    of_kind = config.phrase_logits * rng.standard_normal(config.phrase_kinds)
    of_kind[0] = 0.0
    of_turnaround = config.turnaround_logits * rng.standard_normal(num_bars)
    of_phrase = of_kind[kinds[np.arange(num_bars) // config.phrase_bars]]
    return of_phrase + np.where(_turnarounds(num_bars, config), of_turnaround, 0.0)


def _turnarounds(num_bars: int, config: NoiseConfig) -> NDArray[np.bool_]:
    """(num_bars,) the last bar of each phrase."""
    return np.asarray(np.arange(num_bars) % config.phrase_bars == config.phrase_bars - 1)


def _moved(probability: NDArray[np.float32], by: NDArray[np.float64]) -> NDArray[np.float32]:
    """With logits moved."""
    return chance(logit(probability) + by).astype(np.float32)


def logit(probability: ArrayLike) -> NDArray[np.float64]:
    """Log odds, of chances no nearer to 0 and 1 than a millionth."""
    clipped = np.clip(np.asarray(probability, dtype=np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(clipped / (1 - clipped)))


def chance(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability of log odds."""
    return np.asarray((1 + np.tanh(logit / 2)) / 2)

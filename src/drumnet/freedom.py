"""How far from what is likeliest drums are played, and the temperature's part in it.

Temperature disturbs the logits, mostly alike in every bar, so that a pattern
varies as a whole and still repeats.  `variation` makes the bars of a song differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import DrumnetError
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.logits import moved

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

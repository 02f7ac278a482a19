"""What a style does where a song sounds like this or like that.

A style is one code for a whole song, but nobody plays a chorus as they play a verse.
Passages tell, of the song that a style was taken from, what was heard there and how
their codes depart from the whole song's.  Played to a song, each phrase departs like
the passages that sound most alike: kernel regression (Nadaraya 1964, Watson 1964),
which is to say attention, from phrases to passages.

What is heard is compared after each song's own mean and spread are taken out, so that
the louder, busier phrases of one song are like those of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import StyleError
from drumnet.products import product

#: A part of what is heard that varies by less, of the largest, tells no phrases apart.
_LEAST_SPREAD = 1e-3
#: Bars of a phrase, which has one code, and of a passage, from which one is taken.
PHRASE_BARS, PASSAGE_BARS = 4, 8


@dataclass(frozen=True)
class PassagesConfig:
    """Args:
    reach: mean square difference of what is heard at which a passage counts a third
        as much as one that sounds the same.
    share: of the departures that is played; the rest is the whole song's.
    """

    reach: float = 0.2
    share: float = 0.85


@dataclass(frozen=True, eq=False)
class Passages:
    """Of a song.

    Args:
        heard: (num_passages, width) what was heard, in the song's own standard units.
        departures: (num_passages, 16) code of the passage less that of the song.

    Raises:
        StyleError: other shapes, or numbers that are not finite.
    """

    heard: NDArray[np.float32]
    departures: NDArray[np.float32]

    def __post_init__(self) -> None:
        try:
            with np.errstate(over="ignore"):  # what is too large is not finite
                heard, departures = (
                    np.array(part, dtype=np.float32) for part in (self.heard, self.departures)
                )
        except (TypeError, ValueError) as fault:
            raise StyleError("the habits of a style are numbers, as many in each row") from fault
        if not (heard.ndim == departures.ndim == 2 and len(heard) == len(departures) > 0):
            raise StyleError("habits are passages, each with 'heard' and 'departure'")
        if not (np.isfinite(heard).all() and np.isfinite(departures).all()):
            raise StyleError("the habits of a style must be finite numbers")
        for name, part in (("heard", heard), ("departures", departures)):
            part.setflags(write=False)
            object.__setattr__(self, name, part)

    def __len__(self) -> int:
        return len(self.heard)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Passages) and all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("heard", "departures")
        )

    def __hash__(self) -> int:
        return hash((self.departures + np.float32(0)).tobytes())  # -0 equals 0

    @staticmethod
    def of(passages: Sequence[tuple[NDArray[np.float64], NDArray[np.floating]]]) -> Passages:
        """Of what was heard and how the code departed, rounded as `style.json` keeps it."""
        heard, departures = (np.array(part) for part in zip(*passages, strict=True))
        return Passages(heard.round(2), departures.round(4))

    @staticmethod
    def read(passages: Any) -> Passages:
        """What `written` gave.

        Raises:
            StyleError: anything else.
        """
        try:
            heard, departures = ([one[key] for one in passages] for key in ("heard", "departure"))
        except (TypeError, KeyError) as fault:
            raise StyleError("habits are passages, each with 'heard' and 'departure'") from fault
        return Passages(heard, departures)  # type: ignore[arg-type]

    def written(self) -> list[dict[str, list[float]]]:
        """As `style.json` keeps them."""
        heard, departures = (
            np.round(part.astype(np.float64), 4).tolist() for part in (self.heard, self.departures)
        )
        return [
            {"heard": one, "departure": other} for one, other in zip(heard, departures, strict=True)
        ]

    def fading(self, amount: float) -> Passages:
        """With departures of that share of their size."""
        return replace(self, departures=self.departures * np.float32(amount))

    def along(
        self,
        context: NDArray[np.float32],
        bar: NDArray[np.int64],
        config: PassagesConfig = PassagesConfig(),
    ) -> NDArray[np.float32]:
        """(num_beats, 16) how the code departs along a song.

        Args:
            context: (width, num_beats) from `Network.listen`.
            bar: (num_beats,) the bar of each beat.

        Raises:
            StyleError: habits of other weights.
        """
        if self.heard.shape[1] != len(context):
            raise StyleError("the habits of the style are of other weights: extract it again")
        phrase, phrases = phrases_heard(context, bar)
        gap = ((phrases[:, None] - self.heard) ** 2).mean(axis=2)
        weight = np.exp(-(gap - gap.min(axis=1, keepdims=True)) / config.reach)
        weight /= weight.sum(axis=1, keepdims=True)
        departures = product(config.share * weight, self.departures)
        return np.asarray(departures[phrase], dtype=np.float32)


def phrases_heard(
    context: NDArray[np.float32], bar: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(num_beats,) the phrase of each beat, and (num_phrases, width) what is heard in it,
    in the song's standard units."""
    means, phrase = _means(context, bar // PHRASE_BARS)
    return phrase, _in_units(means, means)


def passages_heard(
    context: NDArray[np.float32], bar: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The same of passages, in the same units."""
    means, passage = _means(context, bar // PASSAGE_BARS)
    return passage, _in_units(means, _means(context, bar // PHRASE_BARS)[0])


def _means(
    context: NDArray[np.float32], group: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(num_groups, width) what is heard on average, and (num_beats,) the index of each
    beat's group."""
    _, index = np.unique(group, return_inverse=True)
    total = np.zeros((int(index.max()) + 1, len(context)))
    np.add.at(total, index, context.T)
    return total / np.bincount(index)[:, None], index.astype(np.int64)


def _in_units(means: NDArray[np.float64], phrases: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = phrases.std(axis=0)
    least = _LEAST_SPREAD * float(np.abs(phrases).max(initial=0.0))
    return np.asarray((means - phrases.mean(axis=0)) / np.maximum(spread, least + 1e-9))

"""How a drummer is asked to play: everything that can be set besides the style.

In: numbers from a command line, a page or a script.  Out: frozen `Settings`,
checked once, that say nothing about how they are brought about.  What is left
out changes nothing: `Settings()` plays as the style says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from types import MappingProxyType

import numpy as np

from drumnet.errors import DrumnetError
from drumnet.hits import Piece


class Feel(Enum):
    """The pulse that the drums keep to: the song's, half or twice of it."""

    NORMAL = "normal"
    HALF_TIME = "half-time"
    DOUBLE_TIME = "double-time"


class FillPlace(Enum):
    """Where fills are played: at the ends of the song's sections, or every so
    many bars."""

    SECTIONS = "sections"
    EVERY_4 = "4"
    EVERY_8 = "8"
    NOWHERE = "none"


@dataclass(frozen=True)
class PieceSettings:
    """Of one piece.

    Args:
        amount: hits are wanted that many times as often, 0 or more.
        complexity: 0 plays plain, 1 is as busy off the beat as it gets; 0.5 as
            the style says.
        muted: it is not played.
    """

    amount: float = 1.0
    complexity: float = 0.5
    muted: bool = False

    def __post_init__(self) -> None:
        _check(self, {"amount": (0.0, 8.0), "complexity": (0.0, 1.0)})


@dataclass(frozen=True)
class Fills:
    """Args:
    amount: share of the places where there is a fill, 0-1.
    length_beats: how long a fill is.
    place: where they are.
    crash: a crash on the first beat after a fill.
    """

    amount: float = 1.0
    length_beats: int = 2
    place: FillPlace = FillPlace.NOWHERE
    crash: bool = True

    def __post_init__(self) -> None:
        _check(self, {"amount": (0.0, 1.0), "length_beats": (1, 16)})


@dataclass(frozen=True)
class Settings:
    """Args:
    complexity: of the pad: 0 simple, 1 complex, 0.5 as the style says.
    intensity: of the pad: 0 soft, 1 loud, 0.5 as the style says.
    pieces: of single pieces; of those not named, `PieceSettings()`.
    follow_bass: how closely the kick follows the bass: 0 not at all, 1 as
        learned, 2 twice as much.
    follow_strumming: how closely the hats follow guitar and keys, likewise.
    fills: see there.
    swing: how late what is off the beat is played: 0 as the style says, 1 in
        triplets; `swing_division`: 8 swings the eighths, 16 the sixteenths.
    humanize: 0 on the ticks, 1 as people play, up to 2.
    feel: see there.
    temperature: 0 plays what is most likely; higher dares more.
    variation: how much bars differ from each other, small fills included: 0 only where
        the song does, 1 at most.
    density: hits are wanted that many times as often.
    seed: of all random choices.

    Raises:
        DrumnetError: a number outside its range.
    """

    complexity: float = 0.5
    intensity: float = 0.5
    pieces: Mapping[Piece, PieceSettings] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    follow_bass: float = 1.0
    follow_strumming: float = 1.0
    fills: Fills = field(default_factory=Fills)
    swing: float = 0.0
    swing_division: int = 8
    humanize: float = 1.0
    feel: Feel = Feel.NORMAL
    temperature: float = 0.0
    variation: float = 0.5
    density: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        _check(
            self,
            {
                "complexity": (0.0, 1.0),
                "intensity": (0.0, 1.0),
                "follow_bass": (0.0, 4.0),
                "follow_strumming": (0.0, 4.0),
                "swing": (0.0, 1.0),
                "humanize": (0.0, 2.0),
                "temperature": (0.0, np.inf),
                "variation": (0.0, 1.0),
                "density": (0.0, np.inf),
            },
        )
        if self.swing_division not in (8, 16):
            raise DrumnetError(f"swing moves 8ths or 16ths, not {self.swing_division}ths")
        object.__setattr__(self, "pieces", MappingProxyType(dict(self.pieces)))

    def of(self, piece: Piece) -> PieceSettings:
        """The settings of a piece."""
        return self.pieces.get(piece, PieceSettings())


def _check(settings: object, ranges: Mapping[str, tuple[float, float]]) -> None:
    names = {one.name for one in fields(settings)}  # type: ignore[arg-type]
    for name, (least, most) in ranges.items():
        assert name in names, name
        value = getattr(settings, name)
        if not (np.isfinite(value) and least <= value <= most):
            limit = f"{least:g} or more" if most == np.inf else f"{least:g} to {most:g}"
            raise DrumnetError(
                f"a {name.replace('_', ' ')} of {value:g} makes no sense: give {limit}"
            )

"""How a project's drums are played and what they sound like, as it travels.

What is left out is as in the core's `Settings()`, so that what was stored before there
was a setting still loads.  `as_core` gives the core's `Settings`, which say what each of them does.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat

from drumnet import settings as core
from drumnet.hits import Piece
from drumnet.kits.synth import Character
from drumnet.settings import Feel, FillPlace
from drumnet.studio.schemas.song import Model, Unit

Factor = Annotated[FiniteFloat, Field(ge=0, le=4, description="1 changes nothing")]
Freedom = Annotated[FiniteFloat, Field(ge=0, le=4)]
Doubled = Annotated[FiniteFloat, Field(ge=0, le=2, description="1 as learned")]


class PieceSettings(Model):
    """Of one piece.

    Args:
        muted: it is not played at all (a mixer's mute only makes it silent); None:
            it is not where a stem of the song has it.
    """

    amount: Factor = 1.0
    complexity: Unit = 0.5
    muted: bool | None = None


class Fills(Model):
    """Where and how fills are played."""

    place: FillPlace = FillPlace.NOWHERE
    amount: Unit = 1.0
    length_beats: Annotated[int, Field(ge=1, le=8)] = 2
    crash: bool = True


class Settings(Model):
    """How the style is played.

    Args:
        complexity: of the pad: 0 simple, 0.5 as the style says, 1 complex.
        intensity: of the pad: 0 soft, 1 loud.
        pieces: of single pieces.
        swing: 1 is in triplets, of eighths or sixteenths.
        temperature: 0 plays what is most likely.
        variation: 0 lets bars differ only where the song does, 1 at most, fills included.
        density: so many times the hits.
        kit: the sounds.
    """

    complexity: Unit = 0.5
    intensity: Unit = 0.5
    pieces: dict[Piece, PieceSettings] = Field(default={})
    follow_bass: Doubled = 1.0
    follow_strumming: Doubled = 1.0
    fills: Fills = Fills()
    swing: Unit = 0.0
    swing_division: Literal[8, 16] = 8
    humanize: Doubled = 1.0
    feel: Feel = Feel.NORMAL
    temperature: Freedom = 0.0
    variation: Unit = core.Settings.variation
    density: Factor = 1.0
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    kit: Character = Character.ACOUSTIC

    def as_core(self, given: Collection[Piece] = ()) -> core.Settings:
        """The same without the sounds.

        Args:
            given: the pieces that stems of the song have.
        """
        said = {name: getattr(self, name) for name in _PLAIN}
        pieces = {}
        for piece in (one for one in Piece if one in self.pieces or one in given):
            own = self.pieces.get(piece, PieceSettings())
            muted = piece in given if own.muted is None else own.muted
            pieces[piece] = core.PieceSettings(own.amount, own.complexity, muted)
        fills = self.fills
        return core.Settings(
            **said,
            pieces=pieces,
            fills=core.Fills(fills.amount, fills.length_beats, fills.place, fills.crash),
        )


#: What the core calls alike.
_PLAIN = (
    "complexity",
    "intensity",
    "follow_bass",
    "follow_strumming",
    "swing",
    "swing_division",
    "humanize",
    "feel",
    "temperature",
    "variation",
    "density",
    "seed",
)

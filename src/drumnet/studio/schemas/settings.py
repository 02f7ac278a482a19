"""How a project's drums are played and what they sound like, as it travels.

Ranges and defaults are those of the core's table of settings, so that what was stored before
there was a setting still loads.  `as_core` gives the core's `Settings`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat
from pydantic.fields import FieldInfo

from drumnet import settings as core
from drumnet.hits import Piece
from drumnet.kits.synth import Character
from drumnet.setting_kinds import Number
from drumnet.settings import HOW, TABLE, Arrange, Feel, FillPlace
from drumnet.studio.schemas.song import Model
from drumnet.style.players import Player


def _as_core(name: str) -> FieldInfo:
    """A field with the words and the limits of a setting of the core's table."""
    setting = core.setting(name)
    limits: dict[str, Any] = {}
    if isinstance(setting, Number):
        limits = {"ge": setting.limits[0], "le": setting.limits[1]}
    found: FieldInfo = Field(description=setting.help, **limits)
    return found


class PieceSettings(Model):
    """Of one piece.

    Args:
        muted: it is not played at all (a mixer's mute only makes it silent); None:
            it is not where a stem of the song has it.
    """

    amount: Annotated[FiniteFloat, _as_core("amount")] = core.PieceSettings.amount
    complexity: Annotated[FiniteFloat, _as_core("piece_complexity")] = core.PieceSettings.complexity
    muted: bool | None = None


class Fills(Model):
    """Where and how fills are played."""

    place: Annotated[FillPlace, _as_core("fills")] = core.Fills.place
    amount: Annotated[FiniteFloat, _as_core("fill_amount")] = core.Fills.amount
    length_beats: Annotated[int, _as_core("fill_length")] = core.Fills.length_beats
    crash: Annotated[bool, _as_core("fill_crash")] = core.Fills.crash


class PlayerSettings(Model):
    """What a player says of how it plays; all else stays as it was set."""

    complexity: float
    intensity: float
    variation: float
    humanize: float
    swing: float
    swing_division: Literal[8, 16]
    kit: Character

    @classmethod
    def of(cls, player: Player) -> PlayerSettings:
        """Those of a player; what it does not say is as it is unless said."""
        said = {name: getattr(player.settings, name) for name in cls.model_fields if name != "kit"}
        return cls(**said, kit=Character(player.kit))


class Settings(Model):
    """How the style is played.

    Args:
        pieces: of single pieces.
        kit: the sounds.
    """

    complexity: Annotated[FiniteFloat, _as_core("complexity")] = core.Settings.complexity
    intensity: Annotated[FiniteFloat, _as_core("intensity")] = core.Settings.intensity
    pieces: dict[Piece, PieceSettings] = Field(default={})
    follow_bass: Annotated[FiniteFloat, _as_core("follow_bass")] = core.Settings.follow_bass
    follow_strumming: Annotated[FiniteFloat, _as_core("follow_strumming")] = (
        core.Settings.follow_strumming
    )
    fills: Fills = Fills()
    swing: Annotated[FiniteFloat, _as_core("swing")] = core.Settings.swing
    swing_division: Annotated[Literal[8, 16], _as_core("swing_division")] = 8
    humanize: Annotated[FiniteFloat, _as_core("humanize")] = core.Settings.humanize
    feel: Annotated[Feel, _as_core("feel")] = core.Settings.feel
    temperature: Annotated[FiniteFloat, _as_core("temperature")] = core.Settings.temperature
    variation: Annotated[FiniteFloat, _as_core("variation")] = core.Settings.variation
    arrange: Annotated[Arrange, _as_core("arrange")] = core.Settings.arrange
    density: Annotated[FiniteFloat, _as_core("density")] = core.Settings.density
    seed: Annotated[int, Field(ge=0, lt=2**31)] = core.Settings.seed
    kit: Character = Character.ACOUSTIC

    def as_core(self, given: Collection[Piece] = ()) -> core.Settings:
        """The same without the sounds.

        Args:
            given: the pieces that stems of the song have.
        """
        said = {one.field: getattr(self, one.field) for one in TABLE if one.heading == HOW}
        pieces = {}
        for piece in (one for one in Piece if one in self.pieces or one in given):
            own = self.pieces.get(piece, PieceSettings())
            muted = piece in given if own.muted is None else own.muted
            pieces[piece] = core.PieceSettings(own.amount, own.complexity, muted)
        fills = core.Fills(**dict(self.fills))
        return core.Settings(**said, pieces=pieces, fills=fills, seed=self.seed)

"""What travels of styles, of the map behind the pad, and of the kit."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from drumnet.hits import Piece
from drumnet.kits.synth import Character
from drumnet.studio.schemas.settings import PlayerSettings
from drumnet.studio.schemas.song import Code, Model, Name, Point, Style, Title

MAX_TAGS = 20

Tag = Annotated[str, Field(min_length=1, max_length=60, pattern=r"\S")]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]


class Axis(Model):
    """What a side of the map means."""

    name: str
    low: str
    high: str


class Island(Model):
    """A named place on the map."""

    name: str
    description: str
    at: Point
    code: list[float]


class StyleMap(Model):
    """The map behind the pad.

    Args:
        size: of the lattice, points a side.
        density: (size rows from y = 0 up, size columns) of the training songs'
            codes, the highest 1.
    """

    size: int
    density: list[list[float]]
    x: Axis
    y: Axis
    islands: list[Island]


class AtPoint(Model):
    """A place whose code is asked for."""

    at: Point


class OfCode(Model):
    """A code whose place is asked for."""

    code: Code


class SavedStyle(Model):
    """A style of the library.

    Args:
        builtin: a named style of the weights; it cannot be changed.
        usable: it belongs to the weights that play now.
        distance: from the style that was asked for, if one was.
    """

    id: str
    name: str
    tags: list[str]
    code: list[float]
    at: Point
    source: str
    created: str | None
    builtin: bool
    usable: bool
    distance: float | None = None


class NewStyle(Model):
    """A style to be kept."""

    name: Title
    tags: Tags = Field(default_factory=list)
    code: Code
    source: Name = ""


class StyleChange(Model):
    """Another name or other tags."""

    name: Title | None = None
    tags: Tags | None = None


class FoundStyle(Model):
    """A style that was taken from a song.

    Args:
        heard_in: the stem in which the drums were heard.
        plays: what they play, in words.
    """

    style: Style
    num_hits: int
    tempo_bpm: float
    heard_in: str
    plays: str


class PlayerTake(Model):
    """What a player plays to a song."""

    style: Style
    settings: PlayerSettings


class KitLayer(Model):
    """Samples of one hardness, taken in turn."""

    top_velocity: int
    samples: list[str]


class KitPiece(Model):
    """A piece's samples, softest layer first, and the pieces that its hits cut off."""

    piece: Piece
    chokes: list[Piece]
    layers: list[KitLayer]


class Kit(Model):
    """The one-shots: `/api/kits/{kit}/{sample}.wav`.

    Args:
        choke_fade_s: how long a hit that is cut off fades.
    """

    name: Character
    sample_rate: int
    choke_fade_s: float
    pieces: list[KitPiece]

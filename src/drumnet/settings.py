"""How a drummer is asked to play: everything that can be set besides the style.

In: numbers from a command line, a page, a file or a script.  Out: frozen `Settings`,
checked once, that say nothing about how they are brought about.  What is left
out changes nothing: `Settings()` plays as the style says.

What there is to say of each setting stands once, in `TABLE`: the options of the command
line, the schema of the studio, the controls of its page and docs/settings.md are made of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from types import MappingProxyType
from typing import Any

from drumnet.errors import DrumnetError
from drumnet.hits import Piece
from drumnet.setting_kinds import Choice, Flag, Number, Setting, Unit

HOW, OF_PIECES, OF_FILLS = "How it is played", "Single pieces", "Fills and sections"


class Feel(Enum):
    """The pulse that the drums keep to: the song's, half or twice of it."""

    NORMAL = "normal"
    HALF_TIME = "half-time"
    DOUBLE_TIME = "double-time"

    @classmethod
    def _missing_(cls, value: object) -> Feel | None:
        """The short names that were there before."""
        return {"half": cls.HALF_TIME, "double": cls.DOUBLE_TIME}.get(str(value))


class Arrange(Enum):
    """What the drums make of the song's form: an arrangement, or nothing."""

    SONG = "song"
    NONE = "none"


class FillPlace(Enum):
    """Where fills are played: as the arrangement has them, at the ends of the song's
    sections, or every so many bars."""

    ARRANGED = "arranged"
    SECTIONS = "sections"
    EVERY_4 = "4"
    EVERY_8 = "8"
    NOWHERE = "none"


_ALL, _ONE = (0.0, 1.0), (0.0, 2.0)

#: Every setting, in the order in which they are shown.
TABLE: tuple[Setting, ...] = (
    Number("complexity", "Complexity", HOW, "complexity", 0.5, _ALL, _ALL, Unit.SHARE,
        "0 simple, 1 complex, 0.5 as the style says."),
    Number("intensity", "Intensity", HOW, "intensity", 0.5, _ALL, _ALL, Unit.SHARE,
        "0 soft, 1 loud, 0.5 as the style says."),
    Number("density", "Density", HOW, "density", 1.0, (0.0, 16.0), (0.2, 2.5), Unit.TIMES,
        "So many times the hits: 0.5 is half of them, 2 twice."),
    Number("temperature", "Temperature", HOW, "temperature", 0.0, (0.0, 16.0), (0.0, 1.5),
        Unit.PLAIN, "0 plays what is most likely; higher (0.5, 1, ...) dares more."),
    Number("variation", "Variation", HOW, "variation", 0.5, _ALL, _ALL, Unit.SHARE,
        "How much bars differ, small fills included: 0 only where the song does, 0.5 as the "
        "style's own drummer, 1 as much as it gets."),
    Number("follow_bass", "Follow bass", HOW, "follow_bass", 1.0, (0.0, 4.0), _ONE, Unit.TIMES,
        "How closely the kick follows the bass: 0 not at all, 1 as learned, up to 4."),
    Number("follow_strumming", "Follow strumming", HOW, "follow_strumming", 1.0, (0.0, 4.0), _ONE,
        Unit.TIMES, "How closely the hats follow guitar and keys: 0 not at all, 1 as learned, "
        "up to 4."),
    Number("swing", "Swing", HOW, "swing", 0.0, _ALL, _ALL, Unit.SHARE,
        "How late what is off the beat is played: 0 as the style says, 1 in triplets."),
    Choice("swing_division", "Swing of", HOW, "swing_division", 8, {8: "8ths", 16: "16ths"},
        "Swing the eighths or the sixteenths."),
    Number("humanize", "Humanize", HOW, "humanize", 1.0, _ONE, _ONE, Unit.TIMES,
        "0 plays on the grid, 1 as people do, 2 twice as loosely."),
    Choice("feel", "Feel", HOW, "feel", Feel.NORMAL,
        {Feel.HALF_TIME: "half", Feel.NORMAL: "normal", Feel.DOUBLE_TIME: "double"},
        "The pulse that the drums keep to: the song's, half or twice of it."),
    Choice("arrange", "Arrangement", HOW, "arrange", Arrange.SONG,
        {Arrange.SONG: "the song's form", Arrange.NONE: "none"},
        "song: the drums follow its sections, stops, strikes and end, unless the style was taken "
        "from a song, which it is played as; none: the plain pattern."),
    Number("amount", "Amount", OF_PIECES, "amount", 1.0, (0.0, 8.0), (0.0, 3.0), Unit.TIMES,
        "So many times the hits of the piece."),
    Number("piece_complexity", "Complexity", OF_PIECES, "complexity", 0.5, _ALL, _ALL, Unit.SHARE,
        "The piece's own complexity: 0 plain, 1 busy, 0.5 as the rest."),
    Flag("mute", "Mute", OF_PIECES, "muted", False,
        "Leave the piece out; the others are played as in a kit without it."),
    Choice("fills", "Fills", OF_FILLS, "place", FillPlace.ARRANGED,
        {FillPlace.ARRANGED: "as arranged", FillPlace.NOWHERE: "no fills",
         FillPlace.SECTIONS: "at the end of sections",
         FillPlace.EVERY_4: "every 4 bars", FillPlace.EVERY_8: "every 8 bars"},
        "Where fills are played: every 4 or 8 bars, at the ends of sections, or as arranged, "
        "which is at those of most sections."),
    Number("fill_amount", "How many", OF_FILLS, "amount", 1.0, _ALL, _ALL, Unit.SHARE,
        "The share of these places that get a fill."),
    Number("fill_length", "Length", OF_FILLS, "length_beats", 2, (1, 16), (1, 8), Unit.BEATS,
        "How long a fill is."),
    Flag("fill_crash", "Crash", OF_FILLS, "crash", True,
        "A crash on the beat that the fill leads to."),
)  # fmt: skip

_BY_NAME = {setting.name: setting for setting in TABLE}
_DEFAULTS: Mapping[str, Any] = {setting.name: setting.default for setting in TABLE}


def setting(name: str) -> Setting:
    """A line of the table.

    Raises:
        DrumnetError: no setting of that name.
    """
    if name not in _BY_NAME:
        raise DrumnetError(f"no setting is called '{name}': choose from {', '.join(_BY_NAME)}")
    return _BY_NAME[name]


def _check(settings: object, heading: str) -> None:
    """Each field as the table takes it."""
    for one in TABLE:
        if one.heading == heading:
            object.__setattr__(settings, one.field, one.checked(getattr(settings, one.field)))


@dataclass(frozen=True)
class PieceSettings:
    """Of one piece; `TABLE` says what they do.

    Raises:
        DrumnetError: a number outside its range.
    """

    amount: float = _DEFAULTS["amount"]
    complexity: float = _DEFAULTS["piece_complexity"]
    muted: bool = _DEFAULTS["mute"]

    def __post_init__(self) -> None:
        _check(self, OF_PIECES)


@dataclass(frozen=True)
class Fills:
    """Where and how fills are played; `TABLE` says what they do.

    Raises:
        DrumnetError: a number outside its range.
    """

    amount: float = _DEFAULTS["fill_amount"]
    length_beats: int = _DEFAULTS["fill_length"]
    place: FillPlace = _DEFAULTS["fills"]
    crash: bool = _DEFAULTS["fill_crash"]

    def __post_init__(self) -> None:
        _check(self, OF_FILLS)


@dataclass(frozen=True)
class Settings:
    """All of them; `TABLE` says what they do.

    Args:
        pieces: of single pieces; of those not named, `PieceSettings()`.
        seed: of all random choices.

    Raises:
        DrumnetError: a number outside its range.
    """

    complexity: float = _DEFAULTS["complexity"]
    intensity: float = _DEFAULTS["intensity"]
    pieces: Mapping[Piece, PieceSettings] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    follow_bass: float = _DEFAULTS["follow_bass"]
    follow_strumming: float = _DEFAULTS["follow_strumming"]
    fills: Fills = field(default_factory=Fills)
    swing: float = _DEFAULTS["swing"]
    swing_division: int = _DEFAULTS["swing_division"]
    humanize: float = _DEFAULTS["humanize"]
    feel: Feel = _DEFAULTS["feel"]
    temperature: float = _DEFAULTS["temperature"]
    variation: float = _DEFAULTS["variation"]
    arrange: Arrange = _DEFAULTS["arrange"]
    density: float = _DEFAULTS["density"]
    seed: int = 0

    def __post_init__(self) -> None:
        _check(self, HOW)
        object.__setattr__(self, "pieces", MappingProxyType(dict(self.pieces)))

    def __reduce__(self) -> tuple[type[Settings], tuple[Any, ...]]:
        """They go to other processes, which a read-only mapping does not by itself."""
        values = (getattr(self, one.name) for one in fields(self))
        return Settings, tuple(dict(one) if isinstance(one, Mapping) else one for one in values)

    def of(self, piece: Piece) -> PieceSettings:
        """The settings of a piece."""
        return self.pieces.get(piece, PieceSettings())

    def with_piece(self, piece: Piece, **said: Any) -> Settings:
        """With something else said of a piece."""
        return replace(self, pieces={**self.pieces, piece: replace(self.of(piece), **said)})

    def changed(self, changes: Mapping[str, str]) -> Settings:
        """With some changed, as they are typed in a file of sections: the names are those
        of the table; what belongs to one piece is `snare.amount`, `snare.complexity`, and
        `mute` takes pieces with + between them.

        Raises:
            DrumnetError: no such setting, or a value that it cannot have.

        >>> Settings().changed({"complexity": "0.8", "mute": "ride"}).of(Piece.RIDE).muted
        True
        """
        settings = self
        for key, text in changes.items():
            settings = settings._changed(key, text)
        return settings

    def _changed(self, key: str, text: str) -> Settings:
        piece, _, own = key.partition(".")
        of_piece = {one.field: one for one in TABLE if one.heading == OF_PIECES}
        if own in of_piece and own != "muted":
            return self.with_piece(Piece.from_name(piece), **{own: of_piece[own].read(text)})
        if key == "mute":
            settings = self
            for name in text.split("+"):
                settings = settings.with_piece(Piece.from_name(name), muted=True)
            return settings
        found = {one.name: one for one in TABLE if one.heading != OF_PIECES}.get(key)
        if found is None:
            known = ", ".join(one.name for one in TABLE if one.heading != OF_PIECES)
            raise DrumnetError(
                f"no setting is called '{key}': choose from {known}, mute, PIECE.amount, "
                "PIECE.complexity"
            )
        said: dict[str, Any] = {found.field: found.read(text)}
        if found.heading == OF_FILLS:
            return replace(self, fills=replace(self.fills, **said))
        return replace(self, **said)

"""Settings as text: `complexity=0.8`, as a file of sections has them.

In: names and values as they are typed.  Out: `Settings` with these changed.  The
names are those of the options of `drumnet generate`; what belongs to one piece is
`snare.amount`, `snare.complexity`, and `mute` takes pieces with + between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from drumnet.errors import DrumnetError
from drumnet.hits import Piece
from drumnet.settings import Feel, FillPlace, PieceSettings, Settings

_NUMBERS = (
    "complexity",
    "intensity",
    "follow_bass",
    "follow_strumming",
    "swing",
    "humanize",
    "temperature",
    "variation",
    "density",
)
_FEELS = {"normal": Feel.NORMAL, "half": Feel.HALF_TIME, "double": Feel.DOUBLE_TIME}
_PLACES = {place.value: place for place in FillPlace}
_YES_OR_NO = {"yes": True, "no": False}
_OF_PIECES = ("amount", "complexity")


def changed(settings: Settings, changes: Mapping[str, str]) -> Settings:
    """The settings with some changed.

    Raises:
        DrumnetError: no such setting, or a value that it cannot have.
    """
    for key, text in changes.items():
        settings = _changed(settings, key, text)
    return settings


def _changed(settings: Settings, key: str, text: str) -> Settings:
    if key in _NUMBERS:
        numbers: dict[str, Any] = {key: _number(key, text)}
        return replace(settings, **numbers)
    if key == "swing_division":
        return replace(settings, swing_division=round(_number(key, text)))
    if key == "feel":
        return replace(settings, feel=_choice(key, text, _FEELS))
    if key == "mute":
        for name in text.split("+"):
            settings = _of_piece(settings, Piece.from_name(name), muted=True)
        return settings
    name, _, field = key.partition(".")
    if field in _OF_PIECES:
        return _of_piece(settings, Piece.from_name(name), **{field: _number(key, text)})
    how: dict[str, tuple[str, Callable[[], Any]]] = {
        "fills": ("place", lambda: _choice(key, text, _PLACES)),
        "fill_amount": ("amount", lambda: _number(key, text)),
        "fill_length": ("length_beats", lambda: round(_number(key, text))),
        "fill_crash": ("crash", lambda: _choice(key, text, _YES_OR_NO)),
    }
    if key not in how:
        known = ", ".join((*_NUMBERS, "swing_division", "feel", "mute", *how, "PIECE.amount"))
        raise DrumnetError(f"no setting is called '{key}': choose from {known}")
    fill_field, value = how[key]
    return replace(settings, fills=replace(settings.fills, **{fill_field: value()}))


def _of_piece(settings: Settings, piece: Piece, **fields: Any) -> Settings:
    own: PieceSettings = replace(settings.of(piece), **fields)
    return replace(settings, pieces={**settings.pieces, piece: own})


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise DrumnetError(f"{key}={text} makes no sense: give a number") from None


def _choice(key: str, text: str, choices: Mapping[str, Any]) -> Any:
    if text not in choices:
        raise DrumnetError(f"{key}={text} makes no sense: choose from {', '.join(choices)}")
    return choices[text]

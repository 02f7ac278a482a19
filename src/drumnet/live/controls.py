"""What one asks for while it plays: from MIDI controllers, or keys of the terminal.

In: a wish, and a message or a key.  Out: the wish as it is then, the same where neither says
anything of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from drumnet.hits import PIECES, Piece
from drumnet.settings import Settings

if TYPE_CHECKING:
    import mido

#: Controllers whose value is a setting: the modulation wheel, and expression.
SETTING_OF_CONTROLLER: Mapping[int, str] = {1: "complexity", 11: "intensity"}
#: The controller that asks for a fill when it is pressed: the sustain pedal.
FILL_CONTROLLER = 64
#: Controllers that mute a piece from `_PRESSED` on; the undefined ones from 20 on.
PIECE_OF_CONTROLLER: Mapping[int, Piece] = {20 + row: piece for row, piece in enumerate(PIECES)}
_PRESSED, _CENTRE, _MOST = 64, 64, 127
#: A key moves a setting by that.
_STEP = 0.1
_KEYS: Mapping[str, tuple[str, float]] = {
    "c": ("complexity", -_STEP),
    "C": ("complexity", _STEP),
    "i": ("intensity", -_STEP),
    "I": ("intensity", _STEP),
}


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    Args:
        style: which of the styles there are.
        fills: how many have been asked for.
    """

    settings: Settings
    style: int = 0
    fills: int = 0

    def with_setting(self, name: str, value: float) -> Wish:
        """With a number of the table of settings."""
        return replace(self, settings=self.settings.changed({name: f"{value:.4f}"}))

    def with_mute(self, piece: Piece, is_muted: bool) -> Wish:
        """With a piece that is silent, or not."""
        return replace(self, settings=self.settings.with_piece(piece, muted=is_muted))


def by_message(wish: Wish, message: mido.Message, num_styles: int) -> Wish:
    """The wish after a message: a controller, or a program, which is a style."""
    if message.type == "program_change":
        return replace(wish, style=min(message.program, num_styles - 1))
    if message.type != "control_change":
        return wish
    is_pressed = message.value >= _PRESSED
    if message.control in SETTING_OF_CONTROLLER:
        return wish.with_setting(SETTING_OF_CONTROLLER[message.control], _share(message.value))
    if message.control == FILL_CONTROLLER and is_pressed:
        return replace(wish, fills=wish.fills + 1)
    if message.control in PIECE_OF_CONTROLLER:
        return wish.with_mute(PIECE_OF_CONTROLLER[message.control], is_pressed)
    return wish


def by_key(wish: Wish, key: str, num_styles: int) -> Wish:
    """The wish after a key."""
    if key in _KEYS:
        field, step = _KEYS[key]
        return wish.with_setting(field, min(max(getattr(wish.settings, field) + step, 0.0), 1.0))
    if key in ("s", "S"):
        step = 1 if key == "s" else -1
        return replace(wish, style=(wish.style + step) % num_styles)
    if key == "f":
        return replace(wish, fills=wish.fills + 1)
    if key.isdecimal() and 1 <= int(key) <= len(PIECES):
        piece = PIECES[int(key) - 1]
        return wish.with_mute(piece, not wish.settings.of(piece).muted)
    return wish


def _share(value: int) -> float:
    """0-127 as a share, its centre, 64, as one half."""
    if value <= _CENTRE:
        return value / (2 * _CENTRE)
    return 0.5 + (value - _CENTRE) / (2 * (_MOST - _CENTRE))

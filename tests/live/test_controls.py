"""Controllers and keys: what they ask for."""

from __future__ import annotations

import pytest
from mido import Message

from drumnet.hits import Piece
from drumnet.live.controls import Wish, by_key, by_message
from drumnet.settings import Settings

STILL = Wish(Settings())


def controlled(control: int, value: int, wish: Wish = STILL) -> Wish:
    return by_message(wish, Message("control_change", control=control, value=value), 5)


@pytest.mark.parametrize(("value", "share"), [(0, 0.0), (64, 0.5), (127, 1.0), (32, 0.25)])
def test_a_wheel_goes_from_nothing_over_as_the_style_says_to_all(value: int, share: float) -> None:
    assert controlled(1, value).settings.complexity == share
    assert controlled(11, value).settings.intensity == share


def test_a_pedal_that_goes_down_is_a_fill_and_one_that_goes_up_is_none() -> None:
    pressed = controlled(64, 127)
    assert pressed.fills == 1
    assert controlled(64, 0, pressed) == pressed


def test_each_piece_is_muted_and_comes_back() -> None:
    muted = controlled(21, 127)
    assert [piece for piece in Piece if muted.settings.of(piece).muted] == [Piece.SNARE]
    assert not controlled(21, 0, muted).settings.of(Piece.SNARE).muted
    assert by_key(by_key(STILL, "9", 5), "9", 5).settings.of(Piece.RIDE).muted is False
    assert by_key(STILL, "9", 5).settings.of(Piece.RIDE).muted


def test_a_program_is_a_style_and_there_is_none_beyond_the_last() -> None:
    assert by_message(STILL, Message("program_change", program=3), 5).style == 3
    assert by_message(STILL, Message("program_change", program=99), 5).style == 4


def test_keys_go_through_the_styles_and_settings_stay_in_range() -> None:
    assert by_key(by_key(STILL, "s", 3), "S", 3).style == 0
    assert by_key(STILL, "S", 3).style == 2
    wish = STILL
    for _ in range(20):
        wish = by_key(wish, "C", 3)
    assert wish.settings.complexity == 1.0
    assert by_key(STILL, "i", 3).settings.intensity == 0.4


@pytest.mark.parametrize("data", [[0x90, 60, 100], [0xB0, 2, 5], [0xF8], [0xF2, 0, 0]])
def test_all_else_asks_for_nothing(data: list[int]) -> None:
    assert by_message(STILL, Message.from_bytes(data), 5) == STILL


def test_keys_that_say_nothing_ask_for_nothing() -> None:
    assert all(by_key(STILL, key, 3) == STILL for key in ("x", "0", "\t", "\x1b[A", ""))

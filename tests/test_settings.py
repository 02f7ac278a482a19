"""Settings say what is asked for, and refuse what makes no sense."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from drumnet.errors import DrumnetError
from drumnet.hits import Piece
from drumnet.setting_kinds import Choice, Number, Setting
from drumnet.settings import (
    TABLE,
    Feel,
    FillPlace,
    Fills,
    PieceSettings,
    Settings,
    setting,
)


def test_what_is_left_out_changes_nothing() -> None:
    assert Settings() == Settings(pieces={})
    assert Settings().of(Piece.SNARE) == PieceSettings()


def test_the_settings_of_a_piece_are_its_own() -> None:
    settings = Settings(pieces={Piece.CRASH: PieceSettings(muted=True)})
    assert settings.of(Piece.CRASH).muted and not settings.of(Piece.RIDE).muted


def test_settings_go_to_another_process_and_back() -> None:
    settings = Settings(complexity=0.8).with_piece(Piece.RIDE, muted=True)
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_settings_cannot_be_changed_from_outside() -> None:
    pieces = {Piece.CRASH: PieceSettings()}
    settings = Settings(pieces=pieces)
    pieces[Piece.CRASH] = PieceSettings(muted=True)
    assert not settings.of(Piece.CRASH).muted
    assert hash(settings) == hash(Settings(pieces=pieces))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Settings(complexity=1.5), "a complexity of 1.5 makes no sense: give 0 to 1"),
        (lambda: Settings(intensity=-0.1), "an? intensity of -0.1 makes no sense: give 0 to 1"),
        (lambda: Settings(temperature=-1.0), "temperature of -1 makes no sense: give 0 to 16"),
        (lambda: Settings(variation=1.5), "a variation of 1.5 makes no sense: give 0 to 1"),
        (lambda: Settings(density=float("nan")), "density of nan makes no sense"),
        (lambda: Settings(follow_bass=9.0), "follow bass of 9 makes no sense: give 0 to 4"),
        (lambda: Settings(humanize=3.0), "humanize of 3 makes no sense: give 0 to 2"),
        (
            lambda: Settings(swing_division=12),
            "swing_division=12 makes no sense: choose from 8, 16",
        ),
        (lambda: PieceSettings(amount=-1.0), "amount of -1 makes no sense: give 0 to 8"),
        (lambda: Fills(length_beats=0), "fill length of 0 makes no sense: give 1 to 16"),
    ],
)
def test_numbers_out_of_range_are_refused(make: Any, said: str) -> None:
    with pytest.raises(DrumnetError, match=said):
        make()


@pytest.mark.parametrize("name", ["temperature", "density", "variation"])
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_what_is_no_amount_is_refused(name: str, value: float) -> None:
    with pytest.raises(DrumnetError, match=f"a {name} of .* makes no sense: give 0 to"):
        Settings(**{name: value})


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one.name)
def test_what_the_table_says_of_a_setting_is_what_is_taken(one: Setting) -> None:
    """Its default, the ends of its slider and all of its choices, said as text too."""
    one.checked(one.default)
    assert setting(one.name) is one and one.help.endswith(".")
    if isinstance(one, Number):
        for value in (*one.limits, *one.slider):
            one.checked(value)
        assert one.read(f"{one.default}") == one.default
    if isinstance(one, Choice):
        assert [one.read(text) for text in one.texts] == list(one.choices)


def test_names_stand_for_what_they_name() -> None:
    assert Settings(feel="half") == Settings(feel=Feel.HALF_TIME)  # type: ignore[arg-type]
    assert Settings(swing_division="16").swing_division == 16  # type: ignore[arg-type]
    assert Fills(place="4").place is FillPlace.EVERY_4  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["2", None, True])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(DrumnetError, match=f"density {value!r} makes no sense: give a number"):
        Settings(density=value)


def test_a_fill_has_whole_beats() -> None:
    with pytest.raises(DrumnetError, match=r"fill length of 2.5 makes no sense: .* whole numbers"):
        Fills(length_beats=2.5)  # type: ignore[arg-type]
    with pytest.raises(DrumnetError, match="whole numbers"):
        Settings().changed({"fill_length": "3.7"})

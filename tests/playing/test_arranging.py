"""Styles that change along a song."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.errors import StyleError
from drumnet.grid import BeatGrid
from drumnet.playing.arranging import StyleSpan, bar_by_bar
from drumnet.playing.passages import Passage
from drumnet.settings import Settings
from drumnet.style.code import CODE_SIZE, StyleCode

GRID = BeatGrid.constant(120, 16.0)  # 8 bars of 4


def style(value: float, model: str = "m") -> StyleCode:
    return StyleCode(np.full(CODE_SIZE, value, dtype=np.float32), model)


def passages(spans: list[StyleSpan], **how: int) -> list[Passage]:
    return bar_by_bar(spans, GRID, Settings(), **how)


def values(found: list[Passage]) -> list[tuple[int, float]]:
    return [(one.start_beat, round(float(one.style.code[0]), 4)) for one in found]


def test_a_style_that_holds_stays_as_it_is() -> None:
    spans = [StyleSpan(0, style(0)), StyleSpan(8, style(1))]
    assert values(passages(spans)) == [(0, 0), (8, 1)]


def test_a_morph_moves_a_bar_at_a_time() -> None:
    spans = [StyleSpan(0, style(0), morphs=True), StyleSpan(16, style(1))]
    assert values(passages(spans)) == [(0, 0), (4, 0.25), (8, 0.5), (12, 0.75), (16, 1)]


def test_a_morph_from_within_a_bar_moves_on_at_the_next_bars() -> None:
    spans = [StyleSpan(2, style(0), morphs=True), StyleSpan(9, style(3))]
    assert values(passages(spans)) == [(2, 0), (4, 1), (8, 2), (9, 3)]


def test_a_long_morph_has_few_steps_of_whole_bars() -> None:
    spans = [StyleSpan(0, style(0), morphs=True), StyleSpan(28, style(1))]
    cut = passages(spans, most_steps=3)
    assert [one.start_beat for one in cut] == [0, 8, 16, 28]
    assert [beat % 4 for beat, _ in values(cut)] == [0] * 4


def test_the_last_style_has_nothing_to_move_to() -> None:
    assert values(passages([StyleSpan(0, style(1), morphs=True)])) == [(0, 1)]


def test_styles_of_different_weights_do_not_mix() -> None:
    spans = [StyleSpan(0, style(0), morphs=True), StyleSpan(16, style(1, "other"))]
    with pytest.raises(StyleError, match="different weights"):
        passages(spans)


def test_fills_lead_to_sections_and_not_to_the_steps_between_their_styles() -> None:
    spans = [StyleSpan(0, style(0), morphs=True), StyleSpan(16, style(1))]
    begun = [passage.start_beat for passage in passages(spans) if passage.begins_section]
    assert begun == [0, 16]


def test_every_step_is_played_as_is_asked_for() -> None:
    spans = [StyleSpan(0, style(0), morphs=True), StyleSpan(16, style(1))]
    asked = Settings(complexity=0.8, seed=3)
    assert {passage.settings for passage in bar_by_bar(spans, GRID, asked)} == {asked}

"""Styles that change along a song."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.errors import StyleError
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.playing.arranging import StyleSpan, bar_by_bar
from drumnet.playing.passages import spliced
from drumnet.style.code import CODE_SIZE, StyleCode

GRID = BeatGrid.constant(120, 16.0)  # 8 bars of 4


def style(value: float, model: str = "m") -> StyleCode:
    return StyleCode(np.full(CODE_SIZE, value, dtype=np.float32), model)


def track(*ticks: int, piece: Piece = Piece.KICK) -> DrumTrack:
    return DrumTrack(tuple(Hit(tick / 24, tick, piece) for tick in ticks))


def values(spans: list[StyleSpan]) -> list[tuple[int, float]]:
    return [(span.start_beat, round(float(span.style.code[0]), 4)) for span in spans]


def test_a_style_that_holds_stays_as_it_is() -> None:
    spans = [StyleSpan(0, style(0)), StyleSpan(8, style(1))]
    assert values(bar_by_bar(spans, GRID)) == [(0, 0), (8, 1)]


def test_a_morph_moves_a_bar_at_a_time() -> None:
    spans = [StyleSpan(0, style(0), morphs=True), StyleSpan(16, style(1))]
    assert values(bar_by_bar(spans, GRID)) == [(0, 0), (4, 0.25), (8, 0.5), (12, 0.75), (16, 1)]


def test_a_morph_from_within_a_bar_moves_on_at_the_next_bars() -> None:
    spans = [StyleSpan(2, style(0), morphs=True), StyleSpan(9, style(3))]
    assert values(bar_by_bar(spans, GRID)) == [(2, 0), (4, 1), (8, 2), (9, 3)]


def test_a_long_morph_has_few_steps_of_whole_bars() -> None:
    spans = [StyleSpan(0, style(0), morphs=True), StyleSpan(28, style(1))]
    cut = bar_by_bar(spans, GRID, most_steps=3)
    assert [span.start_beat for span in cut] == [0, 8, 16, 28]
    assert [beat % 4 for beat, _ in values(cut)] == [0] * 4


def test_the_last_style_has_nothing_to_move_to() -> None:
    assert values(bar_by_bar([StyleSpan(0, style(1), morphs=True)], GRID)) == [(0, 1)]


def test_styles_of_different_weights_do_not_mix() -> None:
    spans = [StyleSpan(0, style(0), morphs=True), StyleSpan(16, style(1, "other"))]
    with pytest.raises(StyleError, match="different weights"):
        bar_by_bar(spans, GRID)


def test_each_track_sounds_in_its_own_beats() -> None:
    joined = spliced([track(0, 12, 24, 36), track(6, 18, 30, 42)], [0, 2])
    assert [hit.tick for hit in joined] == [0, 12, 30, 42]


def test_the_seam_has_no_double_stroke() -> None:
    joined = spliced([track(0, 23), track(24, 30)], [0, 2])
    assert [hit.tick for hit in joined] == [0, 24, 30]
    apart = spliced([track(0, 23, piece=Piece.SNARE), track(24, 30)], [0, 2])
    assert [hit.tick for hit in apart] == [0, 23, 24, 30]


def test_what_comes_before_the_first_beat_belongs_to_the_first_track() -> None:
    assert [hit.tick for hit in spliced([track(0, 50), track(60)], [2, 5])] == [0, 50, 60]

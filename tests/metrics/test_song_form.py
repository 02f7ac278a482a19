"""What a listener notices along a song: bars whose answer is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import PIECES, Piece
from drumnet.metrics.song_form import (
    bar_spans,
    empty_bars,
    lost_figures,
    marked_bars,
    ridden_bars,
)

BAR = 4 * TICKS_PER_BEAT


def bars(*played: dict[Piece, tuple[int, ...]]) -> tuple[NDArray[np.bool_], list[slice]]:
    hits = np.zeros((len(PIECES), BAR * len(played)), dtype=bool)
    for number, bar in enumerate(played):
        for piece, ticks in bar.items():
            hits[PIECES.index(piece), number * BAR + np.array(ticks, int)] = True
    return hits, bar_spans(np.arange(len(played)) * 4, 4 * len(played))


ON_ONE, OFF = {Piece.KICK: (0, 24)}, {Piece.KICK: (18, 42)}


def test_a_bar_is_empty_only_where_the_band_plays() -> None:
    hits, spans = bars(ON_ONE, {}, {})
    band = np.zeros(3 * BAR, dtype=bool)
    band[: 2 * BAR] = True
    assert empty_bars(hits, band, spans) == (1, 2)


def test_four_crashes_are_riding() -> None:
    hits, spans = bars({Piece.CRASH: (0, 12, 24, 36)}, {Piece.CRASH: (0, 12, 24)})
    assert ridden_bars(hits, spans) == 1


def test_a_figure_that_comes_back_was_lost() -> None:
    for played, lost in (
        ((ON_ONE, OFF, OFF, ON_ONE), 1),
        ((ON_ONE, OFF, ON_ONE, OFF), 0),
        ((ON_ONE, ON_ONE, OFF, OFF), 0),
        ((ON_ONE, {Piece.KICK: (0, 24, 42)}, ON_ONE, ON_ONE), 0),
    ):
        hits, spans = bars(*played)
        assert lost_figures(hits, spans, [0] * 4) == lost, played
    hits, spans = bars(ON_ONE, OFF, OFF, ON_ONE)
    assert lost_figures(hits, spans, [0, 1, 1, 2]) == 0, "another section is another figure"


def test_a_fill_and_a_crash_mark_a_bar() -> None:
    back = {Piece.SNARE: (12, 36)}
    fill = {Piece.SNARE: (12, 24, 27, 30), Piece.LOW_TOM: (36, 42)}
    hits, spans = bars(back, back, fill, {**back, Piece.CRASH: (0,)}, back)
    assert marked_bars(hits, spans).tolist() == [False, False, True, True, False]

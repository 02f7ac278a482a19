"""Which songs give styles: drums whose faults are known."""

from __future__ import annotations

import numpy as np

from drumnet.corpus.ticksong import TickSong, tick_song
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.training.drummer.chart_faults import BarLines, is_no_kit, rides_the_crash

NUM_BARS = 16
ROCK = {Piece.KICK: (0, 24), Piece.SNARE: (12, 36), Piece.CLOSED_HAT: tuple(range(0, 48, 6))}


def song(bar: dict[Piece, tuple[int, ...]], late: int = 0) -> TickSong:
    """The same bar throughout, so many ticks late."""
    grid = BeatGrid(0.5 * np.arange(4 * NUM_BARS + 1), np.arange(4 * NUM_BARS + 1) % 4 + 1)
    hits = []
    for number in range(NUM_BARS):
        for piece, ticks in bar.items():
            for tick in ticks:
                place = number * 48 + tick + late
                if place < grid.num_ticks:
                    hits.append(Hit(float(grid.ticks_to_seconds(place)), place, piece, 100))
    return tick_song({"name": "one"}, {}, DrumTrack(tuple(hits)), grid)


def test_people_accent_with_the_crash_and_charts_ride_on_it() -> None:
    assert not rides_the_crash(song({**ROCK, Piece.CRASH: (0,)}))
    assert rides_the_crash(song({**ROCK, Piece.CRASH: (0, 12, 24, 36)}))


def test_drums_a_sixteenth_late_lie_beside_their_bars() -> None:
    lines = BarLines([song(ROCK)] * 10)
    assert not lines.lie_elsewhere(song(ROCK))
    assert lines.lie_elsewhere(song(ROCK, late=3))


def test_a_kick_now_and_then_is_no_kit() -> None:
    assert not is_no_kit(song(ROCK))
    assert is_no_kit(song({Piece.KICK: (0,)}))
    assert is_no_kit(song({piece: ROCK[piece] for piece in (Piece.KICK, Piece.CLOSED_HAT)}))
    assert is_no_kit(song({}))

"""What a passage of a song is composed with, and passages that were played before."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.playing.passages import PassageMemory, _window

GRID = BeatGrid(np.arange(401) * 0.5, np.arange(401) % 4 + 1)  # 100 bars


@pytest.mark.parametrize(
    ("first", "last", "window"),
    [
        (0, 400, (0, 400)),  # all of it
        (160, 200, (120, 240)),  # forty beats to either side
        (164, 200, (124, 240)),
        (162, 200, (120, 240)),  # within a bar: from the bar line an even number before it
        (32, 64, (0, 104)),  # near the beginning, from the beginning
        (380, 400, (340, 400)),
    ],
)
def test_a_passage_is_composed_with_ten_bars_around_it(
    first: int, last: int, window: tuple[int, int]
) -> None:
    """So that what is far away costs no time."""
    assert _window(GRID, first, last) == window


def test_a_pulse_of_two_bars_stays_in_step() -> None:
    """A window begins an even number of bars before the passage, or with the song."""
    for bar in range(12, 90):
        start, _ = _window(GRID, 4 * bar, 4 * bar + 16)
        assert start == 0 or (4 * bar - start) % 8 == 0


def track(tick: int) -> DrumTrack:
    return DrumTrack((Hit(tick / 24, tick, Piece.KICK),))


def test_what_was_played_is_not_played_again_until_it_is_forgotten() -> None:
    """Of two that are kept, what was asked for last stays the longest."""
    memory, played = PassageMemory(most=2), []

    def recall(key: int) -> DrumTrack:
        def play() -> DrumTrack:
            played.append(key)
            return track(key)

        return memory.recall(key, play)

    for key in (1, 2, 1, 3, 1, 2):
        assert recall(key) == track(key)
    assert played == [1, 2, 3, 2], "2 was forgotten for 3, and 1 never"


def test_a_memory_of_nothing_plays_each_time() -> None:
    memory = PassageMemory(most=0)
    assert memory.recall(1, lambda: track(1)) == track(1)
    assert memory.recall(1, lambda: track(2)) == track(2)

"""Swing delays what is off the beat, and that alone."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.hits import Piece
from drumnet.playing.pattern import Pattern
from drumnet.playing.performing import swing_ticks

PIECES = (Piece.KICK, Piece.CLOSED_HAT)


def pattern(kick: list[int], hat: list[int], offset: dict[int, float] | None = None) -> Pattern:
    """Two bars of 4/4 at full velocity; `offset` is of the hats."""
    velocity, late = np.zeros((2, 2, 96), np.float32)
    velocity[0, kick], velocity[1, hat] = 1, 1
    for tick, ticks in (offset or {}).items():
        late[1, tick] = ticks
    none = np.zeros_like(velocity)
    return Pattern(PIECES, velocity, late, none, none)


EIGHTHS = list(range(0, 96, 6))


@pytest.mark.parametrize(("amount", "place"), [(0.0, 6.0), (0.5, 7.0), (1.0, 8.0)])
def test_swung_eighths_go_from_half_to_two_thirds_of_the_beat(amount: float, place: float) -> None:
    late = swing_ticks(pattern([0], EIGHTHS), amount, 8)[1, EIGHTHS]
    np.testing.assert_allclose(late[::2], 0.0, atol=1e-9)
    np.testing.assert_allclose(6 + late[1::2], place)


def test_swung_sixteenths_leave_the_eighths_where_they_are() -> None:
    sixteenths = list(range(0, 96, 3))
    late = swing_ticks(pattern([0], sixteenths), 1.0, 16)[1, sixteenths].reshape(-1, 4)
    np.testing.assert_allclose(late, np.broadcast_to([0.0, 1.0, 0.0, 1.0], late.shape))


def test_no_hit_overtakes_another() -> None:
    every = list(range(96))
    late = swing_ticks(pattern([0], [tick for tick in every if tick % 4]), 1.0, 8)[1]
    assert (np.diff(np.arange(96) + late) > 0).all()


def test_what_is_in_triplets_already_stays() -> None:
    """The first bar in triplets, the second in eighths."""
    triplets = list(range(0, 48, 4))
    late = swing_ticks(pattern([0, 48], [*triplets, *EIGHTHS[8:]]), 1.0, 8)
    assert not late[:, :48].any()
    np.testing.assert_allclose(late[1, EIGHTHS[9::2]], 2.0)


def test_what_the_style_plays_late_by_itself_counts() -> None:
    """Off-beats that are half-way to triplets move by the other half."""
    own = {tick: 1.0 for tick in EIGHTHS[1::2]}
    late = swing_ticks(pattern([0], EIGHTHS, own), 1.0, 8)[1, EIGHTHS[1::2]]
    np.testing.assert_allclose(late, 1.0)
    quantised = swing_ticks(pattern([0], EIGHTHS, own), 1.0, 8, humanize=0.0)
    np.testing.assert_allclose(quantised[1, EIGHTHS[1::2]], 2.0)


def test_all_pieces_of_a_moment_move_together() -> None:
    late = swing_ticks(pattern([18], EIGHTHS), 0.6, 8)
    assert late[0, 18] == late[1, 18] > 0

"""What is played on ticks, and what a drummer's body allows: two hands, two feet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import MAX_VELOCITY, Piece

#: A stroke is never so soft that it is none.
SOFTEST = 1 / MAX_VELOCITY
#: Of what is struck with a stick, so much at a time.
_HANDS = 2
#: What has a foot of its own: the kick; or the hat as well, closed by its pedal.
ONE_FOOT = frozenset({Piece.KICK})
BOTH_FEET = frozenset({Piece.KICK, Piece.CLOSED_HAT})
#: Pieces that one thing sounds, in one way at a time.
_ONE_AT_A_TIME = ((Piece.CLOSED_HAT, Piece.OPEN_HAT),)


@dataclass(frozen=True, eq=False)
class Pattern:
    """What is played on ticks, (num_pieces, num_ticks) float32 each.

    Args:
        pieces: the rows.
        velocity: 0-1; 0 where nothing is hit.
        offset: in ticks from the tick.
        velocity_spread, offset_spread: mean deviations of people from those.
    """

    pieces: tuple[Piece, ...]
    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]
    velocity_spread: NDArray[np.float32]
    offset_spread: NDArray[np.float32]

    def ticks(self, piece: Piece) -> NDArray[np.int64]:
        """Where the piece is hit."""
        return np.flatnonzero(self.velocity[self.pieces.index(piece)])


def playable(
    piece: Piece,
    pieces: tuple[Piece, ...],
    velocity: NDArray[np.float32],
    feet: frozenset[Piece] = ONE_FOOT,
) -> NDArray[np.bool_]:
    """(num_ticks,) where a hand or a foot is free, and nothing that excludes the piece plays.

    Args:
        velocity: (num_pieces, num_ticks) of what is struck already.
        feet: what is played with them.
    """
    struck = velocity > 0
    free = np.ones(struck.shape[1], dtype=bool)
    if piece not in feet:
        own = pieces.index(piece)
        hands = [row for row, other in enumerate(pieces) if other not in feet and row != own]
        free &= struck[hands].sum(axis=0) < _HANDS
    for pair in _ONE_AT_A_TIME:
        if piece in pair:
            others = [pieces.index(other) for other in pair if other in pieces and other != piece]
            free &= ~struck[others].any(axis=0)
    return free

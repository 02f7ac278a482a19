"""Who plays a kit to a tapped rhythm.

A `TapPlayer` has a name and plays the nine pieces to a tap.  The model is one,
and so are the two that one has to beat: a fixed rock beat, and the kit of that
training window whose tap is most alike (Cover & Hart 1967).  To measure another
model, write a class with these two and give it to `experiments.groove`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.ticksong import PIECES
from drumnet.evaluation.groove.windows import NUM_STEPS, Tap, Window
from drumnet.hits import Piece

_STEPS_PER_BEAT = 4
_STEPS_PER_BAR = 16


@dataclass(frozen=True, eq=False)
class KitTake:
    """What is played in two bars, (num_pieces, 32) each, rows as in `Piece`.

    Args:
        struck: bool.
        velocity: float32, 0-1, how loud a hit is or would be.
        offset: float32, in 16ths, where it is or would be.
    """

    struck: NDArray[np.bool_]
    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]


class TapPlayer(Protocol):
    """A drummer to whom a rhythm is tapped."""

    @property
    def name(self) -> str: ...

    def play(self, taps: Sequence[Tap]) -> Sequence[KitTake]:
        """A kit to each tap."""
        ...


def as_tapped(struck: NDArray[np.bool_], tap: Tap) -> KitTake:
    """These hits, each as loud and as late as the tap."""
    shape = struck.shape
    return KitTake(struck, np.broadcast_to(tap.velocity, shape), np.broadcast_to(tap.offset, shape))


def rock_beat() -> NDArray[np.bool_]:
    """(num_pieces, 32) kick on 1 and 3, snare on 2 and 4, closed hat on eighths."""
    struck = np.zeros((len(PIECES), NUM_STEPS), dtype=bool)
    half = _STEPS_PER_BAR // 2
    struck[PIECES.index(Piece.KICK), ::half] = True
    struck[PIECES.index(Piece.SNARE), _STEPS_PER_BEAT::half] = True
    struck[PIECES.index(Piece.CLOSED_HAT), :: _STEPS_PER_BEAT // 2] = True
    return struck


@dataclass(frozen=True)
class RockBeat:
    """The same beat to every tap, as loud and as late as it."""

    name: str = "fixed rock beat"

    def play(self, taps: Sequence[Tap]) -> list[KitTake]:
        return [as_tapped(rock_beat(), tap) for tap in taps]


class NearestTap:
    """The kit of the training window with the most similar tap: the least
    Euclidean distance of where and how loud it is tapped.

    Args:
        known: training windows, one at least.
    """

    name = "1-nearest neighbour"

    def __init__(self, known: Sequence[Window]) -> None:
        self._known = known
        self._taps = np.stack([_signature(window.tap) for window in known])
        self._squares = (self._taps**2).sum(axis=1)

    def play(self, taps: Sequence[Tap]) -> list[KitTake]:
        return [self._one(tap) for tap in taps]

    def _one(self, tap: Tap) -> KitTake:
        gaps = self._squares - 2 * self._taps @ _signature(tap)
        near = self._known[int(gaps.argmin())]
        own = as_tapped(near.struck, tap)
        # Where the neighbour plays nothing, it has no feel of its own.
        return KitTake(
            near.struck,
            np.where(near.struck, near.velocity, own.velocity),
            np.where(near.struck, near.offset, own.offset),
        )


def _signature(tap: Tap) -> NDArray[np.float32]:
    """(64,) where it is tapped, and how loud."""
    return np.concatenate([tap.struck.astype(np.float32), tap.velocity])

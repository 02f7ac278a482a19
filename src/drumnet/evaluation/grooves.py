"""Who plays a kit to a tapped rhythm.

A `TapPlayer` has a name and plays the nine pieces to a tap.  The model is one,
and so are the two that one has to beat: a fixed rock beat, and the kit of that
training window whose tap is most alike (Cover & Hart 1967).  To measure another
model, write a class with these two and give it to `experiments.groove`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.grooves import (
    NUM_STEPS,
    STEP_TICKS,
    Tap,
    Window,
    silent_window,
    tap_onsets,
)
from drumnet.drummer import Drummer
from drumnet.hits import MAX_VELOCITY, PIECES, Piece
from drumnet.playing.listening import Listening

_STEPS_PER_BEAT = 4
_STEPS_PER_BAR = 16
#: What is tapped late sounds after the last beat.
_TAIL_S = 1.0


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


class DrummerTaps:
    """A `Drummer` to whom a rhythm is tapped, with no band and no style."""

    def __init__(self, drummer: Drummer, name: str, workers: int = 2) -> None:
        self.name = name
        self._drummer, self._workers = drummer, workers

    def play(self, taps: Sequence[Tap]) -> list[KitTake]:
        with ThreadPoolExecutor(max_workers=self._workers) as pool:
            return list(pool.map(self._one, taps))

    def _one(self, tap: Tap) -> KitTake:
        grid, at = self._listening.beats, np.flatnonzero(tap.struck)
        rhythm = tap_onsets(tap, grid)
        track = self._drummer.play(self._listening, rhythm=rhythm, pieces=PIECES)
        take = as_tapped(np.zeros((len(PIECES), NUM_STEPS), dtype=bool), tap)
        struck, velocity, offset = take.struck, take.velocity.copy(), take.offset.copy()
        for hit in track:
            # A tap is on one of the 16ths, however early or late it is.
            place = float(grid.seconds_to_ticks(hit.onset_s)) / STEP_TICKS
            step = int(at[np.abs(at + tap.offset[at] - place).argmin()])
            row = PIECES.index(hit.piece)
            struck[row, step] = True
            velocity[row, step] = hit.velocity / MAX_VELOCITY
            offset[row, step] = place - step
        return KitTake(struck, velocity, offset)

    @cached_property
    def _listening(self) -> Listening:
        conditioning, grid = silent_window()
        return self._drummer.listen_to(conditioning, grid, float(grid.beats_s[-1]) + _TAIL_S)


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

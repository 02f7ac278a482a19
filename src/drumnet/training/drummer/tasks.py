"""What a song's drums are for in training: seen, given, asked for.

One model plays any pieces to any others, so every song is another task: its
code is taken of some pieces, some are given as hits, and some are asked for,
of which a part may have been played already, as when a kit is decoded piece by
piece or bars of it are locked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import Piece
from drumnet.training.drummer.config import TrainConfig

#: Share of the given pieces that are given as hits, not as stems alone.
_AS_HITS = 0.6
#: Of the songs decided in rounds, the share of which no round has been before.
_FIRST_ROUND = 0.25
#: Bars between two that are decided in one round, as a power of two.
_MOST_HALVINGS = 3


class Task(NamedTuple):
    """Pieces, (num_pieces,) bool each.

    Args:
        seen: of which the code is taken.
        asked: that are to be played.
        given: that are known as hits.
    """

    seen: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    given: NDArray[np.bool_]


def draw_task(config: TrainConfig, rng: np.random.Generator) -> Task:
    """The kick alone, the whole kit, or some pieces to the others."""
    pieces = config.model.pieces
    every = np.ones(len(pieces), dtype=bool)
    kind = rng.random()
    if kind < config.kick_alone and Piece.KICK.value in pieces:
        kick = np.arange(len(pieces)) == pieces.index(Piece.KICK.value)
        return Task(kick, kick, ~every)
    if kind < 1 - config.some_pieces or len(pieces) == 1:
        return Task(every, every, ~every)
    asked = rng.random(len(pieces)) < rng.uniform(0.2, 0.8)
    asked[rng.integers(len(pieces))] = True
    given = ~asked & (rng.random(len(pieces)) < _AS_HITS)
    # A style may be known of more or fewer pieces than are to be played.
    seen = (every, asked, rng.random(len(pieces)) < 0.5)[rng.integers(3)]
    return Task(seen if seen.any() else asked, asked, given)


def draw_decided(
    task: Task, bar: NDArray[np.int64], config: TrainConfig, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """(num_pieces, num_beats) what is known: the given pieces, and what of those
    asked for has been decided: whole pieces, whole bars, or in rounds.

    Args:
        bar: (num_beats,) the bar of each beat.
    """
    known = np.repeat(task.given[:, None], len(bar), axis=1)
    asked = np.flatnonzero(task.asked)
    if len(asked) < 2:
        return known
    shares = (config.decided_pieces, config.decided_bars, config.decided_rounds)
    kind = int(np.searchsorted(np.cumsum(shares), rng.random(), side="right"))
    if kind == 0:
        known[_some(asked, rng, least=1)] = True
    elif kind == 1:
        bars, index = np.unique(bar, return_inverse=True)
        decided = rng.random(len(bars)) < rng.uniform(0.1, 0.9)
        known[asked] |= decided[index]
    elif kind == 2:
        before, now = _round(bar, rng)
        known[asked] |= before
        known[_some(asked, rng, least=0)] |= now
    return known


def _some(pieces: NDArray[np.int64], rng: np.random.Generator, least: int) -> NDArray[np.int64]:
    """At least so many of the pieces, but not all."""
    return rng.permutation(pieces)[: rng.integers(least, len(pieces))]


def _round(
    bar: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(num_beats,) the beats of bars that earlier rounds decided, every second, fourth or
    eighth, and of those that this round decides, halfway between them."""
    period = 2 ** int(rng.integers(1, _MOST_HALVINGS + 1))
    turn = (bar - rng.integers(period)) % period
    before, now = turn == 0, turn == period // 2
    return (before & False, before) if rng.random() < _FIRST_ROUND else (before, now)

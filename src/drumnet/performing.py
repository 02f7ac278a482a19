"""A pattern on ticks to hits in time, played by a person or by a machine.

In: a `Pattern` and the beats.  Out: a `DrumTrack`.  The network tells where and
how loud a person would play each hit, and how far people are from that (the
spread of a Laplace distribution); a performance is drawn from it.  What is
played at one moment is one gesture, so a part of its deviation is common.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.grid import BeatGrid
from drumnet.composition import Pattern
from drumnet.hits import MAX_VELOCITY, DrumTrack, Hit, Piece

#: Share of the variance of timing that all pieces of a moment have in common.
_COMMON = 0.5
#: A deviation farther out than this many spreads is a slip, not a style.
_MOST_SPREADS = 3.0


def perform(
    pattern: Pattern,
    grid: BeatGrid,
    pieces: Collection[Piece],
    *,
    humanize: float = 1.0,
    seed: int = 0,
    late_ticks: NDArray[np.float64] | None = None,
) -> DrumTrack:
    """The hits of these pieces.

    Args:
        late_ticks: (num_pieces, num_ticks) how much later hits are played besides, as
            by swing.
        humanize: 0 plays on the ticks, each piece with the velocity that is typical of
            its place; 1 as a person; more exaggerates.
    """
    rng = np.random.default_rng([seed, 0])
    common = _laplace(rng, pattern.velocity.shape[1])
    hits: list[Hit] = []
    for row, piece in enumerate(pattern.pieces):
        if piece not in pieces:
            continue
        ticks = pattern.ticks(piece)
        # What is as good as at 0:00 sounds there, however early it is played.
        ticks = ticks[grid.ticks_to_seconds(ticks + 0.5) > 0]
        own = np.random.default_rng([seed, 1 + list(Piece).index(piece)])
        timing, force = (_laplace(own, pattern.velocity.shape[1])[ticks] for _ in range(2))
        late = np.sqrt(_COMMON) * common[ticks] + np.sqrt(1 - _COMMON) * timing
        offset = pattern.offset[row, ticks] + late * pattern.offset_spread[row, ticks]
        besides = 0.0 if late_ticks is None else late_ticks[row, ticks]
        onsets = grid.ticks_to_seconds(ticks + humanize * offset + besides).clip(min=0.0)
        level = pattern.velocity[row, ticks]
        level = level + humanize * force * pattern.velocity_spread[row, ticks]
        velocities = np.clip(np.round(level * MAX_VELOCITY), 1, MAX_VELOCITY).astype(int)
        hits += [
            Hit(float(onset), int(tick), piece, int(velocity))
            for onset, tick, velocity in zip(onsets, ticks, velocities, strict=True)
        ]
    return DrumTrack(tuple(hits))


def _laplace(rng: np.random.Generator, size: int) -> NDArray[np.float64]:
    return np.clip(rng.laplace(size=size), -_MOST_SPREADS, _MOST_SPREADS)

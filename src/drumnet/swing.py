"""Swing: what is off the beat is played late.

In: a composed pattern and how far it is to swing.  Out: by how many ticks each
hit moves.  Swung eighths at their fullest are triplets: the second of a pair
moves from half of the beat to two thirds of it, and what lies between moves in
proportion, so that no hit overtakes another.  Sixteenths swing likewise within
each eighth.  Beats that are in triplets already stay as they are, and what the
style itself plays late counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumnet.composition import Pattern
from drumnet.grid import TICKS_PER_BEAT

#: The notes that may swing, and how many ticks two of them take.
_PAIR_TICKS = {8: TICKS_PER_BEAT, 16: TICKS_PER_BEAT // 2}


def swing_ticks(
    pattern: Pattern, amount: float, division: int, humanize: float = 1.0
) -> NDArray[np.float64]:
    """(num_pieces, num_ticks) how much later each place is played, in ticks.

    Args:
        amount: 0 as composed, 1 in triplets.
        division: 8 swings the eighths, 16 the sixteenths.
        humanize: by which the style's own timing is scaled.
    """
    if amount == 0:
        return np.zeros(pattern.velocity.shape)
    struck = pattern.velocity > 0
    place = np.arange(struck.shape[1]) % TICKS_PER_BEAT
    late = amount * _latest(division)[place] * ~np.repeat(_in_triplets(struck), TICKS_PER_BEAT)
    own = humanize * _own_lateness(pattern, struck, place)[place]
    return np.broadcast_to(np.maximum(late - np.clip(own, 0, late), 0.0), struck.shape).copy()


def _latest(division: int) -> NDArray[np.float64]:
    """(12,) how far each place of the beat moves at full swing."""
    pair = _PAIR_TICKS[division]
    along = np.arange(TICKS_PER_BEAT) % pair
    moved = np.interp(along, (0, pair / 2, pair), (0, pair * 2 / 3, pair))
    return np.asarray(moved - along)


def _in_triplets(struck: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(num_beats,) whether more is played on triplets than on sixteenths."""
    hits = struck.sum(axis=0).reshape(-1, TICKS_PER_BEAT)
    step = np.arange(TICKS_PER_BEAT)
    triplet, straight = (step % 4 == 0) & (step > 0), (step % 3 == 0) & (step > 0)
    return np.asarray(hits[:, triplet].sum(axis=1) > hits[:, straight].sum(axis=1))


def _own_lateness(
    pattern: Pattern, struck: NDArray[np.bool_], place: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(12,) how late the style plays each place of the beat, against the beat itself."""

    def typical(where: NDArray[np.bool_]) -> float:
        played = pattern.offset[struck & where]
        return float(np.median(played)) if len(played) else 0.0

    on_beat = typical(place == 0)
    return np.array([typical(place == step) - on_beat for step in range(TICKS_PER_BEAT)])

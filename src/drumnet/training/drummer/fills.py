"""How drummers fill, of performances of fills.

In: the prepared songs.  Out: a `FillBank` of the Groove MIDI Dataset (Gillick et
al. 2019, CC BY 4.0), whose recordings are beats or fills by name; of its training
split alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.reading import PERFORMANCE
from drumnet.corpus.subdivisions import as_meant
from drumnet.corpus.ticksong import OFFSET_STEPS, TickSong, TickStore
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import MAX_VELOCITY, PIECES
from drumnet.model.fill_bank import DRUMS, FillBank

#: Beats of a fill that are kept, the last ones.
_FILL_BEATS = 8
_MOST_FILLS = 200
_BAR_BEATS = 4
#: In its last beats a fill strikes its drums so often.
_LEAST_STROKES, _BUSY_BEATS = 4, 2
#: What is softer is no stroke of a fill.
_GHOST = 0.2
_FILL = "_fill_"


def fit_fills(store: TickStore) -> FillBank:
    """What `export` writes beside the weights; an empty bank without performances."""
    performed = store.where(split="train", kind=PERFORMANCE)
    fills = [
        as_meant(song)
        for song in performed
        if _FILL in str(song.about["name"]) and (song.bar_length == _BAR_BEATS).all()
    ]
    found = [strokes for strokes in map(_strokes, fills) if strokes is not None]
    if not found:
        return FillBank.none()
    kept = np.random.default_rng(0).permutation(len(found))[:_MOST_FILLS]
    velocity, offset = (np.stack([found[index][kind] for index in kept]) for kind in range(2))
    return FillBank(
        np.round(velocity * MAX_VELOCITY).astype(np.uint8),
        np.round(offset * 2 * OFFSET_STEPS).clip(-127, 127).astype(np.int8),
    )


def _strokes(fill: TickSong) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """(4, num_ticks) velocity and offset on snare and toms up to the bar line that a
    fill leads to; None where it is hardly a fill."""
    dense = fill.dense_song()
    struck = np.flatnonzero((dense.velocity > 0).any(axis=0))
    if not len(struck):
        return None
    end = int(struck[-1]) // TICKS_PER_BEAT + 1
    last = struck[struck >= (end - 1) * TICKS_PER_BEAT]
    if fill.beat_in_bar[end - 1] == 0 and len(last) == 1:
        end -= 1  # where it lands
    end += _to_bar_line(fill, end)
    rows = [PIECES.index(drum) for drum in DRUMS]
    ticks = np.arange((end - _FILL_BEATS) * TICKS_PER_BEAT, end * TICKS_PER_BEAT)
    inside = (ticks >= 0) & (ticks < dense.velocity.shape[1])
    at = ticks.clip(0, dense.velocity.shape[1] - 1)
    velocity = np.where(inside, dense.velocity[rows][:, at], 0)
    velocity[velocity < _GHOST] = 0
    if (velocity[:, -_BUSY_BEATS * TICKS_PER_BEAT :] > 0).sum() < _LEAST_STROKES:
        return None
    offset = np.where(velocity > 0, dense.offset[rows][:, at], 0)
    return velocity.astype(np.float32), offset.astype(np.float32)


def _to_bar_line(fill: TickSong, end: int) -> int:
    """Beats from the end of the last beat that is struck to the bar line."""
    return int(-(int(fill.beat_in_bar[end - 1]) + 1) % _BAR_BEATS) if end else 0

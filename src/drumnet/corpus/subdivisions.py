"""People's drumming on the subdivisions that they meant.

In: a performance on ticks, where a 16th that is played late may have fallen on
the tick after.  Out: the same hits on 16ths and triplets, each with the way
from there to where it was played, up to half a subdivision.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.ticksong import NUM_ROLES, OFFSET_STEPS, TickSong
from drumnet.grid import TICKS_PER_BEAT

#: Ticks from one subdivision to the next.
SIXTEENTH, TRIPLET = TICKS_PER_BEAT // 4, TICKS_PER_BEAT // 3
#: A beat is in the other feel than the whole where that is nearer to its hits
#: by this much, in ticks squared a hit.
_LEAST_GAIN = 0.6


def on_sixteenths(song: TickSong) -> TickSong:
    """Every hit on the nearest 16th."""
    place = _places(song)
    return _moved(song, _nearest(place, SIXTEENTH))


def as_meant(song: TickSong) -> TickSong:
    """Every hit on the nearest 16th or triplet, by what its beat is played in."""
    place = _places(song)
    straight, triple = _nearest(place, SIXTEENTH), _nearest(place, TRIPLET)
    gain = (place - straight) ** 2 - (place - triple) ** 2
    beat = np.floor(place / TICKS_PER_BEAT).astype(np.int64)
    beat -= beat.min(initial=0)
    hits = np.maximum(np.bincount(beat), 1)
    by_beat = np.bincount(beat, weights=gain) / hits
    swung = gain.mean() > 0 if len(gain) else False
    in_triplets = by_beat > (-_LEAST_GAIN if swung else _LEAST_GAIN)
    return _moved(song, np.where(in_triplets[beat], triple, straight))


def _places(song: TickSong) -> NDArray[np.float64]:
    """(num_hits,) where the drums were played, in ticks."""
    drums = song.row >= NUM_ROLES
    return np.asarray(song.tick[drums] + song.offset[drums] / (2 * OFFSET_STEPS))


def _nearest(place: NDArray[np.float64], step: int) -> NDArray[np.int64]:
    return np.asarray(step * np.round(place / step), dtype=np.int64)


def _moved(song: TickSong, ticks: NDArray[np.int64]) -> TickSong:
    """The drums on these ticks; of those of a piece on one tick, the loudest.
    What is on the beat after the last is beyond the song."""
    drums = song.row >= NUM_ROLES
    place, tick = _places(song), song.tick.astype(np.int64)
    offset = np.zeros(len(tick), dtype=np.int16)
    offset[drums] = np.round((place - ticks) * 2 * OFFSET_STEPS)
    tick[drums] = ticks
    order = np.lexsort((-song.value.astype(np.int64), song.row, tick))
    row, tick = song.row[order], tick[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tick) != 0) | (row[1:] != row[:-1])
    first &= tick < song.num_beats * TICKS_PER_BEAT
    return replace(
        song,
        row=row[first],
        tick=tick[first].astype(np.int32),
        value=song.value[order][first],
        offset=offset[order][first],
    )

"""The same music in another rhythm: what few songs of the corpus have.

In: a song on ticks.  Out: the song in another metre, swung, or on a grid that
is not its own.  Band and drums change together, so their relation stays true.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.ticksong import NUM_ROLES, OFFSET_STEPS, TickSong
from drumnet.grid import TICKS_PER_BEAT

#: Which beats of one or two bars of 4/4 make bars of another metre. A metre is
#: made by leaving out or repeating beats, as rock in 3, 5 and 7 often does.
METRES: tuple[tuple[int, tuple[tuple[int, ...], ...]], ...] = (
    (2, ((0, 1), (2, 3))),
    (3, ((0, 1, 2), (4, 5, 6))),
    (3, ((0, 2, 3), (4, 6, 7))),
    (3, ((0, 1, 3), (4, 5, 7))),
    (5, ((0, 1, 2, 3, 2), (4, 5, 6, 7, 6))),
    (5, ((0, 1, 2, 3, 4), (4, 5, 6, 7, 7))),
    (6, ((0, 1, 2, 3, 4, 5),)),
    (6, ((0, 1, 2, 4, 5, 6),)),
    (7, ((0, 1, 2, 3, 4, 5, 6),)),
    (7, ((0, 1, 2, 4, 5, 6, 7),)),
)
_GROUP_BEATS = 8
#: Straight eighths of a beat fall on the first and third triplet.
_SWUNG_EIGHTH = 8
#: Grids that are wrong as trackers and notation programs are: half, double,
#: and triplets taken for beats or beats for triplets.
WRONG_TEMPOS = (1 / 2, 2.0, 2 / 3, 3 / 2, 3 / 4, 4 / 3)


def in_metre(song: TickSong, beats_per_bar: int, bars: tuple[tuple[int, ...], ...]) -> TickSong:
    """A 4/4 song in another metre; of another song, or one of fewer than two
    bars, the song itself.

    Args:
        bars: of each new bar, the beats (0-7) of two old bars that it is made of.
    """
    starts = np.flatnonzero(song.beat_in_bar == 0)
    if not len(starts) or not (song.bar_length[starts[0] :] == 4).all():
        return song
    groups = (song.num_beats - starts[0]) // _GROUP_BEATS
    if not groups:
        return song
    pattern = np.concatenate(bars)
    first_beats = starts[0] + _GROUP_BEATS * np.arange(groups)
    source = (first_beats[:, None] + pattern).reshape(-1)
    return _rebuilt(song, source, beats_per_bar)


def _rebuilt(song: TickSong, source: NDArray[np.int64], beats_per_bar: int) -> TickSong:
    """The song's beats in the order of `source`."""
    low = np.searchsorted(song.tick, source * TICKS_PER_BEAT)
    high = np.searchsorted(song.tick, (source + 1) * TICKS_PER_BEAT)
    counts = high - low
    begin = np.cumsum(counts) - counts
    event = np.arange(counts.sum()) + np.repeat(low - begin, counts)
    moved = np.repeat((np.arange(len(source)) - source) * TICKS_PER_BEAT, counts)
    beats = np.arange(len(source))
    return replace(
        song,
        beat_in_bar=(beats % beats_per_bar).astype(np.uint8),
        bar_length=np.full(len(source), beats_per_bar, dtype=np.uint8),
        bar=(beats // beats_per_bar).astype(np.int32),
        row=song.row[event],
        tick=(song.tick[event] + moved).astype(np.int32),
        value=song.value[event],
        offset=song.offset[event],
    )


def swung(song: TickSong) -> TickSong:
    """Every beat's first half takes two thirds of it: straight becomes shuffle."""
    half = TICKS_PER_BEAT // 2
    place = np.arange(TICKS_PER_BEAT)
    late = _SWUNG_EIGHTH + (place - half) * (TICKS_PER_BEAT - _SWUNG_EIGHTH) / half
    moved = np.floor(np.where(place < half, place * _SWUNG_EIGHTH / half, late)).astype(np.int32)
    beat, inside = np.divmod(song.tick, TICKS_PER_BEAT)
    tick = (beat * TICKS_PER_BEAT + moved[inside]).astype(np.int32)
    return replace(song, **_strongest(song.row, tick, song.value, song.offset))


def on_other_grid(song: TickSong, tempo: float, phase_ticks: float = 0.0) -> TickSong:
    """The song with beats that are not its own, in bars of four.

    Args:
        tempo: beats of the new grid in a beat of the song's.
        phase_ticks: how late on the new grid the song begins, 0 or more.
    """
    place = (song.tick + song.offset / (2 * OFFSET_STEPS)) * tempo + phase_ticks
    tick = np.round(place).astype(np.int32)
    drums = song.row >= NUM_ROLES
    offset = np.where(drums, np.round((place - tick) * 2 * OFFSET_STEPS), 0)
    num_beats = int(np.ceil(song.num_beats * tempo + phase_ticks / TICKS_PER_BEAT)) + 1
    beats = np.arange(num_beats)
    return replace(
        song,
        beat_in_bar=(beats % 4).astype(np.uint8),
        bar_length=np.full(num_beats, 4, dtype=np.uint8),
        bar=(beats // 4).astype(np.int32),
        **_strongest(song.row, tick, song.value, offset.astype(np.int8)),
    )


def _strongest(
    row: NDArray[np.uint8],
    tick: NDArray[np.int32],
    value: NDArray[np.uint8],
    offset: NDArray[np.int8],
) -> dict[str, Any]:
    """The events (num_events,) ordered by tick; of those of a row that fell on one
    tick, the strongest."""
    order = np.lexsort((-value.astype(np.int64), row, tick))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tick[order]) != 0) | (row[order][1:] != row[order][:-1])
    kept = order[first]
    return {"row": row[kept], "tick": tick[kept], "value": value[kept], "offset": offset[kept]}


def other_rhythm(song: TickSong, kind: str, rng: np.random.Generator) -> TickSong:
    """The song varied at random: `metre`, `swing`, `tempo` (a grid that is
    wrong by a simple ratio) or `grid` (one that has nothing to do with it)."""
    if kind == "metre":
        beats_per_bar, bars = METRES[rng.integers(len(METRES))]
        return in_metre(song, beats_per_bar, bars)
    if kind == "swing":
        return swung(song)
    if kind == "tempo":
        return on_other_grid(song, WRONG_TEMPOS[rng.integers(len(WRONG_TEMPOS))])
    assert kind == "grid", kind
    return on_other_grid(song, float(np.exp(rng.uniform(-0.5, 0.5))), rng.uniform(0, 48))

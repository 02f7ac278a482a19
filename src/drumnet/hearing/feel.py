"""Half-time and double-time feel: drums to another pulse than the song's.

In: what is heard on the song's beats.  Out: the same on half or twice as many,
for a drummer to play to; and hits of that pulse, back on the song's ticks.  The
times in seconds stay: the song's tempo is what it was.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import Conditioning, on_grid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.settings import Feel


def felt_beats(grid: BeatGrid, feel: Feel, duration_s: float) -> BeatGrid:
    """The beats of the pulse that the drums keep to.

    Raises:
        BeatError: too few beats to take every second.
    """
    if feel is Feel.NORMAL:
        return grid
    pulse = grid.half_time() if feel is Feel.HALF_TIME else grid.double_time()
    return pulse.covering(duration_s)


def heard_on(heard: Conditioning, grid: BeatGrid, pulse: BeatGrid) -> Conditioning:
    """What was heard on the ticks of one grid, on those of another: each tick's
    strength goes to the nearest tick, of several the strongest; so does how loud the band is."""
    ticks = np.floor(_across(np.arange(heard.num_ticks), grid, pulse) + 0.5 + 1e-6).astype(int)
    inside = (ticks >= 0) & (ticks < pulse.num_ticks)
    strength = np.zeros((len(heard.strength), pulse.num_ticks), dtype=np.float32)
    for row, wanted in zip(strength, heard.strength, strict=True):
        np.maximum.at(row, ticks[inside], wanted[inside])
    sounding = None
    if heard.sounding is not None:
        back = np.round(_across(np.arange(pulse.num_ticks), pulse, grid)).astype(int)
        known = (back >= 0) & (back < heard.num_ticks)
        sounding = np.zeros(pulse.num_ticks, dtype=np.float32)
        sounding[known] = heard.sounding[back[known]]
        np.maximum.at(sounding, ticks[inside], heard.sounding[inside])
    return replace(on_grid(strength, heard.present, pulse), sounding=sounding)


def on_beats_of(
    of_beat: NDArray[np.float32], grid: BeatGrid, pulse: BeatGrid, num_beats: int
) -> NDArray[np.float32]:
    """(num_beats, width) of the beats of a pulse, what (n, width) is of those of the song's
    grid in which they begin."""
    ticks = _across(TICKS_PER_BEAT * np.arange(num_beats), pulse, grid)
    beats = np.floor(ticks / TICKS_PER_BEAT + 1e-6).astype(int)
    return np.asarray(of_beat[np.clip(beats, 0, len(of_beat) - 1)])


def on_ticks_of(track: DrumTrack, pulse: BeatGrid, grid: BeatGrid) -> DrumTrack:
    """Hits on ticks of a pulse, on those of the song's grid; of a piece's hits that fall
    on one tick, the first stays."""
    ticks = _across(np.array([hit.tick for hit in track]), pulse, grid)
    taken: set[tuple[int, Piece]] = set()
    hits: list[Hit] = []
    for hit, place in zip(track, ticks, strict=True):
        tick = int(np.floor(place + 0.5 + 1e-6))
        if (tick, hit.piece) not in taken:
            taken.add((tick, hit.piece))
            hits.append(replace(hit, tick=tick))
    return DrumTrack(tuple(hits))


def _across(ticks: NDArray[np.int64], one: BeatGrid, other: BeatGrid) -> NDArray[np.float64]:
    return other.seconds_to_ticks(one.ticks_to_seconds(ticks))

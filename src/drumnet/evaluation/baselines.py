"""Simple drummers to compare with: each gives the ticks of a half to play.

A player hears a `HalvedSong` and returns ticks of its second half; that is the
interface of the network's experiments too (see `protocol`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.grid import TICKS_PER_BEAT
from drumnet.evaluation.passages import HalvedSong
from drumnet.evaluation.patterns import CLEAR_ONSET
from drumnet.features import HEARD_ROLES
from drumnet.roles import Role

Player = Callable[[HalvedSong], NDArray[np.int64]]

#: A bar position is copied when it is hit in more than this share of bars.
_TYPICAL = 0.45


def four_on_the_floor(song: HalvedSong) -> NDArray[np.int64]:
    """A hit on every beat."""
    return np.arange(song.half_tick, song.num_ticks, TICKS_PER_BEAT)


def bass_copy(song: HalvedSong) -> NDArray[np.int64]:
    """A hit at every bass onset; of neighbouring ticks, the strongest."""
    strength = song.heard.strength[HEARD_ROLES.index(Role.BASS)]
    padded = np.pad(strength, 1)
    peak = (strength >= CLEAR_ONSET) & (strength > padded[:-2]) & (strength >= padded[2:])
    ticks = np.flatnonzero(peak)
    return ticks[ticks >= song.half_tick]


def copy_bar(song: HalvedSong) -> NDArray[np.int64]:
    """The first half's typical bar: positions hit in more than 45 % of bars."""
    position = song.bar_position
    size = int(position.max()) + 1
    first = slice(0, song.half_tick)
    hit = np.zeros(song.num_ticks, dtype=bool)
    hit[song.first_half_hits] = True
    seen = np.bincount(position[first], minlength=size)
    hits = np.bincount(position[first], weights=hit[first], minlength=size)
    typical = hits > _TYPICAL * np.maximum(seen, 1)
    ticks = np.flatnonzero(typical[position])
    return ticks[ticks >= song.half_tick]


BASELINES: dict[str, Player] = {
    "four on the floor": four_on_the_floor,
    "bass copy": bass_copy,
    "copy-bar": copy_bar,
}

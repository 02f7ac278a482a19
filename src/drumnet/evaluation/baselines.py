"""Simple drummers to compare with: players that no one had to train."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import ORDINARY_VELOCITY, PIECES, DrumTrack, Piece
from drumnet.metrics.patterns import CLEAR_ONSET
from drumnet.song.roles import Role

#: A bar position is copied when it is hit in more than this share of bars.
TYPICAL = 0.45


@dataclass(frozen=True)
class Baseline:
    """A player that is a rule: a song to ticks of its second half."""

    name: str
    rule: Callable[[HalvedSong], NDArray[np.int64]]

    def play(self, song: HalvedSong) -> DrumTrack:
        return kicks(song, self.rule(song))


def kicks(song: HalvedSong, ticks: NDArray[np.int64]) -> DrumTrack:
    """The kick on these ticks."""
    return song.track([Piece.KICK] * len(ticks), ticks, [ORDINARY_VELOCITY] * len(ticks))


def four_on_the_floor(song: HalvedSong) -> NDArray[np.int64]:
    """A hit on every beat."""
    return np.arange(song.half_tick, song.num_ticks, TICKS_PER_BEAT)


def bass_copy(song: HalvedSong) -> NDArray[np.int64]:
    """A hit at every bass onset."""
    ticks = song.onset_ticks(Role.BASS, CLEAR_ONSET)
    return ticks[ticks >= song.half_tick]


def copy_bar(song: HalvedSong) -> NDArray[np.int64]:
    """The first half's typical bar: positions hit in more than 45 % of bars."""
    ticks = np.flatnonzero((bar_histogram(song) > TYPICAL)[song.bar_position])
    return ticks[ticks >= song.half_tick]


def bar_histogram(song: HalvedSong) -> NDArray[np.float64]:
    """(positions of the bar,) the share of the first half's bars whose kick hits each."""
    return position_histogram(song, song.first_half_hits)


def position_histogram(
    song: HalvedSong, ticks: NDArray[np.int64], first: bool = True
) -> NDArray[np.float64]:
    """(positions of the bar,) the share of one half's bars that hit each.

    Args:
        ticks: (num_hits,) of one piece; those of the other half are left out.
        first: of the first half, or of the second.
    """
    position = song.bar_position
    half = slice(0, song.half_tick) if first else slice(song.half_tick, song.num_ticks)
    hit = np.zeros(song.num_ticks, dtype=bool)
    hit[ticks] = True
    return bar_shares(position[half], hit[half], int(position.max()) + 1)


def bar_shares(
    position: NDArray[np.int64], hit: NDArray[np.bool_], size: int
) -> NDArray[np.float64]:
    """(size,) the share of the bars that hit each position.

    Args:
        position: (num_ticks,) each tick's place in its bar, below `size`.
        hit: (num_ticks,) where there is a hit.
    """
    seen = np.bincount(position, minlength=size)
    hits = np.bincount(position, weights=hit, minlength=size)
    return np.asarray(hits / np.maximum(seen, 1))


COPY_BAR = Baseline("copy-bar", copy_bar)
BASS_COPY = Baseline("bass copy", bass_copy)
FOUR_ON_THE_FLOOR = Baseline("four on the floor", four_on_the_floor)
BASELINES = (COPY_BAR, BASS_COPY, FOUR_ON_THE_FLOOR)


@dataclass(frozen=True)
class TypicalBar:
    """Of each piece the typical bar of a half: positions that it hits in more than 45 % of
    the bars, repeated in the second.

    Args:
        first: of the first half; that of the very half that is to be played is no drummer,
            but what repeating one bar can reach.
    """

    name: str
    first: bool = True

    def play(self, song: HalvedSong) -> DrumTrack:
        share = [position_histogram(song, np.flatnonzero(row), self.first) for row in song.velocity]
        struck = (np.stack(share) > TYPICAL)[:, song.bar_position]
        struck[:, : song.half_tick] = False
        rows, ticks = np.nonzero(struck)
        return song.track([PIECES[row] for row in rows], ticks, [ORDINARY_VELOCITY] * len(ticks))


KIT_COPY_BAR, KIT_OWN_BAR = TypicalBar("copy-bar"), TypicalBar("own bar", first=False)

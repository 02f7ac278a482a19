"""The 1-nearest neighbour: play what the most similar training song plays.

In: training songs.  Out: a `Player`.  The neighbour is the song whose kick,
bass and snare fall on the positions of the bar most nearly as in the first half
of the song to play to; each bar of the second half then gets the kicks of that
bar of the neighbour whose bass and snare are nearest.  The classic test of what
a network adds to remembering (Cover & Hart 1967).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.corpus.ticksong import TickSong
from drumnet.evaluation.baselines import kicks
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning
from drumnet.hits import PIECES, DrumTrack, Piece
from drumnet.metrics.patterns import CLEAR_ONSET
from drumnet.song.roles import Role

_CONTEXT = [HEARD_ROLES.index(Role.BASS), HEARD_ROLES.index(Role.SNARE)]
_KICK = PIECES.index(Piece.KICK)


class _Bars(NamedTuple):
    """Whole bars of one length.

    Args:
        first_tick: (num_bars,).
        context: (num_bars, 2 * bar ticks) where bass and snare begin, 0 or 1.
        kick: (num_bars, bar ticks) 0 or 1.
    """

    first_tick: NDArray[np.int64]
    context: NDArray[np.float32]
    kick: NDArray[np.float32]

    def part(self, kept: NDArray[np.bool_]) -> _Bars:
        return _Bars(self.first_tick[kept], self.context[kept], self.kick[kept])

    @property
    def signature(self) -> NDArray[np.float32]:
        """(3 * bar ticks,) how often each position is hit, by each of the three."""
        means = np.concatenate([self.kick.mean(axis=0), self.context.mean(axis=0)])
        return means.astype(np.float32)


def _bars(heard: Conditioning, velocity: NDArray[np.float32], length: int) -> _Bars:
    starts = np.flatnonzero((heard.beat_in_bar == 0) & (heard.bar_length == length))
    starts = starts[starts + length <= heard.num_beats] * TICKS_PER_BEAT
    at = starts[:, None] + np.arange(length * TICKS_PER_BEAT)
    rows = heard.strength[_CONTEXT] >= CLEAR_ONSET
    context = np.concatenate([row[at] for row in rows], axis=1)
    return _Bars(starts, context.astype(np.float32), (velocity[at] > 0).astype(np.float32))


def _usual_length(heard: Conditioning) -> int:
    """Beats in most of the song's bars."""
    return int(np.bincount(heard.bar_length).argmax())


class NearestNeighbour:
    """Remembers training songs.

    Args:
        songs: training songs; those without a kick are left out.
    """

    name = "1-nearest neighbour"

    def __init__(self, songs: Iterable[TickSong]) -> None:
        found: dict[int, list[tuple[NDArray[np.float32], TickSong]]] = {}
        for song in songs:
            heard = song.conditioning()
            bars = _bars(heard, song.dense_song().velocity[_KICK], _usual_length(heard))
            if bars.kick.any():
                found.setdefault(_usual_length(heard), []).append((bars.signature, song))
        self._songs = {length: [song for _, song in known] for length, known in found.items()}
        self._signatures = {
            length: np.stack([signature for signature, _ in known])
            for length, known in found.items()
        }

    def neighbour(self, song: HalvedSong) -> TickSong | None:
        """The nearest training song; None where none has such bars."""
        length = _usual_length(song.conditioning)
        bars = _bars(song.conditioning, song.kick, length)
        # A bar that the middle of the song cuts has kicks that are to be played.
        first = bars.part(bars.first_tick + length * TICKS_PER_BEAT <= song.half_tick)
        if length not in self._songs or not len(first.kick):
            return None
        gaps = np.linalg.norm(self._signatures[length] - first.signature, axis=1)
        return self._songs[length][int(gaps.argmin())]

    def play(self, song: HalvedSong) -> DrumTrack:
        other = self.neighbour(song)
        if other is None:
            return DrumTrack()
        length = _usual_length(song.conditioning)
        bars = _bars(song.conditioning, song.kick, length)
        known = _bars(other.conditioning(), other.dense_song().velocity[_KICK], length)
        gaps = np.abs(bars.context[:, None] - known.context[None]).sum(axis=2)
        played = known.kick[gaps.argmin(axis=1)] > 0
        bar, place = np.nonzero(played)
        ticks = bars.first_tick[bar] + place
        return kicks(song, np.sort(ticks[ticks >= song.half_tick]))

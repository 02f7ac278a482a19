"""Songs whose drums nobody would play so: they give no styles.

In: a song on ticks.  Out: whether its drums are as people play, by three rules.

Many songs of the corpus are charts, written for a game or by hand: some ride on the crash
through whole choruses, some have bar lines that lie beside those that the drums keep to, some
are a kick now and then.
What people do is read off performances (Groove; Gillick et al. 2019).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.ticksong import TickSong
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import PIECES, Piece

#: A bar with so many crashes rides on them.  One performance of people in forty does in more
#: than this share of its bars (docs/experiments/styles.md, 2026-11-30).
RIDDEN_CRASHES, _MOST_RIDDEN = 4, 0.1
#: A bar keeps time with so many strokes of hats or cymbals.  Fewer than one performance in
#: thirty does so in less than that share of the bars that it plays in, or leaves the snare out
#: of as many.
_KEPT_STROKES, _LEAST_KEPT = 2, 0.5
_CYMBALS = (Piece.CLOSED_HAT, Piece.OPEN_HAT, Piece.RIDE, Piece.CRASH)
_BAR_BEATS = 4
#: Where kick and snare fall, moved by up to a beat, may fit people's bars better by so many
#: nats a hit.
_MOST_GAIN = 0.3
_LEAST_HITS = 30
_UNSEEN = 0.1


def rides_the_crash(song: TickSong) -> bool:
    """Whether a song rides on the crash more than people do."""
    struck = song.dense_song().velocity[PIECES.index(Piece.CRASH)] > 0
    starts = np.flatnonzero(song.beat_in_bar == 0) * TICKS_PER_BEAT
    if not len(starts):
        return False
    crashes = np.add.reduceat(struck, starts)
    return bool((crashes >= RIDDEN_CRASHES).mean() > _MOST_RIDDEN)


def is_no_kit(song: TickSong) -> bool:
    """Whether no cymbal keeps time, or no snare is played, in most of the bars with drums."""
    struck = song.dense_song().velocity > 0
    starts = np.flatnonzero(song.beat_in_bar == 0) * TICKS_PER_BEAT
    if not len(starts):
        return False
    bars = np.add.reduceat(struck, starts, axis=1, dtype=np.int64)
    played = bars[:, bars.any(axis=0)]
    if not played.size:
        return True
    time = played[[PIECES.index(piece) for piece in _CYMBALS]].sum(axis=0) >= _KEPT_STROKES
    back = played[PIECES.index(Piece.SNARE)] > 0
    return bool(min(time.mean(), back.mean()) < _LEAST_KEPT)


class BarLines:
    """Where people play kick and snare in bars of four beats.

    Args:
        songs: with drums.
    """

    def __init__(self, songs: Iterable[TickSong]) -> None:
        shares = np.full((2, _BAR_BEATS * TICKS_PER_BEAT), _UNSEEN)
        for song in songs:
            hits = _places(song)
            shares += hits / max(hits.sum(), 1)
        self._log_share = np.log(shares / shares.sum(axis=1, keepdims=True))

    def lie_elsewhere(self, song: TickSong) -> bool:
        """Whether the drums of a song would fit people's bars far better if they were moved."""
        hits = _places(song)
        if hits.sum() < _LEAST_HITS:
            return False
        moves = range(-TICKS_PER_BEAT, TICKS_PER_BEAT + 1)
        fits = [(np.roll(hits, move, axis=1) * self._log_share).sum() for move in moves]
        return bool(max(fits) - fits[TICKS_PER_BEAT] > _MOST_GAIN * hits.sum())


def _places(song: TickSong) -> NDArray[np.float64]:
    """(2, 48) hits of kick and snare at each place of the bars of four beats."""
    own = np.repeat(song.bar_length == _BAR_BEATS, TICKS_PER_BEAT)
    tick = np.arange(TICKS_PER_BEAT)
    place = (song.beat_in_bar[:, None].astype(np.int64) * TICKS_PER_BEAT + tick).reshape(-1)
    size = _BAR_BEATS * TICKS_PER_BEAT
    velocity = song.dense_song().velocity
    struck = [velocity[PIECES.index(piece)] > 0 for piece in (Piece.KICK, Piece.SNARE)]
    return np.array([np.bincount(place[hit & own], minlength=size) for hit in struck], np.float64)

"""Excerpts of songs, and what makes of them what users' songs are.

In: songs on ticks.  Out: `Excerpt`s, cut, their stems joined to a mix, their
downbeats misplaced, their drums looped.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.ticksong import TickSong
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.song.roles import Role

_ROW = {role: index for index, role in enumerate(HEARD_ROLES)}
_BAND = [_ROW[role] for role in (Role.GUITAR, Role.KEYS, Role.VOCALS)]
_MELODIC = [_ROW[Role.BASS], *_BAND]


class Excerpt(NamedTuple):
    """Beats of a song in a row.

    Args:
        strength: (roles, ticks).
        beat_in_bar, bar_length, bar: (beats,) int64; beyond the song's end as its last.
        velocity, offset: (pieces, ticks).
        num_beats: beats of it that lie within the song.
    """

    strength: NDArray[np.float32]
    beat_in_bar: NDArray[np.int64]
    bar_length: NDArray[np.int64]
    bar: NDArray[np.int64]
    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]
    num_beats: int


def cut(song: TickSong, start: int, length: int, pieces: list[int]) -> Excerpt:
    """A excerpt from a beat on.

    Args:
        pieces: rows of `PIECES`.
    """
    dense = song.dense(start, length)
    kept = slice(start, start + length)
    missing = max(0, start + length - song.num_beats)

    def padded(field: NDArray[np.generic]) -> NDArray[np.int64]:
        return np.pad(field[kept].astype(np.int64), (0, missing), mode="edge")

    return Excerpt(
        dense.strength,
        padded(song.beat_in_bar),
        padded(song.bar_length),
        padded(song.bar),
        dense.velocity[pieces],
        dense.offset[pieces],
        length - missing,
    )


def looped(excerpt: Excerpt, source: Excerpt, num_bars: int) -> Excerpt:
    """The drums replaced by the first bars of another excerpt, over and over."""
    bar_beats = int(excerpt.bar_length[0])
    beat = excerpt.bar % num_bars * bar_beats + np.minimum(excerpt.beat_in_bar, bar_beats - 1)
    ticks = (beat[:, None] * TICKS_PER_BEAT + np.arange(TICKS_PER_BEAT)).reshape(-1)
    return excerpt._replace(velocity=source.velocity[:, ticks], offset=source.offset[:, ticks])


def misplaced(excerpt: Excerpt, beats: int) -> Excerpt:
    """The same music with its downbeats told `beats` too early."""
    place = excerpt.beat_in_bar + beats
    length = np.maximum(excerpt.bar_length, 1)
    return excerpt._replace(beat_in_bar=place % length, bar=excerpt.bar + place // length)


def joined(
    excerpts: list[Excerpt], present: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[list[Excerpt], NDArray[np.bool_]]:
    """Guitar, keys and voice (sometimes the bass too) as one stem, a mix."""
    rows = _MELODIC if rng.random() < 0.35 else _BAND
    rows = [row for row in rows if present[row] and rng.random() < 0.85]
    if not rows:
        return excerpts, present
    level = rng.uniform(0.3, 1.0, (len(rows), 1)).astype(np.float32)
    level /= level.max()
    mix = _ROW[Role.OTHER]
    mixed = []
    for p in excerpts:
        strength = p.strength.copy()
        strength[mix] = np.maximum(strength[mix], (strength[rows] * level).max(axis=0))
        strength[rows] = 0.0
        mixed.append(p._replace(strength=strength))
    present = present.copy()
    present[rows] = False
    present[mix] = True
    return mixed, present

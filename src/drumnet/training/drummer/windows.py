"""Two-bar windows of performances, to play a kit from a tapped rhythm.

In: performances of drummers, and sequences with velocities.  Out:
`WindowBatch`es on 16ths, as in the task of the Groove MIDI Dataset (Gillick et
al., "Learning to Groove with Inverse Sequence Transformations", ICML 2019):
what all pieces play together is tapped, with its velocities and timing, and the
nine pieces are to be told.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.subdivisions import on_sixteenths
from drumnet.corpus.ticksong import Dense, TickSong

#: Two bars of 4/4.
WINDOW_BEATS = 8
_BAR_BEATS = 4
#: Velocities and offsets are scaled by factors between these.
_LOUDER, _LOOSER = (0.75, 1.25), (0.6, 1.3)
#: Share of the windows of which some pieces are known besides the tap.
_DECIDED = 0.5


class WindowBatch(NamedTuple):
    """Windows of the two bars.

    Args:
        velocity, offset: (windows, pieces, ticks) as in `Batch`.
        known: (windows, pieces + 1, beats) as in `Batch`; the tap always.
    """

    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]
    known: NDArray[np.float32]


class Windows:
    """Windows that begin on bar lines.

    Args:
        performed, sequenced: songs whose velocities mean something.
        pieces: rows of `PIECES` that are played.
        share: of the windows that are of the sequenced songs.
        paired: share of the windows whose second bar is any bar of the performance,
            `swapped`: whose second bar comes first, and `uneven`: how much every stroke
            differs from how it was played (standard deviation in ticks, and of the
            velocity's logarithm), so that no window is known by heart.
    """

    def __init__(
        self,
        performed: Iterable[TickSong],
        sequenced: Iterable[TickSong],
        pieces: list[int],
        share: float,
        swapped: float = 0.0,
        uneven: float = 0.0,
        paired: float = 0.0,
    ) -> None:
        self._pieces = pieces
        self._performed, self._sequenced = _Bars(performed), _Bars(sequenced)
        self._share = share if len(self._sequenced) else 0.0
        self._swapped, self._uneven, self._paired = swapped, uneven, paired

    def __len__(self) -> int:
        return len(self._performed)

    def batch(self, size: int, rng: np.random.Generator) -> WindowBatch:
        """Windows at random, somewhat louder or softer, looser or tighter, less even."""
        num_sequenced = round(size * self._share)
        drawn = [self._sequenced.draw(rng, self._paired) for _ in range(num_sequenced)]
        drawn += [self._performed.draw(rng, self._paired) for _ in range(size - num_sequenced)]
        velocity = np.stack([dense.velocity[self._pieces] for dense in drawn])
        offset = np.stack([dense.offset[self._pieces] for dense in drawn])
        velocity *= rng.uniform(*_LOUDER, (size, 1, 1)).astype(np.float32)
        offset *= rng.uniform(*_LOOSER, (size, 1, 1)).astype(np.float32)
        if self._swapped:
            swapped = (rng.random(size) < self._swapped)[:, None, None]
            velocity = np.where(swapped, _second_bar_first(velocity), velocity)
            offset = np.where(swapped, _second_bar_first(offset), offset)
        if self._uneven:
            velocity *= np.exp(rng.normal(0.0, self._uneven, velocity.shape)).astype(np.float32)
            late = rng.normal(0.0, self._uneven, offset.shape).astype(np.float32)
            offset += late * (velocity > 0)
        num_pieces = velocity.shape[1]
        share = rng.random((size, 1)) * (rng.random((size, 1)) < _DECIDED)
        known = np.ones((size, num_pieces + 1, WINDOW_BEATS), dtype=np.float32)
        known[:, :num_pieces] = (rng.random((size, num_pieces)) < share)[:, :, None]
        return WindowBatch(np.minimum(velocity, 1.0), offset, known)


def _second_bar_first(drums: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.roll(drums, drums.shape[2] // 2, axis=2)


class _Bars:
    """The bars of songs in 4/4 from which a window may begin."""

    def __init__(self, songs: Iterable[TickSong]) -> None:
        self._songs = [
            on_sixteenths(song)
            for song in songs
            if song.num_beats >= WINDOW_BEATS and (song.bar_length == _BAR_BEATS).all()
        ]
        starts = [np.flatnonzero(song.beat_in_bar == 0) for song in self._songs]
        self._bars = [
            found[found + _BAR_BEATS <= song.num_beats]
            for song, found in zip(self._songs, starts, strict=True)
        ]
        self._starts = [
            (index, int(start))
            for index, (song, found) in enumerate(zip(self._songs, self._bars, strict=True))
            for start in found[found + WINDOW_BEATS <= song.num_beats]
        ]

    def __len__(self) -> int:
        return len(self._starts)

    def draw(self, rng: np.random.Generator, paired: float) -> Dense:
        """Two bars; with that chance, the second is any of the song."""
        index, start = self._starts[rng.integers(len(self._starts))]
        song = self._songs[index]
        if not paired or rng.random() >= paired:
            return song.dense(start, WINDOW_BEATS)
        other = int(rng.choice(self._bars[index]))
        first, second = (song.dense(bar, _BAR_BEATS) for bar in (start, other))
        return Dense(
            *(
                np.concatenate([getattr(first, name), getattr(second, name)], axis=1)
                for name in ("strength", "velocity", "offset")
            )
        )

"""Drummers of a whole kit that can be measured: what hears half a song with all
its drums, and plays the other half to the band alone.

A `KitPlayer` has a name and plays the nine pieces of the second half of a
`HalvedSong`; the model in each experiment is one, and so is copy-bar, piece by
piece.  To measure another drummer, write a class with these two.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.corpus.ticksong import PIECES
from drumnet.errors import DrumnetError
from drumnet.evaluation.baselines import TYPICAL, position_histogram
from drumnet.evaluation.players import Code, Seen, SongEar
from drumnet.grid import TICKS_PER_BEAT
from drumnet.model.network import GivenHits, Network
from drumnet.playing.composing import compose, freely
from drumnet.playing.guidance import freedoms
from drumnet.settings import Settings

#: (num_pieces, num_ticks) bool: what is hit, rows as in `Piece`; of the first
#: half nothing.
KitHits = NDArray[np.bool_]

#: Beats before the second half that are played too and thrown away: more than
#: the decoder looks back.
_CONTEXT_BEATS = 40
#: Of what is compared hit by hit: nothing is left to chance.
LIKELIEST = Settings(variation=0.0)


class KitPlayer(Protocol):
    """A drummer of a whole kit."""

    @property
    def name(self) -> str: ...

    def play(self, song: HalvedSong) -> KitHits:
        """The second half of the song, having heard the first with its drums."""
        ...


class KitEar(SongEar):
    """A network that hears and plays all nine pieces.

    Args:
        settings: say how freely hits are picked; what they ask of the network itself
            is not done.  `LIKELIEST` is for kits that are to be the song's own hit by
            hit, `Settings()` plays as `drumnet generate` does unless it is told.

    Raises:
        DrumnetError: a network that plays fewer.
    """

    def __init__(self, network: Network, settings: Settings = LIKELIEST) -> None:
        if not plays_kits(network.checkpoint.pieces):
            raise DrumnetError(
                f"the weights '{network.checkpoint.name}' play no whole kit: choose others"
            )
        super().__init__(network, self._kit)
        self._settings = settings
        checkpoint = network.checkpoint
        self._rows = [PIECES.index(piece) for piece in checkpoint.pieces]
        self._floors = dict(zip(checkpoint.pieces, checkpoint.floors, strict=True))

    def _kit(self, song: HalvedSong) -> Seen:
        # That a piece is never hit is a part of the style.
        return Seen(song.velocity[self._rows], np.ones(len(self._rows), dtype=bool))

    def play(self, song: HalvedSong, code: Code) -> KitHits:
        """The second half, as `Drummer.play` composes it; a song has a seed of its own."""
        first = max(0, song.half_beat - _CONTEXT_BEATS)
        listened = np.ascontiguousarray(self.listen(song)[:, first:])
        num_beats = listened.shape[1]
        pieces = self.network.checkpoint.pieces
        heard = song.heard.cut(first, song.heard.num_beats)
        free = freedoms(self._settings, pieces)
        seed = zlib.crc32(song.name.encode(), self._settings.seed)
        pattern = compose(
            self.network,
            listened,
            code if code.ndim == 1 else code[first:],
            GivenHits.nothing(len(pieces), num_beats),
            pieces,
            freely(self._floors, heard, free, seed),
        )
        hits = np.zeros((len(PIECES), song.num_ticks), dtype=bool)
        hits[self._rows, first * TICKS_PER_BEAT :] = pattern.velocity > 0
        hits[:, : song.half_tick] = False
        return hits


def plays_kits(pieces: Sequence[object]) -> bool:
    """Whether all nine are among the pieces."""
    return set(PIECES) <= set(pieces)


@dataclass(frozen=True)
class KitCopyBar:
    """Of each piece the first half's typical bar: positions that it hits in more
    than 45 % of the bars."""

    name: str = "copy-bar"

    def play(self, song: HalvedSong) -> KitHits:
        return _typical_bar(song, first=True)


@dataclass(frozen=True)
class KitOwnBar:
    """Of each piece the typical bar of the very half that is to be played: no drummer, but
    what repeating one bar can reach."""

    name: str = "own bar"

    def play(self, song: HalvedSong) -> KitHits:
        return _typical_bar(song, first=False)


def _typical_bar(song: HalvedSong, first: bool) -> KitHits:
    """The typical bar of a half, repeated in the second."""
    share = [position_histogram(song, np.flatnonzero(row), first) for row in song.velocity]
    hits = (np.stack(share) > TYPICAL)[:, song.bar_position]
    hits[:, : song.half_tick] = False
    return hits


def play_kits(
    player: KitPlayer, songs: Sequence[HalvedSong], workers: int = 2
) -> tuple[KitHits, ...]:
    """What a player plays to every song, in the songs' order."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return tuple(pool.map(player.play, songs))

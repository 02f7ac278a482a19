"""What players played to songs, and how near it is to what was wanted.

In: songs and players.  Out: `Takes`; from them the F1 of every player, song by
song, on ticks and in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.players import Player, play_all
from drumnet.hits import PIECES, DrumTrack, Piece
from drumnet.metrics import Counts, onset_counts, tick_counts

#: A player's counts on one song.
CountHits = Callable[[HalvedSong, DrumTrack], Counts]
#: (num_pieces, num_ticks) bool: what is hit, rows as in `PIECES`; of the first half nothing.
KitHits = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Takes:
    """The second halves of songs, played by players.

    Args:
        songs: what was played to.
        played: of each player, by name, what it plays to each song.
    """

    songs: Sequence[HalvedSong]
    played: Mapping[str, Sequence[DrumTrack]]

    def counts(self, player: str, count: CountHits) -> list[Counts]:
        """Of one player, song by song."""
        return [count(song, track) for song, track in self._pairs(player)]

    def ticks(self, player: str) -> list[NDArray[np.int64]]:
        """Where a player plays the kick to each song."""
        return [kick_ticks(song, track) for song, track in self._pairs(player)]

    def kits(self, player: str) -> list[KitHits]:
        """What a player plays to each song, all pieces of it."""
        return [kit_hits(song, track) for song, track in self._pairs(player)]

    def _pairs(self, player: str) -> Iterable[tuple[HalvedSong, DrumTrack]]:
        return zip(self.songs, self.played[player], strict=True)


def take_all(songs: Sequence[HalvedSong], players: Iterable[Player], workers: int = 2) -> Takes:
    """Every player plays to every song."""
    return Takes(songs, {player.name: play_all(player, songs, workers) for player in players})


def kick_ticks(song: HalvedSong, track: DrumTrack) -> NDArray[np.int64]:
    """The ticks of the second half on which the kick is hit."""
    return np.flatnonzero(kit_hits(song, track)[PIECES.index(Piece.KICK)])


def kit_hits(song: HalvedSong, track: DrumTrack) -> KitHits:
    """What is hit on the ticks of the second half."""
    hits = tick_hits(track, song.num_ticks)
    hits[:, : song.half_tick] = False
    return hits


def tick_hits(track: DrumTrack, num_ticks: int) -> NDArray[np.bool_]:
    """(num_pieces, num_ticks) what is hit, rows as in `PIECES`."""
    hits = np.zeros((len(PIECES), num_ticks), dtype=bool)
    for hit in track:
        if 0 <= hit.tick < num_ticks:
            hits[PIECES.index(hit.piece), hit.tick] = True
    return hits


def on_ticks(song: HalvedSong, track: DrumTrack) -> Counts:
    """Kicks on exactly the wanted ticks."""
    return tick_counts(song.second_half_hits, kick_ticks(song, track))


def in_time(song: HalvedSong, track: DrumTrack) -> Counts:
    """Kicks within 50 ms of those wanted."""
    played = np.array([hit.onset_s for hit in track.of(Piece.KICK)])
    return onset_counts(song.second_half_onsets_s, played)

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
from drumnet.evaluation.players import PlayedTicks, Player, play_all
from drumnet.metrics import Counts, onset_counts, tick_counts

#: A player's counts on one song.
CountHits = Callable[[HalvedSong, PlayedTicks], Counts]


@dataclass(frozen=True, eq=False)
class Takes:
    """The second halves of songs, played by players.

    Args:
        songs: what was played to.
        played: of each player, by name, what it plays to each song.
    """

    songs: Sequence[HalvedSong]
    played: Mapping[str, Sequence[PlayedTicks]]

    def counts(self, player: str, count: CountHits) -> list[Counts]:
        """Of one player, song by song."""
        pairs = zip(self.songs, self.played[player], strict=True)
        return [count(song, ticks) for song, ticks in pairs]

    def ticks(self, player: str) -> list[NDArray[np.int64]]:
        """What a player plays to each song, on whole ticks."""
        return [whole_ticks(song, played) for song, played in self._pairs(player)]

    def _pairs(self, player: str) -> Iterable[tuple[HalvedSong, PlayedTicks]]:
        return zip(self.songs, self.played[player], strict=True)


def take_all(songs: Sequence[HalvedSong], players: Iterable[Player], workers: int = 2) -> Takes:
    """Every player plays to every song."""
    return Takes(songs, {player.name: play_all(player, songs, workers) for player in players})


def whole_ticks(song: HalvedSong, played: PlayedTicks) -> NDArray[np.int64]:
    """The ticks of the second half that hits belong to."""
    ticks = np.unique(np.round(played).astype(np.int64))
    return ticks[(ticks >= song.half_tick) & (ticks < song.num_ticks)]


def on_ticks(song: HalvedSong, played: PlayedTicks) -> Counts:
    """Hits on exactly the wanted ticks."""
    return tick_counts(song.second_half_hits, whole_ticks(song, played))


def in_time(song: HalvedSong, played: PlayedTicks) -> Counts:
    """Hits within 50 ms of those wanted."""
    return onset_counts(song.second_half_onsets_s, song.grid.ticks_to_seconds(played))

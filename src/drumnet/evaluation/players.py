"""Drummers that can be measured: what hears half a song and plays the other.

A `Player` has a name and plays the second half of a `HalvedSong`; the model in
each experiment of the design is one, and so is every baseline.  To measure
another drummer, write a class with these two and add it to a list of players.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import Piece
from drumnet.model.infer import extracted_code, extracted_habits
from drumnet.model.network import Network, OnsetActivations
from drumnet.playing.peak_picking import likely_ticks
from drumnet.style.code import CODE_SIZE
from drumnet.style.habits import codes_along

ONE_CODE, WRONG_CODE = "one code", "wrong code"

Code = NDArray[np.float32]
#: (num_hits,) where hits are played, in ticks of the song; the fraction, from
#: -0.5 to 0.5 around a tick, is microtiming.
PlayedTicks = NDArray[np.float64]


#: What is played: `PlayedTicks` of the kick, or the hits of a kit.
Hits = TypeVar("Hits")
_Hits = TypeVar("_Hits", covariant=True)


class Plays(Protocol[_Hits]):
    """What hears a song, takes its code, and plays by a code."""

    network: Network

    def half_code(self, song: HalvedSong, first: bool = True) -> Code: ...

    def half_style(self, song: HalvedSong, first: bool = True) -> Code: ...

    def listen(self, song: HalvedSong) -> NDArray[np.float32]: ...

    def play(self, song: HalvedSong, code: Code) -> _Hits: ...


class Player(Protocol):
    """A drummer."""

    @property
    def name(self) -> str: ...

    def play(self, song: HalvedSong) -> PlayedTicks:
        """The second half of the song, having heard the first with its drums."""
        ...


class Seen(NamedTuple):
    """Drums that a style is taken of, rows as of the network.

    Args:
        velocity: (num_pieces, num_ticks) 0-1.
        seen: (num_pieces,) which pieces these are.
    """

    velocity: NDArray[np.float32]
    seen: NDArray[np.bool_]


class SongEar:
    """A network, what it made of the songs that it heard last, and the codes of their halves.

    Args:
        see: the drums of a song that its style is taken of.
    """

    def __init__(self, network: Network, see: Callable[[HalvedSong], Seen]) -> None:
        self.network = network
        self._see = see
        self._listen = lru_cache(maxsize=16)(lambda song: network.listen(song.heard))
        self._half_code = lru_cache(maxsize=None)(
            lambda song, first: self.extracted(song, half_beats(song, first))
        )

    def listen(self, song: HalvedSong) -> NDArray[np.float32]:
        """(width, num_beats) what is heard of the whole song."""
        return self._listen(song)

    def extracted(self, song: HalvedSong, beats: slice) -> Code:
        """(16,) the code of a passage, refined as `Drummer.extract_style` does it."""
        ticks = slice(beats.start * TICKS_PER_BEAT, beats.stop * TICKS_PER_BEAT)
        velocity, seen = self._see(song)
        return extracted_code(self.network, self.listen(song)[:, beats], velocity[:, ticks], seen)

    def half_code(self, song: HalvedSong, first: bool = True) -> Code:
        """(16,) the code of one half."""
        return self._half_code(song, first)

    def half_style(self, song: HalvedSong, first: bool = True) -> Code:
        """(16,), or (num_beats, 16) of the whole song, with the habits of the half."""
        listened, bar = self.listen(song), song.heard.bar
        code, beats = self.half_code(song, first), half_beats(song, first)
        habits = extracted_habits(self.network, listened, bar, *self._see(song), code, beats)
        return codes_along(code, habits, listened, bar)


class Ear(SongEar):
    """A network that hears and plays the kick.

    Args:
        floor: the least probability of a hit.
    """

    def __init__(self, network: Network, floor: float) -> None:
        super().__init__(network, self._kick)
        self._floor = floor

    def _kick(self, song: HalvedSong) -> Seen:
        pieces = self.network.checkpoint.pieces
        seen = np.array([piece is Piece.KICK for piece in pieces])
        return Seen(np.where(seen[:, None], song.kick, np.float32(0)), seen)

    def encoded(self, song: HalvedSong) -> Code:
        """(16,) the code that the encoder gives of the whole song's kick."""
        return self.network.encode(self.listen(song), *self._see(song))

    def activations(self, song: HalvedSong, code: Code) -> OnsetActivations:
        """What the code plays to the whole song."""
        return self.network.decode(self.listen(song), code)

    def play(self, song: HalvedSong, code: Code) -> PlayedTicks:
        """The hits of the second half."""
        found = self.activations(song, code)
        kick = self.network.checkpoint.pieces.index(Piece.KICK)
        likely = found.probability[kick, song.half_tick :]
        ticks = song.half_tick + likely_ticks(likely, self._floor)
        return np.asarray(ticks + found.offset[kick, ticks], dtype=np.float64)


def half_beats(song: HalvedSong, first: bool) -> slice:
    """The beats of one half."""
    return slice(0, song.half_beat) if first else slice(song.half_beat, song.heard.num_beats)


@dataclass(frozen=True)
class Transfer(Generic[Hits]):
    """The style of the first half, its habits as well: what the model is for."""

    ear: Plays[Hits]
    name: str = "drumnet"

    def play(self, song: HalvedSong) -> Hits:
        return self.ear.play(song, self.ear.half_style(song))


@dataclass(frozen=True)
class OneCode(Generic[Hits]):
    """The same code all along, without the habits of the first half."""

    ear: Plays[Hits]
    name: str = ONE_CODE

    def play(self, song: HalvedSong) -> Hits:
        return self.ear.play(song, self.ear.half_code(song))


@dataclass(frozen=True)
class Reconstruction(Generic[Hits]):
    """The style of the second half itself."""

    ear: Plays[Hits]
    name: str = "drumnet"

    def play(self, song: HalvedSong) -> Hits:
        return self.ear.play(song, self.ear.half_style(song, first=False))


@dataclass(frozen=True)
class NoCode(Generic[Hits]):
    """The code 0, the middle of all styles."""

    ear: Plays[Hits]
    name: str = "no code"

    def play(self, song: HalvedSong) -> Hits:
        return self.ear.play(song, np.zeros(CODE_SIZE, dtype=np.float32))


@dataclass(frozen=True, eq=False)
class WrongCode(Generic[Hits]):
    """The code of another song, half the list away (neighbours in a list may be
    versions of one song)."""

    ear: Plays[Hits]
    songs: Sequence[HalvedSong]
    name: str = WRONG_CODE
    _place: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        places = {song.name: index for index, song in enumerate(self.songs)}
        object.__setattr__(self, "_place", places)

    def play(self, song: HalvedSong) -> Hits:
        other = self.songs[another(self._place[song.name], len(self.songs))]
        return self.ear.play(song, self.ear.half_code(other))


@dataclass(frozen=True)
class Sampled(Generic[Hits]):
    """A style at random, its habits as well; a song has its own."""

    ear: Plays[Hits]
    seed: int = 0
    name: str = "drumnet"

    def play(self, song: HalvedSong) -> Hits:
        rng = np.random.default_rng([self.seed, zlib.crc32(song.name.encode())])
        code, habits = self.ear.network.checkpoint.styles.draw(rng)
        along = codes_along(code, habits, self.ear.listen(song), song.heard.bar)
        return self.ear.play(song, along)


def another(index: int, count: int) -> int:
    """The song half the list away."""
    return (index + count // 2) % count


def play_all(
    player: Player, songs: Sequence[HalvedSong], workers: int = 2
) -> tuple[PlayedTicks, ...]:
    """What a player plays to every song, in the songs' order."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return tuple(pool.map(player.play, songs))

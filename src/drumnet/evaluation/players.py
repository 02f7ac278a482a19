"""Drummers that can be measured: what hears half a song and plays the other.

A `Player` has a name and plays the second half of a `HalvedSong`; the model in
each experiment of the design is one, and so is every baseline.  To measure
another drummer, write a class with these two and add it to a list of players.

What the model plays is what `Drummer.play` plays, its style what `Drummer.extract_style`
extracts: nothing is played here.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.drummer import Drummer
from drumnet.errors import DrumnetError
from drumnet.hits import PIECES, DrumTrack, Piece
from drumnet.playing.given import Keep
from drumnet.playing.listening import Listening
from drumnet.settings import Arrange, Settings
from drumnet.style.code import StyleCode

ONE_CODE, WRONG_CODE = "one code", "wrong code"

Code = NDArray[np.float32]
#: Of what is compared hit by hit: nothing is left to chance.
LIKELIEST = Settings(variation=0.0, arrange=Arrange.NONE)


class Player(Protocol):
    """A drummer."""

    @property
    def name(self) -> str: ...

    def play(self, song: HalvedSong) -> DrumTrack:
        """The second half of the song, having heard the first with its drums."""
        ...


class HalfDrummer:
    """A `Drummer` that learns from one half of a song and plays the other.

    Args:
        pieces: what it is shown of the first half, and what it plays.
        settings: of all that it plays; a song has a seed of its own.

    Raises:
        DrumnetError: the weights play fewer pieces.
    """

    def __init__(
        self,
        drummer: Drummer,
        pieces: Collection[Piece] = (Piece.KICK,),
        settings: Settings = LIKELIEST,
    ) -> None:
        drummer.require(pieces)
        self.drummer, self.pieces, self.settings = drummer, tuple(pieces), settings
        self._listening = lru_cache(maxsize=16)(self._listen)
        self._style = lru_cache(maxsize=None)(self._half_style)
        self._extracted = lru_cache(maxsize=None)(self._extract)

    def listening(self, song: HalvedSong) -> Listening:
        """The whole song, listened to."""
        return self._listening(song)

    def style(self, song: HalvedSong, first: bool = True) -> StyleCode:
        """The style of one half, with its habits."""
        return self._style(song, first)

    def extracted(self, song: HalvedSong, beats: slice = slice(None)) -> StyleCode:
        """The style of some beats."""
        first, last, _ = beats.indices(song.conditioning.num_beats)
        return self._extracted(song, first, last)

    def sampled(self, song: HalvedSong, seed: int = 0) -> StyleCode:
        """A style at random for the song, with a seed of its own."""
        own = [seed, zlib.crc32(song.name.encode())]
        return self.drummer.sample_style(own, self.listening(song))

    def encoded(self, song: HalvedSong) -> Code:
        """(16,) the code that the network's encoder gives of the whole song, which
        `extracted` refines, a hundred times slower."""
        order = self.drummer.checkpoint.pieces
        rows = [PIECES.index(piece) for piece in order]
        seen = np.array([piece in self.pieces for piece in order])
        velocity = np.where(seen[:, None], song.velocity[rows], np.float32(0))
        return self.drummer.network.encode(self.listening(song).context, velocity, seen)

    def play(self, song: HalvedSong, style: StyleCode) -> DrumTrack:
        """The second half."""
        return second_half(song, self.whole(song, style))

    def whole(
        self,
        song: HalvedSong,
        style: StyleCode,
        keep: Keep | None = None,
        settings: Settings | None = None,
    ) -> DrumTrack:
        """The whole song, to the hits that are kept.

        Args:
            settings: in place of its own.
        """
        asked = settings or self.settings
        asked = replace(asked, seed=zlib.crc32(song.name.encode(), asked.seed))
        listening = self.listening(song)
        return self.drummer.play(listening, style, asked, pieces=self.pieces, keep=keep)

    def _listen(self, song: HalvedSong) -> Listening:
        return self.drummer.listen_to(song.conditioning, song.grid, song.duration_s)

    def _extract(self, song: HalvedSong, first_beat: int, last_beat: int) -> StyleCode:
        shown, beats = song.drums.of(self.pieces), slice(first_beat, last_beat)
        return self.drummer.extract_style(
            self.listening(song), shown, pieces=self.pieces, beats=beats
        )

    def _half_style(self, song: HalvedSong, first: bool) -> StyleCode:
        return self.extracted(song, half_beats(song, first))


def kit_drummer(drummer: Drummer, settings: Settings = LIKELIEST) -> HalfDrummer:
    """One that plays all nine pieces.

    Raises:
        DrumnetError: the weights play fewer.
    """
    if not plays_kits(drummer.checkpoint.pieces):
        raise DrumnetError(
            f"the weights '{drummer.checkpoint.name}' play no whole kit: choose others"
        )
    return HalfDrummer(drummer, PIECES, settings)


def plays_kits(pieces: Collection[Piece]) -> bool:
    """Whether all nine are among the pieces."""
    return set(PIECES) <= set(pieces)


def half_beats(song: HalvedSong, first: bool) -> slice:
    """The beats of one half."""
    return slice(0, song.half_beat) if first else slice(song.half_beat, None)


def second_half(song: HalvedSong, track: DrumTrack) -> DrumTrack:
    """The hits of a track in the second half."""
    return DrumTrack(tuple(hit for hit in track if hit.tick >= song.half_tick))


@dataclass(frozen=True)
class Transfer:
    """The style of the first half, its habits as well: what the model is for."""

    drummer: HalfDrummer
    name: str = "drumnet"

    def play(self, song: HalvedSong) -> DrumTrack:
        return self.drummer.play(song, self.drummer.style(song))


@dataclass(frozen=True)
class OneCode:
    """The same code all along, without the habits of the first half."""

    drummer: HalfDrummer
    name: str = ONE_CODE

    def play(self, song: HalvedSong) -> DrumTrack:
        return self.drummer.play(song, replace(self.drummer.style(song), habits=None))


@dataclass(frozen=True)
class Reconstruction:
    """The style of the second half itself."""

    drummer: HalfDrummer
    name: str = "drumnet"

    def play(self, song: HalvedSong) -> DrumTrack:
        return self.drummer.play(song, self.drummer.style(song, first=False))


@dataclass(frozen=True)
class NoCode:
    """The code 0, the middle of all styles."""

    drummer: HalfDrummer
    name: str = "no code"

    def play(self, song: HalvedSong) -> DrumTrack:
        return self.drummer.play(song, self.drummer.drummer.neutral_style())


@dataclass(frozen=True, eq=False)
class WrongCode:
    """The code of another song, half the list away (neighbours in a list may be
    versions of one song)."""

    drummer: HalfDrummer
    songs: Sequence[HalvedSong]
    name: str = WRONG_CODE
    _place: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        places = {song.name: index for index, song in enumerate(self.songs)}
        object.__setattr__(self, "_place", places)

    def play(self, song: HalvedSong) -> DrumTrack:
        other = self.songs[another(self._place[song.name], len(self.songs))]
        return self.drummer.play(song, replace(self.drummer.style(other), habits=None))


@dataclass(frozen=True)
class Sampled:
    """A style at random, its habits as well; a song has its own."""

    drummer: HalfDrummer
    seed: int = 0
    name: str = "drumnet"

    def play(self, song: HalvedSong) -> DrumTrack:
        return self.drummer.play(song, self.drummer.sampled(song, self.seed))


def another(index: int, count: int) -> int:
    """The song half the list away."""
    return (index + count // 2) % count


def play_all(
    player: Player, songs: Sequence[HalvedSong], workers: int = 2
) -> tuple[DrumTrack, ...]:
    """What a player plays to every song, in the songs' order."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return tuple(pool.map(player.play, songs))

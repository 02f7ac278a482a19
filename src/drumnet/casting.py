"""Who plays what: pieces that are asked for, and stems that are there already.

In: a song and the pieces that are wanted.  Out: the pieces that are played, the
song as it is heard, and the hits that are known exactly.

What is given as a stem is not played again: `kit` leaves it out.  A piece that is
asked for by name is played all the same, and its stem is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from drumnet.errors import DrumnetError
from drumnet.grid import BeatGrid
from drumnet.hits import MAX_VELOCITY, DrumTrack, Hit, Piece
from drumnet.onsets import Onsets
from drumnet.roles import PIECES_OF_ROLE, ROLE_OF_PIECE, Role
from drumnet.song import Song, Stem
from drumnet.transcribe import kick_track

#: All pieces that no stem gives.
KIT = "kit"
#: Names of several pieces, in a list of pieces.
_SEVERAL = {"hats": Role.HAT, "toms": Role.TOMS, "cymbals": Role.CYMBALS}


@dataclass(frozen=True, eq=False)
class Cast:
    """Args:
    song: with what is written anew marked as such.
    played: the pieces that are played.
    """

    song: Song
    played: tuple[Piece, ...]

    @property
    def given(self) -> tuple[Stem, ...]:
        """The stems of pieces that are played to and not played again."""
        return tuple(stem for stem in self.song.sounding if stem.role in PIECES_OF_ROLE)


def cast(song: Song, pieces: str | Iterable[Piece]) -> Cast:
    """Who plays what.

    Args:
        pieces: `kit`, names with commas between, or pieces.

    Raises:
        DrumnetError: no piece of a name, or the whole kit is given as stems.
    """
    played = parse_pieces(pieces)
    if pieces == KIT:
        there = {piece for role in song.roles for piece in PIECES_OF_ROLE.get(role, ())}
        played = tuple(piece for piece in played if piece not in there)
    if not played:
        raise DrumnetError(
            "every piece of the kit is given as a stem: name those to be played anew with --pieces"
        )
    anew = {Role.DRUMS, *(ROLE_OF_PIECE[piece] for piece in played)}
    return Cast(replace(song, anew=frozenset(anew)), played)


def parse_pieces(pieces: str | Iterable[Piece]) -> tuple[Piece, ...]:
    """`kit`, or names with commas between, as pieces in the order of `Piece`; `hats`,
    `toms` and `cymbals` are several.

    >>> [piece.value for piece in parse_pieces("snare, kick")]
    ['kick', 'snare']
    >>> [piece.value for piece in parse_pieces("hats")]
    ['closed_hat', 'open_hat']
    """
    if not isinstance(pieces, str):
        wanted = set(pieces)
    elif pieces == KIT:
        wanted = set(Piece)
    else:
        wanted = {piece for name in pieces.split(",") for piece in _named(name)}
    return tuple(piece for piece in Piece if piece in wanted)


def _named(name: str) -> tuple[Piece, ...]:
    role = _SEVERAL.get(name.strip().lower())
    return (Piece.from_name(name),) if role is None else PIECES_OF_ROLE[role]


def given_hits(casting: Cast, grid: BeatGrid) -> DrumTrack:
    """The hits of given stems that are known piece by piece: a kick, heard from its
    sound or given as events, and a snare that is given as events."""
    hits: list[Hit] = []
    for stem in casting.given:
        if stem.role is Role.KICK:
            hits += kick_track(stem, grid)
        elif stem.role is Role.SNARE and isinstance(stem.source, Onsets):
            hits += _event_hits(stem.source, Piece.SNARE, grid)
    return DrumTrack(tuple(hits))


def _event_hits(onsets: Onsets, piece: Piece, grid: BeatGrid) -> list[Hit]:
    ticks = np.round(grid.seconds_to_ticks(onsets.times_s)).astype(int).tolist()
    levels = np.clip(np.round(onsets.strengths * MAX_VELOCITY), 1, MAX_VELOCITY).astype(int)
    return [
        Hit(time_s, tick, piece, int(level))
        for time_s, tick, level in zip(onsets.times_s.tolist(), ticks, levels, strict=True)
    ]

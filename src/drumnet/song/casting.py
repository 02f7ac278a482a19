"""Who plays what: a song and the pieces that are wanted in, a `Cast` out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from drumnet.errors import DrumnetError
from drumnet.hits import PIECES, Piece
from drumnet.song.roles import KIT, PIECES_OF_ROLE, ROLE_OF_PIECE, Role, parse_pieces
from drumnet.song.song import Song, Stem


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


def cast(song: Song, pieces: str | Iterable[Piece], known: Collection[Piece] = PIECES) -> Cast:
    """Who plays what.

    Args:
        pieces: `kit`, names with commas between, or pieces.
        known: those that the weights play, of which a `kit` is.

    Raises:
        DrumnetError: no piece of a name, or the whole kit is given as stems.
    """
    played = parse_pieces(pieces)
    if pieces == KIT:
        there = {piece for role in song.roles for piece in PIECES_OF_ROLE.get(role, ())}
        played = tuple(piece for piece in played if piece in known and piece not in there)
    if not played:
        raise DrumnetError(
            "every piece that could be played is given as a stem: name those to be played anew "
            "with --pieces"
        )
    anew = {Role.DRUMS, *(ROLE_OF_PIECE[piece] for piece in played)}
    return Cast(replace(song, anew=frozenset(anew)), played)

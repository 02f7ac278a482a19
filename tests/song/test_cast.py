"""What is given as a stem is not played again, and what is asked for by name is."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.errors import DrumnetError
from drumnet.grid import BeatGrid
from drumnet.hits import PIECES, Piece
from drumnet.playing.given import given_hits
from drumnet.song.casting import cast
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role, parse_pieces
from drumnet.song.song import Song, Stem

GRID = BeatGrid.constant(120.0, 8.0)
TOMS = (Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM)


def stem(role: Role, *beats: int) -> Stem:
    times = GRID.beats_s[list(beats)]
    return Stem(role.value, role, Onsets(times, np.full(len(times), 0.5, np.float32)))


SONG = Song((stem(Role.BASS, 0, 3), stem(Role.KICK, 0, 2), stem(Role.SNARE, 1, 3)))


def roles(stems: tuple[Stem, ...]) -> list[Role]:
    return [stem.role for stem in stems]


def test_a_kit_is_what_is_not_given() -> None:
    casting = cast(SONG, "kit")
    assert set(casting.played) == set(Piece) - {Piece.KICK, Piece.SNARE}
    assert roles(casting.given) == [Role.KICK, Role.SNARE]
    assert roles(casting.song.heard) == [Role.BASS, Role.SNARE], "a kick is known as hits"
    assert roles(casting.song.sounding) == [Role.BASS, Role.KICK, Role.SNARE]


def test_what_is_asked_for_is_played_anew() -> None:
    casting = cast(SONG, "kick")
    assert casting.played == (Piece.KICK,)
    assert roles(casting.song.replaced) == [Role.KICK]
    assert roles(casting.given) == [Role.SNARE]
    casting = cast(SONG, "snare,hats")
    assert roles(casting.song.replaced) == [Role.SNARE]
    assert roles(casting.song.heard) == [Role.BASS]


def test_a_whole_drum_stem_is_always_replaced() -> None:
    song = Song((*SONG.stems, stem(Role.DRUMS, 0)))
    assert Role.DRUMS in roles(cast(song, "toms").song.replaced)
    assert roles(Song(SONG.stems).replaced) == [Role.KICK], "as it is without a cast"


def test_several_pieces_have_one_name() -> None:
    assert parse_pieces("toms") == TOMS
    assert parse_pieces("cymbals, kick") == (Piece.KICK, Piece.CRASH, Piece.RIDE)
    with pytest.raises(DrumnetError, match="no drum piece is called 'gong'"):
        parse_pieces("kick,gong")


def test_given_kick_and_snare_are_known_hit_by_hit() -> None:
    found = given_hits(cast(SONG, "hats,toms"), GRID)
    ticks = [(hit.piece, hit.tick, hit.velocity) for hit in found]
    assert ticks == [
        (Piece.KICK, 0, 64),
        (Piece.SNARE, 12, 64),
        (Piece.KICK, 24, 64),
        (Piece.SNARE, 36, 64),
    ]
    assert given_hits(cast(SONG, "kick"), GRID).pieces == (Piece.SNARE,)


def test_where_all_is_given_nothing_is_left_to_play() -> None:
    given = [Role.KICK, Role.SNARE, Role.HAT, Role.TOMS, Role.CYMBALS]
    song = Song(tuple(stem(role, 0) for role in given))
    for known in (PIECES, (Piece.KICK,)):
        with pytest.raises(DrumnetError, match="every piece that could be played is given"):
            cast(song, "kit", known)


def test_a_kit_is_what_the_weights_play() -> None:
    """Weights of the kick alone play it, where no stem gives it."""
    song = Song((stem(Role.BASS, 0, 3), stem(Role.SNARE, 1, 3)))
    assert cast(song, "kit", (Piece.KICK,)).played == (Piece.KICK,)
    assert cast(song, "kick,snare", (Piece.KICK,)).played == (Piece.KICK, Piece.SNARE)

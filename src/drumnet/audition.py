"""Styles that are tried: what each plays, in words, and which of them suits a player.

In: a drummer, a style or a player, and a song, or the built-in one.  Out: words, or the style
of those drawn that plays most of what the player likes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from drumnet.demo.song import demo_song
from drumnet.drummer import Drummer
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.metrics.patterns import CLEAR_ONSET
from drumnet.playing.listening import Listening
from drumnet.song.roles import PIECES_OF_ROLE, Role
from drumnet.song.song import Song
from drumnet.style.code import StyleCode
from drumnet.style.players import Player
from drumnet.words import Words, in_words, share_in_words

#: Styles are drawn until one of them suits, up to so many.
_MOST_TRIED = 24
#: A style suits that plays what the player likes in so much of it.
SUITS = 0.75
#: What another cymbal than the player likes takes from that.
_OTHER_CYMBAL = 0.3
#: Drums that a song has as sound.
_HEARD_AS = {Role.SNARE: Piece.SNARE, Role.HAT: Piece.CLOSED_HAT}
#: So many bars from the middle of a song tell.
_TOLD_BARS = 16


def take_in_words(track: DrumTrack, song: Listening, given: DrumTrack) -> Words:
    """What is heard where drums play to a song that has some already, in words.

    Args:
        given: the hits of its drums that are known; of a snare and hats that are not, where
            they are heard counts.
    """
    heard = song.conditioning
    more = []
    for role, piece in _HEARD_AS.items():
        row = HEARD_ROLES.index(role)
        if not heard.present[row] or piece in (*track.pieces, *given.pieces):
            continue
        ticks = np.flatnonzero(heard.strength[row] >= CLEAR_ONSET)
        onsets_s = song.beats.ticks_to_seconds(ticks)
        more += [
            Hit(float(onset_s), int(tick), piece)
            for onset_s, tick in zip(onsets_s, ticks, strict=True)
        ]
    return in_words(DrumTrack((*track, *given, *more)), song.beats)


def words_of(drummer: Drummer, style: StyleCode, song: Listening | None = None) -> Words:
    """What a style plays to a song, all pieces of it, in words.

    Args:
        song: the built-in one if None.
    """
    heard = song or built_in(drummer)
    return in_words(drummer.play(heard, style), heard.beats)


def player_style(
    drummer: Drummer, player: Player, song: Listening | None = None, seed: int = 0
) -> StyleCode:
    """A style that suits the player: of styles at random, the first that plays to the song
    what the player likes, or else the one that does most; other seeds give others.

    Args:
        song: the built-in one if None.
    """
    heard = middle_of(song or built_in(drummer))
    best, most = drummer.sample_style([seed, 0]), -1.0
    for number in range(_MOST_TRIED):
        style = drummer.sample_style([seed, number])
        share = suits(drummer, style, player, heard)
        if share > most:
            best, most = style, share
        if most >= SUITS:
            break
    return replace(best, source=f"{player.name}, seed {seed}")


def suits(drummer: Drummer, style: StyleCode, player: Player, heard: Listening) -> float:
    """The share of what a style plays that the player likes, 0-1; less on another cymbal."""
    track = drummer.play(heard, style, player.settings)
    share = share_in_words(track, heard.beats, player.plays)
    on = in_words(track, heard.beats).time.short
    return share if not player.on or on in player.on else share - _OTHER_CYMBAL


def middle_of(song: Listening, num_bars: int = _TOLD_BARS) -> Listening:
    """So many bars, as far from the beginning as from the end; the song if it has no more."""
    bars = np.flatnonzero(song.beats.is_downbeat[: song.num_beats])
    if len(bars) <= num_bars:
        return song
    first = (len(bars) - num_bars) // 2
    return song.cut(int(bars[first]), int(bars[first + num_bars]))


@lru_cache(maxsize=1)
def built_in(drummer: Drummer) -> Listening:
    """The built-in song without its snare."""
    demo = demo_song()
    band = tuple(stem for stem in demo.song.stems if stem.role not in PIECES_OF_ROLE)
    return drummer.listen(Song(band), demo.beats)

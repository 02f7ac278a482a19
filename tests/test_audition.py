"""Styles are told in words, and players find those that they like."""

from __future__ import annotations

import numpy as np
import pytest
from fixtures.patterns import drums

from drumnet.audition import SUITS, built_in, player_style, suits, take_in_words, words_of
from drumnet.drummer import Drummer
from drumnet.errors import DrumnetError
from drumnet.hearing.conditioning import HEARD_ROLES, on_grid
from drumnet.hits import DrumTrack, Piece
from drumnet.kits.loading import load_kit
from drumnet.playing.listening import Listening
from drumnet.song.roles import Role
from drumnet.style.players import PLAYERS, player_called
from drumnet.words.families import KINDS

NAMES = {family.name for families in KINDS.values() for family in families}


def test_there_are_eight_players_who_play_what_there_is() -> None:
    assert len(PLAYERS) == 8
    for name, player in PLAYERS.items():
        assert name == player.name and set(player.plays) <= NAMES
        assert player.settings.complexity != 0.5 or player.settings.intensity != 0.5
        assert set(load_kit(player.kit, tuple(Piece)).sounds) == set(Piece)


def test_a_player_that_there_is_not_is_told() -> None:
    with pytest.raises(DrumnetError, match="no player is called 'ringo': choose from rocker"):
        player_called("ringo")


@pytest.mark.parametrize("name", ["club-machine", "shuffler"])
def test_a_player_plays_what_it_likes(drummer: Drummer, name: str) -> None:
    player, song = PLAYERS[name], built_in(drummer)
    style = player_style(drummer, player, seed=1)
    assert suits(drummer, style, player, song) >= SUITS
    assert player_style(drummer, player, seed=1) == style
    assert player_style(drummer, player, seed=2) != style
    assert style.source == f"{name}, seed 1"


def test_words_of_a_style_are_those_of_what_it_plays(drummer: Drummer) -> None:
    for name in ("four-on-the-floor", "quarter-note-rock-tight-hat", "double-bass-metal"):
        words = words_of(drummer, drummer.style(name))
        assert words.is_family and words == words_of(drummer, drummer.style(name))
    assert words_of(drummer, drummer.style("double-bass-metal")).name == "double-bass metal"


def test_the_snare_of_a_song_counts_where_it_is_not_played_again() -> None:
    track, grid = drums(kick="x... .... x... ....", closed_hat="x.x.")
    strength = np.zeros((len(HEARD_ROLES), grid.num_ticks), np.float32)
    snare = HEARD_ROLES.index(Role.SNARE)
    strength[snare, 12::24] = 1.0
    present = np.arange(len(HEARD_ROLES)) == snare
    heard = on_grid(strength, present, grid)
    song = Listening(float(grid.beats_s[-1]), grid, heard, np.zeros((1, 1), np.float32))
    assert take_in_words(track, song, DrumTrack()).text == "eighth-note rock on a tight hat"
    silent = on_grid(np.zeros_like(strength), np.zeros_like(present), grid)
    alone = Listening(song.duration_s, grid, silent, song.context)
    assert take_in_words(track, alone, DrumTrack()).text == (
        "kick on 1 and 3 with eighths on a tight hat"
    )

"""Simple drummers are perfect on the songs that they are made for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong, halved
from drumnet.corpus.ticksong import TickSong
from drumnet.evaluation.baselines import BASELINES, bass_copy, copy_bar, four_on_the_floor
from drumnet.evaluation.nearest import NearestNeighbour
from drumnet.evaluation.players import Player
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hits import Piece
from drumnet.metrics import tick_counts
from drumnet.song.roles import Role

BASS = HEARD_ROLES.index(Role.BASS)
SongOf = Callable[..., HalvedSong]
TickSongOf = Callable[..., TickSong]
Looped = Callable[..., list[int]]


def f1(song: HalvedSong, ticks: NDArray[np.int64]) -> float:
    return tick_counts(song.second_half_hits, ticks).f_measure


def played(player: Player, song: HalvedSong) -> NDArray[np.int64]:
    """The ticks of what is played, which are kicks."""
    track = player.play(song)
    assert set(track.pieces) <= {Piece.KICK}
    return np.array([hit.tick for hit in track], dtype=np.int64)


@pytest.mark.parametrize(
    ("bar", "beats"), [([0, 18, 24, 42], 4), ([0], 3), ([5, 7, 80], 7), (list(range(0, 48, 3)), 4)]
)
def test_copying_the_bar_is_perfect_where_the_song_repeats_one(
    song_of: SongOf, looped: Looped, bar: list[int], beats: int
) -> None:
    song = song_of(looped(bar, bar_ticks=beats * 12), beats=beats)
    assert f1(song, copy_bar(song)) == 1.0


def test_copying_the_bar_takes_what_most_bars_have(song_of: SongOf, looped: Looped) -> None:
    """The typical bar is 0 and 24; a fill in one bar of eight is not copied."""
    fill = [7 * 48 + tick for tick in (36, 39, 42, 45)]
    song = song_of([*looped([0, 24]), *fill])
    assert f1(song, copy_bar(song)) == 1.0


def test_copying_the_bass_is_perfect_where_the_kick_does(song_of: SongOf) -> None:
    ticks = np.sort(np.random.default_rng(0).choice(np.arange(0, 768, 3), 100, replace=False))
    song = song_of(ticks.tolist(), ticks.tolist())
    assert f1(song, bass_copy(song)) == 1.0
    assert f1(song, copy_bar(song)) < 0.5, "and nothing repeats"


def test_of_a_bass_onset_that_spills_over_only_its_peak_is_copied(song_of: SongOf) -> None:
    song = song_of([384, 396], [])
    ticks = [384, 385, 395, 396, 397, 420]
    song.conditioning.strength[BASS, ticks] = [1.0, 0.9, 0.6, 0.8, 0.6, 0.3]
    assert bass_copy(song).tolist() == [384, 396]


def test_four_on_the_floor_plays_every_beat_of_the_second_half(
    song_of: SongOf, looped: Looped
) -> None:
    song = song_of(looped([0, 12, 24, 36]))
    assert f1(song, four_on_the_floor(song)) == 1.0
    assert four_on_the_floor(song).tolist() == list(range(384, 768, 12))
    assert f1(song_of(looped([0, 24])), four_on_the_floor(song)) == pytest.approx(2 / 3)


def test_no_baseline_knows_the_second_half(song_of: SongOf, looped: Looped) -> None:
    bass = looped([0, 12, 30])
    one = song_of([*looped([0, 24], 8), 400, 407], bass)
    other = song_of([*looped([0, 24], 8), 500, 501, 502], bass)
    for player in BASELINES:
        assert played(player, one).tolist() == played(player, other).tolist(), player.name


# ------------------------------------------------------------------ 1-nearest neighbour


def unlike_bars(tick_song_of: TickSongOf, seed: int, beats: int = 4) -> TickSong:
    """Sixteen bars, each with a bass and a kick of its own."""
    rng = np.random.default_rng(seed)
    kick, bass = (
        [
            bar * beats * 12 + int(tick)
            for bar in range(16)
            for tick in np.sort(3 * rng.choice(beats * 4, size, replace=False))
        ]
        for size in (3, 6)
    )
    return tick_song_of(kick, bass, name=f"{seed}", beats=beats)


@pytest.mark.parametrize("beats", [3, 4, 7])
def test_a_song_that_is_remembered_is_played_bar_by_bar(
    tick_song_of: TickSongOf, beats: int
) -> None:
    """Its own bars are the nearest, so nothing is wrong."""
    songs = [unlike_bars(tick_song_of, seed, beats) for seed in range(6)]
    player = NearestNeighbour(songs)
    for song in songs:
        here = halved(song)
        assert player.neighbour(here) is song
        assert f1(here, played(player, here)) == 1.0


def test_the_neighbour_is_told_by_the_first_half_alone(
    tick_song_of: TickSongOf, looped: Looped
) -> None:
    """The second half's kicks are just those of the other song."""
    bass = looped([0, 24])
    rock = tick_song_of(looped([0, 24]), bass, name="rock")
    off_beat = tick_song_of(looped([6, 18, 30, 42]), bass, name="off-beat")
    changing = [*looped([0, 30], 8), *(t for t in looped([6, 18, 30, 42]) if t >= 384)]
    song = halved(tick_song_of(changing, bass))
    player = NearestNeighbour([rock, off_beat])
    assert player.neighbour(song) is rock
    assert played(player, song).tolist() == [t for t in looped([0, 24]) if t >= 384]


def test_a_bar_that_the_middle_cuts_tells_nothing(tick_song_of: TickSongOf, looped: Looped) -> None:
    """Of three bars, the second one's kicks after the middle are to be played."""
    bass = looped([0, 24])
    rock = tick_song_of(looped([0, 24]), bass, name="rock")
    both = [0, 24, *(48 + t for t in (0, 30, 42))]
    mixed = tick_song_of(looped(both, 8, 96), bass, name="mixed")
    song = halved(tick_song_of([*both, 96, 120], looped([0, 24], 3), num_bars=3))
    assert NearestNeighbour([rock, mixed]).neighbour(song) is rock


def test_the_nearest_groove_is_played(tick_song_of: TickSongOf, looped: Looped) -> None:
    bass = looped([0, 24])
    rock = tick_song_of(looped([0, 24]), bass, name="rock")
    tresillo = tick_song_of(looped([0, 18, 36]), bass, name="tresillo")
    heard = halved(tick_song_of(looped([0, 18, 36, 42]), bass))
    player = NearestNeighbour([rock, tresillo])
    assert player.neighbour(heard) is tresillo
    assert played(player, heard).tolist() == [t for t in looped([0, 18, 36]) if t >= 384]


def test_a_neighbour_has_the_same_metre_and_a_kick(
    tick_song_of: TickSongOf, looped: Looped
) -> None:
    waltz = tick_song_of(looped([0], bar_ticks=36), beats=3)
    silent = tick_song_of([], looped([0, 12]))
    song = halved(tick_song_of(looped([0, 24])))
    assert NearestNeighbour([waltz, silent]).neighbour(song) is None
    assert len(NearestNeighbour([waltz, silent]).play(song)) == 0
    assert len(NearestNeighbour([]).play(song)) == 0

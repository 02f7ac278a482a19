"""The model in each experiment, played by a network that copies bars."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.players import (
    Ear,
    NoCode,
    Player,
    Reconstruction,
    Sampled,
    Transfer,
    WrongCode,
    another,
    play_all,
)
from drumnet.evaluation.takes import on_ticks, take_all
from drumnet.hits import Piece
from drumnet.model.network import Network, OnsetActivations

SongOf = Callable[..., HalvedSong]
Looped = Callable[..., list[int]]


@pytest.fixture
def ear(imitator: Network) -> Ear:
    return Ear(imitator, floor=0.5)


@pytest.fixture
def songs(song_of: SongOf, looped: Looped) -> list[HalvedSong]:
    """The first changes in the middle to what the second plays throughout."""
    changing = [*looped([0, 24], 8), *(tick + 384 for tick in looped([0, 12], 8))]
    return [song_of(changing, name="first"), song_of(looped([0, 12]), name="second")]


def f1(player: Player, songs: list[HalvedSong]) -> list[float]:
    takes = take_all(songs, [player])
    return [count.f_measure for count in takes.counts(player.name, on_ticks)]


def test_transfer_knows_the_first_half(ear: Ear, songs: list[HalvedSong]) -> None:
    assert f1(Transfer(ear), songs) == [0.5, 1.0]


def test_reconstruction_knows_the_second_half(ear: Ear, songs: list[HalvedSong]) -> None:
    assert f1(Reconstruction(ear), songs) == [1.0, 1.0]


def test_no_code_knows_nothing(ear: Ear, songs: list[HalvedSong]) -> None:
    """Of a network whose zero code is silence, that is what is played."""
    assert f1(NoCode(ear), songs) == [0.0, 0.0]


def test_the_wrong_code_is_the_first_half_of_the_other_song(
    ear: Ear, songs: list[HalvedSong]
) -> None:
    assert f1(WrongCode(ear, songs), songs) == [1.0, 0.5]


def test_the_song_half_the_list_away_is_never_the_song_itself() -> None:
    for count in range(2, 9):
        others = [another(index, count) for index in range(count)]
        assert sorted(others) == list(range(count))
        assert all(other != index for index, other in enumerate(others))


def test_a_sampled_code_is_the_songs_own_and_the_seeds(
    imitator: Network, songs: list[HalvedSong]
) -> None:
    ear = Ear(imitator, floor=0.3)

    def played(seed: int, songs: list[HalvedSong]) -> dict[str, list[float]]:
        found = play_all(Sampled(ear, seed), songs)
        return {song.name: ticks.tolist() for song, ticks in zip(songs, found, strict=True)}

    assert played(0, songs) == played(0, songs[::-1]), "whatever else is played to"
    assert played(0, songs) != played(1, songs)
    first, second = played(0, songs).values()
    assert first != second


class Late:
    """A network that plays its second piece, the kick, a third of a tick late."""

    checkpoint = SimpleNamespace(pieces=(Piece.RIDE, Piece.KICK))

    def listen(self, heard: Any) -> NDArray[np.float32]:
        return np.zeros((1, heard.num_beats), np.float32)

    def decode(self, listened: NDArray[Any], code: NDArray[Any]) -> OnsetActivations:
        probability = np.zeros((2, 12 * listened.shape[1]), np.float32)
        probability[0, 6::24] = probability[1, ::24] = 0.9
        late = np.full_like(probability, 1 / 3)
        return OnsetActivations(probability, probability, late, late, late)


def test_microtiming_is_played_in_the_second_half_alone(song_of: SongOf) -> None:
    ear = Ear(cast(Network, Late()), floor=0.5)
    played = NoCode(ear).play(song_of([0, 700]))
    np.testing.assert_allclose(played, np.arange(384, 768, 24) + 1 / 3, atol=1e-6)


def test_below_the_floor_nothing_is_played(
    imitator: Network, song_of: SongOf, looped: Looped
) -> None:
    """Every second bar has a kick on 3: a share of one half."""
    song = song_of([*looped([0]), *looped([24], 8, 96)])
    assert f1(Transfer(Ear(imitator, floor=0.6)), [song]) == [pytest.approx(16 / 20)]
    assert Transfer(Ear(imitator, floor=0.6)).play(song).tolist() == list(range(384, 768, 48))
    assert Transfer(Ear(imitator, floor=0.4)).play(song).tolist() == list(range(384, 768, 24))


def test_the_code_of_a_half_is_of_that_half_alone(ear: Ear, song_of: SongOf) -> None:
    song = song_of([*range(0, 384, 48), *range(396, 768, 48)])
    first, second = ear.half_code(song), ear.half_code(song, first=False)
    assert np.flatnonzero(first > 0.5).tolist() == [0]
    assert np.flatnonzero(second > 0.5).tolist() == [4]


def test_a_code_is_of_the_kick_alone_however_many_pieces_there_are(
    song_of: SongOf, looped: Looped
) -> None:
    """The other pieces are neither seen nor shown; a benchmark of the kick measures it."""
    shown: list[tuple[NDArray[np.float32], NDArray[np.bool_]]] = []

    class Kit:
        checkpoint = SimpleNamespace(pieces=tuple(Piece))

        def listen(self, heard: Any) -> NDArray[np.float32]:
            return np.zeros((1, heard.num_beats), np.float32)

        def encode(self, listened: Any, velocity: Any, seen: Any) -> NDArray[np.float32]:
            shown.append((velocity, seen))
            return np.zeros(16, np.float32)

        def probabilities(self, listened: Any, codes: Any) -> NDArray[np.float32]:
            return np.full((len(codes), 9, 12 * listened.shape[1]), 0.1, np.float32)

    song = song_of(looped([0, 18]))
    song.velocity[1:] = 0.5
    kit_ear = Ear(cast(Network, Kit()), floor=0.5)
    kit_ear.half_code(song)
    kit_ear.encoded(song)
    for (velocity, seen), ticks in zip(shown, (384, 768), strict=True):
        assert seen.tolist() == [piece is Piece.KICK for piece in Piece]
        np.testing.assert_array_equal(velocity[0], song.kick[:ticks])
        assert not velocity[1:].any()


def test_what_every_song_is_played_comes_in_the_songs_order(song_of: SongOf) -> None:
    class Own:
        name = "own"

        def play(self, song: HalvedSong) -> NDArray[np.float64]:
            return song.hits.astype(np.float64)

    songs = [song_of([index, 400 + index], name=str(index)) for index in range(20)]
    played = play_all(Own(), songs, workers=4)
    assert [ticks.tolist() for ticks in played] == [[i, 400 + i] for i in range(20)]

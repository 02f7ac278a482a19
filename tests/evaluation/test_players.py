"""The model in each experiment, played by a network that copies bars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from fixtures.imitator import Imitator
from fixtures.networks import checkpoint_of
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.drummer import Drummer
from drumnet.errors import DrumnetError
from drumnet.evaluation.players import (
    HalfDrummer,
    NoCode,
    OneCode,
    Player,
    Reconstruction,
    Sampled,
    Transfer,
    WrongCode,
    another,
    play_all,
)
from drumnet.evaluation.takes import kick_ticks, on_ticks, take_all
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import DrumTrack, Piece
from drumnet.model.network import GivenHits, Network, OnsetActivations
from drumnet.settings import Arrange, Settings

SongOf = Callable[..., HalvedSong]
Looped = Callable[..., list[int]]


@pytest.fixture
def songs(song_of: SongOf, looped: Looped) -> list[HalvedSong]:
    """The first changes in the middle to what the second plays throughout."""
    changing = [*looped([0, 24], 8), *(tick + 384 for tick in looped([0, 12], 8))]
    return [song_of(changing, name="first"), song_of(looped([0, 12]), name="second")]


def drummer_of(network: Any, **how: Any) -> HalfDrummer:
    return HalfDrummer(Drummer(cast(Network, network)), **how)


def f1(player: Player, songs: list[HalvedSong]) -> list[float]:
    takes = take_all(songs, [player])
    return [count.f_measure for count in takes.counts(player.name, on_ticks)]


def test_transfer_knows_the_first_half(copyist: HalfDrummer, songs: list[HalvedSong]) -> None:
    assert f1(Transfer(copyist), songs) == [0.5, 1.0]


def test_reconstruction_knows_the_second_half(
    copyist: HalfDrummer, songs: list[HalvedSong]
) -> None:
    assert f1(Reconstruction(copyist), songs) == [1.0, 1.0]


def test_no_code_knows_nothing(copyist: HalfDrummer, songs: list[HalvedSong]) -> None:
    """Of a network whose zero code is silence, that is what is played."""
    assert f1(NoCode(copyist), songs) == [0.0, 0.0]


def test_the_wrong_code_is_the_first_half_of_the_other_song(
    copyist: HalfDrummer, songs: list[HalvedSong]
) -> None:
    assert f1(WrongCode(copyist, songs), songs) == [1.0, 0.5]


def test_the_song_half_the_list_away_is_never_the_song_itself() -> None:
    for count in range(2, 9):
        others = [another(index, count) for index in range(count)]
        assert sorted(others) == list(range(count))
        assert all(other != index for index, other in enumerate(others))


def test_a_sampled_code_is_the_songs_own_and_the_seeds(songs: list[HalvedSong]) -> None:
    drummer = drummer_of(Imitator(min_probability=0.3))

    def played(seed: int, songs: list[HalvedSong]) -> dict[str, list[int]]:
        found = play_all(Sampled(drummer, seed), songs)
        pairs = zip(songs, found, strict=True)
        return {song.name: kick_ticks(song, track).tolist() for song, track in pairs}

    assert played(0, songs) == played(0, songs[::-1]), "whatever else is played to"
    assert played(0, songs) != played(1, songs)
    first, second = played(0, songs).values()
    assert first != second


class Late(Imitator):
    """A network that plays its second piece, the kick, a third of a tick late."""

    def __init__(self) -> None:
        self.checkpoint = checkpoint_of((Piece.RIDE, Piece.KICK))

    def decode(
        self, context: NDArray[Any], code: NDArray[Any], given: GivenHits | None = None
    ) -> OnsetActivations:
        probability = np.zeros((2, 12 * context.shape[1]), np.float32)
        probability[0, 6::24] = probability[1, ::24] = 0.9
        late, still = np.full_like(probability, 1 / 3), np.zeros_like(probability)
        return OnsetActivations(probability, probability, late, still, still)


def test_microtiming_is_played_in_the_second_half_alone(song_of: SongOf) -> None:
    song = song_of([0, 700])
    played = NoCode(drummer_of(Late())).play(song)
    assert {hit.piece for hit in played} == {Piece.KICK}, "what is measured, and that alone"
    assert [hit.tick for hit in played] == list(range(384, 768, 24))
    places = song.grid.seconds_to_ticks([hit.onset_s for hit in played])
    np.testing.assert_allclose(places, np.arange(384, 768, 24) + 1 / 3, atol=1e-4)


def test_what_is_less_likely_than_the_weights_ask_for_is_not_played(
    song_of: SongOf, looped: Looped
) -> None:
    """Every second bar has a kick on 3: a share of one half, by the code alone."""
    song = song_of([*looped([0]), *looped([24], 8, 96)])

    def player(min_probability: float) -> OneCode:
        return OneCode(drummer_of(Imitator(min_probability)))

    assert f1(player(0.6), [song]) == [pytest.approx(16 / 20)]
    assert [hit.tick for hit in player(0.6).play(song)] == list(range(384, 768, 48))
    assert [hit.tick for hit in player(0.4).play(song)] == list(range(384, 768, 24))


def test_a_figure_of_two_bars_comes_back_in_the_second_half(
    song_of: SongOf, looped: Looped
) -> None:
    """Every second bar has a kick on 3, as no share of one half tells."""
    song = song_of([*looped([0]), *looped([24], 8, 96)])
    assert f1(Transfer(drummer_of(Imitator(0.6))), [song]) == [1.0]


def test_the_style_of_a_half_is_of_that_half_alone(copyist: HalfDrummer, song_of: SongOf) -> None:
    song = song_of([*range(0, 384, 48), *range(396, 768, 48)])
    first, second = copyist.style(song), copyist.style(song, first=False)
    assert np.flatnonzero(first.code > 0.5).tolist() == [0]
    assert np.flatnonzero(second.code > 0.5).tolist() == [4]


class Seeing(Imitator):
    """A network of all pieces that remembers what it was shown of them."""

    def __init__(self) -> None:
        self.checkpoint = checkpoint_of()
        self.shown: list[tuple[NDArray[np.float32], NDArray[np.bool_]]] = []

    def encode(
        self, context: NDArray[Any], velocity: NDArray[Any], seen: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        self.shown.append((velocity, seen))
        return np.zeros(16, np.float32)

    def probabilities(self, context: NDArray[Any], codes: NDArray[Any]) -> NDArray[np.float32]:
        return np.full((len(codes), 9, 12 * context.shape[1]), 0.1, np.float32)


def test_a_code_is_of_the_kick_alone_however_many_pieces_there_are(
    song_of: SongOf, looped: Looped
) -> None:
    """The other pieces are neither seen nor shown; a benchmark of the kick measures it."""
    network, song = Seeing(), song_of(looped([0, 18]))
    song.velocity[1:] = 0.5
    drummer = drummer_of(network)
    drummer.style(song)
    drummer.encoded(song)
    for (velocity, seen), ticks in zip(network.shown, (384, 768), strict=True):
        assert seen.tolist() == [piece is Piece.KICK for piece in Piece]
        np.testing.assert_allclose(velocity[0], song.kick[:ticks], atol=1 / 127)
        assert not velocity[1:].any()


def test_a_style_is_extracted_once_a_half(song_of: SongOf, looped: Looped) -> None:
    """Of as many players as there are; it is what takes long."""
    network, song = Seeing(), song_of(looped([0, 18]))
    drummer = drummer_of(network)
    styles = [drummer.style(song) for _ in range(3)]
    assert len(network.shown) == 1 and styles[0] is styles[2]
    drummer.style(song, first=False)
    assert len(network.shown) == 2


class Wandering(Imitator):
    """A network that follows habits: what is heard of the first bars of eight is not what
    is heard of the others, and a code may differ from beat to beat."""

    follows_habits = True

    def listen(self, conditioning: Conditioning) -> NDArray[np.float32]:
        place = conditioning.beat_in_bar.astype(np.float32)
        return np.stack([place, (conditioning.bar // 8 % 2).astype(np.float32)])

    def decode(
        self, context: NDArray[Any], code: NDArray[Any], given: GivenHits | None = None
    ) -> OnsetActivations:
        codes = np.broadcast_to(code, (context.shape[1], 16)).repeat(4, axis=0)
        place = self._sixteenth(context)
        found = super().decode(context, np.zeros(16))
        found.probability[0, ::3] = codes[np.arange(len(codes)), place]
        return found


def test_a_transfer_follows_the_habits_of_the_first_half_and_one_code_does_not(
    song_of: SongOf, looped: Looped
) -> None:
    """Eight bars of verse and eight of chorus in either half."""
    verse, chorus = looped([0, 24], 8), [384 + tick for tick in looped([0, 12, 24, 36], 8)]
    half = [*verse, *chorus]
    song = song_of([*half, *(768 + tick for tick in half)], num_bars=32)
    drummer = drummer_of(Wandering())
    assert f1(Transfer(drummer), [song]) == [1.0]
    assert f1(OneCode(drummer), [song])[0] < 1.0
    other = song_of(looped([6], 32), num_bars=32, name="other")
    wrong = WrongCode(drummer, [other, song]).play(other)
    bars = {tuple(h.tick % 48 for h in wrong if h.tick // 48 == bar) for bar in range(16, 32)}
    assert len(bars) == 1 and bars != {()}, "of another song the code is taken, not its habits"


def test_a_song_has_a_seed_of_its_own(song_of: SongOf, looped: Looped) -> None:
    """And the seed that is asked for is another one's for every song."""
    songs = [song_of(looped([0, 24]), name=name) for name in ("one", "other")]

    def played(seed: int) -> list[DrumTrack]:
        settings = Settings(temperature=2.0, seed=seed, arrange=Arrange.NONE)
        hot = drummer_of(Imitator(0.3), settings=settings)
        style = hot.drummer.sample_style(3)
        return [hot.play(song, style) for song in songs]

    one, other = played(0)
    assert one != other and played(0) == [one, other]
    assert played(1)[0] != one


def test_weights_that_do_not_play_what_is_measured_are_refused() -> None:
    with pytest.raises(DrumnetError, match="'imitator' play kick, not snare"):
        drummer_of(Imitator(), pieces=(Piece.KICK, Piece.SNARE))


def test_what_every_song_is_played_comes_in_the_songs_order(song_of: SongOf) -> None:
    class Own:
        name = "own"

        def play(self, song: HalvedSong) -> DrumTrack:
            return song.drums

    songs = [song_of([index, 400 + index], name=str(index)) for index in range(20)]
    played = play_all(Own(), songs, workers=4)
    assert [[hit.tick for hit in track] for track in played] == [[i, 400 + i] for i in range(20)]

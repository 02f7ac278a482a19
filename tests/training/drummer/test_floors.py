"""The floor is put where it parts the hits from the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from fixtures.networks import activations_of, checkpoint_of
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.hits import Piece
from drumnet.model.network import GivenHits, Network, OnsetActivations
from drumnet.training.drummer.floors import best_floor, kit_floors, mean_f1, transferred


def test_the_best_floor_parts_the_hits_from_the_rest(
    song_of: Callable[..., HalvedSong], looped: Callable[..., list[int]]
) -> None:
    songs = [song_of(looped([0, 24]))]
    probability = np.full_like(songs[0].velocity, 0.01)
    probability[0, 12::24] = 0.21
    probability[0, ::24] = 0.25
    still = np.zeros_like(probability)
    played = [OnsetActivations(probability, probability, still, still, still)]
    floor = best_floor(songs, played)
    assert 0.21 < floor <= 0.25
    assert mean_f1(songs, played, floor) == 1.0
    assert mean_f1(songs, played, 0.1) == pytest.approx(2 / 3)


def test_what_is_tuned_on_is_the_transfer_of_the_first_half(
    imitator: Network, song_of: Callable[..., HalvedSong], looped: Callable[..., list[int]]
) -> None:
    song = song_of([*looped([0, 18], 8), 400])
    (found,) = transferred(imitator, [song])
    assert np.flatnonzero(found.probability[0] > 0.5).tolist() == looped([0, 18])


KICK, SNARE, HAT = (
    list(Piece).index(piece) for piece in (Piece.KICK, Piece.SNARE, Piece.CLOSED_HAT)
)


class Followers:
    """A network that is sure of the kick; the snare it puts half a beat after a kick
    that is known, more likely (0.35) than a beat after it (0.25); and hats wherever
    a snare is known (0.45)."""

    checkpoint = checkpoint_of()

    def __init__(self) -> None:
        self.seen: list[tuple[NDArray[Any], NDArray[np.bool_]]] = []

    def listen(self, conditioning: Any) -> NDArray[np.float32]:
        return np.zeros((1, conditioning.num_beats), np.float32)

    def encode(self, context: Any, velocity: Any, seen: Any) -> NDArray[np.float32]:
        self.seen.append((velocity, seen))
        return np.zeros(16, np.float32)

    def probabilities(self, context: Any, codes: Any) -> NDArray[np.float32]:
        return np.full((len(codes), 9, 12 * context.shape[1]), 0.1, np.float32)

    def decode(self, context: Any, code: Any, given: GivenHits | None = None) -> OnsetActivations:
        assert given is not None
        probability = np.zeros((9, 12 * context.shape[1]), np.float32)
        probability[KICK, ::48] = 0.9
        kicks = np.flatnonzero(given.velocity[KICK])
        probability[SNARE, kicks + 6], probability[SNARE, kicks + 12] = 0.35, 0.25
        probability[HAT, np.flatnonzero(given.velocity[SNARE])] = 0.45
        return activations_of(probability)


def kit_song(song_of: Callable[..., HalvedSong], *rows: tuple[int, list[int]]) -> HalvedSong:
    song = song_of(list(range(0, 768, 48)))
    for row, starts in rows:
        for start in starts:
            song.velocity[row, start::48] = 0.5
    return song


def test_the_floor_of_each_piece_is_tuned_on_what_was_played_before_it(
    song_of: Callable[..., HalvedSong],
) -> None:
    """The snare is wanted half a beat after the kick and the hat with it: its floor
    parts 0.25 from 0.35, and the hat's lies above none of its 0.45."""
    network = Followers()
    song = kit_song(song_of, (SNARE, [6]), (HAT, [6]))
    floors = kit_floors(cast(Network, network), [song], kick_floor=0.3)
    assert set(floors) == set(Piece)
    assert floors[Piece.KICK] == 0.3, "which is tuned by itself"
    assert 0.25 < floors[Piece.SNARE] <= 0.35 and floors[Piece.CLOSED_HAT] <= 0.45
    both = kit_song(song_of, (SNARE, [6, 12]), (HAT, [6]))
    assert kit_floors(cast(Network, network), [both], 0.3)[Piece.SNARE] <= 0.25


def test_the_style_of_a_kit_is_that_of_all_pieces_in_the_first_half(
    song_of: Callable[..., HalvedSong],
) -> None:
    network = Followers()
    song = kit_song(song_of, (SNARE, [6]), (HAT, [6, 30]))
    kit_floors(cast(Network, network), [song], kick_floor=0.3)
    ((velocity, seen),) = network.seen
    assert seen.all()
    np.testing.assert_array_equal(velocity, song.velocity[:, :384])

"""The floor is put where it parts the hits from the rest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from drumnet.evaluation.passages import HalvedSong
from drumnet.evaluation.tuning import best_floor, mean_f1, transferred
from drumnet.network import Network, OnsetActivations


def test_the_best_floor_parts_the_hits_from_the_rest(
    song_of: Callable[..., HalvedSong], looped: Callable[..., list[int]]
) -> None:
    songs = [song_of(looped([0, 24]))]
    probability = np.full_like(songs[0].velocity, 0.01)
    probability[0, 12::24] = 0.21
    probability[0, ::24] = 0.25
    nothing = np.zeros_like(probability)
    played = [OnsetActivations(probability, probability, nothing, nothing, nothing)]
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

"""The limiter: what it lets through, what it holds, and that parts still add up."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.kits.kit import KIT_RATE_HZ, embedded_kit
from drumnet.rendering.drum_bus import DrumBus
from drumnet.rendering.limiter import LOOK_AHEAD_S, PEAK_LIMIT, limited

RATE = 44_100


def held(samples: NDArray[np.float32], block_samples: int = RATE) -> NDArray[np.float32]:
    cuts = range(block_samples, samples.shape[1], block_samples)
    return np.concatenate(list(limited(np.split(samples, list(cuts), axis=1), RATE)), axis=1)


def noise(level: float, seed: int = 0) -> NDArray[np.float32]:
    samples = np.random.default_rng(seed).normal(0, level, (2, 3 * RATE))
    return samples.astype(np.float32)


def test_what_is_below_the_limit_is_left_as_it_is() -> None:
    soft = noise(0.1).clip(-0.89, 0.89)
    np.testing.assert_array_equal(held(soft), soft)


@pytest.mark.parametrize("level", [0.3, 1.0, 3.0])
def test_no_sample_is_beyond_the_limit_and_none_is_cut_off(level: float) -> None:
    loud = noise(level)
    found = held(loud)
    assert np.abs(found).max() <= np.float32(PEAK_LIMIT)
    assert np.abs(found).max() > 0.99 * PEAK_LIMIT, "and not lower than it has to be"
    at_limit = np.abs(found) > PEAK_LIMIT * (1 - 1e-6)
    assert at_limit.mean() < 0.01, "waves are turned down, not flattened"


def test_a_peak_is_turned_down_in_time_and_given_back() -> None:
    sound = np.full((1, 2 * RATE), 0.5, np.float32)
    sound[:, RATE] = 2 * PEAK_LIMIT
    found = held(sound)[0]
    ahead = round(LOOK_AHEAD_S * RATE)
    assert found[RATE] == pytest.approx(PEAK_LIMIT, rel=1e-5)
    assert np.all(found[: RATE - ahead] == 0.5), "not before it can be known live"
    assert np.all(np.diff(found[RATE - ahead : RATE]) < 0), "as a slope"
    assert np.all(found[RATE + round(0.26 * RATE) :] == 0.5), "6 dB in a quarter of a second"


def test_it_does_not_depend_on_the_blocks() -> None:
    loud = noise(0.5)
    np.testing.assert_allclose(held(loud, 1000), held(loud, loud.shape[1]), atol=1e-6)


def test_both_channels_are_turned_down_alike() -> None:
    loud = noise(0.5)
    loud[1] = loud[0] / 4
    found = held(loud)
    np.testing.assert_allclose(found[1], found[0] / 4, atol=1e-6)


def test_limited_pieces_add_up_to_the_limited_drums() -> None:
    strokes = [(Piece.KICK, 0.2), (Piece.SNARE, 0.2), (Piece.CRASH, 0.21)]
    strokes += [(Piece.SNARE, onset_s) for onset_s in (0.6, 0.9, 1.0)]
    track = DrumTrack(tuple(Hit(onset_s, 0, piece, 120) for piece, onset_s in strokes))
    bus = DrumBus(track, embedded_kit(), 2.0, gain=3.0)
    drums = np.concatenate(list(bus.blocks()), axis=1)
    parts = [np.concatenate(list(bus.blocks([piece])), axis=1) for piece in track.pieces]
    assert np.abs(drums).max() == pytest.approx(PEAK_LIMIT, rel=1e-4), "it has to be limited"
    np.testing.assert_allclose(np.sum(parts, axis=0), drums, atol=1e-5)
    assert KIT_RATE_HZ == RATE

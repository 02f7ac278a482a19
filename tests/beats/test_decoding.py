"""Activations with known beats: even, drifting, with gaps, in bars of many lengths."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.beats.decoding import decode_beats, log_odds, of_one_tempo
from drumnet.beats.downbeats import number_beats
from drumnet.beats.evidence import FRAME_RATE_HZ
from drumnet.beats.steady_tempo import Pulse, even_beats, meant_tempo, steady_pulse
from drumnet.beats.taps import check_taps, tempo_of_taps, with_taps
from drumnet.errors import BeatError

Times = NDArray[np.float64]


def activation(beats_s: Times, duration_s: float, height: float = 0.8) -> Times:
    """A bump of a frame's width at each beat, as the network gives it."""
    time_s = np.arange(round(duration_s * FRAME_RATE_HZ)) / FRAME_RATE_HZ
    distance = np.abs(time_s[:, None] - beats_s).min(axis=1) * FRAME_RATE_HZ
    return np.asarray(height * np.exp(-0.5 * distance**2) + 0.01)


def near(found_s: Times, wanted_s: Times, within_s: float) -> bool:
    return len(found_s) > 0 and bool(
        (np.abs(found_s[:, None] - wanted_s).min(axis=0) <= within_s).all()
    )


def test_a_tempo_that_sways_has_no_even_beats_even_if_one_tempo_is_its_strongest() -> None:
    steady_s = 0.37 + 0.5 * np.arange(78)
    swaying_s = steady_s + 0.24 * np.sin(2 * np.pi * steady_s / 30.0)
    for beats_s, is_even in ((steady_s, True), (swaying_s, False)):
        odds = log_odds(activation(beats_s, 40.0))
        pulse = Pulse(0.5 * FRAME_RATE_HZ, is_sure=False)
        found = even_beats(odds, pulse, beats_s * FRAME_RATE_HZ)
        assert (found is not None) == is_even
        if found is not None:
            assert near(found / FRAME_RATE_HZ, beats_s, 0.02)


def test_clicks_of_a_minute_are_at_one_tempo_for_sure_and_swaying_ones_are_not() -> None:
    steady_s = 0.37 + 0.25 * np.arange(300)
    swaying_s = steady_s + 0.24 * np.sin(2 * np.pi * steady_s / 30.0)
    beats = 0.375 * FRAME_RATE_HZ + 0.5 * FRAME_RATE_HZ * np.arange(150)
    pulse = steady_pulse(activation(steady_s, 75.0), beats)
    assert pulse is not None and pulse.is_sure
    assert pulse.period == pytest.approx(0.5 * FRAME_RATE_HZ, rel=1e-3)
    assert not pulse.is_missed_by(beats) and pulse.is_missed_by(1.01 * beats)
    assert steady_pulse(activation(swaying_s, 75.0), beats) is None
    short = steady_pulse(activation(steady_s, 40.0), beats[:78])
    assert short is not None and not short.is_sure


def test_two_beats_for_three_are_told_by_the_whole_song_and_not_by_a_few_seconds() -> None:
    for duration_s, meant in ((40.0, pytest.approx(180.0, rel=2e-3)), (15.0, None)):
        onsets = activation(0.3 + np.arange(0, duration_s - 1, 60 / 180), duration_s)
        decoded = np.arange(15.0, duration_s * FRAME_RATE_HZ, 60 / 120 * FRAME_RATE_HZ)
        assert meant_tempo(onsets, decoded) == meant


@pytest.mark.parametrize("bpm", [62.0, 97.3, 120.0, 174.0])
def test_even_beats_are_found_and_made_exactly_even(bpm: float) -> None:
    beats_s = 0.37 + np.arange(0, 59, 60 / bpm)
    heard = activation(beats_s, 60.0)
    frames = decode_beats(heard)
    even = of_one_tempo(heard, frames)
    assert even is not None
    assert np.diff(even).std() < 1e-9
    assert 60 * FRAME_RATE_HZ / np.diff(even).mean() == pytest.approx(bpm, rel=3e-4)
    assert near(even / FRAME_RATE_HZ, beats_s, 0.01)


def test_a_drifting_tempo_is_followed_and_not_made_even() -> None:
    beats_s = 0.3 + np.cumsum(0.5 * (1 + 0.1 * np.sin(2 * np.pi * np.arange(110) * 0.5 / 30)))
    heard = activation(beats_s, float(beats_s[-1]) + 1)
    frames = decode_beats(heard)
    assert near(frames / FRAME_RATE_HZ, beats_s, 0.03)
    assert of_one_tempo(heard, frames) is None


def test_a_song_asked_to_be_constant_is() -> None:
    beats_s = 0.3 + np.cumsum(0.5 * (1 + 0.01 * np.sin(2 * np.pi * np.arange(110) / 60)))
    heard = activation(beats_s, float(beats_s[-1]) + 1)
    even = of_one_tempo(heard, decode_beats(heard), force=True)
    assert even is not None
    assert np.diff(even).std() < 1e-9


def test_beats_go_on_through_a_pause() -> None:
    beats_s = 0.2 + np.arange(80) * 0.5
    sounding = (beats_s < 12) | (beats_s > 22)
    heard = activation(beats_s[sounding], 41.0)
    assert near(decode_beats(heard) / FRAME_RATE_HZ, beats_s, 0.03)


def test_a_jump_of_the_tempo_is_followed() -> None:
    beats_s = np.concatenate([0.2 + np.arange(40) * 0.6, 0.2 + 24.0 + np.arange(50) * 0.45])
    heard = activation(beats_s, float(beats_s[-1]) + 0.5)
    found = decode_beats(heard) / FRAME_RATE_HZ
    matched = np.abs(found[:, None] - beats_s).min(axis=0) < 0.05
    assert matched.mean() > 0.95


def test_the_tempo_stays_in_the_range_that_is_said() -> None:
    beats_s = 0.2 + np.arange(80) * 0.5  # 120 bpm
    heard = activation(beats_s, 41.0)
    slow = np.diff(decode_beats(heard, 50, 70)) / FRAME_RATE_HZ
    fast = np.diff(decode_beats(heard, 200, 260)) / FRAME_RATE_HZ
    assert np.median(slow) == pytest.approx(1.0, abs=0.03)
    assert np.median(fast) == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("num_frames", [0, 1, 3, 30, 120])
def test_shorter_than_two_beats_is_no_fault(num_frames: int) -> None:
    frames = decode_beats(np.full(num_frames, 0.01))
    assert len(frames) <= num_frames


# ------------------------------------------------------------------ bars


@pytest.mark.parametrize("length", [2, 3, 4, 5, 6, 7])
def test_clear_downbeats_give_the_metre(length: int) -> None:
    downbeat = np.where(np.arange(61) % length == 1, 0.85, 0.05)
    found = number_beats(downbeat)
    np.testing.assert_array_equal(found.numbers, (np.arange(61) - 1) % length + 1)
    assert found.lead > 1.5


def test_nothing_heard_of_the_bars_is_a_guess_at_four() -> None:
    found = number_beats(np.full(40, 0.25))
    np.testing.assert_array_equal(np.diff(np.flatnonzero(found.numbers == 1)), 4)
    assert found.lead == pytest.approx(0.0, abs=1e-9)


def test_one_loud_off_bar_does_not_move_the_bar_line() -> None:
    downbeat = np.where(np.arange(64) % 4 == 0, 0.7, 0.1)
    downbeat[30] = 0.95
    np.testing.assert_array_equal(number_beats(downbeat).numbers, np.arange(64) % 4 + 1)


def test_a_change_of_metre_is_followed() -> None:
    fours, threes = np.arange(48) % 4 + 1, np.arange(48) % 3 + 1
    numbers = np.concatenate([fours, threes])
    found = number_beats(np.where(numbers == 1, 0.9, 0.03))
    assert (found.numbers == numbers).mean() > 0.95


def test_the_metre_that_is_said_is_kept() -> None:
    downbeat = np.where(np.arange(60) % 4 == 0, 0.9, 0.03)
    starts = np.flatnonzero(number_beats(downbeat, beats_per_bar=3).numbers == 1)
    assert set(np.diff(starts).tolist()) == {3}


# ------------------------------------------------------------------ taps


def test_taps_decide_between_beat_and_off_beat() -> None:
    beats_s = 0.2 + np.arange(80) * 0.5
    heard = activation(np.sort(np.append(beats_s, beats_s + 0.25)), 41.0, height=0.5)
    rng = np.random.default_rng(0)
    taps_s = tuple(beats_s[5:20] + 0.25 + rng.normal(0, 0.02, 15))
    slowest, fastest = tempo_of_taps(taps_s) or (0.0, 0.0)
    found = decode_beats(with_taps(heard, taps_s), slowest, fastest) / FRAME_RATE_HZ
    assert near(found, beats_s[:-1] + 0.25, 0.03)


def test_taps_allow_tempi_around_their_own() -> None:
    """As much slower as faster; a tap that was missed does no harm."""
    taps_s = 0.3 + 0.5 * np.delete(np.arange(12), 5)  # 120 bpm
    slowest, fastest = tempo_of_taps(tuple(taps_s)) or (0.0, 0.0)
    assert 100 < slowest < 120 < fastest < 140
    assert np.sqrt(slowest * fastest) == pytest.approx(120.0)


def test_taps_out_of_order_are_a_fault() -> None:
    with pytest.raises(BeatError, match="each later than the one before"):
        check_taps((1.0, 0.5))
    with pytest.raises(BeatError, match="two times or more"):
        check_taps((1.0,))

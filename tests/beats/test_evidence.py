"""What the beat network hears: strokes in the bands that they sound in, and new harmony."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.beats.evidence import (
    BASS,
    DRUMS,
    FRAME_RATE_HZ,
    NUM_BANDS,
    NUM_CHANGES,
    NUM_CHANNELS,
    REST,
    group_evidence,
    hear_stem,
    joined,
)
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role

RATE, SECONDS = 16_000, 12.0
NUM_FRAMES = round(SECONDS * FRAME_RATE_HZ) + 1


def held(*chords: tuple[float, ...]) -> Audio:
    """Chords of three seconds each, of even loudness."""
    t = np.arange(3 * RATE) / RATE
    parts = [sum(np.sin(2 * np.pi * hz * t) for hz in chord) for chord in chords]
    return Audio(0.1 * np.concatenate(parts)[None].astype(np.float32), RATE)


def middles_s(curve: NDArray[np.floating], least: float) -> list[float]:
    """Of the stretches above `least`, in seconds."""
    at = np.flatnonzero(curve > least)
    parts = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
    return [float(part.mean()) / FRAME_RATE_HZ for part in parts]


def test_new_chords_are_heard_as_new_harmony_and_the_same_chord_is_not() -> None:
    c_major, f_sharp_major = (261.6, 329.6, 392.0), (370.0, 466.2, 554.4)
    sound = held(c_major, f_sharp_major, f_sharp_major, c_major)
    found = group_evidence([hear_stem(sound)], NUM_FRAMES)[:, NUM_BANDS:]
    low, near, far = found[:, :2], found[:, 2], found[:, 3]
    for curve in (near, far):
        assert middles_s(curve, 0.8) == pytest.approx([3.0, 9.0], abs=0.15)
    one_s_before = 2 * FRAME_RATE_HZ
    assert near[one_s_before] < 0.05 < 0.3 < far[one_s_before], "half a second, and two"
    assert low.max() < 0.1, "there are no low notes"


@pytest.mark.parametrize("step", range(12))
def test_a_bass_that_moves_on_is_heard_from_any_note(step: int) -> None:
    """By a third, and among the low notes alone."""
    hz = 65.4 * 2 ** (step / 12)
    sound = held((hz,), (hz * 2 ** (4 / 12),), (hz,), (hz,))
    found = group_evidence([hear_stem(sound)], NUM_FRAMES)[:, NUM_BANDS:]
    assert middles_s(found[:, 0], 0.8) == pytest.approx([3.0, 6.0], abs=0.15)
    assert found[25:-25, 2:].max() < 0.2


@pytest.mark.parametrize(
    ("hz", "bands"), [(60.0, {0}), (330.0, {2}), (2_000.0, {4}), (6_000.0, {5})]
)
def test_a_tone_begins_in_the_band_of_its_pitch(hz: float, bands: set[int]) -> None:
    t = np.arange(round(SECONDS * RATE)) / RATE
    swell = np.clip((t - 6.0) / 0.05, 0, 1) * np.clip((11.0 - t) / 2.0, 0, 1)
    sound = Audio((0.2 * swell * np.sin(2 * np.pi * hz * t))[None].astype(np.float32), RATE)
    flux = group_evidence([hear_stem(sound)], NUM_FRAMES)[:, :NUM_BANDS]
    assert abs(int(flux.sum(axis=1).argmax()) / FRAME_RATE_HZ - 6.0) < 0.06
    assert {int(flux.sum(axis=0).argmax())} == bands


def test_groups_stand_side_by_side_and_say_whether_they_are_there() -> None:
    strokes = Onsets(np.array([2.0, 4.0, 6.0, 8.0]), np.ones(4, np.float32))
    a_group = NUM_BANDS + NUM_CHANGES
    for group, start in ((BASS, 0), (REST, a_group), (DRUMS, 2 * a_group)):
        groups = [[hear_stem(strokes)] if one == group else [] for one in (BASS, DRUMS, REST)]
        found = joined(groups, NUM_FRAMES)
        assert found.shape == (NUM_FRAMES, NUM_CHANNELS)
        heard = np.flatnonzero(found[:, : NUM_CHANNELS - 3].any(axis=0))
        assert set(heard) <= set(range(start, start + NUM_BANDS)) and len(heard)
        np.testing.assert_array_equal(
            found[:, NUM_CHANNELS - 3 :],
            [[one == group for one in (BASS, DRUMS, REST)]] * NUM_FRAMES,
        )


def test_a_kick_given_as_events_is_low_and_a_hat_is_high() -> None:
    strokes = Onsets(np.array([2.0, 4.0, 6.0, 8.0]), np.ones(4, np.float32))
    kick, hat = (hear_stem(strokes, role).flux.sum(axis=0) for role in (Role.KICK, Role.HAT))
    assert kick.argmax() == 0 and hat.argmax() == NUM_BANDS - 1
    assert not hat[:2].any()

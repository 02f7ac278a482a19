"""A note of a stem is heard when it begins, to some milliseconds: bass, guitar, keys, voice."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.hearing.onset_strength import OnsetCurve, onset_pulses, onset_strength, onset_times
from drumnet.song.onsets import Onsets

RATE = 44_100
#: Nothing falls on a frame of the curve, which is 10 ms.
TIMES_S = 0.5037 + 0.4411 * np.arange(9)


def plucked(times_s: NDArray[np.float64], pitch_hz: float, length_s: float = 5.0) -> Audio:
    """Notes of six harmonics that die away, each until the next."""
    sound = np.zeros(round(length_s * RATE))
    t = np.arange(round(0.44 * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * pitch_hz * k * t) / k for k in range(1, 7))
    tone = tone * np.exp(-t / 0.3) * np.minimum(t / 0.002, 1) * np.minimum((0.44 - t) / 0.02, 1)
    for at in times_s:
        part = sound[round(at * RATE) :][: len(tone)]
        part += 0.2 * tone[: len(part)]
    return Audio(sound.astype(np.float32)[None], RATE)


@pytest.mark.parametrize("pitch_hz", [41.2, 98.0, 220.0, 587.0])
def test_a_plucked_note_is_heard_when_it_begins(pitch_hz: float) -> None:
    times_s, strengths = onset_times(onset_strength(plucked(TIMES_S, pitch_hz)))
    np.testing.assert_allclose(times_s[strengths > 0.3], TIMES_S, atol=0.003)


def test_how_loud_a_stem_is_does_not_move_its_onsets() -> None:
    loud = plucked(TIMES_S, 110.0)
    soft = Audio(0.1 * loud.samples, RATE)
    found = [onset_times(onset_strength(sound))[0] for sound in (loud, soft)]
    np.testing.assert_allclose(found[1], found[0], atol=0.003)


def test_a_shifted_stem_has_shifted_onsets() -> None:
    before, after = (
        onset_times(onset_strength(plucked(TIMES_S + shift_s, 110.0)))[0]
        for shift_s in (0.0, 0.0137)
    )
    np.testing.assert_allclose(after - before, 0.0137, atol=0.001)


def test_a_long_stem_is_heard_as_well_where_its_blocks_meet() -> None:
    """Sound is read 30 s at a time."""
    for meet_s in (29.967, 29.991, 30.003, 30.021, 30.032):
        times = meet_s + 0.45 * np.arange(-1, 2)
        times_s, _ = onset_times(onset_strength(plucked(times, 220.0, 31.0)))
        np.testing.assert_allclose(times_s, times, atol=0.003)


def test_onsets_lie_at_the_peaks_of_the_curve() -> None:
    curve = onset_strength(plucked(TIMES_S, 110.0))
    times_s, strengths = onset_times(curve)
    by_curve_s, by_curve = onset_times(OnsetCurve(curve.strength, curve.frame_rate_hz))
    np.testing.assert_allclose(by_curve_s, times_s, atol=0.012)
    np.testing.assert_allclose(by_curve, strengths)


def test_events_are_at_their_own_times() -> None:
    strengths = np.linspace(0.1, 0.9, len(TIMES_S)).astype(np.float32)
    times_s, strong = onset_times(onset_pulses(Onsets(TIMES_S, strengths)))
    np.testing.assert_array_equal(times_s, TIMES_S)
    np.testing.assert_array_equal(strong, strengths)


def test_a_flat_peak_is_in_its_middle_and_silence_has_none() -> None:
    def heard(*values: float) -> list[float]:
        one = onset_times(OnsetCurve(np.array([0.0, 0.5, 0.0], np.float32)))[0][0]
        return (onset_times(OnsetCurve(np.array(values, np.float32)))[0] - one + 0.01).tolist()

    assert heard(0, 1, 1, 1, 0) == pytest.approx([0.02])
    assert heard(0, 0, 1, 0.5, 0, 0.05, 0)[0] == pytest.approx(0.02, abs=0.005)
    assert len(heard(0, 0, 1, 0.5, 0, 0.05, 0)) == 1
    assert heard(0, 0, 0) == []
    silence = Audio(np.zeros((1, RATE), np.float32), RATE)
    assert len(onset_times(onset_strength(silence))[0]) == 0
    assert len(onset_times(onset_strength(Audio(np.zeros((1, 0), np.float32), RATE)))[0]) == 0


def test_a_sung_vowel_is_heard_when_it_begins(
    onset_world: ModuleType, measuring: ModuleType
) -> None:
    name, consonant = next(iter(onset_world.SUNG.items()))
    scene = onset_world.melody_scene(name, "voice", onset_world.sung_notes(consonant))
    found = measuring.pitched_errors(scene)
    assert len(found.late_ms) >= 0.95 * found.num_notes
    assert found.is_in_time, (found.middle_ms, found.most_ms)


@pytest.mark.parametrize(
    ("role", "program"),
    [("bass", 34), ("bass", 38), ("guitar", 25), ("guitar", 27), ("keys", 0), ("keys", 4)],
)
def test_an_instrument_of_a_soundfont_is_heard_when_it_begins(
    onset_world: ModuleType, measuring: ModuleType, soundfont: Path, role: str, program: int
) -> None:
    notes = onset_world.pitched_notes(soundfont, program, role)
    found = measuring.pitched_errors(onset_world.melody_scene(f"{role} {program}", role, notes))
    assert found.kind == role, "it has a sharp attack"
    assert len(found.late_ms) >= 0.95 * found.num_notes
    assert found.num_extra <= 0.05 * found.num_notes
    assert found.is_in_time, (found.middle_ms, found.most_ms)

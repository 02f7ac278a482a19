"""A kick is heard where it is struck, and other drums are not taken for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio, open_audio
from drumnet.grid import BeatGrid
from drumnet.song.roles import Role
from drumnet.song.song import Stem
from drumnet.transcribe import kick_onsets, kick_track

RATE = 44_100
STRIKES_S = np.array([0.0, 0.5, 0.75, 1.0, 1.502, 2.013, 2.103, 3.25])


def kick() -> NDArray[np.float64]:
    """A sine that falls from 160 to 50 Hz and dies away, with a click."""
    t = np.arange(round(0.25 * RATE)) / RATE
    phase = 2 * np.pi * (50 * t + 110 * 0.02 * (1 - np.exp(-t / 0.02)))
    return np.sin(phase) * np.exp(-t / 0.07) + 0.2 * np.exp(-t / 0.001) * np.sin(2e4 * t)


def snare() -> NDArray[np.float64]:
    t = np.arange(round(0.2 * RATE)) / RATE
    noise = np.random.default_rng(0).normal(0, 0.3, len(t))
    return np.exp(-t / 0.06) * (np.sin(2 * np.pi * 190 * t) + noise)


def hat() -> NDArray[np.float64]:
    t = np.arange(round(0.05 * RATE)) / RATE
    noise = np.random.default_rng(1).normal(0, 0.3, len(t))
    return np.exp(-t / 0.01) * np.diff(noise, prepend=0)


def played(
    shot: NDArray[np.float64], times_s: NDArray[np.float64], gains: NDArray[np.float64] | float = 1
) -> NDArray[np.float32]:
    out = np.zeros(4 * RATE)
    for time_s, gain in zip(times_s, np.broadcast_to(gains, len(times_s)), strict=True):
        part = out[round(time_s * RATE) :][: len(shot)]
        part += 0.4 * gain * shot[: len(part)]
    return out.astype(np.float32)[None]


@pytest.mark.parametrize("level", [1.0, 0.02])
def test_an_isolated_kick_is_heard_within_10_ms(level: float) -> None:
    onsets = kick_onsets(Audio(level * played(kick(), STRIKES_S), RATE), isolated=True)
    assert len(onsets.times_s) == len(STRIKES_S)
    np.testing.assert_allclose(onsets.times_s, STRIKES_S, atol=0.01)


def test_harder_strokes_are_stronger() -> None:
    gains = np.array([0.25, 1.0, 0.5, 0.7])
    audio = Audio(played(kick(), np.array([0.5, 1.0, 1.5, 2.0]), gains), RATE)
    strengths = kick_onsets(audio, isolated=True).strengths
    np.testing.assert_allclose(strengths, np.sqrt(gains), atol=0.1)
    assert strengths.max() == 1.0


@pytest.mark.parametrize("level", [1.0, 0.05])
def test_strong_kicks_are_ordinary_and_soft_ones_softer_however_loud_the_recording(
    level: float,
) -> None:
    gains = np.array([1.0, 0.25] * 4)
    sound = Audio(level * played(kick(), 0.4 * np.arange(1, 9), gains), RATE)
    track = kick_track(Stem("kick", Role.KICK, sound), BeatGrid.constant(75, 4))
    strong, soft = ([hit.velocity for hit in track][at::2] for at in (0, 1))
    assert strong == [100] * 4, "an ordinary stroke"
    assert max(soft) < 60, "a quarter of the level is half of the velocity"


def test_in_a_drum_mix_snare_and_hat_are_no_kick() -> None:
    sixteenths = np.arange(0, 4, 0.125)
    mix = played(kick(), STRIKES_S) + played(snare(), np.array([0.5, 1.25, 2.5, 3.0, 3.5]))
    audio = Audio((mix + played(hat(), sixteenths)) / 2, RATE)
    onsets = kick_onsets(audio, isolated=False)
    assert len(onsets.times_s) == len(STRIKES_S)
    np.testing.assert_allclose(onsets.times_s, STRIKES_S, atol=0.015)


def test_where_no_kick_is_there_is_no_onset() -> None:
    for samples in (np.zeros((1, RATE)), np.zeros((1, 3)), np.zeros((2, 0))):
        audio = Audio(samples.astype(np.float32), RATE)
        assert not len(kick_onsets(audio, isolated=True).times_s)
        assert not len(kick_onsets(audio, isolated=False).times_s)
    snares = Audio(played(snare(), STRIKES_S), RATE)
    assert not len(kick_onsets(snares, isolated=False).times_s)


def test_long_sound_is_heard_across_blocks() -> None:
    times_s = np.arange(0.25, 70, 0.5)  # blocks are 30 s long
    out = np.zeros(70 * RATE, dtype=np.float32)
    for time_s in times_s:
        part = out[round(time_s * RATE) :][: round(0.25 * RATE)]
        part += 0.4 * kick()[: len(part)].astype(np.float32)
    onsets = kick_onsets(Audio(out[None], RATE), isolated=True)
    assert len(onsets.times_s) == len(times_s)
    np.testing.assert_allclose(onsets.times_s, times_s, atol=0.01)


@pytest.mark.parametrize("song", ["80srock", "beatles", "country1", "grunge", "reggae"])
def test_recorded_kits_are_heard(shared_data: Path, song: str) -> None:
    folder = shared_data / "real" / f"mdb_{song}"
    rows = [line.split() for line in (folder / "drums.tsv").read_text().splitlines()]
    annotated = np.array([float(time_s) for time_s, label in rows if label == "KD"])
    heard = kick_onsets(open_audio(folder / "drums.flac"), isolated=False).times_s
    # Annotations and onsets are further apart than the window, so near is matched.
    near = np.abs(annotated[:, None] - heard[None, :]) <= 0.05
    matches = min(near.any(axis=0).sum(), near.any(axis=1).sum())
    assert 2 * matches / (len(annotated) + len(heard)) >= 0.94

"""A kick is heard when it begins, whatever it sounds like: how high it begins and how long it
falls, with a click or without, over a sub."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.kits.kit import embedded_kit
from drumnet.kits.synth import Character
from drumnet.rendering.render import render
from drumnet.transcribe import kick_onsets

RATE = 44_100
#: So late at most in the middle, and for 95 in 100.
MIDDLE_MS, MOST_MS = 3.0, 8.0
STARTS_S = 0.5 + 0.45 * np.arange(16) + np.random.default_rng(0).uniform(0, 0.03, 16)


def kick(
    start_hz: float, fall_s: float, click: float, attack_s: float, sub: float
) -> NDArray[np.float64]:
    """A sine that falls to 48 Hz, a noise of 2 ms, and a slower sine of 48 Hz under them."""
    t = np.arange(RATE // 2) / RATE
    phase = 2 * np.pi * np.cumsum(48 + (start_hz - 48) * np.exp(-t / fall_s)) / RATE
    sound = np.sin(phase) * np.minimum(t / attack_s, 1) * np.exp(-t / 0.15)
    sound += click * np.random.default_rng(1).normal(size=len(t)) * np.exp(-t / 0.002)
    sound += sub * np.sin(2 * np.pi * 48 * t) * np.minimum(t / 0.008, 1) * np.exp(-t / 0.25)
    return sound / np.abs(sound).max()


def errors_ms(sound: Audio, isolated: bool) -> NDArray[np.float64]:
    """How late each stroke is heard."""
    found = kick_onsets(sound, isolated=isolated).times_s
    late = found[np.abs(found[None] - STARTS_S[:, None]).argmin(axis=1)] - STARTS_S
    return 1000 * late


def is_in_time(late_ms: NDArray[np.float64]) -> bool:
    within = np.quantile(np.abs(late_ms), 0.95) <= MOST_MS
    return bool(abs(np.median(late_ms)) <= MIDDLE_MS and within)


#: In a drum mix what begins at 400 Hz, or is soft, may be taken for a tom.
FALLS = (0.005, 0.012, 0.025, 0.05)
PLANE = [
    *product((60, 100, 160, 290, 400), FALLS, (True,)),
    *product((60, 100, 160, 290), FALLS, (False,)),
]


@pytest.mark.parametrize(("start_hz", "fall_s", "isolated"), PLANE)
def test_a_kick_whose_pitch_falls_is_heard_when_it_begins(
    start_hz: float, fall_s: float, isolated: bool
) -> None:
    rng = np.random.default_rng(2)
    for click, attack_s, sub in ((0.0, 0.0005, 0.0), (0.3, 0.003, 0.0), (0.3, 0.001, 0.7)):
        one = kick(start_hz, fall_s, click, attack_s, sub)
        sound = 1e-5 * rng.normal(size=RATE * 9)
        for start_s in STARTS_S:
            part = sound[round(start_s * RATE) :][: len(one)]
            part += rng.uniform(0.6, 0.8) * one
        late_ms = errors_ms(Audio(sound.astype(np.float32)[None], RATE), isolated)
        assert is_in_time(late_ms), (click, attack_s, sub, np.median(late_ms))


@pytest.mark.parametrize("character", list(Character))
def test_the_kicks_of_our_kits_are_heard_when_they_begin(character: Character) -> None:
    hits = [Hit(float(at), tick, Piece.KICK, 90) for tick, at in enumerate(STARTS_S)]
    kit = embedded_kit(character, (Piece.KICK,))
    assert is_in_time(errors_ms(render(DrumTrack(tuple(hits)), kit, 9.0), isolated=True))


def test_the_second_of_two_quick_kicks_is_heard_as_well() -> None:
    """90 ms apart, the first still sounds when the second begins."""
    one = kick(160, 0.02, 0.2, 0.001, 0.0)
    sound = np.zeros(RATE * 2)
    for start_s in (0.5, 0.59, 1.2):
        sound[round(start_s * RATE) :][: len(one)] += 0.5 * one[: RATE * 2 - round(start_s * RATE)]
    found = kick_onsets(Audio(sound.astype(np.float32)[None], RATE), isolated=True).times_s
    np.testing.assert_allclose(found, [0.5, 0.59, 1.2], atol=MIDDLE_MS / 1000)

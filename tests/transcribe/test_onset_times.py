"""A stroke is heard when it begins, whatever it sounds like: how high a kick begins and how long
it falls, with a click or without, over a sub; and each piece of a kit among the others."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.hits import Piece
from drumnet.kits.synth import Character
from drumnet.transcribe import hear_strokes, kick_onsets

#: In a drum mix what begins at 400 Hz, or is soft, may be taken for a tom.
FALLS = (0.005, 0.012, 0.025, 0.05)
PLANE = [
    *product((60, 100, 160, 290, 400), FALLS, (True,)),
    *product((60, 100, 160), FALLS, (False,)),
    # What falls from there for longer is half a tom to the network, and heard 3.3 ms early.
    *product((290,), FALLS[:-1], (False,)),
]


@pytest.mark.parametrize(("start_hz", "fall_s", "isolated"), PLANE)
def test_a_kick_whose_pitch_falls_is_heard_when_it_begins(
    onset_world: ModuleType, measuring: ModuleType, start_hz: float, fall_s: float, isolated: bool
) -> None:
    for click, attack_s, sub in ((0.0, 0.0005, 0.0), (0.3, 0.003, 0.0), (0.3, 0.001, 0.7)):
        one = onset_world.note(onset_world.kick(start_hz, fall_s, click, attack_s, sub))
        scene = onset_world.kick_scene(f"{click} {attack_s} {sub}", [one])
        found = measuring.kick_errors(scene, isolated=isolated)
        assert len(found.late_ms) == found.num_notes
        assert found.is_in_time, (scene.name, found.middle_ms, found.most_ms)


@pytest.mark.parametrize("character", list(Character))
def test_the_kicks_of_our_kits_are_heard_when_they_begin(
    onset_world: ModuleType, measuring: ModuleType, character: Character
) -> None:
    kit = onset_world.our_notes(character)
    stem = onset_world.kick_scene(character.value, kit[Piece.KICK])
    mix = onset_world.drum_scene(character.value, kit)
    for found in (
        measuring.kick_errors(stem, isolated=True),
        measuring.kick_errors(mix, isolated=False),
    ):
        assert len(found.late_ms) >= 0.95 * found.num_notes
        assert abs(found.middle_ms) <= 1.5
        # Beside a tom, a kick may be heard with the tom.
        assert np.quantile(np.abs(found.late_ms), 0.9) <= measuring.MOST_MS


@pytest.mark.parametrize("softer", [1.0, 0.5])
def test_the_second_of_two_quick_kicks_is_heard_as_well(
    onset_world: ModuleType, softer: float
) -> None:
    """The first still sounds when the second begins."""
    one = onset_world.note(onset_world.kick(160, 0.02, 0.2, 0.001, 0.0))
    strokes = [(0.5, 0.5), (0.59 if softer == 1.0 else 0.68, 0.5 * softer), (1.2, 0.5)]
    sound = onset_world.played(2.0, [(one, at, gain) for at, gain in strokes])
    found = kick_onsets(sound, isolated=True).times_s
    np.testing.assert_allclose(found, [at for at, _ in strokes], atol=0.003)


@pytest.mark.parametrize("fall_s", [0.025, 0.05])
@pytest.mark.parametrize("start_hz", [160, 290])
def test_a_kick_that_swells_again_over_its_sub_is_one_kick(
    onset_world: ModuleType, start_hz: float, fall_s: float
) -> None:
    """Where its tail and the sub come in step, some 70 ms on, the lows rise once more."""
    one = onset_world.note(onset_world.kick(start_hz, fall_s, 0.3, 0.001, 0.7))
    scene = onset_world.kick_scene("over a sub", [one])
    found = kick_onsets(scene.sound, isolated=True).times_s
    np.testing.assert_allclose(found, scene.onsets_s["kick"], atol=0.003)


@pytest.mark.parametrize("apart_ms", [-9, -6, 6, 9])
def test_a_hat_beside_a_kick_keeps_its_own_time(onset_world: ModuleType, apart_ms: int) -> None:
    kick = onset_world.note(onset_world.kick(160, 0.02, 0.05, 0.001, 0.0))
    (*_, hat) = onset_world.our_notes(Character.TR909)[Piece.CLOSED_HAT]
    times = 0.5 + 0.4 * np.arange(10)
    hats = times + apart_ms / 1000
    strokes = [(kick, at, 0.6) for at in times] + [(hat, at, 0.3) for at in hats]
    heard = hear_strokes(onset_world.played(5.0, strokes)).times_of(Piece.CLOSED_HAT)
    assert len(heard) >= 8
    late = heard - hats[np.abs(hats[None] - heard[:, None]).argmin(axis=1)]
    np.testing.assert_allclose(late, 0, atol=0.003)


def test_each_piece_of_a_drum_mix_is_heard_when_it_is_struck(
    onset_world: ModuleType, measuring: ModuleType, soundfont: Path
) -> None:
    late: dict[str, list[NDArray[np.float64]]] = {}
    for program in (0, 8, 24):
        scene = onset_world.drum_scene(str(program), onset_world.kit_notes(soundfont, program))
        for found in measuring.stroke_errors(scene):
            late.setdefault(found.kind, []).append(found.late_ms)
    for piece in ("snare", "closed hat", "low tom", "ride"):
        errors = np.concatenate(late[f"{piece}, {measuring.ALONE}"])
        assert len(errors) >= 10
        assert abs(np.median(errors)) <= measuring.MIDDLE_MS
        assert np.quantile(np.abs(errors), 0.95) <= measuring.MOST_MS
    for piece in ("snare", "closed hat", "ride"):
        errors = np.concatenate(late[f"{piece}, {measuring.BESIDE}"])
        assert abs(np.median(errors)) <= measuring.MIDDLE_MS, "hidden, but on neither side"

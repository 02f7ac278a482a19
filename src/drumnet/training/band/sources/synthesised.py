"""Our own synthesised drums, with every number drawn anew: as many kits as are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from drumnet.hits import Piece
from drumnet.kits.synth import VOICES, Character
from drumnet.kits.synth.acoustic_kick import KickSpec, strike_kick
from drumnet.training.band.strokes import StrokeKit, Wave, clean_stroke

_HARDNESS = (0.1, 0.4, 0.7, 1.0)
#: Standard deviation of the natural logarithm of every number of a drum, ...
_SPREAD = 0.3
#: ... and of all its frequencies together, which stay in order.
_PITCH_SPREAD = 0.2
#: Numbers that are no sizes.
_KEPT = ("attack_s", "pitch_spread", "level_spread", "decay_spread", "click_spread", "place_db")


def synthesised_kits(count: int, seed: int = 0) -> Iterator[StrokeKit]:
    """Kits whose drums are built like ours, but for their numbers."""
    characters = tuple(Character)
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        character = characters[number % len(characters)]
        strokes: dict[int, list[Wave]] = {}
        for piece in Piece:
            strike = _varied_strike(VOICES[character][piece].strike, rng)
            waves = (clean_stroke(strike(hardness, rng)) for hardness in _HARDNESS)
            strokes[piece.midi_key] = [wave for wave in waves if wave is not None]
        yield StrokeKit(f"synthesised_{character.value}_{number:02d}", strokes)


def _varied_strike(strike: Any, rng: np.random.Generator) -> Any:
    pitch = float(np.exp(np.clip(_PITCH_SPREAD * rng.standard_normal(), -0.5, 0.3)))
    if strike is strike_kick:
        return partial(strike_kick, spec=varied(KickSpec(), rng, pitch))
    return partial(strike.func, varied(strike.args[0], rng, pitch), *strike.args[1:])


def varied(spec: Any, rng: np.random.Generator, pitch: float) -> Any:
    """The same drum with other numbers: frequencies `pitch` times as high, all else drawn."""
    if isinstance(spec, tuple):
        return tuple(varied(part, rng, pitch) for part in spec)
    if isinstance(spec, float):
        return spec * float(np.exp(_SPREAD * rng.standard_normal()))
    if not is_dataclass(spec) or isinstance(spec, type):
        return spec
    numbers: dict[str, Any] = {}
    for field in fields(spec):
        value = getattr(spec, field.name)
        if field.name.endswith("_hz") and isinstance(value, float | int):
            numbers[field.name] = value * pitch
        elif field.name == "identity":
            numbers[field.name] = int(rng.integers(1 << 30))
        elif field.name not in _KEPT:
            numbers[field.name] = varied(value, rng, pitch)
    return replace(spec, **numbers)

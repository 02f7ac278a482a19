"""A drum with a skin: decaying modes whose pitch falls, and noise.

In: the numbers of a drum and how hard it is struck.  Out: one stroke.  The same
model serves a membrane, where the modes are those of the skin and the noise is
that of the stick and the snare wires, and the analogue machines, where the
modes are resonators or oscillators: what differs are the numbers.

The pitch falls as the amplitude does, since a displaced skin is tighter
(T. D. Rossing, "Science of Percussion Instruments", 2000, chapters 3 and 4);
a harder stroke is in contact for a shorter time and so excites the higher
modes more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.kits.synth.signals import (
    NoiseBand,
    between,
    decay,
    fast_length,
    finish,
    heard_part,
    noise_bands,
    swept_turns,
    times,
)


@dataclass(frozen=True)
class Mode:
    """A way to vibrate: frequency over that of the drum, level, time constant."""

    ratio: float
    level: float
    decay_s: float


@dataclass(frozen=True)
class SkinSpec:
    """What a drum is made of; `soft` and `hard` are the ends of the velocity range.

    Args:
        length_s: of the stroke.
        fundamental_hz: of the mode of ratio 1, once the pitch has come to rest.
        sweep_soft, sweep_hard: how far above it the pitch starts, as a part of it.
        sweep_decay_s: time constant with which the pitch falls.
        modes: of the skin, or the oscillators.
        soft_tilt_db: how much less an octave of the modes sounds in the softest stroke.
        noises: of the stick, the wires, the circuit.
        drive_soft, drive_hard: saturation of the modes, 0 is none.
    """

    length_s: float
    fundamental_hz: float
    sweep_soft: float
    sweep_hard: float
    sweep_decay_s: float
    modes: tuple[Mode, ...]
    noises: tuple[NoiseBand, ...]
    soft_tilt_db: float = 4.0
    drive_soft: float = 0.0
    drive_hard: float = 0.0
    attack_s: float = 0.0008
    release_s: float = 0.06
    #: How much strokes differ (standard deviation, as a part of the value).
    pitch_spread: float = 0.004
    level_spread: float = 0.06
    decay_spread: float = 0.02


def strike_skin(spec: SkinSpec, hardness: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """One stroke, (n,) with peak 1.

    Args:
        hardness: 0 (softest) to 1 (hardest).
        rng: gives the noise and the small differences between strokes.
    """
    t = times(fast_length(spec.length_s))
    base_hz = spec.fundamental_hz * (1 + spec.pitch_spread * rng.standard_normal())
    sweep_hz = base_hz * between(spec.sweep_soft, spec.sweep_hard, hardness)
    turns = swept_turns(t, base_hz, sweep_hz, spec.sweep_decay_s)
    body = np.zeros(len(t))
    for mode in spec.modes:
        tilt_db = (1 - hardness) * spec.soft_tilt_db * max(0.0, np.log2(mode.ratio))
        level = mode.level * 10 ** (-tilt_db / 20)
        level *= 1 + spec.level_spread * rng.standard_normal()
        decay_s = mode.decay_s * (1 + spec.decay_spread * rng.standard_normal())
        envelope = level * decay(heard_part(t, decay_s), decay_s)
        heard = len(envelope)
        body[:heard] += np.sin(2 * np.pi * mode.ratio * turns[:heard]) * envelope
    drive = between(spec.drive_soft, spec.drive_hard, hardness)
    if drive:
        body = np.tanh(drive * body) / drive
    noise = noise_bands(rng, len(t), spec.noises, hardness)
    noise *= 1 + spec.level_spread * rng.standard_normal()
    return finish(body + noise, spec.attack_s, spec.release_s)

"""The acoustic-like kick drum.

It follows the classic analogue model (a decaying sine whose pitch falls
exponentially; G. Reid, "Synthesizing Bass Drums", Sound on Sound, January
2002), with what a beater on a skin adds: a short knock of the shell,
band-limited noise and a high partial.  Its numbers are set against the average
spectrum of the kick hits of MDB Drums: fundamental at 38-54 Hz, -4 to -10 dB at
100 Hz, -17 dB at 150 Hz, -28 dB at 500 Hz, -33 to -45 dB at 2 kHz, and a fast
fall in level before a slow one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.kits.synth.signals import (
    band_noise,
    between,
    decay,
    finish,
    num_samples,
    swept_turns,
    times,
)


@dataclass(frozen=True)
class KickSpec:
    """What the kick is made of; `soft` and `hard` are the ends of the velocity range."""

    length_s: float = 0.42
    attack_s: float = 0.0010
    release_s: float = 0.06
    fundamental_hz: float = 51.0
    sweep_soft_hz: float = 62.0
    sweep_hard_hz: float = 92.0
    sweep_decay_s: float = 0.016
    thump_decay_s: float = 0.045
    ring_decay_s: float = 0.078
    ring_level: float = 0.5  # the rest is thump
    #: Modes of the skin and the shell: frequency, decay, level.
    knocks: tuple[tuple[float, float, float], ...] = (
        (192.0, 0.013, 0.30),
        (431.0, 0.008, 0.20),
        (787.0, 0.005, 0.14),
    )
    click_low_hz: float = 450.0
    click_high_hz: float = 6_500.0
    click_decay_s: float = 0.006
    click_soft: float = 0.26
    click_hard: float = 1.8
    partial_hz: float = 3_150.0
    partial_decay_s: float = 0.0025
    partial_level: float = 0.3  # of the click
    drive_soft: float = 0.7
    drive_hard: float = 1.5
    #: One hit differs from the next by about this much (standard deviation, as
    #: a part of the value): small enough not to be heard as another drum.
    pitch_spread: float = 0.004
    click_spread: float = 0.05
    decay_spread: float = 0.02


def strike_kick(
    hardness: float, rng: np.random.Generator, spec: KickSpec | None = None
) -> NDArray[np.float32]:
    """One stroke of the kick drum.

    Args:
        hardness: 0 (softest) to 1 (hardest): more click, sweep and drive.
        rng: gives the noise of the click and the small differences of strokes.
        spec: other numbers than the built-in ones.

    Returns:
        (n,) peak 1.
    """
    spec = spec or KickSpec()
    t = times(num_samples(spec.length_s))
    base_hz = spec.fundamental_hz * (1 + spec.pitch_spread * rng.standard_normal())
    sweep_hz = between(spec.sweep_soft_hz, spec.sweep_hard_hz, hardness)
    ring_decay_s = spec.ring_decay_s * (1 + spec.decay_spread * rng.standard_normal())
    envelope = spec.ring_level * decay(t, ring_decay_s)
    envelope += (1 - spec.ring_level) * decay(t, spec.thump_decay_s)
    turns = swept_turns(t, base_hz, sweep_hz, spec.sweep_decay_s)
    body = np.sin(2 * np.pi * turns) * envelope
    for knock_hz, knock_decay_s, level in spec.knocks:
        body += level * np.sin(2 * np.pi * knock_hz * t) * decay(t, knock_decay_s)
    drive = between(spec.drive_soft, spec.drive_hard, hardness)
    body = np.tanh(drive * body) / np.tanh(drive)

    click = band_noise(rng, len(t), spec.click_low_hz, spec.click_high_hz)
    click *= decay(t, spec.click_decay_s)
    phase = 2 * np.pi * spec.partial_hz * t
    click += spec.partial_level * np.sin(phase) * decay(t, spec.partial_decay_s)
    # Hardness acts on the click as a level in dB, which is how it is heard.
    ratio = spec.click_hard / spec.click_soft
    click *= spec.click_soft * ratio**hardness * (1 + spec.click_spread * rng.standard_normal())
    return finish(body + click, spec.attack_s, spec.release_s)

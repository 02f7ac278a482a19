"""Cymbals as a sampling drum machine of 1983 keeps them.

In: a cymbal of `metal`, an envelope and a filter.  Out: one stroke.

The Roland TR-909 stores its hats and cymbals with 6 bits.  The recording is
compressed before, so that its tail is well above the steps, and an analogue
envelope gives the decay back ("TR-909 Service Notes", 1984): so the grain
fades with the sound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.kits.synth.metal import MetalSpec, metal
from drumnet.kits.synth.signals import SYNTH_RATE_HZ, decay, finish, high_passed, times

_LEVELS = 2**6

#: The stored recording falls with this part of the cymbal's own fall, in dB.
_KEPT_FALL = 0.5

#: Over which the level is followed, in seconds.
_FOLLOW_S = 0.020


@dataclass(frozen=True)
class StoredSpec:
    """What is stored, and how it is played.

    Args:
        cymbal: what was recorded.
        decay_s: time constant of the envelope, on top of the cymbal's own fall.
        high_pass_hz: of the filter behind it.
    """

    cymbal: MetalSpec
    decay_s: float
    high_pass_hz: float
    attack_s: float = 0.0004
    release_s: float = 0.08


def strike_stored(
    spec: StoredSpec, hardness: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """One stroke, (n,) with peak 1.

    Args:
        hardness: 0 (softest) to 1 (hardest).
        rng: gives the noise and the small differences between strokes.
    """
    sound = metal(spec.cymbal, hardness, rng)
    width = round(_FOLLOW_S * SYNTH_RATE_HZ)
    power = np.add.reduceat(sound**2, np.arange(0, len(sound), width)) / width
    middles = (np.arange(len(power)) + 0.5) * width
    level = np.interp(np.arange(len(sound)), middles, np.sqrt(power) + 1e-9)
    fall = (level / level[0]) ** (1 - _KEPT_FALL)
    stored = sound / fall
    step = 2 * np.abs(stored).max() / _LEVELS
    stored = np.round(stored / step) * step
    played = stored * fall * decay(times(len(sound)), spec.decay_s)
    return finish(high_passed(played, spec.high_pass_hz), spec.attack_s, spec.release_s)

"""Hats and cymbals of metal: many inharmonic modes and a wash of noise.

In: the numbers of a cymbal and how hard it is struck.  Out: one stroke.

A thin plate has about the same number of modes in every hertz; the low ones are
heard as partials, the high ones run together to noise.  A stroke first moves
the low modes, and the energy goes over to the high ones within some tens of
milliseconds, the more the harder it is (N. H. Fletcher, T. D. Rossing, "The
Physics of Musical Instruments", 2nd ed. 1998, chapter 20; A. Chaigne, C. Touze,
O. Thomas, "Nonlinear vibrations and chaos in gongs and cymbals", Acoustical
Science and Technology 26, 2005).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.kits.synth.signals import (
    NoiseBand,
    Signal,
    between,
    fast_length,
    finish,
    noise_bands,
    partials,
)


@dataclass(frozen=True)
class MetalSpec:
    """What a cymbal is made of; `soft` and `hard` are the ends of the velocity range.

    Args:
        length_s: of the stroke.
        identity: seed of the modes: the same cymbal has the same ones.
        num_modes: how many partials there are.
        low_hz, high_hz: between which they lie, evenly but for chance.
        modes_level: RMS of all partials together at the start.
        modes_low_s, modes_high_s: time constants of the lowest and the highest.
        modes_tilt_db: how much less an octave of the partials sounds.
        soft_tilt_db: the same, more of it in the softest stroke.
        washes: noise; those of the high bands set in later.
    """

    length_s: float
    identity: int
    num_modes: int
    low_hz: float
    high_hz: float
    modes_level: float
    modes_low_s: float
    modes_high_s: float
    modes_tilt_db: float
    washes: tuple[NoiseBand, ...]
    soft_tilt_db: float = 3.0
    attack_s: float = 0.0004
    release_s: float = 0.08
    #: A stroke lands elsewhere each time: how far the level of a partial may
    #: be from the mean (standard deviation in dB).
    place_db: float = 2.0
    level_spread: float = 0.05


def metal(spec: MetalSpec, hardness: float, rng: np.random.Generator) -> Signal:
    """One stroke, (n,), not yet trimmed; arguments as of `strike_metal`."""
    length = fast_length(spec.length_s)
    cymbal = np.random.default_rng(spec.identity)
    steps = (np.arange(spec.num_modes) + cymbal.uniform(0, 1, spec.num_modes)) / spec.num_modes
    hz = spec.low_hz + (spec.high_hz - spec.low_hz) * steps
    own_db = cymbal.normal(0, 4, spec.num_modes)
    octaves = np.log2(hz / spec.low_hz)
    tilt = between(spec.modes_tilt_db + spec.soft_tilt_db, spec.modes_tilt_db, hardness)
    level_db = own_db - tilt * octaves + spec.place_db * rng.standard_normal(spec.num_modes)
    levels = 10 ** (level_db / 20)
    levels *= spec.modes_level / np.sqrt(np.sum(levels**2) / 2)
    part = octaves / octaves.max()
    decay_s = spec.modes_low_s * (spec.modes_high_s / spec.modes_low_s) ** part
    phases = rng.uniform(0, 2 * np.pi, spec.num_modes)
    ring = partials(length, hz, decay_s, levels, phases)
    wash = noise_bands(rng, length, spec.washes, hardness)
    return ring + wash * (1 + spec.level_spread * rng.standard_normal())


def strike_metal(spec: MetalSpec, hardness: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """One stroke, (n,) with peak 1.

    Args:
        hardness: 0 (softest) to 1 (hardest).
        rng: gives the noise and the small differences between strokes.
    """
    return finish(metal(spec, hardness, rng), spec.attack_s, spec.release_s)

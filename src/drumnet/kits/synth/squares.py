"""Metal from six square waves, as the Roland TR-808 makes its hats and cymbal.

In: the bands of a sound and how hard it is struck.  Out: one stroke.

Six free-running oscillators, at no simple ratio, are summed and go through
band-passes; each band has its own amplifier and decay, and a high-pass
follows.  The amplifiers are single transistors, which bend what they amplify
and so add sums and differences of the partials: this makes the sound dense.
A stroke meets the oscillators at whatever phase they are: so no two are alike.
Frequencies of the oscillators and the bands: K. J. Werner, J. S. Abel, J. O.
Smith, "The TR-808 Cymbal: a Physically-Informed, Circuit-Bendable, Digital
Model", ICMC/SMC 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.kits.synth.signals import (
    SYNTH_RATE_HZ,
    between,
    decay,
    fast_length,
    finish,
    heard_part,
    high_passed,
    partials,
    times,
)

OSCILLATORS_HZ = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)

#: Harmonics above this are left out: well below what would fold back.
_HIGHEST_HZ = 0.45 * SYNTH_RATE_HZ

#: The transistors' working point: off the middle of their curve they bend one
#: side of the wave more than the other.
_DRIVE, _BIAS = 0.6, 0.5


@dataclass(frozen=True)
class SquareBand:
    """A band-pass with its amplifier.

    Args:
        centre_hz: of the band-pass.
        soft, hard: level at the start of the softest and the hardest stroke.
        decay_s: time constant.
        quality: of the band-pass, its centre over its width.
    """

    centre_hz: float
    soft: float
    hard: float
    decay_s: float
    quality: float = 1.6


@dataclass(frozen=True)
class SquaresSpec:
    """What a sound is made of; `soft` and `hard` are the ends of the velocity range."""

    length_s: float
    bands: tuple[SquareBand, ...]
    high_pass_soft_hz: float
    high_pass_hard_hz: float
    attack_s: float = 0.0005
    release_s: float = 0.08
    #: How far the oscillators drift between strokes (standard deviation, as a part).
    drift: float = 0.0008


def strike_squares(
    spec: SquaresSpec, hardness: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """One stroke, (n,) with peak 1.

    Args:
        hardness: 0 (softest) to 1 (hardest).
        rng: gives the phases and the drift of the oscillators.
    """
    length = fast_length(spec.length_s)
    t = times(length)
    hz, levels, phases = _harmonics(spec, rng)
    total = np.zeros(length)
    sources: dict[tuple[float, float], NDArray[np.float64]] = {}
    for band in spec.bands:
        key = (band.centre_hz, band.quality)
        if key not in sources:
            # The response of a second-order band-pass, phase and all.
            response = 1 / (1 + 1j * band.quality * (hz / band.centre_hz - band.centre_hz / hz))
            sound = partials(
                length,
                hz,
                np.full(len(hz), np.inf),
                levels * np.abs(response),
                phases + np.angle(response),
            )
            sound /= np.sqrt(np.mean(sound**2))
            sources[key] = _bent(sound)
        envelope = decay(heard_part(t, band.decay_s), band.decay_s)
        envelope *= between(band.soft, band.hard, hardness)
        total[: len(envelope)] += sources[key][: len(envelope)] * envelope
    cutoff_hz = between(spec.high_pass_soft_hz, spec.high_pass_hard_hz, hardness)
    return finish(high_passed(total, cutoff_hz), spec.attack_s, spec.release_s)


def _bent(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a single transistor makes of a sound of RMS 1."""
    return np.asarray(np.tanh(_DRIVE * sound + _BIAS) - np.tanh(_BIAS))


def _harmonics(
    spec: SquaresSpec, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Frequency, level and phase of the odd harmonics of all six square waves."""
    base = np.array(OSCILLATORS_HZ) * (1 + spec.drift * rng.standard_normal(6))
    turns = rng.uniform(0, 1, 6)
    parts = []
    for base_hz, turn in zip(base, turns, strict=True):
        order = np.arange(1, _HIGHEST_HZ / base_hz, 2)
        parts.append((order * base_hz, 1 / order, 2 * np.pi * order * turn))
    hz, levels, phases = (np.concatenate(column) for column in zip(*parts, strict=True))
    return hz, levels, phases

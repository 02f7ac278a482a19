"""What synthesised drums are made of: decays, swept tones, partials, noise.

In: numbers and a seeded generator.  Out: (n,) float64 at `SYNTH_RATE_HZ`; only
`finish` makes the (n,) float32 of a one-shot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.products import product

SYNTH_RATE_HZ = 44_100

Signal = NDArray[np.float64]

#: After so many time constants a decay has fallen by 78 dB and is left out.
_HEARD_DECAYS = 9.0


@dataclass(frozen=True)
class NoiseBand:
    """Noise through a band, with an envelope of its own.

    Args:
        low_hz, high_hz: where it is 3 dB down; the flanks are Gaussian in octaves.
        soft, hard: RMS at the start, for the softest and the hardest stroke; a
            stroke between lies between in dB.
        decay_s: time constant of its decay.
        rise_s: time constant with which it sets in; 0 is at once.
    """

    low_hz: float
    high_hz: float
    soft: float
    hard: float
    decay_s: float
    rise_s: float = 0.0

    def level(self, hardness: float) -> float:
        return float(self.soft * (self.hard / self.soft) ** hardness)


def num_samples(seconds: float) -> int:
    return round(seconds * SYNTH_RATE_HZ)


@lru_cache
def fast_length(seconds: float) -> int:
    """About so many samples, a number whose spectrum is quick: 2^a 3^b 5^c."""
    wanted = num_samples(seconds)
    lengths = [2**a * 3**b * 5**c for a in range(20) for b in range(8) for c in range(5)]
    return int(min(lengths, key=lambda length: abs(length - wanted)))


def times(length: int) -> Signal:
    """(length,) seconds."""
    return np.arange(length) / SYNTH_RATE_HZ


def between(soft: float, hard: float, hardness: float) -> float:
    """From soft at hardness 0 to hard at 1."""
    return soft + (hard - soft) * hardness


def heard_part(t: Signal, decay_s: float) -> Signal:
    """The times at which something of that time constant is still heard."""
    return t[: num_samples(_HEARD_DECAYS * decay_s)]


def decay(t: Signal, decay_s: float) -> Signal:
    return np.exp(-t / decay_s)


def swept_turns(t: Signal, base_hz: float, sweep_hz: float, sweep_decay_s: float) -> Signal:
    """The phase, in turns, of a tone that falls from base + sweep to base: the
    integral of base + sweep * exp(-t / decay)."""
    return base_hz * t + sweep_hz * sweep_decay_s * -np.expm1(-t / sweep_decay_s)


def partials(
    length: int, hz: ArrayLike, decay_s: ArrayLike, levels: ArrayLike, phases: ArrayLike
) -> Signal:
    """The sum of level * sin(2 pi hz t + phase) * exp(-t / decay) over all partials.

    A sample's number is a * width + b, and so each partial a product of what
    depends on a and what depends on b: the sum is one matrix product, which
    makes hundreds of partials cheap.
    """
    rate = -1 / np.asarray(decay_s, dtype=np.float64) + 2j * np.pi * np.asarray(hz, np.float64)
    width = int(np.ceil(np.sqrt(length)))
    rows = np.arange(-(-length // width)) * width / SYNTH_RATE_HZ
    start = np.asarray(levels) * np.exp(1j * np.asarray(phases))
    coarse = start[:, np.newaxis] * np.exp(np.outer(rate, rows))
    fine = np.exp(np.outer(rate, np.arange(width) / SYNTH_RATE_HZ))
    left = np.concatenate([coarse.real, coarse.imag]).astype(np.float32)
    right = np.concatenate([fine.imag, fine.real]).astype(np.float32)
    return product(left.T, right).reshape(-1)[:length].astype(np.float64)


def band_noise(rng: np.random.Generator, length: int, low_hz: float, high_hz: float) -> Signal:
    """White noise through a band with Gaussian flanks (on a log axis), RMS 0.3."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    noise = np.fft.irfft(spectrum * _gains(length, low_hz, high_hz), length)
    return np.asarray(0.3 * noise / np.sqrt(np.mean(noise**2)))


def noise_bands(
    rng: np.random.Generator, length: int, bands: Sequence[NoiseBand], hardness: float
) -> Signal:
    """The sum of several bands of noise, each with its level and envelope."""
    total = np.zeros(length)
    for band in bands:
        heard = min(length, fast_length(_HEARD_DECAYS * (band.decay_s + band.rise_s)))
        # Drawn where the band is cut out, in the spectrum.
        drawn = rng.standard_normal((2, heard // 2 + 1), dtype=np.float32)
        noise = np.fft.irfft((drawn[0] + 1j * drawn[1]) * _band(heard, band), heard)
        t = times(heard)
        envelope = decay(t, band.decay_s)
        if band.rise_s:
            envelope *= -np.expm1(-t / band.rise_s)
        envelope *= band.level(hardness) / np.sqrt(np.mean(noise**2))
        total[:heard] += noise * envelope
    return total


def high_passed(sound: Signal, cutoff_hz: float) -> Signal:
    """Through a Butterworth-shaped high-pass of 12 dB an octave, without its phase."""
    ratio = np.fft.rfftfreq(len(sound), 1 / SYNTH_RATE_HZ) / cutoff_hz
    gain = ratio**2 / np.sqrt(1 + ratio**4)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) * gain, len(sound)))


def _band(length: int, band: NoiseBand) -> NDArray[np.float32]:
    return _gains(length, band.low_hz, band.high_hz).astype(np.float32)


@lru_cache(maxsize=64)
def _gains(length: int, low_hz: float, high_hz: float) -> Signal:
    """The gain of a band at each frequency of a spectrum."""
    hz = np.fft.rfftfreq(length, 1 / SYNTH_RATE_HZ)
    octaves = np.log2(np.maximum(hz, 1.0) / np.sqrt(low_hz * high_hz))
    half_width = np.log2(high_hz / low_hz) / 2
    return np.asarray(np.exp(-0.5 * np.log(2) * (octaves / half_width) ** 2))


def finish(sound: Signal, attack_s: float, release_s: float) -> NDArray[np.float32]:
    """Zero at both ends, no DC, peak 1."""
    window = np.ones(len(sound))
    attack, release = num_samples(attack_s), num_samples(release_s)
    window[:attack] = 0.5 - 0.5 * np.cos(np.pi * np.arange(attack) / attack)
    window[-release:] = 0.5 + 0.5 * np.cos(np.pi * (np.arange(release) + 1) / release)
    sound = sound * window
    # The DC is taken out by a slow bump, itself zero at both ends.
    along = np.linspace(0, 1, len(sound))
    bump = along * (1 - along)
    sound = sound - bump * (sound.sum() / bump.sum())
    return np.asarray(sound / np.abs(sound).max(), dtype=np.float32)

"""The one-shots of the embedded kit, synthesised.

In: a piece, how hard it is struck, and a seeded generator.  Out: (n,) float32
at `SYNTH_RATE_HZ`, peak 1, starting and ending at zero, free of DC.

The kick follows the classic analogue model (a decaying sine whose pitch falls
exponentially, Roland TR-808 and 909; G. Reid, "Synthesizing Bass Drums",
Sound on Sound, January 2002), with what a beater on a skin adds: a short knock
of the shell, band-limited noise and a high partial.  Its numbers are set
against the average spectrum of the kick hits of MDB Drums: fundamental at
38-54 Hz, -4 to -10 dB at 100 Hz, -17 dB at 150 Hz, -28 dB at 500 Hz, -33 to
-45 dB at 2 kHz, and a fast fall in level before a slow one.  A further piece is
a function in `_STRIKES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import Piece

SYNTH_RATE_HZ = 44_100


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

    def between(soft: float, hard: float) -> float:
        return soft + (hard - soft) * hardness

    t = np.arange(round(spec.length_s * SYNTH_RATE_HZ)) / SYNTH_RATE_HZ
    base_hz = spec.fundamental_hz * (1 + spec.pitch_spread * rng.standard_normal())
    sweep_hz = between(spec.sweep_soft_hz, spec.sweep_hard_hz)
    decay_s = spec.ring_decay_s * (1 + spec.decay_spread * rng.standard_normal())
    envelope = spec.ring_level * _decay(t, decay_s)
    envelope += (1 - spec.ring_level) * _decay(t, spec.thump_decay_s)
    # The integral of base + sweep * exp(-t / decay), in turns.
    turns = base_hz * t + sweep_hz * spec.sweep_decay_s * -np.expm1(-t / spec.sweep_decay_s)
    body = np.sin(2 * np.pi * turns) * envelope
    for knock_hz, knock_decay_s, level in spec.knocks:
        body += level * np.sin(2 * np.pi * knock_hz * t) * _decay(t, knock_decay_s)
    drive = between(spec.drive_soft, spec.drive_hard)
    body = np.tanh(drive * body) / np.tanh(drive)

    click = _band_noise(rng, len(t), spec.click_low_hz, spec.click_high_hz)
    click *= _decay(t, spec.click_decay_s)
    phase = 2 * np.pi * spec.partial_hz * t
    click += spec.partial_level * np.sin(phase) * _decay(t, spec.partial_decay_s)
    # Hardness acts on the click as a level in dB, which is how it is heard.
    ratio = spec.click_hard / spec.click_soft
    click *= spec.click_soft * ratio**hardness * (1 + spec.click_spread * rng.standard_normal())
    return _finish(body + click, spec.attack_s, spec.release_s)


_Strike = Callable[[float, np.random.Generator], NDArray[np.float32]]

_STRIKES: dict[Piece, _Strike] = {Piece.KICK: strike_kick}

#: The pieces that can be synthesised.
SYNTH_PIECES: tuple[Piece, ...] = tuple(_STRIKES)


def strike(piece: Piece, hardness: float, seed: int) -> NDArray[np.float32]:
    """One stroke of any piece in `SYNTH_PIECES`; the same seed gives the same samples."""
    index = list(Piece).index(piece)
    return _STRIKES[piece](hardness, np.random.default_rng((index, seed)))


def _decay(t: NDArray[np.float64], decay_s: float) -> NDArray[np.float64]:
    return np.exp(-t / decay_s)


def _band_noise(
    rng: np.random.Generator, num_samples: int, low_hz: float, high_hz: float
) -> NDArray[np.float64]:
    """White noise through a band with Gaussian flanks (on a log axis), RMS about 0.3."""
    spectrum = np.fft.rfft(rng.standard_normal(num_samples))
    hz = np.fft.rfftfreq(num_samples, 1 / SYNTH_RATE_HZ)
    octaves = np.log2(np.maximum(hz, 1.0) / np.sqrt(low_hz * high_hz))
    half_width = np.log2(high_hz / low_hz) / 2
    spectrum *= np.exp(-0.5 * np.log(2) * (octaves / half_width) ** 2)
    noise = np.fft.irfft(spectrum, num_samples)
    return np.asarray(0.3 * noise / np.sqrt(np.mean(noise**2)))


def _finish(sound: NDArray[np.float64], attack_s: float, release_s: float) -> NDArray[np.float32]:
    """Zero at both ends, no DC, peak 1."""
    window = np.ones(len(sound))
    attack, release = (round(s * SYNTH_RATE_HZ) for s in (attack_s, release_s))
    window[:attack] = 0.5 - 0.5 * np.cos(np.pi * np.arange(attack) / attack)
    window[-release:] = 0.5 + 0.5 * np.cos(np.pi * (np.arange(release) + 1) / release)
    sound = sound * window
    # The DC is taken out by a slow bump, itself zero at both ends.
    bump = np.hanning(len(sound))
    sound = sound - bump * (sound.sum() / bump.sum())
    return np.asarray(sound / np.abs(sound).max(), dtype=np.float32)

"""From the strokes to the recording: room, desk and tape.

In: the dry sound of a kit.  Out: the sound of its recording, with a reverberant
room (decaying noise), equalisation, compression, saturation, a limited band,
leakage of other instruments, and noise, each drawn under a seed.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from drumnet.training.transcription.strokes import RATE_HZ, Wave

_ENVELOPE_S = 0.005


def through_desk(
    dry: Wave, leak: Wave | None, rng: np.random.Generator, *, full_leak: float
) -> tuple[Wave, float]:
    """The recording of (n,) samples, and the gain from one to the other (RMS)."""
    size = 1 << int(np.ceil(np.log2(len(dry) + RATE_HZ)))
    spectrum = _spectrum(dry, size)
    if rng.random() < 0.75:
        spectrum = spectrum * _room(size, rng)
    spectrum = spectrum * _tone(size, rng)
    sound = torch.fft.irfft(torch.from_numpy(spectrum), size).numpy()[: len(dry)]
    before, after = _rms(dry), _rms(sound)
    if before < 1e-7:
        gain, sound = 1.0, sound * 0
    else:
        gain = after / before
    if rng.random() < 0.4:
        sound = _compressed(sound, rng)
    if rng.random() < 0.25:
        drive = float(rng.uniform(0.5, 4.0)) / max(float(np.abs(sound).max(initial=0.0)), 1e-6)
        sound = np.tanh(drive * sound) / np.float32(drive)
    level = _rms(sound) or 0.1
    if leak is not None and _rms(leak) > 0:
        loud = rng.random() < full_leak or before < 1e-7
        leak_db = rng.uniform(-6, 6) if loud else rng.uniform(-45, -15)
        sound = sound + leak * np.float32(level / _rms(leak) * 10 ** (leak_db / 20))
    if rng.random() < 0.7:
        noise = rng.standard_normal(len(sound), dtype=np.float32)
        if rng.random() < 0.5:  # closer to the noise of rooms than white
            noise[1:] += 0.9 * noise[:-1]
        sound = sound + noise * np.float32(level * 10 ** (rng.uniform(-75, -32) / 20))
    return np.asarray(sound, dtype=np.float32), gain


def _spectrum(sound: Wave, size: int) -> NDArray[np.complex64]:
    """Of (n,) samples with silence up to `size`; PyTorch's is the fastest at hand."""
    found: NDArray[np.complex64] = torch.fft.rfft(torch.from_numpy(sound), size).numpy()
    return found


def _rms(sound: Wave) -> float:
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2))) if len(sound) else 0.0


def _room(size: int, rng: np.random.Generator) -> NDArray[np.complex64]:
    """Direct sound and a tail of noise that decays, faster at high frequencies."""
    decay_s = float(np.exp(rng.uniform(np.log(0.08), np.log(1.0))))
    length = round(min(decay_s * 1.2, 0.95) * RATE_HZ)
    time = np.arange(length) / RATE_HZ
    tail = rng.standard_normal(length, dtype=np.float32) * np.exp(-6.9 * time / decay_s)
    smooth = float(rng.uniform(0.0, 0.7))
    tail[1:] += smooth * tail[:-1]
    tail *= 10 ** (rng.uniform(-26, -2) / 20) / np.sqrt((tail**2).sum())
    delay = round(rng.uniform(0.0, 0.02) * RATE_HZ)
    response = np.zeros(size, dtype=np.float32)
    response[delay : delay + length] = tail
    response[0] += 1.0
    return _spectrum(response, size)


def _tone(size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Zero-phase equalisation: a tilt, bumps, and at times a limited band."""
    hz = np.maximum(np.fft.rfftfreq(size, 1 / RATE_HZ), 10.0)
    octaves = np.log2(hz / 1_000.0)
    gain_db = rng.normal(0.0, 1.2) * np.clip(octaves, -5, 4)
    for _ in range(int(rng.integers(0, 5))):
        centre, width = rng.uniform(-4.5, 4.0), rng.uniform(0.3, 1.5)
        gain_db = gain_db + rng.normal(0.0, 5.0) * np.exp(-0.5 * ((octaves - centre) / width) ** 2)
    if rng.random() < 0.2:
        high_cut = np.log2(rng.uniform(5.0, 16.0))
        gain_db = gain_db - 24.0 * np.maximum(octaves - high_cut, 0.0) * 2
    if rng.random() < 0.2:
        low_cut = np.log2(rng.uniform(0.03, 0.08))
        gain_db = gain_db - 18.0 * np.maximum(low_cut - octaves, 0.0)
    return np.asarray(10 ** (np.clip(gain_db, -80, 24) / 20), dtype=np.float32)


def _compressed(sound: Wave, rng: np.random.Generator) -> Wave:
    """A feed-forward compressor on an envelope of 5 ms steps."""
    step = round(_ENVELOPE_S * RATE_HZ)
    num_steps = -(-len(sound) // step)
    power = np.pad(sound, (0, num_steps * step - len(sound))).reshape(num_steps, step)
    level_db = 10 * np.log10((power.astype(np.float64) ** 2).mean(axis=1) + 1e-10)
    threshold = level_db.max() - rng.uniform(6.0, 24.0)
    ratio = rng.uniform(1.5, 6.0)
    wanted = -np.maximum(level_db - threshold, 0.0) * (1.0 - 1.0 / ratio)
    attack = float(np.exp(-_ENVELOPE_S / rng.uniform(0.002, 0.03)))
    release = float(np.exp(-_ENVELOPE_S / rng.uniform(0.05, 0.4)))
    gain_db = np.empty(num_steps)
    now = 0.0
    for i, target in enumerate(wanted.tolist()):
        keep = attack if target < now else release
        now = keep * now + (1.0 - keep) * target
        gain_db[i] = now
    at = (np.arange(num_steps) + 0.5) * step
    gain = np.interp(np.arange(len(sound)), at, 10 ** (gain_db / 20))
    return (sound * gain).astype(np.float32)

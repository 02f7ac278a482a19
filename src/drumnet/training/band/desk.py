"""From the instruments to the recording: amplifier, room, desk and tape.

In: the dry sound of drums or of a part of the band.  Out: the sound of its recording, with
an amplifier and its cabinet, a reverberant room (decaying noise), equalisation, compression,
saturation, a limited band, what leaks in, noise, and a lossy format, each drawn under a seed.
"""

from __future__ import annotations

import io

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray

from drumnet.training.band.instruments import Part
from drumnet.training.band.strokes import RATE_HZ, Wave

_ENVELOPE_S = 0.005
#: How often a part goes through a driven amplifier.
_DRIVEN = {Part.BASS: 0.25, Part.GUITAR: 0.6, Part.KEYS: 0.15, Part.VOCALS: 0.05}
_LEAST_RMS = 1e-7
#: Click and buzz: how often, how loud (dB beside the stroke's loudest 50 ms), how long they decay.
_RATTLES = ((0.6, -18.0, 3.0, 0.0015, 0.008), (0.6, -34.0, -10.0, 0.04, 0.25))


def recorded(dry: Wave, rng: np.random.Generator) -> tuple[Wave, float]:
    """Drums of (n,) samples through a room and a desk, and the gain of that (RMS)."""
    size = _fast_size(len(dry))
    spectrum = _spectrum(dry, size)
    if rng.random() < 0.75:
        spectrum = spectrum * _room(size, rng)
    sound = _waveform(spectrum * _tone(size, rng), len(dry))
    before = rms(dry)
    if before < _LEAST_RMS:
        return np.zeros_like(dry), 1.0
    gain = rms(sound) / before
    if rng.random() < 0.4:
        sound = _compressed(sound, rng)
    if rng.random() < 0.25:
        sound = _driven(sound, float(rng.uniform(0.5, 4.0)))
    return np.asarray(sound, dtype=np.float32), gain


def amplified(dry: Wave, part: Part, rng: np.random.Generator, rate_hz: int = RATE_HZ) -> Wave:
    """A part of the band through its amplifier, a cabinet and a room, at an RMS of 1."""
    if rms(dry) < _LEAST_RMS:
        return dry
    sound = dry
    is_driven = rng.random() < _DRIVEN[part]
    if is_driven:
        sound = _driven(sound, float(np.exp(rng.uniform(0.0, 4.0))))
    size = _fast_size(len(dry), rate_hz)
    spectrum = _spectrum(sound, size) * _tone(size, rng, rate_hz)
    if is_driven:
        spectrum = spectrum * _cabinet(size, rng, rate_hz)
    if rng.random() < 0.5:
        spectrum = spectrum * _room(size, rng, rate_hz)
    sound = _waveform(spectrum, len(dry))
    return np.asarray(sound / max(rms(sound), _LEAST_RMS), dtype=np.float32)


def with_noise(sound: Wave, rng: np.random.Generator) -> Wave:
    """With the noise of a room or a tape."""
    noise = rng.standard_normal(len(sound), dtype=np.float32)
    if rng.random() < 0.5:  # closer to the noise of rooms than white
        noise[1:] += 0.9 * noise[:-1]
    level = rms(sound) or 0.1
    return sound + noise * np.float32(level * 10 ** (rng.uniform(-75, -32) / 20))


def lossy(sound: Wave, rng: np.random.Generator) -> Wave:
    """As MP3 leaves it, at 45 to 250 kbit/s."""
    peak = float(np.abs(sound).max(initial=1e-6))
    file = io.BytesIO()
    soundfile.write(
        file, sound / peak, RATE_HZ, "MPEG_LAYER_III", format="MP3",
        compression_level=float(rng.uniform(0.2, 0.95)),
    )  # fmt: skip
    file.seek(0)
    found, _ = soundfile.read(file, len(sound), dtype="float32", fill_value=0.0)
    return np.asarray(found * peak, dtype=np.float32)


def ducked(band: Wave, kicks_s: NDArray[np.float64], rng: np.random.Generator) -> Wave:
    """The band, pushed down by every kick, as dance music has it."""
    depth, length_s = rng.uniform(0.3, 0.9), rng.uniform(0.1, 0.35)
    gain = np.ones(len(band), dtype=np.float32)
    dip = 1.0 - depth * np.exp(-np.arange(round(2 * length_s * RATE_HZ)) / (length_s * RATE_HZ))
    for at in np.round(kicks_s * RATE_HZ).astype(int).tolist():
        part = gain[at : at + len(dip)]
        np.minimum(part, dip[: len(part)], out=part, casting="same_kind")
    return band * gain


def treated(wave: Wave, rng: np.random.Generator, reverb: float) -> Wave:
    """A single stroke with an equaliser of its own, and at times a reverb, at times gated.

    Args:
        reverb: how often.
    """
    if len(wave) < 2:
        return wave
    has_reverb = rng.random() < reverb
    tail = round(rng.uniform(0.1, 0.9) * RATE_HZ) if has_reverb else 0
    size = _fast_size(len(wave) + tail - RATE_HZ)
    spectrum = _spectrum(wave, size) * _tone(size, rng)
    if has_reverb:
        spectrum = spectrum * _room(size, rng)
    sound = _waveform(spectrum, len(wave) + tail)
    if has_reverb and rng.random() < 0.3:
        gate = round(rng.uniform(0.08, 0.3) * RATE_HZ)
        sound = sound[: gate + 400]
        sound[gate:] *= np.linspace(1.0, 0.0, len(sound[gate:]))
    before, after = rms(wave[:2_205]), rms(sound[:2_205])
    return np.asarray(sound * np.float32(before / max(after, _LEAST_RMS)), dtype=np.float32)


def rattled(wave: Wave, rng: np.random.Generator) -> Wave:
    """A kick or tom with the click of a hard beater, and with the snare's wires, which buzz
    along: both are bright, and neither is a hat."""
    out = wave.copy()
    for share, low_db, high_db, shortest_s, longest_s in _RATTLES:
        if rng.random() < share:
            decay_s = float(np.exp(rng.uniform(np.log(shortest_s), np.log(longest_s))))
            length = min(len(wave), round(6 * decay_s * RATE_HZ))
            noise = rng.standard_normal(length, dtype=np.float32)
            noise[1:] -= np.float32(rng.uniform(0.0, 0.95)) * noise[:-1]  # brighter
            gain = 10 ** (rng.uniform(low_db, high_db) / 20)
            envelope = np.exp(-np.arange(length) / (decay_s * RATE_HZ))
            out[:length] += (gain * envelope * noise).astype(np.float32)
    return out


def rms(sound: Wave) -> float:
    """Of (n,) samples; 0 of none."""
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2))) if len(sound) else 0.0


def _driven(sound: Wave, drive: float) -> Wave:
    """Bent by a curve that bends the more, the higher the drive."""
    gain = np.float32(drive / max(float(np.abs(sound).max(initial=0.0)), 1e-6))
    return np.asarray(np.tanh(gain * sound) / gain, dtype=np.float32)


def _fast_size(length: int, rate_hz: int = RATE_HZ) -> int:
    """A power of two with room for the tail of a room."""
    return 1 << int(np.ceil(np.log2(max(length, 1) + rate_hz)))


def _waveform(spectrum: NDArray[np.complex64], length: int) -> Wave:
    size = 2 * (len(spectrum) - 1)
    found: Wave = torch.fft.irfft(torch.from_numpy(spectrum), size).numpy()[:length]
    return found


def _cabinet(size: int, rng: np.random.Generator, rate_hz: int) -> NDArray[np.float32]:
    """A guitar's loudspeaker: little below 80 Hz and above 5 kHz, with bumps between."""
    hz = np.maximum(np.fft.rfftfreq(size, 1 / rate_hz), 10.0)
    octaves = np.log2(hz / 1_000.0)
    high, low = np.log2(rng.uniform(3.5, 7.0)), np.log2(rng.uniform(0.06, 0.12))
    gain_db = -30.0 * np.maximum(octaves - high, 0.0) - 18.0 * np.maximum(low - octaves, 0.0)
    for _ in range(3):
        centre, width = rng.uniform(-2.5, 2.0), rng.uniform(0.2, 0.6)
        gain_db = gain_db + rng.normal(0.0, 4.0) * np.exp(-0.5 * ((octaves - centre) / width) ** 2)
    return np.asarray(10 ** (np.clip(gain_db, -80, 24) / 20), dtype=np.float32)


def _spectrum(sound: Wave, size: int) -> NDArray[np.complex64]:
    """Of (n,) samples with silence up to `size`; PyTorch's is the fastest at hand."""
    found: NDArray[np.complex64] = torch.fft.rfft(torch.from_numpy(sound), size).numpy()
    return found


def _room(size: int, rng: np.random.Generator, rate_hz: int = RATE_HZ) -> NDArray[np.complex64]:
    """Direct sound and a tail of noise that decays, faster at high frequencies."""
    decay_s = float(np.exp(rng.uniform(np.log(0.08), np.log(1.0))))
    length = round(min(decay_s * 1.2, 0.95) * rate_hz)
    time = np.arange(length) / rate_hz
    tail = rng.standard_normal(length, dtype=np.float32) * np.exp(-6.9 * time / decay_s)
    smooth = float(rng.uniform(0.0, 0.7))
    tail[1:] += smooth * tail[:-1]
    tail *= 10 ** (rng.uniform(-26, -2) / 20) / np.sqrt((tail**2).sum())
    delay = round(rng.uniform(0.0, 0.02) * rate_hz)
    response = np.zeros(size, dtype=np.float32)
    response[delay : delay + length] = tail
    response[0] += 1.0
    return _spectrum(response, size)


def _tone(size: int, rng: np.random.Generator, rate_hz: int = RATE_HZ) -> NDArray[np.float32]:
    """Zero-phase equalisation: a tilt, bumps, and at times a limited band."""
    hz = np.maximum(np.fft.rfftfreq(size, 1 / rate_hz), 10.0)
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

"""The band beside the drums, as sound.

In: the parts of a `Score`, and instruments.  Out: all parts together, each played by somebody,
sung or struck, through an amplifier of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import MAX_VELOCITY
from drumnet.training.band.config import RenderConfig
from drumnet.training.band.desk import amplified, rms
from drumnet.training.band.instruments import Instrument, Part
from drumnet.training.band.inventory import Inventory
from drumnet.training.band.playing import Notes, played_part
from drumnet.training.band.scores import Score
from drumnet.training.band.strokes import RATE_HZ, Wave

#: From how many semitones below a note is bent to its pitch.
_BENDS = {Part.GUITAR: 2.0, Part.VOCALS: 3.0}
#: A voice's consonants: noise between these, this loud beside it.
_CONSONANT_HZ, _CONSONANT_DB = (3_000.0, 12_000.0), (-20.0, 0.0)


def played_band(
    score: Score,
    start_s: float,
    speed: float,
    clock: tuple[NDArray[np.float64], NDArray[np.float64]],
    inventory: Inventory,
    rng: np.random.Generator,
    config: RenderConfig,
) -> Wave:
    """The parts of the score, each through its amplifier, at an RMS of 1 together.

    Args:
        start_s, speed: where the excerpt begins in the score, at that speed.
        clock: when it is written and when it is played.
    """
    length_s = config.lead_s + config.length_s
    out = np.zeros(round(length_s * RATE_HZ), dtype=np.float32)
    for part, whole in score.parts.items():
        instruments = [found for found in inventory.instruments if found.part is part]
        if not instruments or rng.random() < 0.15:
            continue
        written = whole.copy()
        written[:, :2] = written[:, :2] / speed - start_s
        written = written[(written[:, 0] >= 0.0) & (written[:, 0] < length_s)]
        written[:, :2] = np.interp(written[:, :2], *clock)
        is_doubled = part is Part.GUITAR and rng.random() < config.doubled
        dry = np.zeros_like(out)
        for _ in range(2 if is_doubled else 1):
            notes = played_part(written, part, score.is_performed, rng)
            notes = notes[notes[:, 0] < length_s]
            instrument = instruments[int(rng.integers(len(instruments)))]
            bend = _BENDS.get(part, 0.0) if rng.random() < config.bent else 0.0
            dry += _sounded(notes, instrument, len(out), bend, rng)
        if part is Part.VOCALS and len(notes):
            dry = dry + _consonants(notes[:, 0], rms(dry), len(dry), rng)
        level_db = rng.uniform(-10.0, 2.0)
        out += np.float32(10 ** (level_db / 20)) * amplified(dry, part, rng)
    return np.asarray(out / max(rms(out), 1e-7), dtype=np.float32)


def _sounded(
    notes: Notes, instrument: Instrument, length: int, bend: float, rng: np.random.Generator
) -> Wave:
    """The notes of a part, dry.

    Args:
        bend: semitones from which a third of the notes are bent, at most.
    """
    dry = np.zeros(length, dtype=np.float32)
    for time_s, end_s, key, velocity in notes:
        start = round(time_s * RATE_HZ)
        from_below = -rng.uniform(0.0, bend) if bend and rng.random() < 1 / 3 else 0.0
        wave = instrument.note(int(key), float(end_s - time_s), from_below)[: length - start]
        dry[start : start + len(wave)] += np.float32((velocity / MAX_VELOCITY) ** 1.5) * wave
    return dry


def _consonants(
    starts_s: NDArray[np.float64], level: float, length: int, rng: np.random.Generator
) -> Wave:
    """The hiss of s and t before some of a voice's notes, which no synthesiser sings."""
    out = np.zeros(length, dtype=np.float32)
    low_hz, high_hz = _CONSONANT_HZ
    for at_s in starts_s[rng.random(len(starts_s)) < rng.uniform(0.1, 0.7)].tolist():
        size = round(rng.uniform(0.03, 0.15) * RATE_HZ)
        spectrum = np.fft.rfft(rng.standard_normal(size))
        hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
        spectrum *= np.exp(-0.5 * (np.log2((hz + 1) / rng.uniform(low_hz, high_hz)) / 0.6) ** 2)
        burst = np.fft.irfft(spectrum, size) * np.hanning(size)
        burst *= level * 10 ** (rng.uniform(*_CONSONANT_DB) / 20) / max(float(burst.std()), 1e-9)
        start = max(0, round(at_s * RATE_HZ) - size // 2)
        part = burst[: length - start]
        out[start : start + len(part)] += part.astype(np.float32)
    return out

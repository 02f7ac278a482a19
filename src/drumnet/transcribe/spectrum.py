"""What the drum network hears: the magnitude of a mel spectrum over time.

In: sound.  Out: (num_frames, 80) float32, 100 frames a second, frame i centred
on i / 100 s, on a logarithmic scale, relative to the loudest frame of the
stem.  Cymbals are told apart above 8 kHz, so the sound is taken at 44.1 kHz.

Frozen: the weights were trained on exactly this.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from drumnet.audio.source import AudioSource
from drumnet.audio.spectrum import Frames, SpectrumConfig, mel_blocks

SPECTRUM: Final = SpectrumConfig(
    sample_rate_hz=44_100,
    frame_rate_hz=100,
    window_samples=2_048,
    num_mels=80,
    low_hz=30.0,
    high_hz=16_000.0,
)
FRAME_RATE_HZ = SPECTRUM.frame_rate_hz
NUM_BANDS = SPECTRUM.num_mels

#: log10(1 + gain * magnitude): linear below -80 dB of the loudest frame.
_LOG_GAIN = 10_000.0
#: A stem whose loudest frame is below this mean magnitude (about -80 dB of full
#: scale) is silence.
SILENCE = 1e-6


def mel_magnitude(source: AudioSource) -> Frames:
    """(num_frames, 80) magnitude in mel bands, full scale near 1.

    Raises:
        AudioError: the sound cannot be read.
    """
    silence = np.zeros((0, NUM_BANDS), dtype=np.float32)
    return np.concatenate([silence, *mel_blocks(source, SPECTRUM)])


def loudest(magnitude: Frames) -> float:
    """The mean magnitude of the loudest frame; 0 where there is none."""
    return float(magnitude.mean(axis=1).max(initial=0.0))


def log_mel(magnitude: Frames, reference: float) -> Frames:
    """The magnitude relative to a reference, from 0 on, on a logarithmic scale."""
    relative = np.log1p((_LOG_GAIN / reference) * magnitude) / np.float32(np.log(10.0))
    return np.asarray(relative, dtype=np.float32)

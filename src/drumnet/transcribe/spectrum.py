"""What is heard of a drum stem: the magnitude of a mel spectrum over time, and the treble.

In: sound.  Out: for the network (num_frames, 80) float32, 100 frames a second, frame i
centred on i / 100 s, on a logarithmic scale, relative to the loudest frame of the
stem.  Cymbals are told apart above 8 kHz, so the sound is taken at 44.1 kHz.
Frozen: the weights were trained on exactly this.  And the peak level of the treble, nine
times a frame, for when hats and rides are struck.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from drumnet.audio import spectrum
from drumnet.audio.source import AudioSource
from drumnet.audio.spectrum import Frames, SpectrumConfig
from drumnet.audio.stretches import overlapping_blocks

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

#: Steps of the treble's level, 1.1 ms.
_STEP_SAMPLES = 49
STEP_S = _STEP_SAMPLES / SPECTRUM.sample_rate_hz
#: The fourth difference of the samples leaves the treble: 24 dB less an octave lower.
_DIFFERENCES = 4

#: log10(1 + gain * magnitude): linear below -80 dB of the loudest frame.
_LOG_GAIN = 10_000.0
#: A stem whose loudest frame is below this mean magnitude (about -80 dB of full
#: scale) is silence.
SILENCE = 1e-6


@dataclass(frozen=True, eq=False)
class DrumSound:
    """Args:
    magnitude: (num_frames, 80) in mel bands, full scale near 1.
    treble: (num_frames * 9,) peak level of what is above about 10 kHz, i at i * `STEP_S`.
    """

    magnitude: Frames
    treble: Frames


def drum_sound(source: AudioSource) -> DrumSound:
    """A stem of any length, heard once.

    Raises:
        AudioError: the sound cannot be read.
    """
    size, hop = SPECTRUM.window_samples, SPECTRUM.hop_samples
    magnitude = [np.zeros((0, NUM_BANDS), dtype=np.float32)]
    treble = [np.zeros(0, dtype=np.float32)]
    for signal in overlapping_blocks(source, SPECTRUM.sample_rate_hz, size, hop):
        windows = np.lib.stride_tricks.sliding_window_view(signal, size)[::hop]
        magnitude.append(spectrum.mel_magnitude(windows, SPECTRUM))
        centred = signal[size // 2 - _DIFFERENCES : size // 2 + len(windows) * hop]
        edges = np.abs(np.diff(centred, _DIFFERENCES))
        treble.append(edges.reshape(-1, _STEP_SAMPLES).max(axis=1))
    return DrumSound(np.concatenate(magnitude), np.concatenate(treble))


def mel_magnitude(source: AudioSource) -> Frames:
    """(num_frames, 80) magnitude in mel bands, full scale near 1.

    Raises:
        AudioError: the sound cannot be read.
    """
    return drum_sound(source).magnitude


def loudest(magnitude: Frames) -> float:
    """The mean magnitude of the loudest frame; 0 where there is none."""
    return float(magnitude.mean(axis=1).max(initial=0.0))


def log_mel(magnitude: Frames, reference: float) -> Frames:
    """The magnitude relative to a reference, from 0 on, on a logarithmic scale."""
    relative = np.log1p((_LOG_GAIN / reference) * magnitude) / np.float32(np.log(10.0))
    return np.asarray(relative, dtype=np.float32)

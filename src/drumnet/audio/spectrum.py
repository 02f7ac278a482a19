"""Spectra over time: windows of sound, their magnitude in mel bands, and its rises.

In: windows of the samples of a sound.  Out: a row for each frame, a column for each
band.  What listens (onset strength, beats, drums) has a `SpectrumConfig` of its own,
frozen with its weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from drumnet.products import banded_product

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class SpectrumConfig:
    """Windows and bands.

    Args:
        sample_rate_hz: that the sound is resampled to.
        low_hz, high_hz: edges of the lowest and of the highest band.
    """

    sample_rate_hz: int = 16_000
    frame_rate_hz: int = 100
    window_samples: int = 1024
    num_mels: int = 64
    low_hz: float = 30.0
    high_hz: float = 8_000.0

    @property
    def hop_samples(self) -> int:
        return self.sample_rate_hz // self.frame_rate_hz


def mel_magnitude(windows: Frames, config: SpectrumConfig) -> Frames:
    """(num_windows, num_mels) magnitude of (num_windows, window_samples); that of a
    full-scale sine is near 1."""
    size = config.window_samples
    shape = np.hanning(size + 1)[:-1].astype(np.float32) * (2.0 / size)
    magnitude = np.abs(np.fft.rfft(windows * shape)).astype(np.float32)
    return banded_product(magnitude, mel_filters(config))


@lru_cache(maxsize=4)
def mel_filters(config: SpectrumConfig) -> NDArray[np.float32]:
    """(num_bins, num_mels) triangles of unit peak, evenly spaced in mel
    (O'Shaughnessy 1987), none narrower than a bin."""

    def to_mel(hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(2595.0 * np.log10(1.0 + np.asarray(hz) / 700.0))

    edges_mel = np.linspace(to_mel(config.low_hz), to_mel(config.high_hz), config.num_mels + 2)
    edges = 700.0 * (10.0 ** (edges_mel / 2595.0) - 1.0)
    bin_hz = config.sample_rate_hz / config.window_samples
    bins = np.arange(config.window_samples // 2 + 1)[:, None] * bin_hz
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rise = (bins - left) / np.maximum(centre - left, bin_hz)
    fall = (right - bins) / np.maximum(right - centre, bin_hz)
    return np.asarray(np.maximum(0.0, np.minimum(rise, fall)), dtype=np.float32)


def log_magnitude(magnitude: Frames, gain: float) -> NDArray[np.float64]:
    """log10(1 + gain * magnitude): linear for what is soft."""
    return np.asarray(np.log1p(gain * magnitude) / np.log(10.0))


def rises(before: NDArray[np.floating], after: NDArray[np.floating]) -> NDArray[np.floating]:
    """How far each band rises above what it and its neighbours had before: a maximum
    filter against vibrato (SuperFlux; Boeck & Widmer, DAFx 2013).

    Args:
        before, after: (num_frames, num_bands).
    """
    wide = before.copy()
    wide[:, 1:] = np.maximum(wide[:, 1:], before[:, :-1])
    wide[:, :-1] = np.maximum(wide[:, :-1], before[:, 1:])
    return np.asarray(np.maximum(after - wide, 0.0))

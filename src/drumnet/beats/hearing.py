"""What a tracker hears of a song.

In: a `Song`.  Out: three curves: the onset strength of all stems, that of the
low notes, and the chroma, which shows how the harmony moves.  Stems count by
how far their role is trusted to show the pulse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.audio import AudioSource, overlapping_blocks
from drumnet.features import (
    DEFAULT_ONSETS,
    OnsetConfig,
    OnsetCurve,
    onset_strength,
    stem_curve,
)
from drumnet.onsets import Onsets
from drumnet.roles import Role
from drumnet.song import Song

Curve = NDArray[np.float64]

FRAME_RATE_HZ = DEFAULT_ONSETS.frame_rate_hz
_LOW_ONSETS = OnsetConfig(
    sample_rate_hz=2_000, window_samples=128, low_hz=30.0, high_hz=160.0, num_mels=8
)

#: How far each role is trusted to show the pulse.
_WEIGHT = {Role.DRUMS: 1.5, Role.KICK: 1.5, Role.SNARE: 1.2, Role.BASS: 1.0, Role.HAT: 0.7}
_WEIGHT_OF_OTHERS = 0.7
_DRUMS = (Role.DRUMS, Role.KICK, Role.SNARE, Role.HAT, Role.TOMS, Role.CYMBALS)
_LOW_EVENTS = (Role.BASS, Role.KICK)

_CHROMA_SAMPLE_RATE_HZ = 4_000
_CHROMA_WINDOW = 2_048
CHROMA_RATE_HZ = 10
#: Onset strength below this is no onset.
_LEAST_STRENGTH = 0.05


@dataclass(frozen=True, eq=False)
class Heard:
    """Onset strength of all stems and of low notes, (num_frames,), 100 a
    second; chroma (num_chroma_frames, 12), 10 a second."""

    onsets: Curve
    low: Curve
    chroma: NDArray[np.float64]


def hear(song: Song, curves: Sequence[OnsetCurve] | None = None) -> Heard:
    """Listen to all stems; memory is bounded for any length.

    Args:
        curves: the onset strength of each stem, where it is known.
    """
    num_frames = int(np.ceil(song.duration_s * FRAME_RATE_HZ)) + 1
    onsets, low = np.zeros(num_frames), np.zeros(num_frames)
    chroma = np.zeros((int(np.ceil(song.duration_s * CHROMA_RATE_HZ)) + 2, 12))
    for index, stem in enumerate(song.stems):
        weight = _WEIGHT.get(stem.role, _WEIGHT_OF_OTHERS)
        known = stem_curve(stem) if curves is None else curves[index]
        curve = known.strength.astype(np.float64)
        if isinstance(stem.source, Onsets):
            curve = np.convolve(curve, [0.3, 0.7, 1.0, 0.7, 0.3], mode="same")
            _add(low, curve, weight if stem.role in _LOW_EVENTS else 0.0)
        else:
            _add(low, onset_strength(stem.source, _LOW_ONSETS).strength, weight)
            if stem.role not in _DRUMS:
                frames = np.concatenate(list(_chroma_blocks(stem.source)) or [chroma[:0]])
                frames = frames[: len(chroma)]
                chroma[: len(frames)] += frames
        _add(onsets, curve, weight)
    return Heard(_levelled(onsets), _levelled(low), np.sqrt(chroma))


def _add(total: Curve, curve: NDArray[np.floating], weight: float) -> None:
    shared = min(len(total), len(curve))
    total[:shared] += weight * curve[:shared]


def _levelled(curve: Curve) -> Curve:
    """The curve over its typical peak."""
    inner = curve[1:-1]
    peaks = inner[(inner >= curve[:-2]) & (inner > curve[2:]) & (inner > _LEAST_STRENGTH)]
    return curve / float(np.quantile(peaks, 0.9)) if peaks.size else np.zeros_like(curve)


def _chroma_blocks(source: AudioSource) -> Iterator[NDArray[np.float64]]:
    """(frames, 12) magnitude per pitch class, from A1 to A6."""
    hop = _CHROMA_SAMPLE_RATE_HZ // CHROMA_RATE_HZ
    window = np.hanning(_CHROMA_WINDOW).astype(np.float32)
    hz = np.fft.rfftfreq(_CHROMA_WINDOW, 1.0 / _CHROMA_SAMPLE_RATE_HZ)
    used = np.flatnonzero((hz > 55.0) & (hz < 1760.0))
    pitch_class = np.round(12.0 * np.log2(hz[used] / 440.0)).astype(int) % 12
    fold = np.eye(12)[pitch_class]
    for signal in overlapping_blocks(source, _CHROMA_SAMPLE_RATE_HZ, _CHROMA_WINDOW, hop):
        frames = np.lib.stride_tricks.sliding_window_view(signal, _CHROMA_WINDOW)[::hop]
        yield np.abs(np.fft.rfft(frames * window))[:, used] @ fold

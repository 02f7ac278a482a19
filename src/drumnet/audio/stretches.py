"""A sound on its way past all that listen to it: short-time analysis, stretch by stretch.

In: a sound.  Out: its mono samples at another rate in stretches that hold whole windows, and
the spectrum of each window, which is taken once for all listeners.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np

from drumnet.audio.source import AudioSource, Samples, mono_blocks
from drumnet.audio.spectrum import Frames, SpectrumConfig, log_magnitude, mel_magnitude

#: What onset strength and the beat network both listen to.  Frozen with their weights.
SPECTRUM = SpectrumConfig()
#: log10(1 + gain * magnitude), for a full-scale signal near 1.
LOG_GAIN = 1_000.0


@dataclass(frozen=True, eq=False)
class Stretch:
    """What comes next of a sound.

    Args:
        sound: (n,) samples; none where only silence follows.
        signal: (m,) samples that hold the windows: i begins at i * hop, and the first of the
            sound is centred on 0:00.
        level: (num_windows, num_mels) float32, on a logarithmic scale.
    """

    sound: Samples
    signal: Samples
    level: Frames


class Ear(Protocol):
    """What listens to a sound on its way."""

    def hear(self, stretch: Stretch) -> None: ...


def listen(
    source: AudioSource,
    ears: Iterable[Ear],
    spectrum: SpectrumConfig = SPECTRUM,
    log_gain: float = LOG_GAIN,
) -> Iterator[None]:
    """Let every ear hear the sound, a block of it at each step.

    Raises:
        AudioError: the sound cannot be read.
    """
    ears, silence = tuple(ears), np.zeros(0, np.float32)
    size, hop = spectrum.window_samples, spectrum.hop_samples
    framing = Framing(size, hop)
    for sound in chain(mono_blocks(source, spectrum.sample_rate_hz), [None]):
        signal = framing.rest() if sound is None else framing.pushed(sound)
        if len(signal):
            windows = np.lib.stride_tricks.sliding_window_view(signal, size)[::hop]
            level = log_magnitude(mel_magnitude(windows, spectrum), log_gain).astype(np.float32)
        else:
            level = np.zeros((0, spectrum.num_mels), np.float32)
        stretch = Stretch(silence if sound is None else sound, signal, level)
        for ear in ears:
            ear.hear(stretch)
        yield


class Framing:
    """Cuts a mono sound that comes in blocks into stretches that hold whole windows."""

    def __init__(self, window_samples: int, hop_samples: int) -> None:
        self._size, self._hop = window_samples, hop_samples
        self._pending = np.zeros(window_samples // 2, dtype=np.float32)

    def pushed(self, block: Samples) -> Samples:
        """The stretch that a block (n,) completes; empty where it completes no window."""
        pending = np.concatenate([self._pending, block])
        num_windows = max(0, (len(pending) - self._size) // self._hop + 1)
        self._pending = pending[num_windows * self._hop :]
        return pending[: (num_windows - 1) * self._hop + self._size if num_windows else 0]

    def rest(self) -> Samples:
        """The last stretch, with silence after the sound."""
        return self.pushed(np.zeros(self._size // 2, dtype=np.float32))


def overlapping_blocks(
    source: AudioSource, sample_rate: int, window_samples: int, hop_samples: int
) -> Iterator[Samples]:
    """Stretches (n,) of the mono sound for a short-time analysis.

    The windows of a stretch, one each hop, go on where those of the stretch
    before ended; the first window is centred on 0:00, and silence is added at
    either end.
    """
    framing = Framing(window_samples, hop_samples)
    for block in mono_blocks(source, sample_rate):
        signal = framing.pushed(block)
        if len(signal):
            yield signal
    signal = framing.rest()
    if len(signal):
        yield signal

"""Two mono sounds as the sides of one in stereo.

In: the left and the right.  Out: an `AudioSource` of two channels, as long as the longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from drumnet.audio.source import BLOCK_SAMPLES, AudioSource, Samples


@dataclass(frozen=True, eq=False)
class PairedSource:
    """Args:
    left, right: of one channel each, at the same rate.
    """

    left: AudioSource
    right: AudioSource

    @property
    def sample_rate(self) -> int:
        return self.left.sample_rate

    @property
    def num_channels(self) -> int:
        return 2

    @property
    def num_samples(self) -> int:
        return max(self.left.num_samples, self.right.num_samples)

    @property
    def duration_s(self) -> float:
        return self.num_samples / self.sample_rate

    def blocks(self, block_samples: int = BLOCK_SAMPLES) -> Iterator[Samples]:
        sides = [_filled(side, self.num_samples, block_samples) for side in (self.left, self.right)]
        for left, right in zip(*sides, strict=True):
            yield np.concatenate([left, right])


def _filled(source: AudioSource, num_samples: int, block_samples: int) -> Iterator[Samples]:
    """Its samples in blocks of exactly that size but for the last, with silence behind them."""
    waiting = np.zeros((1, 0), dtype=np.float32)
    left = num_samples
    for block in source.blocks(block_samples):
        waiting = np.concatenate([waiting, block], axis=1)
        while waiting.shape[1] >= block_samples:
            yield waiting[:, :block_samples]
            waiting, left = waiting[:, block_samples:], left - block_samples
    while left > 0:
        wanted = min(block_samples, left)
        yield np.pad(waiting[:, :wanted], ((0, 0), (0, wanted - min(wanted, waiting.shape[1]))))
        waiting, left = waiting[:, wanted:], left - wanted

"""Sounds that are counted, or changed, while they are read.

In: an `AudioSource`.  Out: the same, to be read in the same way; nothing else has to
know that someone counts, or turns a fader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from drumnet.audio.source import BLOCK_SAMPLES, AudioSource, Samples

#: Is told the seconds of sound that were read since it was told last.
Tell = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class ChangedSource:
    """An `AudioSource` whose blocks go through a function.

    Args:
        change: blocks of (channels, n) samples to as many of that shape.
    """

    source: AudioSource
    change: Callable[[Iterator[Samples]], Iterator[Samples]]

    @property
    def sample_rate(self) -> int:
        return self.source.sample_rate

    @property
    def num_channels(self) -> int:
        return self.source.num_channels

    @property
    def num_samples(self) -> int:
        return self.source.num_samples

    @property
    def duration_s(self) -> float:
        return self.source.duration_s

    def blocks(self, block_samples: int = BLOCK_SAMPLES) -> Iterator[Samples]:
        yield from self.change(self.source.blocks(block_samples))


def counted_source(source: AudioSource, tell: Tell) -> ChangedSource:
    """A sound that tells how many seconds are read of it."""

    def count(block: Samples) -> Samples:
        tell(block.shape[1] / source.sample_rate)
        return block

    return ChangedSource(source, partial(map, count))


def scaled_source(source: AudioSource, gain: float) -> ChangedSource:
    """A sound at another level."""
    return ChangedSource(source, partial(map, lambda block: block * np.float32(gain)))

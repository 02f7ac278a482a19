"""What the drums are mixed to: all stems of a song that stay, added up.

In: sounds.  Out: (2, n) float32 blocks at `KIT_RATE_HZ`, and what has to be known of them before
a mix is made.  What is read once is kept where it is short, so that a mix need not read it again.

Mono stems stand in the centre.  Stems of 5.1 and 7.1 channels are folded by
ITU-R BS.775-3 without the low-frequency channel; of other numbers, even
channels go left and odd ones right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import BLOCK_S, AudioSource, resampled_blocks
from drumnet.kits.kit import KIT_RATE_HZ
from drumnet.products import product
from drumnet.song.onsets import Onsets
from drumnet.song.song import Song

BLOCK_SAMPLES = round(BLOCK_S * KIT_RATE_HZ)
#: What is longer in memory is read again to be mixed: about six minutes.
_MOST_KEPT_BYTES = 128_000_000

#: Extremes are kept for every so many samples: the sum of two such extremes
#: bounds the peak of the mix closely, at any level of the drums.
_CELL_SAMPLES = 63
_CELLS_PER_STRETCH = 70  # 63 * 70 samples are 0.1 s at 44.1 kHz
_SOUNDS = 10 ** (-40 / 20)
_PERCENTILE = 95.0


@dataclass(frozen=True, eq=False)
class Extremes:
    """The highest and lowest sample of every cell: (channels, cells) each."""

    highest: NDArray[np.float32]
    lowest: NDArray[np.float32]

    @classmethod
    def of(cls, blocks: Iterable[NDArray[np.float32]]) -> Self:
        """Of blocks of one sound, each but the last of whole cells."""
        return cls.joined([cls.of_block(block) for block in blocks])

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Of one after the other."""
        if not parts:
            return cls(np.zeros((1, 0), np.float32), np.zeros((1, 0), np.float32))
        highest, lowest = ([getattr(one, name) for one in parts] for name in ("highest", "lowest"))
        return cls(np.concatenate(highest, axis=1), np.concatenate(lowest, axis=1))

    @classmethod
    def of_block(cls, block: NDArray[np.float32]) -> Self:
        short = -block.shape[1] % _CELL_SAMPLES
        whole = np.pad(block, ((0, 0), (0, short)), mode="edge") if short else block
        cells = whole.reshape(block.shape[0], -1, _CELL_SAMPLES)
        return cls(cells.max(axis=2), cells.min(axis=2))

    def typical_peak(self) -> float:
        """The 95th percentile of the peaks of 0.1 s stretches that sound; 0 for silence."""
        peaks = np.maximum(self.highest, -self.lowest).max(axis=0)
        if not len(peaks) or peaks.max() <= 0:
            return 0.0
        stretches = np.maximum.reduceat(peaks, np.arange(0, len(peaks), _CELLS_PER_STRETCH))
        return float(np.percentile(stretches[stretches > stretches.max() * _SOUNDS], _PERCENTILE))


@dataclass(frozen=True, eq=False)
class Band:
    """What a song sounds like without the drums.

    Args:
        sound: all of it, where it is short enough to be kept.
    """

    extremes: Extremes
    sound: Sequence[NDArray[np.float32]] | None = None


def band_of(song: Song, duration_s: float) -> Band:
    """Read a song; nothing of it is kept.

    Raises:
        AudioError: a stem cannot be read.
    """
    return Band(Extremes.of(band_blocks(song, duration_s)))


class BandMeter:
    """Makes a `Band` of its blocks.

    Args:
        num_samples: that will come.
    """

    def __init__(self, num_samples: int) -> None:
        self._extremes: list[Extremes] = []
        is_short = 8 * num_samples <= _MOST_KEPT_BYTES
        self._kept: list[NDArray[np.float32]] | None = [] if is_short else None

    def add(self, block: NDArray[np.float32]) -> None:
        """The next of the blocks (2, n)."""
        self._extremes.append(Extremes.of_block(block))
        if self._kept is not None:
            self._kept.append(block)

    def band(self) -> Band:
        """Of all that was added."""
        return Band(Extremes.joined(self._extremes), self._kept)


def band_blocks(song: Song, duration_s: float) -> Iterator[NDArray[np.float32]]:
    """The sum of the stems that stay, in blocks of (2, `BLOCK_SAMPLES`)."""
    num_samples = num_mixed(duration_s)
    stems = [
        stereo_blocks(source, num_samples)
        for stem in song.sounding
        if not isinstance(source := stem.source, Onsets)
    ]
    for start in range(0, num_samples, BLOCK_SAMPLES):
        yield summed([next(stem) for stem in stems], min(BLOCK_SAMPLES, num_samples - start))


def num_mixed(duration_s: float) -> int:
    """Samples of a mix of that length."""
    return round(duration_s * KIT_RATE_HZ)


def summed(blocks: Iterable[NDArray[np.float32]], num_samples: int) -> NDArray[np.float32]:
    """The sum of blocks (2, num_samples), always in the same order."""
    total = np.zeros((2, num_samples), dtype=np.float32)
    for block in blocks:
        total += block
    return total


def stereo_blocks(source: AudioSource, num_samples: int) -> Iterator[NDArray[np.float32]]:
    """A stem in blocks of (2, `BLOCK_SAMPLES`), cut or padded to `num_samples`.

    Raises:
        AudioError: it cannot be read.
    """
    read = source.blocks(round(BLOCK_S * source.sample_rate))
    stereo = (_stereo(block) for block in read)
    return _in_blocks(resampled_blocks(stereo, 2, source.sample_rate, KIT_RATE_HZ), num_samples)


def _stereo(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """The downmix (2, n) of a block (channels, n)."""
    num_channels = block.shape[0]
    if num_channels <= 2:
        return np.broadcast_to(block, (2, block.shape[1]))
    matrix = np.zeros((2, num_channels))
    matrix[0, 0::2] = matrix[1, 1::2] = 1.0
    if num_channels in (6, 8):  # left, right, centre, low frequencies, surrounds in pairs
        matrix[:, 2:] *= np.sqrt(0.5)
        matrix[:, 2], matrix[:, 3] = np.sqrt(0.5), 0.0
    return product(matrix.astype(np.float32), block)


def _in_blocks(
    blocks: Iterable[NDArray[np.float32]], num_samples: int
) -> Iterator[NDArray[np.float32]]:
    """The same samples in blocks of (2, `BLOCK_SAMPLES`), cut or padded to `num_samples`."""
    source = iter(blocks)
    held = np.zeros((2, 0), dtype=np.float32)
    for start in range(0, num_samples, BLOCK_SAMPLES):
        wanted = min(BLOCK_SAMPLES, num_samples - start)
        parts, have = [held], held.shape[1]
        while have < wanted:
            block = next(source, None)
            if block is None:
                block = np.zeros((2, wanted - have), dtype=np.float32)
            parts.append(block)
            have += block.shape[1]
        joined = np.concatenate(parts, axis=1)
        held = joined[:, wanted:]
        yield joined[:, :wanted]

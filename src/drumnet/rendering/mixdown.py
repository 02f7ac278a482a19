"""The song and its drums in one stereo file.

In: a `Song`, a `DrumTrack` and a `Kit`.  Out: (2, n) float32 blocks at
`MIX_RATE_HZ`: all stems that are sound, except those which the track replaces,
at their own levels, and the drums at a level that fits.

The rule for the level: the drums' peaks stand `DRUMS_OVER_SONG_DB` over those
of the song.  Of both, the 95th percentile of the peaks of 0.1 s stretches
counts, over the stretches that sound (above -40 dB of the loudest).  In the
drum stems beside this project's recordings it is between 13 dB below and 3.5 dB
above the other stems as exported; the finished production among them has
+3.5 dB.

Drums and mix go through a limiter each (`limiter`), as in the studio's page.
So that it has nothing to do in a mix whose level is measured here, all is
scaled down first, never up, until no sample is beyond `limiter.PEAK_LIMIT`.

Mono stems stand in the centre.  Stems of 5.1 and 7.1 channels are folded by
ITU-R BS.775-3 without the low-frequency channel; of other numbers, even
channels go left and odd ones right.

The song is read twice, once to measure and once to mix, so that an hour needs
no more memory than a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import AudioSource, resampled_blocks
from drumnet.hits import DrumTrack
from drumnet.kits.kit import KIT_RATE_HZ, Kit
from drumnet.products import product
from drumnet.rendering.drum_bus import DrumBus
from drumnet.rendering.limiter import PEAK_LIMIT, limited
from drumnet.rendering.render import BLOCK_S, render_blocks
from drumnet.song.onsets import Onsets
from drumnet.song.song import Song

MIX_RATE_HZ = KIT_RATE_HZ

DRUMS_OVER_SONG_DB = 0.0

_BLOCK_SAMPLES = round(BLOCK_S * MIX_RATE_HZ)

#: Extremes are kept for every so many samples: the sum of two such extremes
#: bounds the peak of the mix closely, at any level of the drums.
_CELL_SAMPLES = 63
_CELLS_PER_STRETCH = 70  # 63 * 70 samples are 0.1 s at 44.1 kHz
_SOUNDS = 10 ** (-40 / 20)
_PERCENTILE = 95.0


@dataclass(frozen=True)
class MixLevels:
    """Factors of a mixdown, before the limiters: on the drums alone, and on everything."""

    drums_gain: float
    master_gain: float


def measure_mix(
    song: Song, track: DrumTrack, kit: Kit, duration_s: float, drums_gain: float | None = None
) -> MixLevels:
    """Finds the levels by the rule above; reads the whole song once.

    Args:
        drums_gain: the drums' level where it is set already.
    """
    heard = _Extremes.of(_song_blocks(song, duration_s))
    drums = _Extremes.of(render_blocks(track, kit, duration_s, MIX_RATE_HZ))
    song_peak, drums_peak = heard.typical_peak(), drums.typical_peak()
    gain = 1.0 if drums_gain is None else drums_gain
    if drums_gain is None and song_peak > 0 and drums_peak > 0:
        gain = 10 ** (DRUMS_OVER_SONG_DB / 20) * song_peak / drums_peak
    peak = max(
        float((heard.highest + (gain * drums.highest).clip(max=PEAK_LIMIT)).max(initial=0.0)),
        -float((heard.lowest + (gain * drums.lowest).clip(min=-PEAK_LIMIT)).min(initial=0.0)),
    )
    return MixLevels(gain, min(1.0, PEAK_LIMIT / peak) if peak > 0 else 1.0)


def mix_blocks(
    song: Song,
    track: DrumTrack,
    kit: Kit,
    duration_s: float | None = None,
    levels: MixLevels | None = None,
) -> Iterator[NDArray[np.float32]]:
    """The mix in blocks of (2, n), round(duration_s * MIX_RATE_HZ) samples in all.

    Args:
        duration_s: the length of the song if None.
        levels: measured if None.

    Raises:
        KitError: the kit lacks a piece of the track.
        AudioError: a stem cannot be read.
    """
    length_s = song.duration_s if duration_s is None else duration_s
    levels = levels or measure_mix(song, track, kit, length_s)
    drums = DrumBus(track, kit, length_s, levels.drums_gain).blocks()
    master = np.float32(levels.master_gain)
    song_blocks = _song_blocks(song, length_s)
    mixed = (master * (stems + hits) for stems, hits in zip(song_blocks, drums, strict=True))
    return limited(mixed, MIX_RATE_HZ)


def _song_blocks(song: Song, duration_s: float) -> Iterator[NDArray[np.float32]]:
    """The sum of the stems that stay, in blocks of (2, `_BLOCK_SAMPLES`)."""
    num_samples = round(duration_s * MIX_RATE_HZ)
    sources = [stem.source for stem in song.sounding]
    stems = [
        _in_blocks(_stereo_blocks(source), num_samples)
        for source in sources
        if not isinstance(source, Onsets)
    ]
    for start in range(0, num_samples, _BLOCK_SAMPLES):
        mixed = np.zeros((2, min(_BLOCK_SAMPLES, num_samples - start)), dtype=np.float32)
        for stem in stems:
            mixed += next(stem)
        yield mixed


def _stereo_blocks(source: AudioSource) -> Iterator[NDArray[np.float32]]:
    stereo = (_stereo(block) for block in source.blocks(_BLOCK_SAMPLES))
    return resampled_blocks(stereo, 2, source.sample_rate, MIX_RATE_HZ)


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
    """The same samples in blocks of (2, `_BLOCK_SAMPLES`), cut or padded to `num_samples`."""
    source = iter(blocks)
    held = np.zeros((2, 0), dtype=np.float32)
    for start in range(0, num_samples, _BLOCK_SAMPLES):
        wanted = min(_BLOCK_SAMPLES, num_samples - start)
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


@dataclass(frozen=True, eq=False)
class _Extremes:
    """The highest and lowest sample of every cell: (channels, cells) each."""

    highest: NDArray[np.float32]
    lowest: NDArray[np.float32]

    @staticmethod
    def of(blocks: Iterable[NDArray[np.float32]]) -> _Extremes:
        highest, lowest = [np.zeros((1, 0), np.float32)], [np.zeros((1, 0), np.float32)]
        for block in blocks:
            short = -block.shape[1] % _CELL_SAMPLES
            cells = np.pad(block, ((0, 0), (0, short)), mode="edge")
            cells = cells.reshape(block.shape[0], -1, _CELL_SAMPLES)
            highest.append(cells.max(axis=2))
            lowest.append(cells.min(axis=2))
        if len(highest) > 1:
            del highest[0], lowest[0]
        return _Extremes(np.concatenate(highest, axis=1), np.concatenate(lowest, axis=1))

    def typical_peak(self) -> float:
        """The 95th percentile of the peaks of 0.1 s stretches that sound; 0 for silence."""
        peaks = np.maximum(self.highest, -self.lowest).max(axis=0)
        if not len(peaks) or peaks.max() <= 0:
            return 0.0
        stretches = np.maximum.reduceat(peaks, np.arange(0, len(peaks), _CELLS_PER_STRETCH))
        return float(np.percentile(stretches[stretches > stretches.max() * _SOUNDS], _PERCENTILE))

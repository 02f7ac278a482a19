"""Beats to hear: the song with a click on each beat.

In: a `Song` and a `BeatGrid`.  Out: a mono WAV, the stems at their own levels
in equal parts, and clicks, higher and louder where a bar begins.  Memory is
bounded for any length.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import mono_blocks, write_wav
from drumnet.grid import BeatGrid
from drumnet.song.onsets import Onsets
from drumnet.song.song import Song

CLICK_RATE_HZ = 44_100
_BLOCK_S = 10.0
_CLICK_S, _DECAY_S = 0.04, 0.008
_DOWNBEAT_HZ, _BEAT_HZ = 1_760.0, 1_174.7
_DOWNBEAT_LEVEL, _BEAT_LEVEL, _SONG_LEVEL = 0.6, 0.4, 0.5
_LIMIT = 0.98


def write_click(path: Path, song: Song, grid: BeatGrid) -> None:
    """Write the song with clicks.

    Raises:
        OutputError: the file cannot be written.
        AudioError: a stem cannot be read.
    """
    write_wav(path, _with_clicks(_mono_song(song), grid), CLICK_RATE_HZ, 1, subtype="PCM_16")


def _mono_song(song: Song) -> Iterator[NDArray[np.float32]]:
    """The sum of the stems in blocks (n,), as long as the song."""
    sources = [stem.source for stem in song.stems if not isinstance(stem.source, Onsets)]
    gain = np.float32(_SONG_LEVEL / np.sqrt(max(1, len(sources))))
    size, length = round(_BLOCK_S * CLICK_RATE_HZ), round(song.duration_s * CLICK_RATE_HZ)
    streams = [_even_blocks(mono_blocks(source, CLICK_RATE_HZ), size) for source in sources]
    for start in range(0, length, size):
        total = np.zeros(min(size, length - start), dtype=np.float32)
        for stream in streams:
            part = next(stream, total[:0])[: len(total)]
            total[: len(part)] += gain * part
        yield total


def _even_blocks(blocks: Iterator[NDArray[np.float32]], size: int) -> Iterator[NDArray[np.float32]]:
    held = np.zeros(0, dtype=np.float32)
    for block in blocks:
        held = np.concatenate([held, block])
        while len(held) >= size:
            yield held[:size]
            held = held[size:]
    if len(held):
        yield held


def _with_clicks(
    blocks: Iterator[NDArray[np.float32]], grid: BeatGrid
) -> Iterator[NDArray[np.float32]]:
    clicks = {
        True: _click(_DOWNBEAT_HZ, _DOWNBEAT_LEVEL),
        False: _click(_BEAT_HZ, _BEAT_LEVEL),
    }
    at = np.round(grid.beats_s * CLICK_RATE_HZ).astype(np.int64)
    start = 0
    for block in blocks:
        out = block.copy()
        for beat in np.flatnonzero((at > start - len(clicks[True])) & (at < start + len(out))):
            click = clicks[bool(grid.is_downbeat[beat])]
            first = int(at[beat]) - start
            inside = click[max(0, -first) : max(0, len(out) - first)]
            if first + len(click) > 0 and at[beat] >= 0:
                out[max(0, first) : max(0, first) + len(inside)] += inside
        start += len(block)
        yield np.clip(out, -_LIMIT, _LIMIT)[None]


def _click(hz: float, level: float) -> NDArray[np.float32]:
    t = np.arange(round(_CLICK_S * CLICK_RATE_HZ)) / CLICK_RATE_HZ
    tone = level * np.sin(2 * np.pi * hz * t) * np.exp(-t / _DECAY_S)
    return np.asarray(tone, dtype=np.float32)

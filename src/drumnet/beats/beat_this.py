"""Beats by beat_this, where a user has it: an extra, never needed.

In: a `Song`.  Out: its `BeatGrid`, as the network of Foscarin, Schlueter & Widmer
("Beat this! Accurate beat tracking without DBN postprocessing", ISMIR 2024) finds
it in the mix of the stems.  The package `beat_this` and its weights, which it
downloads when it is first used, are the user's to install.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import mono_blocks
from drumnet.beats.downbeats import number_beats
from drumnet.errors import BeatError
from drumnet.grid import BeatGrid
from drumnet.song.onsets import Onsets
from drumnet.song.song import Song

_SAMPLE_RATE_HZ = 22_050
_LEAST_BEATS = 4
#: A downbeat this near a beat is that beat; how likely it then begins a bar.
_SAME_S, _LIKELY, _UNLIKELY = 0.03, 0.9, 0.05


@dataclass(frozen=True)
class BeatThisTracker:
    """Asks beat_this.

    Args:
        beats_per_bar: the metre, where it is known.
        checkpoint: the name of beat_this' weights.
    """

    beats_per_bar: int | None = None
    checkpoint: str = "final0"

    def track(self, song: Song) -> BeatGrid:
        """Raises:
        BeatError: beat_this is not installed, or hears no beats.
        """
        try:
            from beat_this.inference import Audio2Beats
        except ImportError:
            raise BeatError(
                "beat_this is not installed: pip install beat_this, or leave out --tracker"
            ) from None
        mix = _mix(song)
        found = Audio2Beats(checkpoint_path=self.checkpoint, device="cpu")(mix, _SAMPLE_RATE_HZ)
        beats_s, downbeats_s = (np.asarray(times, dtype=np.float64) for times in found)
        if len(beats_s) < _LEAST_BEATS:
            raise BeatError("beat_this hears no beats: give --bpm, or leave out --tracker")
        if len(downbeats_s):
            near = np.abs(beats_s[:, None] - downbeats_s).min(axis=1) < _SAME_S
        else:
            near = np.zeros(len(beats_s), dtype=bool)
        numbering = number_beats(np.where(near, _LIKELY, _UNLIKELY), self.beats_per_bar)
        return BeatGrid(beats_s, numbering.numbers).covering(song.duration_s)


def _mix(song: Song) -> NDArray[np.float32]:
    """(n,) the sum of the stems that are sound."""
    total = np.zeros(round(song.duration_s * _SAMPLE_RATE_HZ) + 1, dtype=np.float32)
    for stem in song.stems:
        if isinstance(stem.source, Onsets):
            continue
        start = 0
        for block in mono_blocks(stem.source, _SAMPLE_RATE_HZ):
            part = total[start : start + len(block)]
            part += block[: len(part)]
            start += len(block)
    return total

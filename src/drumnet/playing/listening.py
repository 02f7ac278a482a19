"""A song that was listened to: what any number of styles may be played to.

In: a song, its beats, what is heard of it and what the network made of that.  Out:
the same, or a part of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import Conditioning
from drumnet.song.song import Song


@dataclass(frozen=True, eq=False)
class Listening:
    """A song that has been listened to; any number of styles may be played.

    Args:
        beats: the grid, from before 0:00 to beyond the song's end.
        heard: the conditioning on its ticks.
        listened: (width, num_beats) what the network made of it.
    """

    song: Song
    beats: BeatGrid
    heard: Conditioning
    listened: NDArray[np.float32]

    def cut(self, start: int, stop: int) -> Listening:
        """The beats from `start` up to `stop`."""
        grid = slice(start, stop + 1)
        beats = BeatGrid(self.beats.beats_s[grid], self.beats.beat_in_bar[grid])
        heard = self.heard.cut(start, stop)
        return Listening(self.song, beats, heard, self.listened[:, start:stop])

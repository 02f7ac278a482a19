"""Where the beats are: the grid and everything that finds it."""

from __future__ import annotations

from drumnet.beats.files import read_beats, write_beats
from drumnet.beats.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.beats.tracker import BeatFile, BeatTracker, FixedTempo, OnsetTracker

__all__ = [
    "TICKS_PER_BEAT",
    "BeatFile",
    "BeatGrid",
    "BeatTracker",
    "FixedTempo",
    "OnsetTracker",
    "read_beats",
    "write_beats",
]

"""Where the beats are: the grid and everything that finds it."""
from drumnet.beats.grid import TICKS_PER_BEAT, BeatGrid

__all__ = ["TICKS_PER_BEAT", "BeatGrid"]

"""`hits.csv`: every hit with its time, its place in the bar and its velocity.

Columns: `time_s,bar,beat,tick,piece,velocity`.  Bars and beats count from 1,
bar 0 is a pickup; the tick counts from 0 within the beat.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from drumnet.beats.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.files import atomic_path
from drumnet.hits import DrumTrack

COLUMNS = ("time_s", "bar", "beat", "tick", "piece", "velocity")


def write_hits(path: str | Path, track: DrumTrack, grid: BeatGrid) -> None:
    """Write a track as `hits.csv`."""
    with atomic_path(path) as part, open(part, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for hit in track:
            beat = int(np.clip(hit.tick // TICKS_PER_BEAT, 0, grid.num_beats - 1))
            bar, number = int(grid.bar_number[beat]), int(grid.beat_in_bar[beat])
            place = (bar, number, hit.tick - beat * TICKS_PER_BEAT)
            writer.writerow((f"{hit.onset_s:.6f}", *place, hit.piece.value, hit.velocity))

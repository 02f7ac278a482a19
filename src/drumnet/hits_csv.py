"""`hits.csv`: every hit with its time, its place in the bar and its velocity.

Columns: `time_s,bar,beat,tick,piece,velocity`.  Bars and beats count from 1,
bar 0 is a pickup; the tick counts from 0 within the beat.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drumnet.errors import DrumnetError
from drumnet.files import atomic_path
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece

#: A hit is played at most so far from its tick.
_NEAR_TICKS = 4
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


@dataclass(frozen=True)
class HitRow:
    """A line of `hits.csv`.

    Args:
        place: bar, beat and tick as they stand there, None where they do not.
    """

    onset_s: float
    piece: Piece
    velocity: int
    place: tuple[int, int, int] | None


def names_pieces(path: str | Path) -> bool:
    """Whether a file begins as a hits.csv does, and not as a table of times."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            return "piece" in next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return False


def read_hits(path: str | Path) -> tuple[HitRow, ...]:
    """Read `hits.csv`; of its columns only time, piece and velocity have to be there.

    Raises:
        DrumnetError: the file cannot be read, or a line is no hit.
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = {"time_s", "piece", "velocity"} - set(reader.fieldnames or ())
            if missing:
                raise DrumnetError(
                    f"'{path}' has no column {min(missing)}: give a hits.csv as drumnet writes it"
                )
            return tuple(_row(path, number, line) for number, line in enumerate(reader, 2))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise DrumnetError(
            f"cannot read '{path}' as hits ({fault}): give a hits.csv as drumnet writes it"
        ) from fault


def _row(path: str | Path, number: int, line: Mapping[str, str | None]) -> HitRow:
    try:
        onset_s, velocity = float(line["time_s"] or ""), int(line["velocity"] or "")
        cells = [line.get(name) for name in ("bar", "beat", "tick")]
        bar, beat, tick = (int(cell) if cell else -1 for cell in cells)
        piece = Piece.from_name(line["piece"] or "")
    except (ValueError, DrumnetError) as fault:
        raise DrumnetError(f"'{path}', line {number}, is no hit: {fault}") from fault
    if not (0 <= onset_s < np.inf and 1 <= velocity <= 127):
        raise DrumnetError(
            f"'{path}', line {number}: a time from 0:00 and a velocity of 1-127 are wanted"
        )
    place = (bar, beat, tick) if all(cells) else None
    return HitRow(onset_s, piece, velocity, place)


def track_of(rows: Sequence[HitRow], grid: BeatGrid) -> DrumTrack:
    """The hits on a grid: on the tick that is written, where that is near (a swung hit
    is later than its tick), else on the nearest."""
    beats = {
        place: beat
        for beat, place in enumerate(
            zip(grid.bar_number.tolist(), grid.beat_in_bar.tolist(), strict=True)
        )
    }
    nearest = grid.nearest_ticks([row.onset_s for row in rows]).tolist()
    hits = []
    for row, tick in zip(rows, nearest, strict=True):
        if row.place is not None and row.place[:2] in beats:
            written = beats[row.place[:2]] * TICKS_PER_BEAT + row.place[2]
            tick = written if abs(written - tick) <= _NEAR_TICKS else tick
        hits.append(Hit(row.onset_s, tick, row.piece, row.velocity))
    return DrumTrack(tuple(hits))

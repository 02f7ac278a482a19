"""Beats <-> files.

In: a text file of beats, or a Standard MIDI File.  Out: a `BeatGrid`; and back
to `beats.tsv`.

A text file has one beat a line, `time in s` and the beat's number in its bar
(1 = downbeat), between them tabs, spaces, commas or semicolons: the format of
beat_this, of the `.beats` files of MDB Drums, Ballroom and Harmonix, and of our
own `beats.tsv`.  The number may be written `bar.beat` (`12.3`), and may be left
out.  Further columns, comments (`#`) and a header line are passed over; but the comment
`# a beat is 1/8` says so of the beats behind it, which are quarter notes otherwise.
Labels of Audacity (start, end, number) and decimals with commas are read too.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import BeatError
from drumnet.files import atomic_path
from drumnet.grid import BEAT_UNITS, DEFAULT_BEATS_PER_BAR, QUARTER, BeatGrid
from drumnet.limits import MAX_BEATS, MAX_SONG, MAX_SONG_S
from drumnet.midi.read import MIDI_SUFFIXES, read_midi
from drumnet.number_table import read_text, rows_of

#: Outside this the times are hardly seconds: milliseconds, samples, frames.
_SLOWEST_BPM, _FASTEST_BPM = 10.0, 800.0
_UNIT = re.compile(r"#\s*a beat is 1/(\d{1,2})\s*")
_BAR_BEAT = re.compile(r"\d{1,9}\.[1-9]\d?")


def read_beats(path: str | Path, beats_per_bar: int | None = None) -> BeatGrid:
    """The beats that a file holds.

    Args:
        path: a text file of beats, or a MIDI file, whose tempo and metre map
            is taken.
        beats_per_bar: used where the file gives times alone: bars of that many
            beats, from the first beat on (default 4).

    Raises:
        BeatError: no such file, nothing readable in it, times out of order.
        MidiError: a MIDI file that cannot be read.
    """
    path = Path(path)
    if not path.is_file():
        raise BeatError(f"no beats file '{path}': check the path")
    if path.suffix.lower() in MIDI_SUFFIXES:
        return read_midi(path).beat_grid()
    rows = _read_rows(path)
    if len(rows) < 2:
        raise BeatError(f"'{path}' holds {len(rows)} beats: at least two are needed")
    for before, row in pairwise(rows):
        if row.time_s <= before.time_s:
            raise BeatError(
                f"'{path}' line {row.line}: the beat at {row.time_s:g} s does not come after the "
                f"one before it at {before.time_s:g} s: sort the beats by time"
            )
    times = np.array([row.time_s for row in rows])
    if np.abs(times).max() > MAX_SONG_S or len(times) > MAX_BEATS:
        raise BeatError(f"the beats of '{path}' are of more than {MAX_SONG}: give times in seconds")
    tempo = 60.0 / float(np.median(np.diff(times)))
    if not _SLOWEST_BPM <= tempo <= _FASTEST_BPM:
        raise BeatError(
            f"the beats of '{path}' run at {tempo:.3g} bpm: the first column must be in seconds"
        )
    numbers = _beat_numbers(path, rows, beats_per_bar or DEFAULT_BEATS_PER_BAR)
    return BeatGrid(times, numbers, np.array([row.unit for row in rows]))


def write_beats(path: str | Path, grid: BeatGrid) -> None:
    """Write the beats of a grid, from 0:00 on, as `beats.tsv`; which notes they are is said
    where some are no quarters.

    Raises:
        BeatError: fewer than two beats at or after 0:00.
        OutputError: the file cannot be written.
    """
    # What rounds to 0 is at 0; the 6 decimals below are a microsecond.
    heard = np.flatnonzero(grid.beats_s > -5e-7)
    if len(heard) < 2:
        raise BeatError(f"'{path}' cannot be written: fewer than two beats lie after 0:00")
    lines, unit = [], QUARTER
    for i in heard:
        if grid.unit[i] != unit:
            unit = int(grid.unit[i])
            lines.append(f"# a beat is 1/{unit}\n")
        lines.append(f"{max(grid.beats_s[i], 0.0):.6f}\t{grid.beat_in_bar[i]}\n")
    with atomic_path(path) as beside:
        beside.write_text("".join(lines), encoding="utf-8", newline="\n")


class _Row(NamedTuple):
    line: int
    time_s: float
    second: str | None  # column, where there is one
    unit: int  # the note that it is


def _read_rows(path: Path) -> list[_Row]:
    try:
        text = read_text(path)
    except UnicodeDecodeError:
        raise BeatError(
            f"'{path}' is not a text file of beats: give a .tsv, .beats or .mid"
        ) from None
    except OSError as fault:
        raise BeatError(f"'{path}' cannot be read: {fault.strerror}") from None
    rows: list[_Row] = []
    may_be_header = True
    starts, units = _units_of(path, text)
    for line, content, cells in rows_of(text):
        time_s = _number(cells[0])
        if time_s is not None:
            unit = units[bisect_left(starts, line) - 1]
            rows.append(_Row(line, time_s, cells[1] if len(cells) > 1 else None, unit))
        elif not may_be_header:
            raise BeatError(
                f"'{path}' line {line}: '{content[:40]}' does not begin with a time in s"
            )
        may_be_header = False
    if not rows:
        raise BeatError(f"'{path}' holds no beats: each line is a time in s and a beat number")
    return rows


def _units_of(path: Path, text: str) -> tuple[list[int], list[int]]:
    """The lines that say which note a beat is, and which; a quarter from the start."""
    lines, units = [0], [QUARTER]
    for number, line in enumerate(text.splitlines(), 1):
        said = _UNIT.fullmatch(line)
        if said:
            lines.append(number)
            units.append(int(said[1]))
            if units[-1] not in BEAT_UNITS:
                raise BeatError(f"'{path}' line {number}: no metre has beats of 1/{said[1]}")
    return lines, units


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _beat_numbers(path: Path, rows: list[_Row], beats_per_bar: int) -> NDArray[np.int64]:
    """(num_beats,) numbers in the bar, from the second columns or by counting."""
    cells = [row.second or "" for row in rows]
    if all(_number(cell) is None for cell in cells):  # none, or words on labels
        return np.arange(len(rows)) % beats_per_bar + 1
    if all(_BAR_BEAT.fullmatch(cell) for cell in cells):  # bar.beat: 12.3 is beat 3 of bar 12
        return np.array([int(cell.split(".")[1]) for cell in cells])
    numbers = np.empty(len(rows), dtype=np.int64)
    for index, (row, cell) in enumerate(zip(rows, cells, strict=True)):
        value = _number(cell)
        if value is None or value != int(value) or not 0 <= value <= 64:
            raise BeatError(
                f"'{path}' line {row.line}: '{cell}' is not a beat in its bar (1, 2, 3, ...)"
            )
        numbers[index] = int(value)
    if numbers.min() == 0:
        return _from_flags(path, rows, numbers)
    return numbers


def _from_flags(path: Path, rows: list[_Row], flags: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers from a column that says 1 for a downbeat and 0 for any other beat."""
    if flags.max() != 1:
        line = rows[int(np.argmin(flags))].line
        raise BeatError(f"'{path}' line {line}: beats in a bar are counted from 1 (the downbeat)")
    downbeats = np.flatnonzero(flags)
    index = np.arange(len(flags))
    latest = np.maximum.accumulate(np.where(flags == 1, index, -1))
    # A pickup counts towards the first downbeat: of four beats, two are 3 and 4.
    first, second = int(downbeats[0]), int(downbeats[1]) if len(downbeats) > 1 else 0
    length = max(second - first, first, 1)
    return np.where(latest >= 0, index - latest, (index - first) % length) + 1

"""`sections.tsv`: the sections of a song, to be read and to be typed by hand.

A line is a section, its cells have tabs between them:

    start   name    style   settings
    1       verse
    17      chorus  random  complexity=0.8 fills=8
    1:04.5  verse

The start is a number of a bar as in `hits.csv` (a pickup is bar 0), or a time as
m:ss, which goes to the nearest bar line.  What is left out, or `-`, is as in the
first section of that name, or else as in the song.  The style is a style's name or
file, `random`, or `vary` for a variation of the song's; the settings are those of
`drumnet.settings`.  A header, empty lines and comments (`#`) are passed over;
where no cell holds a space, spaces may stand for the tabs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drumnet.errors import DrumnetError, SectionError
from drumnet.files import atomic_path
from drumnet.grid import BeatGrid
from drumnet.hearing.sections import Section
from drumnet.settings import Settings

#: In the folder of a result.
SECTIONS_FILE = "sections.tsv"
HEADER = "start\tname\tstyle\tsettings"
_EMPTY = ("", "-")
_BAR = re.compile(r"\d+")
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d*)?)")
_MOST_CELLS = 4


@dataclass(frozen=True)
class SectionRow:
    """A line of a file.

    Args:
        place: file and number of the line, for people.
        start: as it is typed.
    """

    place: str
    start: str
    name: str
    style: str
    changes: Mapping[str, str]


def read_sections(path: str | Path) -> tuple[SectionRow, ...]:
    """The lines of a file, whose places in a song are found by `placed`.

    Raises:
        SectionError: no such file, or a line that makes no sense, with its number.
    """
    path = Path(path)
    if not path.is_file():
        raise SectionError(f"no sections file '{path}': check the path, or say auto")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise SectionError(f"'{path}' is not a text file of sections: give a .tsv") from None
    except OSError as fault:
        raise SectionError(f"'{path}' cannot be read: {fault.strerror}") from None
    rows: list[SectionRow] = []
    for number, line in enumerate(lines, start=1):
        cells = _cells(line)
        if cells and cells[0].lower() != "start":
            rows.append(_row(cells, f"'{path}' line {number}", len(rows) + 1))
    if not rows:
        raise SectionError(f"'{path}' holds no sections: each line is a bar and a name")
    return tuple(rows)


def placed(rows: Sequence[SectionRow], grid: BeatGrid) -> tuple[Section, ...]:
    """Sections on the bars of a grid.

    Raises:
        SectionError: a bar that there is not, or one not after the one before it.
    """
    sections: list[Section] = []
    for row in rows:
        start = _start_beat(row, grid)
        if sections and start <= sections[-1].start_beat:
            raise SectionError(
                f"{row.place}: the section at {row.start} does not begin after the one before it"
            )
        sections.append(Section(start, row.name, row.style, row.changes))
    return tuple(sections)


def write_sections(path: str | Path, sections: Sequence[Section], grid: BeatGrid) -> None:
    """Write sections as a file that `read_sections` takes."""
    rows = [HEADER]
    for section in sections:
        changes = " ".join(f"{key}={value}" for key, value in section.changes.items())
        bar = str(int(grid.bar_number[section.start_beat]))
        rows.append("\t".join((bar, section.name, section.style or "-", changes or "-")))
    with atomic_path(path) as beside:
        beside.write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")


def _cells(line: str) -> list[str]:
    content = line.split("#")[0].rstrip()
    if not content.strip():
        return []
    if "\t" in content:
        return [cell.strip() for cell in content.split("\t")]
    return content.split(maxsplit=3)


def _row(cells: list[str], place: str, number: int) -> SectionRow:
    if len(cells) > _MOST_CELLS:
        raise SectionError(f"{place}: {len(cells)} cells, but a section has {_MOST_CELLS} at most")
    start, name, style, settings = (*cells, *[""] * _MOST_CELLS)[:_MOST_CELLS]
    if not (_BAR.fullmatch(start) or _CLOCK.fullmatch(start)):
        raise SectionError(
            f"{place}: '{start[:40]}' is neither the number of a bar nor a time as 1:04"
        )
    changes: dict[str, str] = {}
    for pair in [] if settings in _EMPTY else re.split(r"[\s,;]+", settings):
        key, equals, value = pair.partition("=")
        if not (key and equals and value):
            raise SectionError(f"{place}: '{pair}' is no setting: write it as complexity=0.8")
        changes[key.lower().replace("-", "_")] = value
    try:
        Settings().changed(changes)
    except DrumnetError as fault:
        raise SectionError(f"{place}: {fault}") from fault
    name = f"part {number}" if name in _EMPTY else name
    return SectionRow(place, start, name, "" if style in _EMPTY else style, changes)


def _start_beat(row: SectionRow, grid: BeatGrid) -> int:
    """The beat of a bar line."""
    downbeats = np.flatnonzero(grid.is_downbeat[:-1])
    clock = _CLOCK.fullmatch(row.start)
    if clock is not None and len(downbeats):
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        time_s = 3600 * hours + 60 * minutes + seconds
        if time_s > grid.beats_s[-1]:
            raise SectionError(f"{row.place}: the song ends before {row.start}")
        return int(downbeats[np.abs(grid.beats_s[downbeats] - time_s).argmin()])
    beats = np.flatnonzero(grid.bar_number[:-1] == (int(row.start) if clock is None else 0))
    if not len(beats):
        numbers = grid.bar_number[:-1]
        raise SectionError(
            f"{row.place}: the song has no bar {row.start}: its bars are {numbers.min()} to "
            f"{numbers.max()}"
        )
    return int(beats[0])

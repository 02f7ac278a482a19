"""`sections.tsv`: the sections of a song, to be read and to be typed by hand.

A line is a section, its cells have tabs between them:

    start   name    style   settings
    1       verse
    17      chorus  random  complexity=0.8 fills=1
    1:04.5  verse

The start is a number of a bar as in `hits.csv` (a pickup is bar 0), or a time as
m:ss, which goes to the nearest bar line.  All but the start may be left out, and
so may be the tabs before them (`-` is an empty cell).  A header, empty lines and comments (`#`) are
passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from drumnet.beats.grid import BeatGrid
from drumnet.errors import SectionError
from drumnet.files import atomic_path
from drumnet.sections import Section

HEADER = "start\tname\tstyle\tsettings"
_EMPTY = ("", "-")
_BAR = re.compile(r"\d+")
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d*)?)")
_MOST_LINES = 10_000


def read_sections(path: str | Path, grid: BeatGrid) -> tuple[Section, ...]:
    """The sections that a file holds, on the bars of a grid.

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
    sections: list[Section] = []
    for number, line in enumerate(lines[:_MOST_LINES], start=1):
        cells = _cells(line)
        if not cells or cells[0].lower() == "start":
            continue
        place = f"'{path}' line {number}"
        section = _section(cells, place, grid, len(sections))
        if sections and section.start_beat <= sections[-1].start_beat:
            raise SectionError(
                f"{place}: the section at {cells[0]} does not begin after the one before it"
            )
        sections.append(section)
    if not sections:
        raise SectionError(f"'{path}' holds no sections: each line is a bar and a name")
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


def _section(cells: list[str], place: str, grid: BeatGrid, index: int) -> Section:
    start, name, style, settings = (*cells[:4], "", "", "")[:4]
    if len(cells) > 4:
        raise SectionError(f"{place}: {len(cells)} cells, but a section has four at most")
    changes: dict[str, str] = {}
    for pair in [] if settings in _EMPTY else re.split(r"[\s,;]+", settings.strip()):
        key, equals, value = pair.partition("=")
        if not (key and equals and value):
            raise SectionError(f"{place}: '{pair}' is no setting: write it as complexity=0.8")
        changes[key.lower().replace("-", "_")] = value
    return Section(
        _start_beat(start, place, grid),
        f"part {index + 1}" if name in _EMPTY else name,
        "" if style in _EMPTY else style,
        changes,
    )


def _start_beat(text: str, place: str, grid: BeatGrid) -> int:
    """The beat of a bar line."""
    downbeats = np.flatnonzero(grid.is_downbeat[:-1])
    numbers = grid.bar_number[downbeats]
    clock = _CLOCK.fullmatch(text)
    if clock is not None and len(downbeats):
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        time_s = 3600 * hours + 60 * minutes + seconds
        if time_s > grid.beats_s[-1]:
            raise SectionError(f"{place}: the song ends before {text}")
        return int(downbeats[np.abs(grid.beats_s[downbeats] - time_s).argmin()])
    if _BAR.fullmatch(text) is None:
        raise SectionError(
            f"{place}: '{text[:40]}' is neither the number of a bar nor a time as 1:04"
        )
    if int(text) == 0 and grid.bar_number[0] == 0:
        return 0
    found = downbeats[numbers == int(text)]
    if not len(found):
        most = int(numbers.max(initial=0))
        raise SectionError(f"{place}: the song has no bar {text}: its bars are 1 to {most}")
    return int(found[0])

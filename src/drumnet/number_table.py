"""Tables of numbers as other programs and countries write them.

In: the text of a file.  Out: its rows as cells.  Cells stand between tabs, semicolons, commas or
spaces; decimals have a point or a comma; labels of Audacity have an end beside their start.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from drumnet.limits import MAX_TEXT_BYTES

_SEPARATORS = re.compile(r"[\s,;]+")
_WIDE_SEPARATORS = re.compile(r"[\s;]+")
#: A number whose decimals follow a comma, alone or between cells of another kind.
_COMMA_CELL = re.compile(r"-?\d+,\d+")
#: Fewer digits after a comma may be the next cell: the beat in a bar.
_LEAST_DECIMALS = 3
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Row(NamedTuple):
    """A line that holds something, counted from 1, with what stands before any `#`."""

    line: int
    text: str
    cells: list[str]


def read_text(path: Path) -> str:
    """The text of a file: UTF-8, or UTF-16 where it says so.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is no text.
    """
    if path.exists() and not path.is_file():
        raise OSError(0, "it is a folder, a device or a pipe")
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise OSError(0, f"it has more than {MAX_TEXT_BYTES >> 20} MB")
    return decoded(path.read_bytes())


def decoded(data: bytes) -> str:
    """Text: UTF-8, or UTF-16 where it says so.

    Raises:
        UnicodeDecodeError: it is none.
    """
    return data.decode("utf-16" if data.startswith(_WIDE_BOMS) else "utf-8-sig")


def rows_of(text: str) -> Iterator[Row]:
    """The rows of a table; of Audacity's labels (start, end, label) start and label."""
    stripped = (line.split("#")[0].strip() for line in text.splitlines())
    lines = [(n, line) for n, line in enumerate(stripped, 1) if line and not _is_range(line)]
    has_commas = _has_decimal_commas([line for _, line in lines])
    separators = _WIDE_SEPARATORS if has_commas else _SEPARATORS
    rows = []
    for number, line in lines:
        cells = [cell.strip("\"'") for cell in separators.split(line) if cell]
        if has_commas:
            cells = [c.replace(",", ".") if _COMMA_CELL.fullmatch(c) else c for c in cells]
        if cells:
            rows.append(Row(number, line, cells))
    if rows and all(_is_label(row) for row in rows):
        rows = [Row(row.line, row.text, [row.cells[0], *row.cells[2:]]) for row in rows]
    yield from rows


def _is_range(line: str) -> bool:
    """The frequencies of a label, on a line of their own."""
    return line.startswith("\\")


def _has_decimal_commas(lines: list[str]) -> bool:
    numbers = [line for line in lines if line[:1].isdigit() or line[:1] == "-"]
    if not numbers or any("." in line for line in numbers):
        return False
    cells = [cell for line in numbers for cell in _WIDE_SEPARATORS.split(line)]
    with_comma = [cell for cell in cells if "," in cell]
    if not with_comma or not all(_COMMA_CELL.fullmatch(cell) for cell in with_comma):
        return False
    if any(len(_WIDE_SEPARATORS.split(line)) > 1 for line in numbers):
        return True
    wholes = [float(cell.partition(",")[0]) for cell in with_comma]
    goes_back = any(after <= before for before, after in pairwise(wholes))
    return goes_back or any(len(c.partition(",")[2]) >= _LEAST_DECIMALS for c in with_comma)


def _is_label(row: Row) -> bool:
    """Two times with decimals, the second not before the first, between tabs."""
    cells = row.cells
    if len(cells) < 2 or "\t" not in row.text or not all("." in cell for cell in cells[:2]):
        return False
    try:
        start, end = float(cells[0]), float(cells[1])
    except ValueError:
        return False
    return len(cells[1].partition(".")[2]) >= _LEAST_DECIMALS and start <= end

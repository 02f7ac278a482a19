"""Tables that a script measures, in a page that is written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def put_table(page: Path, begin: str, end: str, lines: Iterable[str]) -> None:
    """Write the lines of a table between two marks of a page, in place of what was there.

    Raises:
        ValueError: the page has no such marks.
    """
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"'{page}' has no place for a table: {begin} ... {end}")
    page.write_text("".join([before, "\n".join([begin, *lines, end]), after]), encoding="utf-8")

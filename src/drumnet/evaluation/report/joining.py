"""Reports of the same weights as one, where a part was measured again.

In: a `Report`, and a later one of some of its sections.  Out: a `Report` whose rows are the
later ones where there are two of a key.  Weights are the same whose graphs are; the styles and
names beside them may be newer in the later one, which has to have the sections that they touch.
"""

from __future__ import annotations

from dataclasses import replace

from drumnet.errors import DataError
from drumnet.evaluation.report.model import SECTIONS, Report, Row, sections_of


def joined(report: Report, later: Report) -> Report:
    """The report with the rows of a later one in place of its own.

    What the later one has no row for stays as it was, a baseline that needs a corpus, say. What
    is said of how it was made stays, too, and says what is later.

    Raises:
        DataError: they are of different weights, of different songs in one section, or the
            later one is of a quick run.
    """
    if report.model["name"] != later.model["name"]:
        raise DataError(
            f"the reports of '{report.model['name']}' and '{later.model['name']}' are of different "
            "weights: make one of them anew"
        )
    if later.made["quick"]:
        raise DataError("what was measured again is of a quick run: leave out --quick")
    anew = sections_of(later)
    for section in anew:
        old, new = ([song.name for song in one.songs_of(section)] for one in (report, later))
        if old and old != new:
            raise DataError(f"the section '{section}' was measured again on other songs: do it all")
    again = f"{', '.join(anew)} on {later.made['date']}, {later.made['seconds']} seconds"
    if "measured again" in report.made:
        again = f"{report.made['measured again']}; {again}"
    return replace(
        report,
        model=later.model,
        made={**report.made, "measured again": again},
        songs={**report.songs, **later.songs},
        rows=[row for section in SECTIONS for row in _rows(report, later, section)],
        codes=later.codes or report.codes,
        patterns=later.patterns or report.patterns,
    )


def _rows(report: Report, later: Report, section: str) -> list[Row]:
    """Of one section, in the order of the first, those it lacks at the end."""
    rows = {row.key: row for one in (report, later) for row in one.rows_of(section)}
    return list(rows.values())

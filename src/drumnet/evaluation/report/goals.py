"""Targets that are wanted of several settings at once, as one.

In: rows.  Out: a `Goal` for each section, experiment, player, metric and target,
with the row that is furthest from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drumnet.evaluation.report.model import HIGHER, Row
from drumnet.evaluation.report.words import row_name


@dataclass(frozen=True)
class Goal:
    """Args:
    row: the one that is furthest from the target, the first of equals.
    num_rows: that have the target; num_reached: that reach it.
    """

    row: Row
    num_rows: int
    num_reached: int

    @property
    def reached(self) -> bool:
        return self.num_reached == self.num_rows

    @property
    def name(self) -> str:
        """What is measured; of several settings, how many and which is shown."""
        if self.num_rows == 1:
            return row_name(self.row)
        end = "least" if self.row.better == HIGHER else "most"
        return (
            f"{self.row.experiment}, {self.row.metric}, {end} of {self.num_rows} "
            f"({self.row.setting or 'no setting'})"
        )


def goals(rows: Iterable[Row]) -> list[Goal]:
    """The goals in the order of their first rows."""
    alike: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        if row.target is not None:
            alike.setdefault((*row.key[:4], row.better, row.target), []).append(row)
    return [
        Goal(min(some, key=_merit), len(some), sum(row.reached is True for row in some))
        for some in alike.values()
    ]


def _merit(row: Row) -> float:
    if row.value is None:
        return float("-inf")
    return row.value if row.better == HIGHER else -row.value

"""Single figures of one section, of several reports at once.

In: `Report`s by the name of their weights.  Out: a `Figure` for a key, which says
itself as `0.795 (`open` 0.739)`: the first report's, and the others' where they differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from drumnet.evaluation.report import words
from drumnet.evaluation.report.model import HIGHER, MODEL_PLAYER, Row
from evaluation_pages.markdown import Reports

ALL_PIECES = "all pieces"


class NoFigureError(Exception):
    """None of the reports has the figure."""


@dataclass(frozen=True)
class Figure:
    """The value of one key: of the first report, and of the others where it differs.

    >>> str(Figure({"default": 0.795, "open": 0.739}))
    '0.795 (`open` 0.739)'
    """

    values: dict[str, float]

    @property
    def value(self) -> float:
        return next(iter(self.values.values()))

    def __str__(self) -> str:
        said = words.score(self.value)
        others = [f"`{name}` {words.score(value)}" for name, value in self.values.items()][1:]
        differ = any(words.score(value) != said for value in self.values.values())
        return f"{said} ({', '.join(others)})" if differ else said


@dataclass(frozen=True)
class SectionFigures:
    """The figures of one section of all reports."""

    models: Reports
    name: str

    def find(
        self,
        experiment: str,
        metric: str,
        setting: str | None = "",
        *,
        player: str = MODEL_PLAYER,
        pooled: bool = False,
    ) -> Figure:
        """A figure; where `setting` is None, the worst of all settings."""
        found = {}
        for name, report in self.models.items():
            rows = [
                row
                for row in report.rows_of(self.name, experiment)
                if (row.player, row.metric) == (player, metric) and setting in (None, row.setting)
            ]
            values = [row.pooled if pooled else row.value for row in rows]
            known = [value for value in values if value is not None]
            if known:
                found[name] = min(known) if rows[0].better == HIGHER else max(known)
        if not found:
            raise NoFigureError
        return Figure(found)

    def settings(self, experiment: str, metric: str) -> list[Row]:
        """The model's rows of the first report that has some, one for each setting."""
        for report in self.models.values():
            rows = [
                row
                for row in report.rows_of(self.name, experiment)
                if (row.player, row.metric) == (MODEL_PLAYER, metric) and row.value is not None
            ]
            if rows:
                return rows
        raise NoFigureError

    def extremes(self, experiment: str, metric: str) -> tuple[Row, Row]:
        """The settings with the highest and with the lowest value; not all pieces."""
        rows = [row for row in self.settings(experiment, metric) if row.setting != ALL_PIECES]
        if not rows:
            raise NoFigureError
        return max(rows, key=value_of), min(rows, key=value_of)


def value_of(row: Row) -> float:
    """Its value, which is there in what `settings` and `extremes` found."""
    assert row.value is not None
    return row.value


def setting_name(row: Row) -> str:
    """`closed hat` of `closed_hat`."""
    return row.setting.replace("_", " ")

"""The figures of several reports, side by side, as Markdown.

In: `Report`s by the name of their weights.  Out: tables with a column, or a group
of columns, for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from drumnet.evaluation.report import words
from drumnet.evaluation.report.goals import Goal, goals
from drumnet.evaluation.report.model import HIGHER, MODEL_PLAYER, Report, Row

#: Reports by the name of their weights.
Reports = Mapping[str, Report]


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, has_numbers: bool = True) -> str:
    """A table whose first column is of names, the others of numbers, or of words.

    >>> print(table(["", "default"], [["transfer", "0.795"]]), end="")
    |  | default |
    | --- | ---: |
    | transfer | 0.795 |
    """
    others = "---:" if has_numbers else "---"
    lines = [head, ["---", *[others] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(map(in_cell, line)) + " |\n" for line in lines)


def in_cell(text: str) -> str:
    """Text that cannot end its cell.

    >>> in_cell("a | b")
    'a \\\\| b'
    """
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def all_rows(models: Reports, section: str | None = None) -> list[Row]:
    """A row for each key that one of the reports has, in their order."""
    rows: dict[tuple[str, ...], Row] = {}
    for report in models.values():
        for row in report.rows:
            if section in (None, row.section):
                rows.setdefault(row.key, row)
    return list(rows.values())


def target_table(models: Reports) -> str:
    """What is wanted, and what was measured."""

    def cell(goal: Goal | None) -> str:
        if goal is None:
            return words.score(None)
        return words.score(goal.row.value) + ("" if goal.reached else " (missed)")

    found = [{_goal_key(goal): goal for goal in goals(one.rows)} for one in models.values()]
    first = {key: goal for one in reversed(found) for key, goal in one.items()}
    return table(
        ["", "wanted", *models],
        (
            [_goal_name(goal), words.target(goal.row), *(cell(one.get(key)) for one in found)]
            for key, goal in first.items()
        ),
    )


def _goal_key(goal: Goal) -> tuple[object, ...]:
    return *goal.row.key[:4], goal.row.target


def _goal_name(goal: Goal) -> str:
    """Of several settings the figure furthest from the target is shown."""
    row = goal.row
    if goal.num_rows == 1:
        return f"{row.section}: {words.row_name(row)}"
    end = "least" if row.better == HIGHER else "most"
    return f"{row.section}: {row.experiment}, {row.metric}, {end} of {goal.num_rows}"


def given_table(models: Reports, section: str) -> list[str]:
    """What each experiment was given; nothing where they do not differ in it."""
    experiments = {row.experiment for row in all_rows(models, section)}
    lines = words.given_lines(section, experiments)
    if not lines:
        return []
    given = table(words.GIVEN_HEAD, lines, has_numbers=False)
    return ["## What each row was given\n", given, "## The figures\n"]


def section_tables(models: Reports, section: str) -> str:
    """How many songs a section has, and a table for each of its metrics."""
    rows = all_rows(models, section)
    parts = []
    counts = sorted({len(report.songs_of(section)) for report in models.values()})
    if any(counts):
        parts.append(f"Songs: {' or '.join(map(str, counts))}.\n")
    for metric in dict.fromkeys(row.metric for row in rows):
        said = words.METRIC_WORDS.get(metric)
        parts.append(f"**{metric}**{f': {said}' if said else ''}\n")
        parts.append(_metric_table(models, [row for row in rows if row.metric == metric]))
    return "\n".join(parts)


def _metric_table(models: Reports, rows: Sequence[Row]) -> str:
    """A line for each row; of each model the figure, its interval, and pooled
    where there is any."""
    found = [[report.find(*row.key) for report in models.values()] for row in rows]
    has_interval = any(one and one.low is not None for line in found for one in line)
    has_pooled = any(one and one.pooled is not None for line in found for one in line)
    head = [""]
    for name in models:
        head.append(name)
        head += ["95 %"] * has_interval + ["pooled"] * has_pooled

    def cells(row: Row | None) -> list[str]:
        if row is None:
            return [words.score(None), *[""] * (has_interval + has_pooled)]
        spread = [words.interval(row.low, row.high)] * has_interval
        pooled = ["" if row.pooled is None else words.score(row.pooled)] * has_pooled
        return [words.score(row.value), *spread, *pooled]

    lines = (
        [line_name(row), *(cell for one in line for cell in cells(one))]
        for row, line in zip(rows, found, strict=True)
    )
    return table(head, lines)


def line_name(row: Row) -> str:
    """The row in its table; the model stands out."""
    player = f"**{row.player}**" if row.player == MODEL_PLAYER else row.player
    name = f"{row.experiment}: {player}"
    return f"{name}, {row.setting}" if row.setting else name


def player_list(models: Reports) -> str:
    """Who plays, in a sentence each."""
    players = dict.fromkeys(row.player for row in all_rows(models))
    return "".join(
        f"- *{name}*: {words.PLAYER_WORDS[name]}\n"
        for name in players
        if name in words.PLAYER_WORDS
    )


def provenance_list(models: Reports) -> str:
    """Of what weights and what data the figures are, and how they were made."""
    lines = []
    for name, report in models.items():
        for title, facts in (
            ("weights", report.model),
            ("data", report.data),
            ("made", report.made),
        ):
            lines.append(f"- `{name}`, {title}: {', '.join(_flat(facts))}\n")
    return "".join(lines)


def _flat(facts: Mapping[str, Any]) -> Iterable[str]:
    """`key value` of plain facts and of packages; deeper ones are in the report."""
    for key, value in facts.items():
        if key == "packages":
            yield from _flat(value)
        elif not isinstance(value, dict):
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            yield in_cell(f"{key} {shown}")

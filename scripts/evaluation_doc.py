#!/usr/bin/env python3
"""Writes docs/evaluation.md and the tables of README.md and MODEL_CARD.md from
docs/reports/*.json, which `drumnet evaluate` wrote; `--check` fails when one of
them is stale, or when a report is of other weights than the package has.

In README.md and MODEL_CARD.md what stands between `<!-- results -->` and
`<!-- /results -->` is replaced; a file without these lines is left alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from drumnet.errors import CheckpointError
from drumnet.evaluation.report import words
from drumnet.evaluation.report.file import read_report
from drumnet.evaluation.report.goals import Goal, goals
from drumnet.evaluation.report.model import HIGHER, MODEL_PLAYER, SECTIONS, Report, Row
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.model.checkpoint import EMBEDDED_MODELS, load_checkpoint

REPO = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(<!-- results -->\n).*?(<!-- /results -->)", re.DOTALL)
SCRIPT = "scripts/evaluation_doc.py"

#: Reports by the name of their weights.
Reports = Mapping[str, Report]

HEADER = f"""# What was measured

Written by `{SCRIPT}` from `docs/reports/*.json`. To make it anew (CORPUS, GROOVE: see
MODEL_CARD.md; REAL: the recordings):

    pip install '.[train,evaluation]'
    drumnet evaluate --data CORPUS --split test --audio REAL --groove GROOVE -o default/
    drumnet evaluate --data CORPUS --split test --audio REAL --groove GROOVE --model open \\
        -o open/
    cp default/report.json docs/reports/default.json
    cp open/report.json docs/reports/open.json
    python {SCRIPT}

Each run writes a `report.html` too, with plots and with the best and the worst songs bar by
bar; `drumnet compare A.json B.json` says what differs beyond noise. Intervals are 95 %, by
bootstrap over songs. No song here was trained or tuned on.
"""
#: Of the corpus, what README.md and MODEL_CARD.md show: experiment, player.
SUMMARY = (
    ("reconstruction", MODEL_PLAYER),
    ("transfer", MODEL_PLAYER),
    ("transfer", "no code"),
    ("transfer", "wrong code"),
    ("transfer", "copy-bar"),
    ("transfer", "1-nearest neighbour"),
)
SUMMARY_OF_RECORDINGS = (MODEL_PLAYER, "copy-bar")
#: Of whole kits: name, and experiment, player and setting of the micro F1.
SUMMARY_OF_KITS = (
    ("kit", "whole kit, transfer", "transfer", MODEL_PLAYER, "all pieces"),
    ("kit", "whole kit, copy-bar", "transfer", "copy-bar", "all pieces"),
    ("kit", "whole kit, own bar", "transfer", "own bar", "all pieces"),
    ("kit", "snare of it, transfer", "transfer", MODEL_PLAYER, "snare"),
    ("kit", "hats of it, transfer", "transfer", MODEL_PLAYER, "hats, closed or open"),
    ("groove", "tapped grooves", "tap to kit", MODEL_PLAYER, "all pieces"),
    ("groove", "tapped grooves, 1-nearest neighbour", "tap to kit", "1-nearest neighbour",
     "all pieces"),
)  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(map(in_cell, line)) + " |\n" for line in lines)


def in_cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def all_rows(models: Reports, section: str | None = None) -> list[Row]:
    """A row for each key that one of the reports has, in their order."""
    rows: dict[tuple[str, ...], Row] = {}
    for report in models.values():
        for row in report.rows:
            if section in (None, row.section):
                rows.setdefault(row.key, row)
    return list(rows.values())


def targets(models: Reports) -> str:
    def cell(goal: Goal | None) -> str:
        if goal is None:
            return words.score(None)
        return words.score(goal.row.value) + ("" if goal.reached else " (missed)")

    found = [{goal_key(goal): goal for goal in goals(one.rows)} for one in models.values()]
    first = {key: goal for one in reversed(found) for key, goal in one.items()}
    return table(
        ["", "wanted", *models],
        (
            [goal_name(goal), words.target(goal.row), *(cell(one.get(key)) for one in found)]
            for key, goal in first.items()
        ),
    )


def goal_key(goal: Goal) -> tuple[object, ...]:
    return *goal.row.key[:4], goal.row.target


def goal_name(goal: Goal) -> str:
    """Of several settings the figure furthest from the target is shown."""
    row = goal.row
    if goal.num_rows == 1:
        return f"{row.section}: {words.row_name(row)}"
    end = "least" if row.better == HIGHER else "most"
    return f"{row.section}: {row.experiment}, {row.metric}, {end} of {goal.num_rows}"


def section(models: Reports, name: str) -> str:
    """A table for each metric of a section."""
    rows = all_rows(models, name)
    parts = [f"## {words.SECTION_TITLES[name]}\n", f"{words.SECTION_WORDS[name]}\n"]
    num_songs = {model: len(report.songs_of(name)) for model, report in models.items()}
    if any(num_songs.values()):
        counts = sorted(set(num_songs.values()))
        parts.append(f"Songs: {' or '.join(map(str, counts))}.\n")
    for metric in dict.fromkeys(row.metric for row in rows):
        said = words.METRIC_WORDS.get(metric)
        parts.append(f"**{metric}**{f': {said}' if said else ''}\n")
        parts.append(metric_table(models, [row for row in rows if row.metric == metric]))
    return "\n".join(parts)


def metric_table(models: Reports, rows: Sequence[Row]) -> str:
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
    player = f"**{row.player}**" if row.player == MODEL_PLAYER else row.player
    name = f"{row.experiment}: {player}"
    return f"{name}, {row.setting}" if row.setting else name


def provenance(models: Reports) -> str:
    lines = []
    for name, report in models.items():
        for title, facts in (
            ("weights", report.model),
            ("data", report.data),
            ("made", report.made),
        ):
            said = ", ".join(flat(facts))
            lines.append(f"- `{name}`, {title}: {said}\n")
    return "".join(lines)


def flat(facts: Mapping[str, Any]) -> Iterable[str]:
    """`key value` of plain facts and of packages; deeper ones are in the report."""
    for key, value in facts.items():
        if key == "packages":
            yield from flat(value)
        elif not isinstance(value, dict):
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            yield in_cell(f"{key} {shown}")


def page(models: Reports) -> str:
    has_rows = {row.section for row in all_rows(models)}
    players = dict.fromkeys(row.player for row in all_rows(models))
    said = [
        f"- *{name}*: {words.PLAYER_WORDS[name]}\n"
        for name in players
        if name in words.PLAYER_WORDS
    ]
    return "\n".join(
        [
            HEADER,
            "## Who plays\n",
            "".join(said),
            "## Wanted and measured\n",
            targets(models),
            *(section(models, name) for name in SECTIONS if name in has_rows),
            "## Provenance\n",
            provenance(models),
        ]
    )


def mean(row: Row | None) -> str:
    return words.score(None if row is None else row.value)


def pooled(row: Row | None) -> str:
    return mean(row) if row is None or row.pooled is None else words.score(row.pooled)


def block(models: Reports) -> str:
    """What README.md and MODEL_CARD.md show."""
    lines = []
    for experiment, player in SUMMARY:
        found = [report.find("corpus", experiment, player, "tick F1") for report in models.values()]
        name = experiment if player == MODEL_PLAYER else player
        if any(found):
            lines.append([f"corpus, {name}", *map(mean, found)])
    for row in all_rows(models, "recordings"):
        chosen = (row.experiment, row.metric) == ("transfer", "onset F1")
        if chosen and row.player in SUMMARY_OF_RECORDINGS:
            found = [report.find(*row.key) for report in models.values()]
            name = "transfer" if row.player == MODEL_PLAYER else row.player
            setting = f", {row.setting}" if row.setting else ""
            lines.append([f"recordings, {name}{setting}", *map(pooled, found)])
    for part, name, experiment, player, setting in SUMMARY_OF_KITS:
        found = [one.find(part, experiment, player, "micro F1", setting) for one in models.values()]
        if any(found):
            lines.append([name, *map(mean, found)])
    first = next(iter(models.values()))
    return (
        f"Kick F1, songs unseen in training. Corpus: {len(first.songs_of('corpus'))} songs, exact "
        f"tick, mean over\nsongs. Recordings: {len(first.songs_of('recordings'))} songs, within "
        f"50 ms, pooled. {kits_said(first)}All of it: [docs/evaluation.md](docs/evaluation.md).\n\n"
        + table(["", *models], lines)
    )


def kits_said(report: Report) -> str:
    """What the figures of whole kits are of; nothing where there are none."""
    num_grooves = len(report.songs_of("groove"))
    if not report.rows_of("kit") and not num_grooves:
        return ""
    tapped = f" and of {num_grooves} tapped performances" if num_grooves else ""
    return f"Whole kits: exact tick,\nall hits of all nine pieces of the corpus{tapped}, pooled. "


def wanted_files(models: Reports, repo: Path) -> dict[Path, str]:
    """Every file that shows results, as it should read."""
    files = {repo / "docs" / "evaluation.md": page(models)}
    inner = block(models)
    for path in (repo / "README.md", repo / "MODEL_CARD.md"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            files[path] = BLOCK.sub(lambda found: f"{found[1]}\n{inner}\n{found[2]}", text)
    return files


def check_weights(models: Reports) -> None:
    """The reports are of the weights that the package has."""
    for name in EMBEDDED_MODELS:
        try:
            folder = load_checkpoint(name).folder
        except CheckpointError:
            continue  # not trained yet: nothing to be measured
        if name not in models:
            raise SystemExit(f"docs/reports/{name}.json is missing: run drumnet evaluate")
        if models[name].model["sha256"] != file_hash(folder / MODEL_FILE):
            raise SystemExit(f"docs/reports/{name}.json is of other weights: run drumnet evaluate")
        if models[name].made["quick"]:
            raise SystemExit(f"docs/reports/{name}.json is of a quick run: leave out --quick")


def update(models: Reports, repo: Path, *, check: bool) -> None:
    """Write the files, or fail where one is stale."""
    for path, text in wanted_files(models, repo).items():
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            raise SystemExit(f"{path.name} is stale: run {SCRIPT}")


def main() -> None:
    if sys.argv[1:] not in ([], ["--check"]):
        raise SystemExit("usage: evaluation_doc.py [--check]")
    paths = sorted((REPO / "docs" / "reports").glob("*.json"))
    models = {path.stem: read_report(path) for path in paths}
    check_weights(models)
    if models:
        update(models, REPO, check=bool(sys.argv[1:]))
    elif (REPO / "docs" / "evaluation.md").is_file():
        raise SystemExit("docs/evaluation.md has no reports: run drumnet evaluate")


if __name__ == "__main__":
    main()

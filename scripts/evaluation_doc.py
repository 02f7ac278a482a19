#!/usr/bin/env python3
"""Writes docs/evaluation/ and the tables of README.md and MODEL_CARD.md from
docs/reports/*.json, which `drumnet evaluate` wrote; `--check` fails when one of
them is stale, or when a report is of other weights than the package has. A page of
docs/evaluation that no section has is refused. The figures of `NAME-again.json` stand in
place of those of `NAME.json`.

In README.md and MODEL_CARD.md what stands between `<!-- results -->` and
`<!-- /results -->` is replaced; a file without these lines is left alone.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from drumnet.errors import CheckpointError
from drumnet.evaluation.report import words
from drumnet.evaluation.report.file import read_report
from drumnet.evaluation.report.joining import joined
from drumnet.evaluation.report.model import MODEL_PLAYER, SECTIONS, Report, Row
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.model.checkpoint import EMBEDDED_MODELS, load_checkpoint
from evaluation_pages.conclusions import conclusions
from evaluation_pages.headlines import HEADLINES, targets_reached
from evaluation_pages.ladder import ladder_tables
from evaluation_pages.markdown import (
    Reports,
    all_rows,
    given_table,
    player_list,
    provenance_list,
    section_tables,
    table,
    target_table,
)

REPO = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(<!-- results -->\n).*?(<!-- /results -->)", re.DOTALL)
SCRIPT = "scripts/evaluation_doc.py"
#: How the name of a report ends that was measured again, of some sections.
AGAIN = "-again"
FOLDER = Path("docs") / "evaluation"

INTRODUCTION = f"""# What was measured

Written by `{SCRIPT}`; do not edit. The figures to know, of songs
that nothing was trained or tuned on:
"""
MAKE_ANEW = f"""## To make it anew

    pip install '.[train,evaluation]'
    drumnet evaluate --data CORPUS --split test --audio REAL --groove GROOVE -o default/
    drumnet evaluate --data CORPUS --split test --audio REAL --groove GROOVE --model open \\
        -o open/
    cp default/report.json docs/reports/default.json
    cp open/report.json docs/reports/open.json
    rm -f docs/reports/*{AGAIN}.json
    python {SCRIPT}

What is of recordings is measured again, in a few minutes, and stands in place of what was there, by

    for model in default open; do
        drumnet evaluate --audio REAL --model $model -o $model{AGAIN}/ --overwrite
        cp $model{AGAIN}/report.json docs/reports/$model{AGAIN}.json
    done
    python {SCRIPT}

CORPUS and GROOVE are in [MODEL_CARD.md](../../MODEL_CARD.md), REAL are the recordings. Each run
writes a `report.html` too, with plots and with the best and the worst songs bar by bar; `drumnet
compare A.json B.json` says what differs beyond noise. Intervals are 95 %, by bootstrap over songs.
"""
_OF_KICK, _OF_DRUMS = "kick in the style of the kick stem", "kit in the style of the drum mix"
#: Of recordings as files, what README.md and MODEL_CARD.md show: name, and experiment, player and
#: setting of the micro F1.
SUMMARY_OF_FILES = (
    ("kick in the style of a kick's sound, beats given", _OF_KICK, MODEL_PLAYER,
     "beats given, stems, snare given"),
    ("the same, beats tracked", _OF_KICK, MODEL_PLAYER, "beats tracked, stems, snare given"),
    ("the same, beats given, `--variation 0`", _OF_KICK, "variation 0",
     "beats given, stems, snare given"),
    ("copy-bar, beats given", _OF_KICK, "copy-bar", "beats given, stems, snare given"),
    ("kit in the style of a drum mix, kick", _OF_DRUMS, MODEL_PLAYER, "beats given, stems, KD"),
    ("kit in the style of a drum mix, snare", _OF_DRUMS, MODEL_PLAYER, "beats given, stems, SD"),
    ("kit in the style of a drum mix, hats", _OF_DRUMS, MODEL_PLAYER, "beats given, stems, HH"),
    ("kit in the style of a drum mix, all pieces", _OF_DRUMS, MODEL_PLAYER,
     "beats given, stems, all pieces"),
)  # fmt: skip
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


def readme(models: Reports, sections: Sequence[str]) -> str:
    """The first page: what a reader should know, and where the rest stands."""
    lines = ([one.text, *cells] for one in HEADLINES if (cells := one.cells(models)))
    reached = "; ".join(targets_reached(name, report) for name, report in models.items())
    contents = (
        f"- [{words.SECTION_TITLES[name]}]({name}.md). {''.join(conclusions(models, name)[:1])}\n"
        for name in sections
    )
    return "\n".join(
        [
            INTRODUCTION,
            table(["", *models, "beside it"], lines),
            f"Of what is wanted, {reached}.\n",
            "## The pages\n",
            "".join(contents),
            "## Wanted and measured\n",
            target_table(models),
            "## Who plays\n",
            player_list(models),
            MAKE_ANEW,
            "## Provenance\n",
            provenance_list(models),
        ]
    )


def section_page(models: Reports, name: str) -> str:
    """A section: what it comes to, what it is, its tables."""
    return "\n".join(
        [
            f"# {words.SECTION_TITLES[name]}\n",
            f"{' '.join(conclusions(models, name))}\n",
            f"{words.SECTION_WORDS[name]} [README.md](README.md) says who plays.\n",
            *([f"## What each ear costs\n\n{ladder_tables(models)}"] if name == "files" else []),
            *given_table(models, name),
            section_tables(models, name),
        ]
    )


def pages(models: Reports) -> dict[str, str]:
    """The pages of docs/evaluation, by file name."""
    has_rows = {row.section for row in all_rows(models)}
    sections = [name for name in SECTIONS if name in has_rows]
    return {
        "README.md": readme(models, sections),
        **{f"{name}.md": section_page(models, name) for name in sections},
    }


def mean(row: Row | None) -> str:
    return words.score(None if row is None else row.value)


def pooled(row: Row | None) -> str:
    return mean(row) if row is None or row.pooled is None else words.score(row.pooled)


def block(models: Reports) -> str:
    """What README.md and MODEL_CARD.md show."""
    lines = []
    for name, experiment, player, setting in SUMMARY_OF_FILES:
        key = ("files", experiment, player, "micro F1", setting)
        found = [report.find(*key) for report in models.values()]
        if any(found):
            lines.append([f"files, {name}", *map(mean, found)])
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
    said = [
        "F1 of songs unseen in training, of the kick where nothing else is said.",
        *files_said(first),
        f"Corpus: {len(first.songs_of('corpus'))} songs, exact tick, mean over songs.",
        f"Recordings: {len(first.songs_of('recordings'))} songs, their hits handed over, within "
        "50 ms, pooled.",
        *kits_said(first),
        "All of it: [docs/evaluation](docs/evaluation/README.md).",
    ]
    return f"{textwrap.fill(' '.join(said), 96)}\n\n{table(['', *models], lines)}"


def files_said(report: Report) -> list[str]:
    """What the figures of files are of; nothing where there are none."""
    num_songs = len(report.songs_of("files"))
    if not num_songs:
        return []
    return [
        f"Files, which is what a user gets: {num_songs} recordings cut in two, the style taken "
        "from the files of the first half and played to those of the second at the defaults (the "
        "kick alone: `--pieces kick`), within 50 ms, pooled."
    ]


def kits_said(report: Report) -> list[str]:
    """What the figures of whole kits are of; nothing where there are none."""
    num_grooves = len(report.songs_of("groove"))
    if not report.rows_of("kit") and not num_grooves:
        return []
    tapped = f" and of {num_grooves} tapped performances" if num_grooves else ""
    return [f"Whole kits: exact tick, all hits of all nine pieces of the corpus{tapped}, pooled."]


def wanted_files(models: Reports, repo: Path) -> dict[Path, str]:
    """Every file that shows results, as it should read."""
    files = {repo / FOLDER / name: text for name, text in pages(models).items()}
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
    """Write the files, or fail where one is stale; fail where there is a page too many."""
    files = wanted_files(models, repo)
    for path in sorted((repo / FOLDER).glob("*")):
        if path not in files:
            raise SystemExit(f"{FOLDER / path.name} is of no section that was measured: remove it")
    for path, text in files.items():
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            raise SystemExit(f"{path.relative_to(repo)} is stale: run {SCRIPT}")


def read_reports(folder: Path = REPO / "docs" / "reports") -> Reports:
    """The reports of docs/reports by the name of their weights."""
    found = {path.stem: read_report(path) for path in sorted(folder.glob("*.json"))}
    for name in [name for name in found if name.endswith(AGAIN)]:
        first = name.removesuffix(AGAIN)
        if first not in found:
            raise SystemExit(f"{name}.json is to stand in {first}.json, which is missing")
        found[first] = joined(found[first], found.pop(name))
    return found


def main() -> None:
    if sys.argv[1:] not in ([], ["--check"]):
        raise SystemExit("usage: evaluation_doc.py [--check]")
    models = read_reports()
    check_weights(models)
    if models:
        update(models, REPO, check=bool(sys.argv[1:]))
    elif (REPO / FOLDER).exists():
        raise SystemExit(f"{FOLDER} has no reports: run drumnet evaluate")


if __name__ == "__main__":
    main()

"""`drumnet evaluate`: how good the drums are, as a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drumnet.cli.extras import require_evaluation
from drumnet.cli.options import PATH, RESULT, model_option, overwrite_option, refuse_results
from drumnet.cli.printing import print_line, print_written
from drumnet.cli.progress import stages

if TYPE_CHECKING:
    from drumnet.evaluation.report.model import Report

JSON_FILE, PAGE_FILE = "report.json", "report.html"


@click.command()
@click.option(
    "--data",
    type=PATH,
    metavar="DATA",
    help="The corpus: a folder with manifest.json, its archive, or what drumnet prepare wrote.",
)
@click.option(
    "--split",
    type=click.Choice(["train", "valid", "test"]),
    default="test",
    show_default=True,
    help="Which songs of the corpus. Tune on valid; test is for the report.",
)
@click.option(
    "--audio",
    type=PATH,
    metavar="FOLDER",
    help="Recordings: a folder for each song, with stems, beats.tsv and drums.tsv; drums.flac, "
    "kick.flac and snare.flac if it has them. Each is cut in two and played from files, as a user "
    "would; then again with the truth handed over.",
)
@click.option(
    "--groove",
    type=PATH,
    metavar="FOLDER",
    help="The Groove MIDI Dataset: a folder with info.csv. Kits to tapped rhythms.",
)
@model_option
@click.option(
    "-o", "--output", type=RESULT, required=True, metavar="REPORT", help="The folder to write to."
)
@click.option(
    "--only",
    metavar="PARTS",
    default="",
    help="Measure these parts alone, with commas, e.g. kit,segments; an unknown one names all.",
)
@click.option("--quick", is_flag=True, help="A small part of it all, in less than two minutes.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of what is sampled."
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes."
)
@overwrite_option
def evaluate(
    data: Path | None,
    split: str,
    audio: Path | None,
    groove: Path | None,
    model: str,
    output: Path,
    only: str,
    quick: bool,
    seed: int,
    workers: int,
    overwrite: bool,
) -> None:
    """Measure weights on songs whose drums are known, against simple drummers.

    REPORT gets report.json, with every figure song by song, and report.html to
    read. One that was stopped goes on where it was when it is called again.
    Give one or more of --data, --audio and --groove.
    """
    if data is None and audio is None and groove is None:
        raise click.UsageError("there is nothing to measure on: give --data, --audio or --groove")
    require_evaluation()
    from drumnet.evaluation.report.file import report_text
    from drumnet.evaluation.report.page import page
    from drumnet.evaluation.request import Request
    from drumnet.evaluation.runner import evaluate as run_evaluation
    from drumnet.evaluation.runner import forget_parts
    from drumnet.files import atomic_files

    written = [output / JSON_FILE, output / PAGE_FILE]
    refuse_results(written, overwrite)
    parts = tuple(part.strip() for part in only.split(",") if part.strip())
    request = Request(model, data, split, audio, groove, seed, quick, workers, parts)
    with stages() as progress:
        report = run_evaluation(request, output, progress)
    with atomic_files(output, [JSON_FILE, PAGE_FILE], overwrite) as folder:
        (folder / JSON_FILE).write_text(report_text(report), encoding="utf-8")
        (folder / PAGE_FILE).write_text(page(report), encoding="utf-8")
    forget_parts(output)
    _print_targets(report)
    for what in report.made["skipped"]:
        print_line("skipped", what)
    print_written(written)


def _print_targets(report: Report) -> None:
    """What is wanted, and what was measured."""
    for row in report.rows:
        if row.target is None or row.value is None:
            continue
        name = ", ".join(filter(None, (row.section, row.experiment, row.metric, row.setting)))
        sign = "at least" if row.better == "higher" else "at most"
        found = "" if row.reached else "  (missed)"
        print_line(f"{row.value:.3f}", f"{name}; wanted: {sign} {row.target:g}{found}")

"""`drumnet train-drums`: drum parts and kits -> the weights that hear drums."""

from __future__ import annotations

from pathlib import Path

import click

from drumnet.cli.extras import require_evaluation, require_torch
from drumnet.cli.options import PATH, RESULT
from drumnet.cli.printing import print_line, print_written
from drumnet.cli.training_runs import deadline, print_loss, run_options


@click.command()
@click.argument("groove", type=PATH, metavar="GROOVE")
@click.argument("corpus", type=PATH, metavar="CORPUS")
@click.option("-o", "--output", type=RESULT, required=True, metavar="WORK", help="The work folder.")
@click.option(
    "--hydrogen", type=PATH, multiple=True, metavar="FOLDER", help="A folder of Hydrogen drum kits."
)
@click.option(
    "--bank", type=PATH, multiple=True, metavar="FOLDER", help="An SFZ bank, laid out as GM is."
)
@click.option(
    "--microphones",
    type=PATH,
    multiple=True,
    metavar="FOLDER",
    help="A kit of several microphones (Samples/...).",
)
@click.option(
    "--one-shots", type=PATH, multiple=True, metavar="FOLDER", help="A folder of one-shots."
)
@click.option(
    "--projects", type=PATH, metavar="FOLDER", help="Projects of LMMS that render_lmms.py rendered."
)
@click.option(
    "--clips",
    type=click.IntRange(min=1),
    default=12_000,
    show_default=True,
    metavar="N",
    help="How many clips of 8 s are rendered to train on.",
)
@click.option(
    "--start-from", type=PATH, metavar="RUN", help="Begin with the weights of another run."
)
@click.option(
    "--learning-rate",
    type=click.FloatRange(min=0, min_open=True),
    default=3e-3,
    show_default=True,
    metavar="R",
    help="At its highest.",
)
@run_options(steps=5_000)
def train_drums(
    groove: Path,
    corpus: Path,
    output: Path,
    hydrogen: tuple[Path, ...],
    bank: tuple[Path, ...],
    microphones: tuple[Path, ...],
    one_shots: tuple[Path, ...],
    projects: Path | None,
    clips: int,
    start_from: Path | None,
    learning_rate: float,
    steps: int,
    seed: int,
    workers: int,
    minutes: float | None,
    export: Path | None,
) -> None:
    """Train the network that hears the nine pieces of the kit in a drum stem.

    Parts of the Groove MIDI Dataset and of a MIDI corpus are played with the
    soundfonts that are installed, with the samples that are given, and with
    drums of our own. WORK gets kits/ and instruments/ (single sounds), clips/
    (what is heard of the songs) and run/; what is there is used again, and a
    run that was stopped goes on.
    """
    require_torch()
    if export is not None:  # thresholds are tuned on scores
        require_evaluation()
    from drumnet.training.band.inventory import Sources
    from drumnet.training.transcription.export import export_drums
    from drumnet.training.transcription.loop import DrumTrainingConfig
    from drumnet.training.transcription.loop import train_drums as train
    from drumnet.training.transcription.prepare import PrepareConfig, prepare_drums

    prepared = PrepareConfig(train_clips=clips, seed=seed, workers=workers)
    sources = Sources(hydrogen, bank, microphones, one_shots)
    prepare_drums(groove, corpus, sources, projects, output, prepared, _print_stage)
    config = DrumTrainingConfig(steps=steps, seed=seed, learning_rate=learning_rate)
    train(output, output / "run", config, print_loss, deadline(minutes), start_from)
    if export is not None:
        data = {"data": [groove.name, corpus.name], "clips": clips}
        about = export_drums(output / "run", output, export, data)
        for piece, score in about["provenance"]["valid_f"].items():
            print_line(piece, f"F {score:.3f} on kits not trained on")
        print_written(sorted(export.iterdir()))


def _print_stage(stage: str, done: int, of: int) -> None:
    print_line(stage, f"{done}/{of}")

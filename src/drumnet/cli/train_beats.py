"""`drumnet train-beats`: a MIDI corpus -> the weights of the beat tracker."""

from __future__ import annotations

from pathlib import Path

import click

from drumnet.cli.extras import require_torch
from drumnet.cli.options import PATH, RESULT
from drumnet.cli.printing import print_line, print_written
from drumnet.cli.training_runs import deadline, print_loss, run_options


@click.command()
@click.argument("corpus", type=PATH, metavar="CORPUS")
@click.option("-o", "--output", type=RESULT, required=True, metavar="WORK", help="The work folder.")
@click.option(
    "--render",
    type=click.IntRange(min=1),
    default=400,
    show_default=True,
    metavar="N",
    help="How many excerpts are rendered to sound and heard.",
)
@click.option(
    "--soundfont",
    "soundfonts",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Render with this, may be repeated; default: all of this machine. "
    "Keep one aside to measure with.",
)
@run_options(steps=14_000)
def train_beats(
    corpus: Path,
    output: Path,
    steps: int,
    render: int,
    soundfonts: tuple[Path, ...],
    seed: int,
    workers: int,
    minutes: float | None,
    export: Path | None,
) -> None:
    """Train the network that hears beats, on a MIDI corpus with beats.

    WORK gets songs.npz, clips/ (excerpts rendered to sound and heard; needs
    FluidSynth and soundfonts) and run/; what is there is used again, and a run
    that was stopped goes on.
    """
    require_torch()
    from drumnet.training.beats.export import export_beats
    from drumnet.training.beats.loop import BeatTrainingConfig
    from drumnet.training.beats.loop import train_beats as train
    from drumnet.training.beats.prepare import prepare_beats

    config = BeatTrainingConfig(steps=steps, seed=seed)
    prepare_beats(
        corpus,
        output,
        render=render,
        seed=seed,
        workers=workers,
        progress=_print_stage,
        soundfonts=soundfonts,
        left_out=config.left_out,
    )
    train(output, output / "run", config, print_loss, deadline(minutes))
    if export is not None:
        about = {
            "corpus": corpus.name,
            "rendered": render,
            "soundfonts": sorted(file.name for file in soundfonts),
        }
        export_beats(output / "run", export, about)
        print_written(sorted(export.iterdir()))


def _print_stage(stage: str, done: int, of: int) -> None:
    if done % 50 == 0 or done == of:
        print_line(stage, f"{done}/{of}")

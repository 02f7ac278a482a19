"""`drumnet export`: a training run -> weights that `--model` takes."""

from __future__ import annotations

from pathlib import Path

import click

from drumnet.cli.extras import require_torch
from drumnet.cli.options import PATH, RESULT
from drumnet.cli.printing import print_line, print_written


@click.command()
@click.argument("run", type=PATH, metavar="RUN")
@click.argument("prepared", type=PATH, metavar="PREPARED")
@click.option(
    "-o", "--output", type=RESULT, required=True, metavar="FOLDER", help="A folder to make."
)
@click.option("--name", metavar="NAME", help="Of the weights. Default: the folder's name.")
def export(run: Path, prepared: Path, output: Path, name: str | None) -> None:
    """Make weights of a training run: ONNX, checked against PyTorch.

    PREPARED is what RUN was trained on: the least probability of a hit is tuned on its valid
    songs. `drumnet generate --model FOLDER` takes the result.
    """
    require_torch()
    from drumnet.training.drummer.export import export as export_run

    checkpoint = export_run(run, prepared, output, name=name)
    print_line("weights", f"{checkpoint.name}, {len(checkpoint.presets)} named styles")
    for fact, value in checkpoint.provenance.items():
        print_line("", f"{fact.replace('_', ' ')}: {value}")
    print_written([output])

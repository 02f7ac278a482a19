"""`drumnet train`: songs on ticks -> a training run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from drumnet.cli.extras import require_torch
from drumnet.cli.options import PATH, RESULT
from drumnet.cli.printing import print_line, print_written
from drumnet.limits import parsed_json


def parse_setting(text: str) -> tuple[str, Any]:
    """Name and value of `NAME=VALUE`; `model.NAME` is a setting of the model."""
    name, equals, value = text.partition("=")
    try:
        if equals:
            return name.strip(), parsed_json(value)
    except ValueError:
        pass
    raise click.BadParameter(f"'{text}' is not NAME=VALUE, as in kl_weight=1e-4")


@click.command()
@click.argument("prepared", type=PATH, metavar="PREPARED")
@click.option("-o", "--output", type=RESULT, required=True, metavar="RUN", help="The run's folder.")
@click.option("--steps", type=click.IntRange(min=1), metavar="N", help="Optimiser steps.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Of everything random.")
@click.option(
    "--subset",
    type=click.Choice(["all", "open"]),
    default="all",
    show_default=True,
    help="Train on all songs, or on those with an open licence.",
)
@click.option("--config", type=PATH, metavar="FILE", help="The config.json of another run.")
@click.option(
    "--set",
    "settings",
    type=parse_setting,
    multiple=True,
    metavar="NAME=VALUE",
    help="Any other setting of the configuration; may be repeated.",
)
@click.option(
    "--start-from",
    metavar="RUN|WEIGHTS",
    help="Start from the weights of another run, or exported ones: a name or a folder.",
)
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option(
    "--loaders",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes that make batches; a fast GPU wants many. The batches are the same.",
)
def train(
    prepared: Path,
    output: Path,
    steps: int | None,
    seed: int | None,
    subset: str,
    config: Path | None,
    settings: tuple[tuple[str, Any], ...],
    start_from: str | None,
    resume: bool,
    loaders: int,
) -> None:
    """Train a model on what `drumnet prepare` wrote.

    RUN gets config.json, log.csv, loss.png and state.pt; a run that was stopped
    goes on with --resume.
    """
    require_torch()
    from drumnet.training.drummer.loop import train as train_model

    said = {
        "steps": steps,
        "seed": seed,
        "only_open": True if subset == "open" else None,
        "start_from": start_from,
    }
    overrides = {name: value for name, value in said.items() if value is not None}
    train_config = _configured(config, {**overrides, **dict(settings)})
    train_model(
        prepared, output, train_config, resume=resume, loaders=loaders, progress=_print_step
    )
    print_written([output / "state.pt"])


def _configured(base: Path | None, overrides: dict[str, Any]) -> Any:
    from dataclasses import asdict

    from drumnet.training.drummer.config import TrainConfig

    values = asdict(TrainConfig.load(base) if base is not None else TrainConfig())
    for name, value in overrides.items():
        if name.startswith("model."):
            values["model"][name.removeprefix("model.")] = value
        else:
            values[name] = value
    return TrainConfig.from_dict(values)


def _print_step(step: int, steps: int, losses: dict[str, float]) -> None:
    parts = "  ".join(f"{name} {value:.5f}" for name, value in losses.items())
    print_line(f"{step}/{steps}", parts)

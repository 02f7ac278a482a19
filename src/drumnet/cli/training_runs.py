"""What the trainings of the networks that hear beats and drums are told alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import click

from drumnet.cli.options import RESULT
from drumnet.cli.printing import print_line

Command = TypeVar("Command", bound=Callable[..., Any])


def run_options(steps: int) -> Callable[[Command], Command]:
    """How long is trained, with what seed, and where the weights go.

    Args:
        steps: unless others are asked for.
    """
    at_least_one = click.IntRange(min=1)
    options = (
        click.option("--steps", type=at_least_one, default=steps, show_default=True, metavar="N"),
        click.option(
            "--seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="N"
        ),
        click.option("--workers", type=at_least_one, default=2, show_default=True, metavar="N"),
        click.option(
            "--minutes",
            type=click.FloatRange(min=0),
            metavar="M",
            help="Stop training after so long.",
        ),
        click.option("--export", type=RESULT, metavar="FOLDER", help="Write the weights there."),
    )

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def deadline(minutes: float | None) -> float:
    """The `time.time()` at which training stops."""
    return float("inf") if minutes is None else time.time() + 60.0 * minutes


def print_loss(step: int, loss: float) -> None:
    print_line(str(step), f"loss {loss:.4f}")

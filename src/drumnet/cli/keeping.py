"""The options that say what of the drums is there already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from drumnet.cli.grouped import GroupedOption
from drumnet.cli.options import PATH

Command = TypeVar("Command", bound=Callable[..., Any])

_HEADING = "What is there already"
#: More bars than any song has.
_MOST_BARS = 100_000


def parse_bars(text: str) -> tuple[int, ...]:
    """The bars of `5-8,13`.

    >>> parse_bars("5-8,13")
    (5, 6, 7, 8, 13)
    """
    bars: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        try:
            begin = int(first)
            end = int(last) if dash else begin
        except ValueError:
            begin, end = 1, 0
        if not 0 <= begin <= end <= _MOST_BARS:
            raise click.BadParameter(f"'{part}' is no range of bars: write them as 5-8,13")
        bars += range(begin, end + 1)
    return tuple(bars)


def keep_options(command: Command) -> Command:
    """`keep`, `keep_pieces`, `keep_bars` and `rhythm`."""
    for option in reversed(
        (
            click.option("--keep", type=PATH, metavar="HITS.CSV", cls=GroupedOption,
                heading=_HEADING, help="Hits of an earlier take that stay as they are, while the "
                "rest is played again to them. Without the next two, the pieces in it stay."),
            click.option("--keep-pieces", metavar="LIST", cls=GroupedOption, heading=_HEADING,
                help="Of these, keep the pieces in LIST, as snare,hats, in every bar."),
            click.option("--keep-bars", type=parse_bars, metavar="BARS",
                cls=GroupedOption, heading=_HEADING,
                help="Of these, keep all of the bars, as 5-8,13; counted as in hits.csv."),
            click.option("--rhythm", type=PATH, metavar="FILE", cls=GroupedOption,
                heading=_HEADING, help="A tapped rhythm that the drums play: a MIDI file, or a "
                "table of times in seconds; a SONG is not needed then."),
        )
    ):  # fmt: skip
        command = option(command)
    return command

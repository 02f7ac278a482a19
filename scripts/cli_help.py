#!/usr/bin/env python3
"""Writes docs/cli.md, all help pages of `drumnet`; `--check` fails when it is stale."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from drumnet.cli.main import main

DOCS = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
HEADER = """# The command line

Written by `scripts/cli_help.py` from `drumnet --help` and the help of each
command. Exit status: 0 for done, 1 with one line on stderr for what you can
mend, 2 for wrong usage.
"""


def command_paths(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from command_paths(inner, (*path, name))


def help_page(path: tuple[str, ...]) -> str:
    shown = CliRunner().invoke(main, [*path, "--help"], prog_name="drumnet", terminal_width=88)
    if shown.exit_code != 0:
        raise SystemExit(f"drumnet {' '.join(path)} --help fails:\n{shown.output}")
    title = " ".join(("drumnet", *path))
    return f"## {title}\n\n```text\n{shown.output.strip()}\n```\n"


def page() -> str:
    return "\n".join([HEADER, *(help_page(path) for path in command_paths(main, ()))])


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        if not DOCS.is_file() or DOCS.read_text(encoding="utf-8") != page():
            raise SystemExit("docs/cli.md is stale: run scripts/cli_help.py")
    elif sys.argv[1:]:
        raise SystemExit("usage: cli_help.py [--check]")
    else:
        DOCS.parent.mkdir(exist_ok=True)
        DOCS.write_text(page(), encoding="utf-8")

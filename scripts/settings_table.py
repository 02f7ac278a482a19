#!/usr/bin/env python3
"""Writes what is made of the table of settings (`drumnet.settings.TABLE`): the controls of
the studio's page, web/src/api/settings.json, and docs/settings.md; `--check` fails when one
of them is stale."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drumnet.setting_kinds import Choice, Number, Setting
from drumnet.settings import TABLE

REPO = Path(__file__).resolve().parents[1]
SCRIPT = "scripts/settings_table.py"
PAGE, DOC = REPO / "web" / "src" / "api" / "settings.json", REPO / "docs" / "settings.md"

HEAD = f"""# Settings

Written by `{SCRIPT}` from the one table that the command line, the studio and its page are
made of. How a setting sounds is shown in [controls.md](controls.md).

On the command line a setting is `--its-name`, what is on unless said is turned off with
`--no-fill-crash`, and what belongs to a piece is said as `--amount crash=0.5`, `--mute ride`. In a
[file of sections](sections.md) it is `its_name=value`; what belongs to a piece is
`crash.amount=0.5`, `crash.complexity=0.7`, `mute=ride+crash`. `half` and `double` are taken for
`half-time` and `double-time`.
"""


def entry(setting: Setting) -> dict[str, Any]:
    """A setting as the page reads it."""
    kind, number = "flag", None
    if isinstance(setting, Number):
        kind, number = "whole" if setting.is_whole else "number", setting
    elif isinstance(setting, Choice):
        kind = "choice"
    choices = None
    if isinstance(setting, Choice):
        labels = zip(setting.texts, setting.choices.values(), strict=True)
        choices = [{"value": text, "label": label} for text, label in labels]
    return {
        "name": setting.name,
        "label": setting.label,
        "heading": setting.heading,
        "kind": kind,
        "default": in_words(setting.default) if kind == "choice" else setting.default,
        "low": number and number.limits[0],
        "high": number and number.limits[1],
        "slider": number and list(number.slider),
        "unit": number.unit.value if number else "",
        "choices": choices,
        "help": setting.help,
    }


def in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(getattr(value, "value", value))


def page() -> str:
    lines = ",\n".join(f"  {json.dumps(entry(setting))}" for setting in TABLE)
    return f"[\n{lines}\n]\n"


def doc() -> str:
    parts = [HEAD]
    for heading in dict.fromkeys(setting.heading for setting in TABLE):
        parts.append(f"## {heading}\n")
        rows = ["| setting | from, to | unless said | |", "| --- | --- | --- | --- |"]
        rows += [row(setting) for setting in TABLE if setting.heading == heading]
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def row(setting: Setting) -> str:
    if isinstance(setting, Number):
        span = f"{setting.limits[0]:g} to {setting.limits[1]:g}"
    elif isinstance(setting, Choice):
        span = ", ".join(setting.texts)
    else:
        span = "yes, no"
    return f"| `{setting.name}` | {span} | {in_words(setting.default)} | {setting.help} |"


def written() -> Mapping[Path, str]:
    return {PAGE: page(), DOC: doc()}


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--check"]):
        raise SystemExit(f"usage: {SCRIPT} [--check]")
    for path, content in written().items():
        if not sys.argv[1:]:
            path.write_text(content, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != content:
            raise SystemExit(f"{path.relative_to(REPO)} is stale: run {SCRIPT}")

#!/usr/bin/env python3
"""Writes web/openapi.json, the studio's API, of which the page's types are made;
`--check` fails when it is stale."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from drumnet.studio.web.app import build_api

FILE = Path(__file__).resolve().parents[1] / "web" / "openapi.json"


def content() -> str:
    return json.dumps(build_api().openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        if not FILE.is_file() or FILE.read_text(encoding="utf-8") != content():
            raise SystemExit(
                "web/openapi.json is stale: run scripts/openapi.py, and npm run api in web/"
            )
    elif sys.argv[1:]:
        raise SystemExit("usage: openapi.py [--check]")
    else:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(content(), encoding="utf-8")

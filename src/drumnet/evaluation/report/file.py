"""The file report.json: a `Report` as JSON, one row, song or pattern a line, so that
two of them differ legibly. The same report gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from drumnet.errors import DataError
from drumnet.evaluation.report.model import FORMAT, Codes, Pattern, Report, Row, SongFacts
from drumnet.files import atomic_path
from drumnet.limits import parsed_json

REPORT_FILE = "report.json"


def write_report(path: Path | str, report: Report) -> None:
    """Write report.json, whole or not at all.

    Raises:
        OutputError: the place cannot be written to.
    """
    with atomic_path(path) as part:
        part.write_text(report_text(report), encoding="utf-8", newline="\n")


def report_text(report: Report) -> str:
    """The contents of report.json."""
    found = asdict(report)
    songs = ",\n".join(
        f"  {_json(section)}: {_lines(of, '   ')}" for section, of in found["songs"].items()
    )
    parts = {
        "format": _json(report.format),
        **{name: _json(value) for name, value in found.items() if name != "format"},
        "songs": f"{{\n{songs}\n }}" if songs else "{}",
        "rows": _lines(found["rows"], "  "),
        "patterns": _lines(found["patterns"], "  "),
    }
    return "{\n" + ",\n".join(f" {_json(name)}: {part}" for name, part in parts.items()) + "\n}\n"


def read_report(path: Path | str) -> Report:
    """Read report.json.

    Args:
        path: the file, or the folder that has it.

    Raises:
        DataError: there is no such file, or it is no report, damaged, or of
            another format.
    """
    path = Path(path)
    path = path / REPORT_FILE if path.is_dir() else path
    try:
        found = parsed_json(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise DataError(
            f"cannot read the report '{path}' ({fault.strerror}): drumnet evaluate makes one"
        ) from fault
    except (ValueError, RecursionError) as fault:
        raise DataError(f"'{path}' is no report, or a damaged one: make it anew") from fault
    _check_format(path, found)
    try:
        return _report(found)
    except ValueError as fault:
        raise DataError(f"the report '{path}' is damaged ({fault}): make it anew") from fault


def _check_format(path: Path, found: object) -> None:
    name, _, own = FORMAT.partition("/")
    is_format = found.get("format") if isinstance(found, dict) else None
    if not isinstance(is_format, str) or not is_format.startswith(f"{name}/"):
        raise DataError(f"'{path}' is no report of drumnet evaluate: give its {REPORT_FILE}")
    if is_format != FORMAT:
        raise DataError(
            f"'{path}' has report format {is_format.partition('/')[2]:.20}, this DrumNet reads "
            f"{own}: make it anew, or read it with the DrumNet that made it"
        )


def _report(found: Mapping[str, Any]) -> Report:
    songs = found.get("songs")
    if not isinstance(songs, dict):
        raise ValueError("songs: none")
    parts = {
        **found,
        "songs": {
            section: [_build(SongFacts, one, "songs") for one in _list(of, "songs")]
            for section, of in songs.items()
        },
        "rows": [_build(Row, one, "rows") for one in _list(found.get("rows"), "rows")],
        "patterns": [
            _build(Pattern, one, "patterns") for one in _list(found.get("patterns", []), "patterns")
        ],
    }
    if parts.get("codes") is not None:
        parts["codes"] = _build(Codes, parts["codes"], "codes")
    return _build(Report, parts, "report")


_Built = TypeVar("_Built", SongFacts, Row, Codes, Pattern, Report)


def _build(kind: type[_Built], parts: object, where: str) -> _Built:
    """A dataclass of a JSON object that has its fields and no other."""
    if not isinstance(parts, dict):
        raise ValueError(f"{where}: no object but {parts!r:.40}")
    known = {one.name: one for one in fields(kind)}
    unknown = sorted(set(parts) - set(known))
    if unknown:
        raise ValueError(f"{where}: unknown field {unknown[0]!r:.40}")
    missing = [name for name, one in known.items() if _needed(one) and name not in parts]
    if missing:
        raise ValueError(f"{where}: no {', '.join(missing)}")
    try:
        return kind(**parts)
    except (TypeError, ValueError) as fault:
        raise ValueError(f"{where}: {fault}") from fault


def _needed(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _list(found: object, name: str) -> list[Any]:
    if not isinstance(found, list):
        raise ValueError(f"{name}: no list but {found!r:.40}")
    return found


def _lines(items: Sequence[Any], indent: str) -> str:
    inner = ",\n".join(indent + _json(item) for item in items)
    return f"[\n{inner}\n{indent[:-1]}]" if items else "[]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

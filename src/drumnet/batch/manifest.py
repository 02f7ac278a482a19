"""The list of songs.

In: a folder of songs, or a table with a row for each: CSV, JSON Lines or Parquet.  Out: `Row`s,
each with what it says by column, as text, lists or yes and no, and not yet understood.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drumnet.errors import DataError
from drumnet.files import safe_name
from drumnet.limits import parsed_json
from drumnet.number_table import decoded
from drumnet.song.files import has_stems, shown_folders, stems_in

#: The columns of a row that are no option: what it is called, and its files or folders.
NAME, SONG = "name", "song"
#: Columns that hold columns: of JSON Lines and Parquet.
_NESTED = ("stems", "settings")
#: Between several values in a cell of text.
_BETWEEN = ";"
_MAX_BYTES = 1 << 30


@dataclass(frozen=True)
class Row:
    """A song of the list.

    Args:
        name: of its folder in the results; may lie in folders, with / between.
        where: it stands, for people.
        said: by column; what says nothing is not in it.
        folder: from which its paths start.
    """

    name: str
    where: str
    said: Mapping[str, Any]
    folder: Path


def read_songs(
    path: Path,
    mixes: bool = False,
    ignore: Iterable[str] = (),
    pass_over: Callable[[Path], None] = lambda folder: None,
) -> list[Row]:
    """The rows of a list of songs.

    Args:
        path: a folder, or a .csv, .tsv, .jsonl (.ndjson) or .parquet file.
        mixes: each sound file in the folder is a song; else each folder in it that holds some.
        ignore: names of columns that are passed over.
        pass_over: called with each folder in it that holds neither sounds nor folders.

    Raises:
        DataError: it cannot be read, holds no song, or two of one name.
    """
    path = path.absolute()  # other processes may be elsewhere
    if path.is_dir():
        rows = list(_songs_in(path, mixes, pass_over))
        empty = f"the folder '{path}' holds no songs: give a folder with a folder of stems for each"
    else:
        if not path.exists():
            raise DataError(f"there is no '{path}': check the name")
        reader = _READERS.get(path.suffix.lower())
        if reader is None:
            raise DataError(
                f"'{path}' is no list of songs: give a folder, or a file that ends in "
                f"{', '.join(_READERS)}"
            )
        passed = {_key(one) for one in ignore}
        read = enumerate(_read(path, reader), 1)
        rows = [_row(number, said, path.parent, passed) for number, said in read]
        empty = f"'{path}' holds no rows: give one for each song, below the names of the columns"
    if not rows:
        raise DataError(empty)
    _check_names(rows)
    return rows


def _songs_in(folder: Path, mixes: bool, pass_over: Callable[[Path], None]) -> Iterator[Row]:
    found = list(_files_below(folder) if mixes else _folders_below(folder, pass_over))
    if not mixes and has_stems(folder):
        raise DataError(
            f"the folder '{folder}' holds sounds itself: give the folder above it, or say --mixes "
            "if each file is a song"
        )
    same = Counter(one.with_suffix("") for one in found)
    for one in found:
        # `song.wav` and `song.mp3` are two songs.
        named = one if not mixes or same[one.with_suffix("")] > 1 else one.with_suffix("")
        name = "/".join(safe_name(part, "song") for part in named.relative_to(folder).parts)
        yield Row(name, f"'{one}'", {SONG: [str(one)]}, folder)


def _folders_below(folder: Path, pass_over: Callable[[Path], None]) -> Iterator[Path]:
    for one in shown_folders(folder):
        if has_stems(one):
            yield one
        elif shown_folders(one):
            yield from _folders_below(one, pass_over)
        else:
            pass_over(one)


def _files_below(folder: Path) -> Iterator[Path]:
    yield from stems_in(folder)
    for one in shown_folders(folder):
        yield from _files_below(one)


def _read(path: Path, reader: Callable[[Path], Iterable[Any]]) -> list[dict[str, Any]]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise DataError(f"'{path}' has more than {_MAX_BYTES >> 30} GB: part it, with --shard")
        return list(reader(path))
    except (OSError, ValueError, csv.Error) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        raise DataError(f"'{path}' cannot be read as a list of songs ({reason})") from fault


def _csv_rows(path: Path) -> Iterator[dict[str, Any]]:
    text = decoded(path.read_bytes())
    first = text.partition("\n")[0]
    between = max(",;\t", key=first.count)
    for number, said in enumerate(csv.DictReader(io.StringIO(text), delimiter=between), 1):
        if None in said:
            raise ValueError(f"row {number} has more cells than there are columns")
        yield said


def _json_rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(decoded(path.read_bytes()).splitlines(), 1):
        if line.strip():
            try:
                said = parsed_json(line)
            except json.JSONDecodeError as fault:
                raise ValueError(f"line {number}: {fault.msg} at column {fault.colno}") from fault
            if not isinstance(said, dict):
                raise ValueError(f"line {number} is no object: write it as {{...}}")
            yield said


def _parquet_rows(path: Path) -> list[dict[str, Any]]:
    try:
        from pyarrow import parquet
    except ImportError as fault:
        raise DataError(
            f"to read '{path}', pyarrow is needed: install it with pip install 'drumnet[cluster]', "
            "or give the list as .csv or .jsonl"
        ) from fault
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


_READERS: Mapping[str, Callable[[Path], Iterable[dict[str, Any]]]] = {
    ".csv": _csv_rows,
    ".tsv": _csv_rows,
    ".jsonl": _json_rows,
    ".ndjson": _json_rows,
    ".parquet": _parquet_rows,
}


def _row(number: int, cells: Mapping[str, Any], folder: Path, passed: Collection[str]) -> Row:
    said: dict[str, Any] = {}
    for column, value in _flat(cells):
        key = _key(column)
        if key in passed or value is None or value == "" or value == []:
            continue
        if key in said:
            raise DataError(f"row {number} says '{key}' twice: leave one of the columns out")
        said[key] = value
    if SONG in said:
        said[SONG] = several(said[SONG])
    name = str(said.pop(NAME, "") or _name_of(said)).strip().strip("/")
    parts = [part for part in name.split("/") if part.strip()]
    safe = "/".join(safe_name(part, "song") for part in parts) or f"song-{number}"
    return Row(safe, f"row {number} ('{name or safe}')", said, folder)


def _key(column: str) -> str:
    return column.strip().lower().replace("-", "_")


def _flat(cells: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for column, value in cells.items():
        if str(column).strip().lower() in _NESTED and isinstance(value, Mapping):
            yield from _flat(value)
        else:
            yield str(column), value.strip() if isinstance(value, str) else value


def _name_of(said: Mapping[str, Any]) -> str:
    """As the song's folder, or file."""
    first = next(iter(said.get(SONG, ())), "")
    path = Path(str(first).rstrip("/"))
    return path.stem if path.suffix and len(path.suffix) < 7 else path.name


def several(value: Any) -> list[str]:
    """The values of a cell: of a list, of a text with ; between them, or of pairs.

    >>> several("ride; crash"), several({"snare": 0.5}), several(3)
    (['ride', 'crash'], ['snare=0.5'], ['3'])
    """
    if isinstance(value, Mapping):
        return [f"{key}={one}" for key, one in value.items() if one is not None]
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [part.strip() for part in str(value).split(_BETWEEN) if part.strip()]


def _check_names(rows: Iterable[Row]) -> None:
    """No two results in one place, on systems that do not tell cases apart either."""
    seen: dict[str, Row] = {}
    for row in rows:
        other = seen.setdefault(row.name.casefold(), row)
        if other is not row:
            raise DataError(
                f"{other.where} and {row.where} would both be written to '{row.name}': give one of "
                "them another name, in a list with the column 'name'"
            )
    for row in rows:
        for end, letter in enumerate(row.name):
            inside = seen.get(row.name[:end].casefold()) if letter == "/" else None
            if inside is not None:
                raise DataError(
                    f"{row.where} would be written into the result of {inside.where}: give one of "
                    "them another name, in the column 'name'"
                )

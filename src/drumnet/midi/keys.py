"""MIDI maps: which key an instrument plays a piece of the kit with.

In: the name of a map in `maps.csv`, or a file of the user's.  Out: a key
for every piece.  Maps are for writing; what is read is General MIDI (see `hits`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from drumnet.errors import MidiError
from drumnet.hits import MAX_VELOCITY, Piece

#: The map that is written where none is said.
GENERAL_MIDI = "general-midi"

_MAX_KEY = MAX_VELOCITY

#: A MIDI key for every piece.
MidiMap = Mapping[Piece, int]


def map_names() -> tuple[str, ...]:
    """The maps that are there by name.

    >>> "roland-td" in map_names()
    True
    """
    return tuple(_known())


def load_midi_map(spec: str | Path | MidiMap = GENERAL_MIDI) -> MidiMap:
    """A map by its name, or of a CSV file with the columns `piece` and `key`.

    Pieces that a file does not name keep their General MIDI key.

    >>> load_midi_map("roland-td")[Piece.HIGH_TOM]
    48

    Raises:
        MidiError: no map and no file of that name, or a file with a line that
            gives no piece or no key.
    """
    if isinstance(spec, Mapping):
        return {piece: spec.get(piece, piece.midi_key) for piece in Piece}
    if str(spec) in _known():
        return _known()[str(spec)]
    path = Path(spec)
    if not path.is_file():
        raise MidiError(
            f"there is no MIDI map '{spec}': choose from {', '.join(map_names())}, or give a "
            "CSV file with the columns piece and key"
        )
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MidiError(f"'{path}' cannot be read as a table of keys ({error})") from error
    given = {piece: key for _, piece, key in _rows(lines, path.name)}
    if not given:
        raise MidiError(f"'{path}' names no piece: give lines such as kick,36 under piece,key")
    return {piece: given.get(piece, piece.midi_key) for piece in Piece}


@lru_cache(maxsize=1)
def _known() -> Mapping[str, MidiMap]:
    """The maps of the table in the package."""
    text = files("drumnet.midi").joinpath("maps.csv").read_text(encoding="utf-8")
    maps: dict[str, dict[Piece, int]] = {}
    for name, piece, key in _rows(text.splitlines(), "maps.csv"):
        maps.setdefault(name, {})[piece] = key
    return maps


def _rows(lines: Iterable[str], source: str) -> Iterator[tuple[str, Piece, int]]:
    """The map (empty where there is no such column), piece and key of each row."""
    columns: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in next(csv.reader([line]))]
        if not columns:
            columns = [cell.lower() for cell in cells]
            if not {"piece", "key"} <= set(columns):
                raise MidiError(
                    f"'{source}' is no table of keys: its first line has to be piece,key"
                )
            continue
        row = dict(zip(columns, cells, strict=False))
        key = row.get("key", "")
        if not (key.isascii() and key.isdigit() and int(key) <= _MAX_KEY):
            raise MidiError(
                f"{source}:{number} gives the key '{key}': a number from 0 to {_MAX_KEY} "
                "is expected"
            )
        yield row.get("map", ""), Piece.from_name(row.get("piece", "")), int(key)

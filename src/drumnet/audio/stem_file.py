"""What the tracks of a stem file are called.

In: an MP4 as Native Instruments' Stem Creator writes it: a mix, then the stems of which it is
the sum.  Out: the names of the stems, which stand in a box of their own.

Source: ISO/IEC 14496-12 (boxes); the Stem file specification (Native Instruments, 2015: JSON in
the box moov/udta/stem).
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO

from drumnet.limits import MAX_TEXT_BYTES, parsed_json

_PLACE = (b"moov", b"udta", b"stem")
_HEADER = struct.Struct(">I4s")
_LONG = struct.Struct(">Q")
_MAX_BOXES = 10_000


def stem_names(path: Path) -> tuple[str, ...]:
    """The names, as many as the file says; none of what is no stem file.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        found = _box(file, _PLACE, os.path.getsize(path))
    try:
        stems = parsed_json((found or b"").decode("utf-8"))["stems"]
        return tuple(str(stem["name"]) for stem in stems)
    except (ValueError, LookupError, TypeError):
        return ()


def _box(file: BinaryIO, place: tuple[bytes, ...], end: int) -> bytes | None:
    """What is in the box at a place in the boxes up to `end`."""
    for _ in range(_MAX_BOXES):
        start = file.tell()
        head = file.read(_HEADER.size)
        if start >= end or len(head) < _HEADER.size:
            return None
        size, kind = _HEADER.unpack(head)
        if size == 1:
            size = _LONG.unpack(file.read(_LONG.size).ljust(_LONG.size, b"\0"))[0]
        stop = start + size if size else end
        if not file.tell() <= stop <= end:
            return None
        if kind == place[0]:
            if len(place) == 1:
                return file.read(min(stop - file.tell(), MAX_TEXT_BYTES))
            inside = _box(file, place[1:], stop)
            if inside is not None:
                return inside
        file.seek(stop)
    return None

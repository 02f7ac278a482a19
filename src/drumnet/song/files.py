"""The files of a song.

In: what a user names, a file or a folder.  Out: the files that may be stems, in the order in
which people number them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from drumnet.audio.source import is_audio
from drumnet.errors import SongError
from drumnet.midi.read import MIDI_SUFFIXES

#: Tables of onset times, whose role has to be said.
TABLE_SUFFIXES = frozenset((".csv", ".tsv", ".txt"))


def files_of(path: Path) -> Iterator[Path]:
    """The file itself, or the sounds and MIDI files in a folder.

    Raises:
        SongError: a table, or a folder without any.
    """
    if not path.is_dir():
        if path.suffix.lower() in TABLE_SUFFIXES and path.exists():
            raise SongError(
                f"'{path}' is no sound; if it holds onset times, say --stem ROLE={path}"
            )
        yield path
        return
    try:
        entries = sorted(path.iterdir(), key=lambda entry: _natural(entry.name))
    except OSError as error:
        raise SongError(f"cannot read the folder '{path}' ({error.strerror})") from error
    files = [
        entry
        for entry in entries
        if not entry.name.startswith(".")
        and entry.is_file()
        and (is_audio(entry) or entry.suffix.lower() in MIDI_SUFFIXES)
    ]
    if not files:
        raise SongError(
            f"the folder '{path}' holds no sound files: "
            "give a folder with WAV, AIFF, FLAC, OGG, MP3 or M4A stems in it, or the files"
        )
    yield from files


def _natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """Sorts `Tom 2` before `Tom 10`, in the same order on every system."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(int(part) if part.isdecimal() else -1, part) for part in parts], name

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

#: A folder of stems lies no deeper in the one that is named.
_DEEPEST = 2
#: Tables of onset times, whose role has to be said.
TABLE_SUFFIXES = frozenset((".csv", ".tsv", ".txt"))


def files_of(path: Path) -> Iterator[Path]:
    """The file itself, or the sounds and MIDI files in a folder; of a folder that has none,
    those of the folder in it.

    Raises:
        SongError: a table, or a folder without any, or with several such folders.
    """
    if not path.is_dir():
        if path.suffix.lower() in TABLE_SUFFIXES and path.exists():
            raise SongError(
                f"'{path}' is no sound; if it holds onset times, say --stem ROLE={path}"
            )
        yield path
        return
    try:
        files = stems_in(path) or _stems_inside(path)
    except OSError as error:
        raise SongError(f"cannot read the folder '{path}' ({error.strerror})") from error
    if not files:
        raise SongError(
            f"the folder '{path}' holds no sound files: "
            "give a folder with WAV, AIFF, FLAC, OGG, MP3 or M4A stems in it, or the files"
        )
    yield from files


def _entries(folder: Path) -> list[Path]:
    """What a folder holds and does not hide."""
    shown = (entry for entry in folder.iterdir() if not entry.name.startswith((".", "__MACOSX")))
    return sorted(shown, key=lambda entry: _natural(entry.name))


def stems_in(folder: Path) -> list[Path]:
    """The sounds and MIDI files that lie in a folder itself."""
    return [
        entry
        for entry in _entries(folder)
        if entry.is_file() and (is_audio(entry) or entry.suffix.lower() in MIDI_SUFFIXES)
    ]


def has_stems(folder: Path) -> bool:
    """Whether any lie in it."""
    return bool(stems_in(folder))


def shown_folders(folder: Path) -> list[Path]:
    """The folders that lie in one and are not hidden; links to others are left out."""
    return [entry for entry in _entries(folder) if entry.is_dir() and not entry.is_symlink()]


def _stems_inside(folder: Path, depth: int = 0) -> list[Path]:
    """Those of the only folder in it that has any: what an archive unpacks to."""
    folders = shown_folders(folder)
    if depth > _DEEPEST:
        return []
    found = [stems for one in folders if (stems := stems_in(one) or _stems_inside(one, depth + 1))]
    if len(found) > 1:
        names = ", ".join(f"'{stems[0].parent.relative_to(folder)}'" for stems in found[:3])
        raise SongError(
            f"the folder '{folder}' holds no sound files, but several folders of them ({names}): "
            "name one of these"
        )
    return found[0] if found else []


def _natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """Sorts `Tom 2` before `Tom 10`, in the same order on every system."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(int(part) if part.isdecimal() else -1, part) for part in parts], name

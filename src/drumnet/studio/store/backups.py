"""Copies of the library, and the way back to one.

In: the database when a studio starts, once it was found whole, and when it ends.  Out: a copy
of it in `backups/`, if it has changed since the last one; the last five stay.  SQLite's online
backup writes them, so that nothing has to be still meanwhile.

Source: SQLite Backup API, sqlite.org/backup.html.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from drumnet.studio.errors import StudioError
from drumnet.studio.store.disk import BACKUPS, DATABASE_FILE, Disk
from drumnet.studio.store.library import damage_of, stored_ids

#: So many copies stay.
NUM_KEPT = 5
_WAL, _SHM = f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-shm"


def back_up(database: sqlite3.Connection, data: Path) -> None:
    """Copy the library, unless the newest copy is of the same state.

    Raises:
        OSError, sqlite3.Error: it cannot be written.
    """
    folder = data / BACKUPS
    copies = _copies(data)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # closing it changes the file no more
    files = (data / DATABASE_FILE, data / _WAL)
    found = [path.stat() for path in files if path.exists()]
    changed = max(file.st_mtime_ns for file in found if file.st_size)
    if copies and copies[-1].stat().st_mtime_ns > changed:
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    part = folder / f"{uuid4()}.part"
    try:
        with closing(sqlite3.connect(part)) as copy:
            database.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, whole by itself
        os.replace(part, folder / f"library-{_now()}.sqlite")
    finally:
        part.unlink(missing_ok=True)
    for old in _copies(data)[:-NUM_KEPT]:
        old.unlink(missing_ok=True)


def restore(disk: Disk) -> tuple[Path, Path]:
    """Go back to the newest copy that is whole.

    What was there goes to a folder of its own, with the sounds that the copy knows nothing of.

    Returns:
        the copy, and that folder.

    Raises:
        StudioError: there is no copy that is whole.
    """
    data = disk.data
    copy = next((path for path in reversed(_copies(data)) if damage_of(path) is None), None)
    if copy is None:
        raise StudioError(f"there is no whole copy of the library in '{data / BACKUPS}'")
    aside = data / f"before-{_now()}"
    aside.mkdir(mode=0o700)
    for name in (DATABASE_FILE, _WAL):
        if (data / name).exists():
            os.replace(data / name, aside / name)
    (data / _SHM).unlink(missing_ok=True)
    part = disk.part_file(".sqlite")
    shutil.copyfile(copy, part)
    os.replace(part, data / DATABASE_FILE)
    with closing(sqlite3.connect(data / DATABASE_FILE)) as database:
        disk.sweep(*stored_ids(database), aside)
    return copy, aside


def _copies(data: Path) -> list[Path]:
    """The oldest first."""
    return sorted((data / BACKUPS).glob("library-*.sqlite"))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")

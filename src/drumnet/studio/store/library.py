"""The library's database: one SQLite file in the data folder.

It is in WAL mode, so that a kill at any moment leaves it whole, and its schema
grows by migrations alone: each runs once, in its order, in a transaction with
the number that says it ran (`PRAGMA user_version`).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from drumnet.studio.errors import DiskFullError, StudioError

DATABASE_FILE = "library.sqlite"

#: Never change one that was released: add another.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE projects (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        created TEXT NOT NULL,
        modified TEXT NOT NULL,
        revision INTEGER NOT NULL DEFAULT 1,
        status TEXT NOT NULL DEFAULT 'empty',
        error TEXT,
        duration_s REAL,
        drums_gain REAL NOT NULL DEFAULT 1.0,
        beats TEXT,
        tracked_beats TEXT,
        model TEXT NOT NULL,
        style TEXT NOT NULL,
        sections TEXT NOT NULL DEFAULT '[]',
        settings TEXT NOT NULL DEFAULT '{}',
        mixer TEXT NOT NULL DEFAULT '{}',
        edits TEXT NOT NULL DEFAULT '{}'
    ) STRICT;
    CREATE TABLE stems (
        id TEXT PRIMARY KEY,
        project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        role_is_said INTEGER NOT NULL DEFAULT 0,
        suffix TEXT NOT NULL,
        kind TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        duration_s REAL NOT NULL,
        sample_rate INTEGER,
        num_channels INTEGER
    ) STRICT;
    CREATE INDEX stems_of_project ON stems (project_id, position);
    CREATE TABLE styles (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        tags TEXT NOT NULL,
        code TEXT NOT NULL,
        at TEXT NOT NULL,
        model TEXT NOT NULL,
        source TEXT NOT NULL,
        created TEXT NOT NULL
    ) STRICT;
    """,
    """
    CREATE TABLE habits (
        model TEXT NOT NULL,
        code BLOB NOT NULL,
        passages BLOB NOT NULL,
        PRIMARY KEY (model, code)
    ) STRICT;
    """,
)

_BUSY_TIMEOUT_S = 10.0


class Library:
    """The database; from any thread, one transaction at a time.

    Raises:
        StudioError: the file is damaged, or written by a newer version.
    """

    def __init__(self, data: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
        self._path = data / DATABASE_FILE
        self._lock = threading.Lock()
        try:
            self._connection = self._opened(migrations)
        except sqlite3.DatabaseError as fault:
            raise StudioError(
                f"the library '{self._path}' cannot be read ({fault}): move it away, "
                "or choose another folder with --data"
            ) from fault

    def _opened(self, migrations: Sequence[str]) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_BUSY_TIMEOUT_S,
            check_same_thread=False,
            isolation_level=None,  # transactions are begun and ended here
        )
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise sqlite3.DatabaseError("it is damaged")
            self._migrate(connection, migrations)
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(migrations):
            raise StudioError(
                f"the library '{self._path}' was written by a newer drumnet: update drumnet, "
                "or choose another folder with --data"
            )
        for number, script in enumerate(migrations[version:], start=version + 1):
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;"
            )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept if the block ends well."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.commit()
            except BaseException as fault:
                self._connection.rollback()
                if isinstance(fault, sqlite3.OperationalError):  # of the disk, not of the code
                    raise DiskFullError(
                        f"the library cannot be written ({fault}): make room on the disk"
                    ) from fault
                raise

    def close(self) -> None:
        """Write all to the one file and let go of it."""
        with self._lock:
            self._connection.close()

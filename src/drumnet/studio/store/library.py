"""The library's database: one SQLite file in the data folder.

It is in WAL mode, so that a kill at any moment leaves it whole and who reads waits for nobody;
at the start it is checked.  Its schema grows by migrations alone: each runs once, in its order,
in a transaction with the number that says it ran (`PRAGMA user_version`).
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from drumnet.studio.errors import DiskFullError, LibraryError, StudioError
from drumnet.studio.store.disk import DATABASE_FILE

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
    "ALTER TABLE stems ADD COLUMN left_out TEXT NOT NULL DEFAULT '';",
)

#: So long a change waits for another program that holds the database.
_BUSY_S = 3.0
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Library:
    """The database; from any thread, one change at a time.

    Raises:
        StudioError: the file is damaged, read-only, or written by a newer version.
    """

    def __init__(self, data: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
        self._path = data / DATABASE_FILE
        self._lock = threading.Lock()
        self._idle: deque[sqlite3.Connection] = deque()
        self._is_closed = False
        try:
            with self._told():
                self.database = self._connected()
                try:
                    self._open(migrations)
                except BaseException:
                    self.database.close()
                    raise
        except sqlite3.DatabaseError as fault:
            raise StudioError(
                f"the library '{self._path}' cannot be read ({fault}): move it away, "
                "or choose another folder with --data"
            ) from fault

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_BUSY_S,
            check_same_thread=False,
            isolation_level=None,  # transactions are begun and ended here
        )
        connection.row_factory = sqlite3.Row
        connection.text_factory = _text  # damage costs a row, not all that are asked for with it
        return connection

    def _open(self, migrations: Sequence[str]) -> None:
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = NORMAL")
        self.database.execute("PRAGMA foreign_keys = ON")
        damage = _damage(self.database)
        if damage is not None:
            raise self._damaged(damage)
        (version,) = self.database.execute("PRAGMA user_version").fetchone()
        if version > len(migrations):
            raise StudioError(
                f"the library '{self._path}' was written by a newer drumnet: update drumnet, "
                "or choose another folder with --data"
            )
        for number, script in enumerate(migrations[version:], start=version + 1):
            self.database.executescript(
                f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;"
            )

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the library; it waits for no change.

        Raises:
            LibraryError: the library cannot be read.
        """
        with self._told():
            try:
                reader = self._idle.pop()
            except IndexError:
                reader = self._connected()
                reader.execute("PRAGMA query_only = ON")
            try:
                reader.execute("BEGIN")
                yield reader
            finally:
                reader.rollback()
                if self._is_closed:
                    reader.close()
                else:
                    self._idle.append(reader)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept if the block ends well; not on the event loop,
        since it waits for other changes.

        Raises:
            LibraryError: another program holds the library, or it may not be written.
            DiskFullError: there is no room.
        """
        with self._told():
            if not self._lock.acquire(timeout=_BUSY_S):
                raise _busy()
            try:
                self.database.execute("BEGIN IMMEDIATE")
                try:
                    yield self.database
                    self.database.commit()
                except BaseException:
                    self.database.rollback()
                    raise
            finally:
                self._lock.release()

    def close(self) -> None:
        """Write all to the one file and let go of it."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()
        with self._lock:
            self.database.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite refuses, in words."""
        try:
            yield
        except sqlite3.DatabaseError as fault:
            code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # without the finer reasons
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise _busy() from fault
            if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
                raise LibraryError(
                    f"the library '{self._path}' may only be read: give yourself the right to "
                    "write it and its folder, or choose another folder with --data"
                ) from fault
            if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
                raise DiskFullError(
                    f"the library cannot be written ({fault}): make room on the disk"
                ) from fault
            if code in _DAMAGED:
                raise self._damaged(str(fault)) from fault
            raise

    def _damaged(self, what: str) -> LibraryError:
        return LibraryError(
            f"the library '{self._path}' is damaged ({what}): end the studio, and start it with "
            "--restore, which goes back to the newest whole copy, or move it away"
        )


def damage_of(path: Path) -> str | None:
    """What is wrong with a database that nobody uses; None if it is whole."""
    with closing(sqlite3.connect(path)) as database:
        try:
            return _damage(database)
        except sqlite3.DatabaseError as fault:
            return str(fault)


def stored_ids(database: sqlite3.Connection) -> tuple[set[str], set[str]]:
    """The ids of all stems, and of all projects, whatever else is damaged in them."""
    stems, projects = (
        {row[0] for row in database.execute(f"SELECT id FROM {table}")}
        for table in ("stems", "projects")
    )
    return stems, projects


def _damage(database: sqlite3.Connection) -> str | None:
    (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        return " ".join(str(found).split())
    stray = database.execute("PRAGMA foreign_key_check").fetchone()
    return None if stray is None else f"a row of '{stray[0]}' belongs to nothing"


def _busy() -> LibraryError:
    return LibraryError(
        "another program holds the library, such as a backup or a database browser: nothing was "
        "changed, try again when it is done"
    )


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")

"""Stems in the library; each change is one of their project.

Names are text, and never become paths: a stem's file is called by its id.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from drumnet.song.guessing import guess_roles
from drumnet.song.roles import Role
from drumnet.studio.errors import ConflictError, UnknownError
from drumnet.studio.schemas.project import Project, Status
from drumnet.studio.store.library import Library
from drumnet.studio.store.projects import ProjectStore, project_row, set_columns, stems_of
from drumnet.studio.store.rows import StemRow

MAX_STEMS = 200


class StemStore:
    """The stems of a library's projects; from any thread."""

    def __init__(self, library: Library, projects: ProjectStore) -> None:
        self._library = library
        self._projects = projects

    def all(self, project_id: str) -> list[StemRow]:
        """The stems in their order."""
        with self._library.reading() as db:
            project_row(db, project_id)
            return stems_of(db, project_id)

    def get(self, project_id: str, stem_id: str) -> StemRow:
        """One of them.

        Raises:
            UnknownError: there is none.
        """
        for stem in self.all(project_id):
            if stem.id == stem_id:
                return stem
        raise UnknownError("this song has no such stem: it may have been removed in another tab")

    def add(self, project_id: str, stems: Sequence[StemRow]) -> Project:
        """More stems; the roles that were not said are guessed anew, of all names.

        Raises:
            ConflictError: there would be too many.
        """
        with self._projects.changing(project_id, None) as db:
            there = stems_of(db, project_id)
            if len(there) + len(stems) > MAX_STEMS:
                raise ConflictError(f"a song has at most {MAX_STEMS} stems: remove some first")
            for number, stem in enumerate(stems, start=len(there)):
                values = {**stem.values(), "position": number}
                marks = ", ".join(f":{key}" for key in values)
                db.execute(f"INSERT INTO stems ({', '.join(values)}) VALUES ({marks})", values)
            _guess_roles(db, [*there, *stems])
            set_columns(db, project_id, status=Status.LISTENING.value, error=None)
        return self._projects.get(project_id)

    def change(self, before: StemRow, role: Role | None, name: str | None) -> Project:
        """Another role or name; what is None stays."""
        after = replace(
            before,
            role=role or before.role,
            role_is_said=before.role_is_said or role is not None,
            name=(name or before.name).strip(),
            left_out="" if role is not None else before.left_out,
        )
        with self._projects.changing(before.project_id, None) as db:
            db.execute(
                "UPDATE stems SET role = :role, role_is_said = :role_is_said, name = :name,"
                " left_out = :left_out WHERE id = :id",
                after.values(),
            )
        return self._projects.get(before.project_id)

    def delete(self, stem: StemRow) -> Project:
        """It is gone; without stems the project is empty."""
        with self._projects.changing(stem.project_id, None) as db:
            db.execute("DELETE FROM stems WHERE id = ?", (stem.id,))
            left = bool(stems_of(db, stem.project_id))
            status = Status.LISTENING if left else Status.EMPTY
            set_columns(db, stem.project_id, status=status.value, error=None)
            if not left:
                set_columns(db, stem.project_id, beats=None, tracked_beats=None, duration_s=None)
        return self._projects.get(stem.project_id)


def _guess_roles(db: sqlite3.Connection, stems: Sequence[StemRow]) -> None:
    guessed = guess_roles([PurePath(stem.name).stem for stem in stems])
    for stem, role in zip(stems, guessed, strict=True):
        if not stem.role_is_said:
            value = (role or Role.OTHER).value
            db.execute("UPDATE stems SET role = ? WHERE id = ?", (value, stem.id))

"""Projects in the library.

Every change makes a new revision and is told to all tabs.  A change that names
another revision than the stored one is refused: another tab was faster.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from uuid import uuid4

from drumnet.studio.errors import ConflictError, DamagedError, UnknownError
from drumnet.studio.events import Hub
from drumnet.studio.schemas.project import Event, EventKind, Project, ProjectCard, Status
from drumnet.studio.schemas.settings import Settings
from drumnet.studio.schemas.song import MAX_NAME, Beats, Edits, Mixer, Section, Style
from drumnet.studio.store.grids import BY_HAND, Move, beats_of, grid_of
from drumnet.studio.store.library import Library, stored_ids
from drumnet.studio.store.rows import (
    SECTIONS,
    StemRow,
    card_of_row,
    project_of_row,
    stem_of_row,
    understood,
)

_MOST_KEPT = 64


class ProjectStore:
    """The projects of a library; from any thread.

    Args:
        model: the weights that the styles belong to.
    """

    def __init__(self, library: Library, hub: Hub, model: str) -> None:
        self._library = library
        self._model = model
        self._hub = hub
        self._kept: OrderedDict[str, Project] = OrderedDict()
        self._kept_lock = Lock()

    def cards(self) -> list[ProjectCard]:
        """All projects, the one that changed last first."""
        with self._library.reading() as db:
            rows = db.execute(
                "SELECT p.*, (SELECT COUNT(*) FROM stems s WHERE s.project_id = p.id) AS num_stems"
                " FROM projects p ORDER BY modified DESC, id"
            ).fetchall()
        return [card_of_row(row) for row in rows]

    def create(self, name: str, style: Style) -> Project:
        """An empty project; where another has its name, a number tells them apart."""
        project_id, now = str(uuid4()), _now()
        with self._library.transaction() as db:
            rows = db.execute("SELECT name FROM projects").fetchall()
            name = _free_name(name.strip(), {row["name"] for row in rows})
            db.execute(
                "INSERT INTO projects (id, name, created, modified, model, style)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (project_id, name, now, now, self._model, style.model_dump_json()),
            )
        return self.get(project_id)

    def get(self, project_id: str) -> Project:
        """All of a project.

        Raises:
            UnknownError: there is none.
        """
        with self._library.reading() as db:
            row = project_row(db, project_id)
            with self._kept_lock:
                kept = self._kept.get(project_id)
            if kept is not None and kept.revision == row["revision"]:
                return kept
            found = project_of_row(row, stems_of(db, project_id))
        with self._kept_lock:
            self._kept[project_id] = found
            self._kept.move_to_end(project_id)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def rename(self, project_id: str, name: str) -> Project:
        """Another name."""
        return self._update(project_id, None, name=name.strip())

    def change(
        self,
        project_id: str,
        revision: int,
        *,
        style: Style | None = None,
        sections: Sequence[Section] | None = None,
        settings: Settings | None = None,
        mixer: Mixer | None = None,
        edits: Edits | None = None,
    ) -> Project:
        """Other choices; what is None stays.

        Raises:
            ConflictError: the revision is not the stored one.
        """
        models = {"style": style, "settings": settings, "mixer": mixer, "edits": edits}
        columns = {key: m.model_dump_json() for key, m in models.items() if m is not None}
        if sections is not None:
            columns["sections"] = _sections_json(sections)
        return self._update(project_id, revision, **columns)

    def set_beats(self, project_id: str, revision: int, beats: Beats, move: Move) -> Project:
        """Other beats; sections and edits are moved along.

        Raises:
            ConflictError: the revision is not the stored one.
        """
        project = self.get(project_id)
        return self._update(
            project_id,
            revision,
            beats=beats.model_dump_json(),
            sections=_sections_json(move.sections(project.sections)),
            edits=move.edits(project.edits).model_dump_json(),
        )

    def tracked_beats(self, project_id: str) -> Beats | None:
        """The beats as they were heard."""
        with self._library.reading() as db:
            row = project_row(db, project_id)
        if row["tracked_beats"] is None:
            return None
        with understood(f"the song '{row['name']}'"):
            return Beats.model_validate_json(row["tracked_beats"])

    def set_status(self, project_id: str, status: Status, error: str | None = None) -> Project:
        """What can be done with it; without stems it is always empty."""
        with self.changing(project_id, None) as db:
            if status is not Status.EMPTY and not stems_of(db, project_id):
                status, error = Status.EMPTY, None
            set_columns(db, project_id, status=status.value, error=error)
        return self.get(project_id)

    def set_heard(
        self,
        project_id: str,
        stems: Sequence[StemRow],
        tracked: Beats,
        duration_s: float,
        drums_gain: float,
        style: Style | None = None,
    ) -> Project | None:
        """It is ready; None, and nothing is changed, if it has other stems by now.

        Beats that were set by hand stay; else what was tracked replaces them.

        Args:
            style: that it gets; its own one stays if None.
        """
        heard = {stem.id for stem in stems}
        with self.changing(project_id, None) as db:
            if {stem.id for stem in stems_of(db, project_id)} != heard:
                return None
            for stem in stems:
                db.execute("UPDATE stems SET left_out = ? WHERE id = ?", (stem.left_out, stem.id))
            columns = _after_listening(
                project_of_row(project_row(db, project_id), ()), tracked, duration_s
            )
            if style is not None:
                columns["style"] = style.model_dump_json()
            set_columns(
                db,
                project_id,
                status=Status.READY.value,
                error=None,
                duration_s=duration_s,
                drums_gain=drums_gain,
                tracked_beats=tracked.model_dump_json(),
                **columns,
            )
        return self.get(project_id)

    def delete(self, project_id: str) -> None:
        """It is gone, with its stems."""
        with self._library.transaction() as db:
            project_row(db, project_id)
            db.execute("DELETE FROM projects WHERE id = ?", (project_id,))
        with self._kept_lock:
            self._kept.pop(project_id, None)
        self._hub.publish(project_id, Event(kind=EventKind.DELETED, revision=0))

    def interrupted(self) -> list[str]:
        """The projects that were being listened to when the server was stopped."""
        with self._library.reading() as db:
            rows = db.execute(
                "SELECT id FROM projects WHERE status = ?", (Status.LISTENING.value,)
            ).fetchall()
        return [row["id"] for row in rows]

    def stored_ids(self) -> tuple[set[str], set[str]]:
        """Of all stems, and of all projects."""
        with self._library.reading() as db:
            return stored_ids(db)

    def adopt(self, restyled: Callable[[Style], Style]) -> None:
        """Give the projects of other weights these weights' styles at the same
        places of the map: codes mean nothing to other weights, places do."""
        others = "SELECT * FROM projects WHERE model <> ?"
        with self._library.reading() as db:
            if db.execute(others, (self._model,)).fetchone() is None:
                return
        with self._library.transaction() as db:
            for row in db.execute(others, (self._model,)).fetchall():
                with suppress(DamagedError), understood(row["name"]):
                    set_columns(db, row["id"], model=self._model, **_restyled(row, restyled))

    def _update(self, project_id: str, revision: int | None, **columns: Any) -> Project:
        with self.changing(project_id, revision) as db:
            set_columns(db, project_id, **columns)
        return self.get(project_id)

    @contextmanager
    def changing(self, project_id: str, revision: int | None) -> Iterator[sqlite3.Connection]:
        """A transaction that makes a new revision, and tells of it when it is done."""
        with self._library.transaction() as db:
            stored = project_row(db, project_id)["revision"]
            if revision is not None and revision != stored:
                raise ConflictError(
                    "this song was changed in another tab meanwhile: "
                    "look at what is there now, then change it again"
                )
            set_columns(db, project_id, revision=stored + 1, modified=_now())
            yield db
        self._hub.publish(project_id, Event(kind=EventKind.CHANGED, revision=stored + 1))


def project_row(db: sqlite3.Connection, project_id: str) -> sqlite3.Row:
    """Raises:
    UnknownError: there is none.
    """
    row = db.execute("SELECT * FROM projects WHERE id = ?", (project_id,)).fetchone()
    if row is None:
        raise UnknownError("there is no such song: it may have been removed in another tab")
    assert isinstance(row, sqlite3.Row)
    return row


def set_columns(db: sqlite3.Connection, project_id: str, **columns: Any) -> None:
    """Write columns of a project; their names come from the code alone."""
    marks = ", ".join(f"{column} = ?" for column in columns)
    db.execute(f"UPDATE projects SET {marks} WHERE id = ?", (*columns.values(), project_id))


def stems_of(db: sqlite3.Connection, project_id: str) -> list[StemRow]:
    """The stems of a project in their order."""
    rows = db.execute(
        "SELECT * FROM stems WHERE project_id = ? ORDER BY position, id", (project_id,)
    )
    return [stem_of_row(row) for row in rows]


def _restyled(row: sqlite3.Row, restyled: Callable[[Style], Style]) -> dict[str, str]:
    """The columns of the styles."""
    sections = [
        section
        if section.style is None
        else section.model_copy(update={"style": restyled(section.style)})
        for section in SECTIONS.validate_json(row["sections"])
    ]
    style = restyled(Style.model_validate_json(row["style"]))
    return {"style": style.model_dump_json(), "sections": _sections_json(sections)}


def _after_listening(before: Project, tracked: Beats, duration_s: float) -> dict[str, str]:
    """The columns of the beats, and of what lies on them."""
    if before.beats is None:
        return {"beats": tracked.model_dump_json()}
    old = grid_of(before.beats)
    beats = tracked
    if before.beats.origin == BY_HAND:
        beats = beats_of(old.covering(duration_s), BY_HAND)
    move = Move(old, grid_of(beats))
    return {
        "beats": beats.model_dump_json(),
        "sections": _sections_json(move.sections(before.sections)),
        "edits": move.edits(before.edits).model_dump_json(),
    }


def _sections_json(sections: Sequence[Section]) -> str:
    return SECTIONS.dump_json(list(sections)).decode()


def _free_name(name: str, taken: Collection[str]) -> str:
    """The name, or with the first number behind it that none of the others has."""
    found, number = name, 1
    while found in taken:
        number += 1
        tail = f" {number}"
        found = name[: MAX_NAME - len(tail)].rstrip() + tail
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

"""Rows of the library's tables <-> what travels."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from drumnet.song.roles import Role
from drumnet.studio.errors import DamagedError
from drumnet.studio.schemas.project import Project, ProjectCard, Status
from drumnet.studio.schemas.settings import Settings
from drumnet.studio.schemas.song import Beats, Edits, Mixer, Section, Stem, StemKind, Style

SECTIONS = TypeAdapter(list[Section])
_REPLACED = (Role.KICK, Role.DRUMS)


@dataclass(frozen=True)
class StemRow:
    """A stem as it is stored; its file is called `id` and `suffix`.

    Args:
        name: as it was given: text, never a path.
        role_is_said: it was chosen, not guessed.
        left_out: why it is no stem beside the others; empty if it is one.
    """

    id: str
    project_id: str
    name: str
    role: Role
    role_is_said: bool
    suffix: str
    kind: StemKind
    size_bytes: int
    duration_s: float
    sample_rate: int | None
    num_channels: int | None
    left_out: str = ""

    @property
    def is_unheard(self) -> bool:
        """Whether it stands for what is written anew, or is no stem."""
        return self.role in _REPLACED or bool(self.left_out)

    def values(self) -> dict[str, Any]:
        """By the columns' names."""
        values = dict(self.__dict__)
        return {**values, "role": self.role.value, "kind": self.kind.value}


def stem_of_row(row: sqlite3.Row) -> StemRow:
    """A row of `stems`.

    Raises:
        DamagedError: it makes no sense.
    """
    with understood(f"the stem '{row['name']}'"):
        return _stem_of_row(row)


def project_of_row(row: sqlite3.Row, stems: Iterable[StemRow]) -> Project:
    """A row of `projects` and those of its stems.

    Raises:
        DamagedError: it makes no sense.
    """
    with understood(f"the song '{row['name']}'"):
        return _project_of_row(row, stems)


def card_of_row(row: sqlite3.Row) -> ProjectCard:
    """A row of `projects` with the number of its stems, in the list of all."""
    fields = ("id", "name", "duration_s", "num_stems", "created", "modified")
    try:
        status = Status(row["status"])
    except ValueError:
        status = Status.DAMAGED
    return ProjectCard(status=status, **{field: row[field] for field in fields})


@contextmanager
def understood(what: str) -> Iterator[None]:
    """Says what is damaged, where stored text is not what was written."""
    try:
        yield
    except (ValueError, TypeError, KeyError) as fault:  # of pydantic, enums and JSON
        raise DamagedError(
            f"{what} is damaged in the library: delete it, or end the studio and start it with "
            "--restore, which goes back to the newest copy of the library"
        ) from fault


def _stem_of_row(row: sqlite3.Row) -> StemRow:
    return StemRow(
        id=row["id"],
        project_id=row["project_id"],
        name=row["name"],
        role=Role(row["role"]),
        role_is_said=bool(row["role_is_said"]),
        suffix=row["suffix"],
        kind=StemKind(row["kind"]),
        size_bytes=row["size_bytes"],
        duration_s=row["duration_s"],
        sample_rate=row["sample_rate"],
        num_channels=row["num_channels"],
        left_out=row["left_out"],
    )


def _project_of_row(row: sqlite3.Row, stems: Iterable[StemRow]) -> Project:
    return Project(
        id=row["id"],
        name=row["name"],
        created=row["created"],
        modified=row["modified"],
        revision=row["revision"],
        status=Status(row["status"]),
        error=row["error"],
        duration_s=row["duration_s"],
        drums_gain=row["drums_gain"],
        stems=[_stem(stem) for stem in stems],
        beats=None if row["beats"] is None else Beats.model_validate_json(row["beats"]),
        style=Style.model_validate_json(row["style"]),
        sections=SECTIONS.validate_json(row["sections"]),
        settings=Settings.model_validate_json(row["settings"]),
        mixer=Mixer.model_validate_json(row["mixer"]),
        edits=Edits.model_validate_json(row["edits"]),
    )


def _stem(row: StemRow) -> Stem:
    return Stem(
        id=row.id,
        name=row.name,
        role=row.role,
        replaced=row.is_unheard,
        left_out=row.left_out,
        kind=row.kind,
        duration_s=row.duration_s,
        sample_rate=row.sample_rate,
        num_channels=row.num_channels,
        size_bytes=row.size_bytes,
    )

"""The kinds of projects there are.

In: their names, as they are typed, and a session.  Out: a file of that kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from drumnet.errors import OutputError
from drumnet.projects.dawproject import write_dawproject
from drumnet.projects.reaper import write_reaper
from drumnet.projects.session import Session


class ProjectFormat(Enum):
    """A kind of project; `value` is its name and the suffix of its file."""

    DAWPROJECT = "dawproject"
    RPP = "rpp"

    @property
    def file_name(self) -> str:
        return f"drums.{self.value}"

    @property
    def holds_sounds(self) -> bool:
        """Whether the sounds are in the file itself."""
        return self is ProjectFormat.DAWPROJECT

    def write(self, folder: Path, session: Session) -> None:
        """Write its file, beside the sounds."""
        write = {
            ProjectFormat.DAWPROJECT: write_dawproject,
            ProjectFormat.RPP: write_reaper,
        }[self]
        write(folder / self.file_name, session)

    @staticmethod
    def parse(names: str | Iterable[ProjectFormat | str]) -> tuple[ProjectFormat, ...]:
        """Formats by name, several with commas between; each counts once.

        >>> [one.file_name for one in ProjectFormat.parse("rpp,dawproject")]
        ['drums.dawproject', 'drums.rpp']

        Raises:
            OutputError: no format of that name.
        """
        listed = [names] if isinstance(names, str) else names
        said: set[ProjectFormat] = set()
        for name in listed:
            parts = [name] if isinstance(name, ProjectFormat) else name.split(",")
            said.update(_named(part) for part in parts)
        return tuple(one for one in ProjectFormat if one in said)


def _named(name: ProjectFormat | str) -> ProjectFormat:
    try:
        return ProjectFormat(name.strip().lower() if isinstance(name, str) else name)
    except ValueError:
        known = ", ".join(one.value for one in ProjectFormat)
        raise OutputError(f"no project is called '{name}': choose from {known}") from None

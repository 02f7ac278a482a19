"""The data folder: where everything lies, and what is left over of a kill.

    library.sqlite
    backups/                         of the library, as the last sessions left it
    in-use                           locked while a studio runs
    open.html                        leads the browser to a studio that was started with --open
    tmp/                             emptied at the start
    projects/PROJECT/stems/STEM.wav  as they were given
    projects/PROJECT/heard/STEM.npz  what was heard of them
    projects/PROJECT/playable/STEM.flac  for the browser, where it cannot play them as they are

PROJECT and STEM are made-up ids; nothing that a user says becomes a path.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from drumnet.errors import OutputError
from drumnet.staging import lock_file
from drumnet.studio.errors import ConflictError
from drumnet.studio.store.rows import StemRow

DATABASE_FILE, BACKUPS = "library.sqlite", "backups"
_LOCK_FILE, _TMP, _PROJECTS = "in-use", "tmp", "projects"
_STEMS, _HEARD, _PLAYABLE = "stems", "heard", "playable"
_OWN = (_LOCK_FILE, _TMP, _PROJECTS, BACKUPS, "open.html")


def default_data_folder() -> Path:
    """Where the system keeps a user's data of a program."""
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "drumnet"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "drumnet"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "drumnet"


class Disk:
    """The data folder, made if missing, and in use by this process alone.

    Raises:
        OutputError: it cannot be written to.
        ConflictError: another studio uses it.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        with _usable(data):
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = open(data / _LOCK_FILE, "a+b")  # noqa: SIM115 (held until `close`)
        if not lock_file(self._lock.fileno()):
            self._lock.close()
            raise ConflictError(
                f"another studio uses the library in '{data}': close it, or give another "
                "folder with --data"
            )
        self._tmp = data / _TMP
        shutil.rmtree(self._tmp, ignore_errors=True)
        try:
            with _usable(data):
                self._tmp.mkdir(exist_ok=True)
                _close_to_others(data)
        except OutputError:
            self._lock.close()
            raise

    def close(self) -> None:
        """Let others use the folder."""
        self._lock.close()

    def part_file(self, suffix: str) -> Path:
        """A new name for a file that is being written."""
        return self._passing() / f"{uuid4()}{suffix}"

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder that is gone afterwards."""
        with TemporaryDirectory(dir=self._passing(), ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def stem_file(self, stem: StemRow) -> Path:
        """The sound as it was given."""
        return self._in_project(stem.project_id, _STEMS) / f"{stem.id}{stem.suffix}"

    def heard_file(self, stem: StemRow) -> Path:
        """What was heard of it."""
        return self._in_project(stem.project_id, _HEARD) / f"{stem.id}.npz"

    def playable_file(self, stem: StemRow) -> Path:
        """What the browser plays, where that is another file."""
        return self._in_project(stem.project_id, _PLAYABLE) / f"{stem.id}.flac"

    def keep(self, part: Path, stem: StemRow) -> None:
        """Move a file that is whole to its place."""
        place = self.stem_file(stem)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(part, place)

    def remove_stem(self, stem: StemRow) -> None:
        """All files of a stem."""
        for file in (self.stem_file(stem), self.heard_file(stem), self.playable_file(stem)):
            file.unlink(missing_ok=True)

    def remove_project(self, project_id: str) -> None:
        """All files of a project."""
        shutil.rmtree(self.data / _PROJECTS / project_id, ignore_errors=True)

    def sweep(
        self, stem_ids: Collection[str], project_ids: Collection[str], aside: Path | None = None
    ) -> None:
        """Remove what belongs to nothing in the library: a kill came between.

        Args:
            aside: where it is moved instead.
        """
        for project in (self.data / _PROJECTS).glob("*"):
            if project.name not in project_ids:
                self._discard(project, aside)
                continue
            for file in project.glob("*/*"):
                if file.name.partition(".")[0] not in stem_ids:
                    self._discard(file, aside)

    def _discard(self, path: Path, aside: Path | None) -> None:
        if aside is not None:
            place = aside / path.relative_to(self.data)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.replace(path, place)
        elif path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    def _passing(self) -> Path:
        """The folder of passing files, there again where it was cleared away."""
        with _usable(self.data):
            self._tmp.mkdir(mode=0o700, exist_ok=True)
        return self._tmp

    def _in_project(self, project_id: str, what: str) -> Path:
        return self.data / _PROJECTS / project_id / what


def _close_to_others(data: Path) -> None:
    """Take from other users what a library of an older version, or a copy of one, lets them
    read.  A folder that holds other things too stays as it is: what is ours in it is closed."""
    if os.name == "nt":  # it has rights of another kind, and the user's folders are their own
        return
    own = [
        path for path in data.iterdir() if path.name in _OWN or path.name.startswith(DATABASE_FILE)
    ]
    alone = [data] if len(own) == len(list(data.iterdir())) else []
    for path in (*alone, *own, *(inner for top in own for inner in top.rglob("*"))):
        if not path.is_symlink():
            with suppress(OSError):  # a disk that knows no rights
                path.chmod(0o700 if path.is_dir() else 0o600)


@contextmanager
def _usable(data: Path) -> Iterator[None]:
    """Says which folder cannot be used, and why."""
    try:
        yield
    except OSError as fault:
        raise OutputError(
            f"cannot use the data folder '{data}' ({fault.strerror}): give another with --data"
        ) from fault

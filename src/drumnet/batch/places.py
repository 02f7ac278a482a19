"""Where the results of many songs go: a folder of this machine, or a URL.

In: the name of a result, and what writes its files.  Out: the files, at their place; a result is
there whole when its record is.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from drumnet.errors import OutputError
from drumnet.files import atomic_files, atomic_path, refuse_overwrite
from drumnet.limits import parsed_json

#: In the folder of each result: what it was made of, its files, and its line of the summary.
RECORD_FILE = "song.json"
RECORD_FORMAT = "drumnet-song/1"
#: What a result is made of that is not whole yet: its record is there first, and last.
BEGUN = ""


class Place(Protocol):
    """A place for results; it goes to other processes."""

    def record(self, name: str) -> Mapping[str, Any] | None:
        """What `RECORD_FILE` of a result says; None where there is none."""
        ...

    def has(self, name: str) -> bool:
        """Whether anything of that name is there."""
        ...

    def writing(self, name: str, overwrite: bool) -> Any:
        """A block with a folder for the files of a result, the record among them; it is there
        when the block ends well.

        Args:
            overwrite: whether an earlier result of that name is replaced, all of it.

        Raises:
            OutputError: it cannot be written, or is there.
        """
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write a file that belongs to all results, in place of an earlier one.

        Raises:
            OutputError: it cannot be written.
        """
        ...


def place_of(out: str) -> Place:
    """The place of a name: a folder, or anything that fsspec opens (`s3://`, `gs://`, ...).

    Raises:
        OutputError: nothing can be written there.
    """
    return UrlPlace(out.rstrip("/")) if "://" in out else FolderPlace(Path(out))


class FolderPlace:
    """A folder; every result appears in it with one rename."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def record(self, name: str) -> Mapping[str, Any] | None:
        try:
            text = (self._folder / name / RECORD_FILE).read_text(encoding="utf-8")
        except OSError:
            return None
        return _record(text)

    def has(self, name: str) -> bool:
        return (self._folder / name).exists()

    @contextmanager
    def writing(self, name: str, overwrite: bool) -> Iterator[Path]:
        out = self._folder / name
        before = (self.record(name) or {}).get("files", ()) if overwrite else ()
        with atomic_files(out, overwrite=overwrite) as folder:
            yield folder
            made = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
        for old in set(before) - made:
            (out / old).unlink(missing_ok=True)

    def write(self, name: str, content: bytes) -> None:
        with atomic_path(self._folder / name) as part:
            part.write_bytes(content)

    def refuse(self, names: Sequence[str], ours: str, read: Sequence[Path]) -> None:
        """Say no, before any work, where files that belong to all results would replace what is
        read or what is not theirs.

        Args:
            ours: the file that says that the others are.

        Raises:
            OutputError: the first of them.
        """
        is_ours = (self._folder / ours).exists()
        refuse_overwrite([self._folder / name for name in names], is_ours, read)


class UrlPlace:
    """A URL of any kind that fsspec knows; the record of a result says that it is begun, and, once
    all files are there, what it was made of."""

    def __init__(self, url: str) -> None:
        self._url = url
        with self._told():
            self._opened()

    def _opened(self) -> tuple[Any, str]:
        try:
            from fsspec.core import url_to_fs
        except ImportError as fault:
            raise OutputError(
                f"to write to '{self._url}', fsspec is needed: install it with "
                "pip install 'drumnet[remote]'"
            ) from fault
        found: tuple[Any, str] = url_to_fs(self._url)
        return found

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OutputError:
            raise
        except ImportError as fault:
            raise OutputError(
                f"to write to '{self._url}', a package is missing ({fault}): install it with "
                "pip install 'drumnet[remote]'"
            ) from fault
        except Exception as fault:  # each kind of place has faults of its own
            reason = str(fault) or type(fault).__name__
            raise OutputError(
                f"cannot write to '{self._url}' ({reason}): check the name and your rights"
            ) from fault

    def record(self, name: str) -> Mapping[str, Any] | None:
        with self._told():
            files, root = self._opened()
            try:
                content = files.cat_file(f"{root}/{name}/{RECORD_FILE}")
            except FileNotFoundError:
                return None
        return _record(content.decode("utf-8", "replace"))

    def has(self, name: str) -> bool:
        with self._told():
            files, root = self._opened()
            return bool(files.exists(f"{root}/{name}"))

    @contextmanager
    def writing(self, name: str, overwrite: bool) -> Iterator[Path]:
        if not overwrite and self.has(name):
            raise OutputError(f"'{self._url}/{name}' exists: choose another place")
        with tempfile.TemporaryDirectory(prefix="drumnet-") as folder:
            yield Path(folder)
            begun = record_text(BEGUN, [], {})
            made = sorted(path for path in Path(folder).rglob("*") if path.is_file())
            made.sort(key=lambda path: path.name == RECORD_FILE)
            with self._told():
                files, root = self._opened()
                if files.exists(f"{root}/{name}"):
                    files.rm(f"{root}/{name}", recursive=True)
                files.makedirs(f"{root}/{name}", exist_ok=True)
                files.pipe_file(f"{root}/{name}/{RECORD_FILE}", begun.encode())
                for path in made:
                    target = f"{root}/{name}/{path.relative_to(folder).as_posix()}"
                    files.makedirs(target.rpartition("/")[0], exist_ok=True)
                    files.put_file(str(path), target)

    def write(self, name: str, content: bytes) -> None:
        with self._told():
            files, root = self._opened()
            files.makedirs(root, exist_ok=True)
            files.pipe_file(f"{root}/{name}", content)


def record_text(made_of: str, names: list[str], row: Mapping[str, Any]) -> str:
    """A record."""
    content = {"format": RECORD_FORMAT, "made_of": made_of, "files": names, "row": row}
    return json.dumps(content, indent=1) + "\n"


def _record(text: str) -> Mapping[str, Any] | None:
    try:
        found = parsed_json(text)
    except ValueError:
        return None
    is_ours = isinstance(found, dict) and found.get("format") == RECORD_FORMAT
    has_all = is_ours and isinstance(found.get("row"), dict) and isinstance(found["files"], list)
    return found if has_all else None

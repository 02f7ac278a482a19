"""Files that are written whole or not at all.

In: the path that a result is to have, or several in one folder.  Out: a path
beside it to write to, moved into place once everything is written, so that neither a fault nor a
kill leaves half a file under the real name.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from drumnet.errors import OutputError

#: Characters of a name: four bytes each are taken by every disk.
_MAX_NAME = 60
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """A path in the folder of `path` (made if missing) and with its suffix.

    When the block ends well, the file is moved to `path` and replaces what
    was there; otherwise it is removed and `path` stays as it was.

    Raises:
        OutputError: the folder cannot be written to, `path` is a folder, or
            the disk is full.
    """
    path = Path(path)
    if path.is_dir():
        raise _is_folder(path)
    part = path.with_name(f".{path.stem[:100]}-{secrets.token_hex(4)}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        yield part
        try:
            os.replace(part, path)
        except OSError as error:
            raise _cannot_write(path, error) from error
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise _cannot_write(path, error) from error
        raise
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def atomic_files(out: Path, names: Sequence[str]) -> Iterator[Path]:
    """A hidden folder in `out` (made if missing) to write files called `names` to, which may
    lie in folders of it.

    When the block ends well, they are moved to `out`; otherwise `out` stays as
    it was.

    Raises:
        OutputError: `out` cannot be written to, or holds a folder of such a name.
    """
    try:
        made = not out.exists()
        out.mkdir(parents=True, exist_ok=True)
        hidden = tempfile.TemporaryDirectory(prefix=".drumnet-", dir=out)
    except OSError as fault:
        raise _cannot_write(out, fault) from fault
    try:
        with hidden as folder:
            yield Path(folder)
            for path in (out / name for name in names):
                if path.is_dir():
                    raise _is_folder(path)
            for name in names:
                (out / name).parent.mkdir(exist_ok=True)
                os.replace(Path(folder) / name, out / name)
    except BaseException:
        if made and not any(out.iterdir()):
            out.rmdir()
        raise


def safe_name(text: str, otherwise: str) -> str:
    """A name that every system takes, like `text`, or `otherwise` where nothing is left of it.

    >>> safe_name("AC/DC: live?", "song")
    'AC_DC_ live_'
    """
    name = re.sub(r'[\x00-\x1f\x7f\ud800-\udfff<>:"/\\|?*]+', "_", text)[:_MAX_NAME]
    return name.strip(" .") or otherwise


def refuse_overwrite(paths: Iterable[Path | str], overwrite: bool) -> None:
    """Say no before any work is done, if a result would replace a file, or
    could not be written.

    Raises:
        OutputError: one of `paths` exists and `overwrite` is false, or lies
            where nothing can be written; the first one is named.
    """
    for path in map(Path, paths):
        place = next(folder for folder in path.parents if os.path.exists(folder))
        if not place.is_dir():
            raise _cannot_write(path, NotADirectoryError(0, f"'{place}' is a file"))
        if not os.access(place, os.W_OK | os.X_OK):
            raise _cannot_write(path, PermissionError(0, f"no right to write in '{place}'"))
        if os.path.lexists(path) and not overwrite:
            raise OutputError(f"'{path}' exists: choose another place or say --overwrite")


def _is_folder(path: Path) -> OutputError:
    return OutputError(f"cannot write '{path}': a folder has that name; choose another name")


def _cannot_write(path: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"cannot write '{path}' ({reason}): choose another place with -o")

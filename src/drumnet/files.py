"""Files that are written whole or not at all.

In: the path that a result is to have.  Out: a path beside it to write to,
moved into place once everything is written, so that neither a fault nor a
kill leaves half a file under the real name.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from drumnet.errors import OutputError

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
        raise OutputError(f"cannot write '{path}': a folder has that name; choose another name")
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


def refuse_overwrite(paths: Iterable[Path | str], overwrite: bool) -> None:
    """Say no before any work is done, if a result would replace a file.

    Raises:
        OutputError: one of `paths` exists and `overwrite` is false; the first
            one is named.
    """
    if overwrite:
        return
    for path in paths:
        if os.path.lexists(path):
            raise OutputError(f"'{path}' exists: choose another place or say --overwrite")


def _cannot_write(path: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"cannot write '{path}' ({reason}): choose another place with -o")

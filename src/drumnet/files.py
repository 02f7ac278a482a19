"""Files that are written whole or not at all.

In: the path that a result is to have, or several in one folder.  Out: a path in a hidden folder
beside it (`staging`) to write to, moved into place once everything is written, so that neither a
fault nor a kill leaves half a file under the real name.  And what may not be replaced.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from drumnet.errors import OutputError
from drumnet.staging import clear_leftovers, commit, new_files, staging

#: Characters of a name: four bytes each are taken by every disk.
_MAX_NAME = 60
#: What Windows takes for a device, whatever follows a dot.
_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE
)
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """A path on the disk of `path` (whose folder is made if missing) and with its suffix.

    When the block ends well, the file is moved to `path` and replaces what
    was there; otherwise it is removed and `path` stays as it was.

    Raises:
        OutputError: the folder cannot be written to, `path` is no file that may be
            replaced (a folder, a link, a device), or the disk is full.
    """
    path = Path(path)
    check_replaceable(path)
    with _hidden(path, path.parent) as hidden:
        part = new_files(hidden) / f"part{path.suffix}"
        with _told(path):
            part.touch()
        yield part
        with _told(path):
            os.replace(part, path)


@contextmanager
def atomic_files(
    out: Path, names: Sequence[str] | None = None, overwrite: bool = True
) -> Iterator[Path]:
    """A folder to write files called `names` to, which may lie in folders of it.

    When the block ends well, they are moved to `out`, which is made if missing;
    otherwise `out` stays as it was.

    Args:
        names: all that is written there, if None.
        overwrite: whether they replace what came there meanwhile.

    Raises:
        OutputError: `out` cannot be written to, or holds what may not be replaced.
    """
    is_new = not os.path.lexists(out)
    if is_new:
        clear_leftovers(out.parent)
    with _hidden(out, out.parent if is_new else out) as hidden:
        new = new_files(hidden)
        yield new
        if is_new:
            with suppress(OSError):  # another run has made it meanwhile
                os.rename(new, out)
                return
        if names is None:
            files = sorted(path for path in new.rglob("*") if path.is_file())
            names = [path.relative_to(new).as_posix() for path in files]
        refuse_overwrite([out / name for name in names], overwrite)
        try:
            commit(hidden, out, names, overwrite)
        except FileExistsError as fault:
            raise _is_there(out / names[0]) from fault
        except OSError as error:
            raise _cannot_write(out, error) from error


def safe_name(text: str, otherwise: str) -> str:
    """A name that every system takes, like `text`, or `otherwise` where nothing is left of it.

    >>> safe_name("AC/DC: live?", "song")
    'AC_DC_ live_'
    >>> safe_name("con.final", "song"), safe_name("Contrabass...", "song")
    ('_con.final', 'Contrabass')
    """
    composed = unicodedata.normalize("NFC", text)  # macOS tells no other form from it
    name = re.sub(r'[\x00-\x1f\x7f\ud800-\udfff<>:"/\\|?*]+', "_", composed)[:_MAX_NAME]
    name = name.strip(" .")
    return f"_{name}" if _DEVICE.match(name) else name or otherwise


def refuse_overwrite(
    paths: Iterable[Path | str], overwrite: bool, read: Iterable[Path | str] = ()
) -> None:
    """Say no before any work is done, if a result would replace a file, or
    could not be written.

    Args:
        read: files and folders that the results are made of: no result replaces one, or a
            file in one, whatever is said.  What is no name of a file is passed over.

    Raises:
        OutputError: one of `paths` exists and `overwrite` is false, may not be replaced at
            all, or lies where nothing can be written; the first one is named.
    """
    results, inputs = list(map(Path, paths)), [Path(one) for one in read if _exists(Path(one))]
    for folder in dict.fromkeys(at for path in results for at in (path.parent, path.parent.parent)):
        clear_leftovers(folder)
    for path in results:
        place = next(folder for folder in path.parents if os.path.exists(folder))
        if not place.is_dir():
            raise _cannot_write(path, NotADirectoryError(0, f"'{place}' is a file"))
        if not os.access(place, os.W_OK | os.X_OK):
            raise _cannot_write(path, PermissionError(0, f"no right to write in '{place}'"))
        if os.path.lexists(path) and not overwrite:
            raise _is_there(path)
        check_replaceable(path)
        if path.exists() and any(_holds(one, path) for one in inputs):
            raise OutputError(f"'{path}' is read to make this: choose another place with -o")
    names = [os.path.normcase(os.path.abspath(path)) for path in results]
    for path, name in zip(results, names, strict=True):
        if names.count(name) > 1:
            raise OutputError(f"'{path}' is to hold two results: name another file for one of them")


def check_replaceable(path: Path) -> None:
    """A result replaces a file, and nothing else that has its name.

    Raises:
        OutputError: it is a folder, a link, a device or a pipe.
    """
    try:
        mode = os.lstat(path).st_mode
    except OSError:  # it is not there, or is said to be wrong where it is written
        return
    if path.is_dir():
        raise _is_folder(path)
    if stat.S_ISLNK(mode):
        raise OutputError(
            f"'{path}' is a link to '{os.readlink(path)}': name the file itself, or another one"
        )
    if not stat.S_ISREG(mode):
        raise OutputError(f"'{path}' is a device or a pipe, no file: choose another place with -o")


@contextmanager
def _hidden(result: Path, place: Path) -> Iterator[Path]:
    """A hidden folder in `place`; what had to be made for it goes with a fault."""
    made = [folder for folder in (place, *place.parents) if not os.path.lexists(folder)]
    with ExitStack() as stack:
        stack.callback(_remove_empty, made)
        with _told(result):
            place.mkdir(parents=True, exist_ok=True)
            hidden = stack.enter_context(staging(place))
        try:
            yield hidden
        except OSError as error:
            if error.errno in _DISK_FULL:
                raise _cannot_write(result, error) from error
            raise


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError):  # it holds something
            folder.rmdir()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What keeps `path` from being written, in words."""
    try:
        yield
    except OSError as error:
        raise _cannot_write(path, error) from error


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no disk takes
        return False


def _holds(read: Path, path: Path) -> bool:
    """Whether `path`, which exists, is what is read, or in it."""
    return any(os.path.samefile(read, one) for one in (path, *path.resolve().parents))


def _is_there(path: Path) -> OutputError:
    return OutputError(f"'{path}' exists: choose another place or say --overwrite")


def _is_folder(path: Path) -> OutputError:
    return OutputError(f"cannot write '{path}': a folder has that name; choose another name")


def _cannot_write(path: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"cannot write '{path}' ({reason}): choose another place with -o")

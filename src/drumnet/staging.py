"""Hidden folders that results are written to, and what is left of them by a kill.

In: the folder that results belong in.  Out: a folder `.drumnet-xxxxxxxx` in it, locked while
its run lives, so that the next run can tell what a kill left from what another run is writing.

    lock      held by the run
    new/      what is being written
    journal   there once all of it is whole: to be moved, by whoever comes

What has a journal is moved to its place by the next run, the rest is removed: the old set of
files or the new one.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = re.compile(r"\.drumnet-[0-9a-f]{8}")
_LOCK, _JOURNAL, _NEW = "lock", "journal", "new"
#: A folder without a lock is being made, unless it is older than this.
_MAKING_S = 10.0


@contextmanager
def staging(place: Path) -> Iterator[Path]:
    """A hidden folder in `place` with an empty folder `new`, gone afterwards.

    Raises:
        OSError: nothing can be written there.
    """
    clear_leftovers(place)
    hidden = place / f".drumnet-{secrets.token_hex(4)}"
    hidden.mkdir(mode=0o700)
    try:
        # Windows renames nothing that is open; elsewhere a lock is held before it is seen.
        begun = _LOCK if sys.platform == "win32" else f"{_LOCK}.new"
        lock = open(hidden / begun, "wb")  # noqa: SIM115 (held to the end)
        try:
            lock_file(lock.fileno())
            if begun != _LOCK:
                os.replace(hidden / begun, hidden / _LOCK)
            (hidden / _NEW).mkdir()
            yield hidden
        finally:
            lock.close()
    finally:
        _remove(hidden)


def new_files(hidden: Path) -> Path:
    """Where the files are written."""
    return hidden / _NEW


def commit(hidden: Path, out: Path, names: Sequence[str], overwrite: bool) -> None:
    """Move the files called `names` from a hidden folder in `out`, or beside it, to `out`.

    From the journal on they will be there, whatever comes: of a kill, by the next run.

    Raises:
        FileExistsError: `overwrite` is false, and the first of them has come there meanwhile.
        OSError: they cannot be moved.
    """
    to = "." if hidden.parent == out else out.name
    begun = hidden / f"{_JOURNAL}.new"
    begun.write_text(json.dumps({"to": to, "names": list(names)}), encoding="utf-8")
    os.replace(begun, hidden / _JOURNAL)
    try:
        if not overwrite:
            try:
                _move_to_free(new_files(hidden) / names[0], out / names[0])
            except FileExistsError:
                (hidden / _JOURNAL).unlink()
                raise
        _move(hidden)
    except KeyboardInterrupt:
        if (hidden / _JOURNAL).exists():
            _move(hidden)
        raise


def clear_leftovers(place: Path) -> None:
    """Finish or remove what killed runs left in a folder; nothing of one that lives."""
    try:
        found = [entry for entry in os.scandir(place) if _NAME.fullmatch(entry.name)]
    except OSError:
        return
    for entry in found:
        with suppress(OSError, ValueError, KeyError, TypeError):
            _clear(Path(entry.path))


def lock_file(descriptor: int) -> bool:
    """Lock a file for this process; false where another has it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # another has it, or the disk knows no locks
        return False
    return True


def _clear(hidden: Path) -> None:
    if hidden.is_symlink() or not hidden.is_dir():
        return
    if not (hidden / _LOCK).exists():
        is_making = time.time() - hidden.stat().st_mtime < _MAKING_S
        if not is_making and {path.name for path in hidden.iterdir()} <= {f"{_LOCK}.new"}:
            _remove(hidden)
        return
    with open(hidden / _LOCK, "r+b") as lock:
        if not lock_file(lock.fileno()):
            return
        if (hidden / _JOURNAL).exists():
            _move(hidden)
    _remove(hidden)


def _remove(hidden: Path) -> None:
    """The lock last: what has none is not known for ours."""
    for path in (new_files(hidden), hidden / _JOURNAL):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    shutil.rmtree(hidden, ignore_errors=True)


def _move(hidden: Path) -> None:
    """As the journal says; what was moved before is there."""
    journal = json.loads((hidden / _JOURNAL).read_text(encoding="utf-8"))
    out, new = hidden.parent / journal["to"], new_files(hidden)
    for name in journal["names"]:
        if (new / name).exists():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(new / name, out / name)


def _move_to_free(part: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a disk without links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.replace(part, path)
    else:
        part.unlink()

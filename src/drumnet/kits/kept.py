"""Sounds that were synthesised before, kept in the user's cache.

In: what makes the strokes of a piece.  Out: the same strokes, from the cache where they are
there.  The synthesis is the source of truth: a file is named by a hash of its source, of what
computes it and of the version of the file's form, so that nothing old is ever played; what is
damaged is made anew, and where nothing can be kept, all is made each time.

The cache is `$XDG_CACHE_HOME/drumnet` (`~/.cache/drumnet`; `~/Library/Caches/drumnet` on macOS,
`%LOCALAPPDATA%\\drumnet` on Windows); it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import DrumnetError
from drumnet.files import atomic_path

#: Strokes of one piece, (1, n) float32 each.
Shots = Sequence[NDArray[np.float32]]

_FORM = "1"
_HASH_BYTES = 32
_ENDING = ".strokes"
#: What the strokes are computed by, beside this package.
_SOURCES = ("kit.py", "synth/*.py")


def kept_shots(name: str, make: Callable[[], Shots]) -> Shots:
    """The strokes called `name`, as `make` makes them.

    Args:
        name: of a character and a piece; letters, digits and `_` alone.
    """
    folder = cache_folder()
    if folder is None:
        return make()
    file = folder / "kits" / f"{name}-{_source_hash()[:16]}{_ENDING}"
    kept = _read(file)
    if kept is not None:
        return kept
    shots = make()
    with suppress(DrumnetError, OSError):  # a full disk, a home that may not be written to
        with atomic_path(file) as part:
            part.write_bytes(_packed(shots))
        _forget_older(file)
    return shots


def cache_folder() -> Path | None:
    """Where this package may keep what it can make again; None where there is no such place."""
    said = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(said):
        return Path(said) / "drumnet"
    local = os.environ.get("LOCALAPPDATA", "")
    if sys.platform == "win32":
        return Path(local) / "drumnet" if os.path.isabs(local) else None
    try:
        home = Path.home()
    except RuntimeError:  # nobody knows who we are
        return None
    caches = home / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return caches / "drumnet" if home.is_dir() else None


@lru_cache(maxsize=1)
def _source_hash() -> str:
    """Of all that the sound of a stroke follows from."""
    here = Path(__file__).parent
    files = sorted(file for pattern in _SOURCES for file in here.glob(pattern))
    found = hashlib.sha256(f"{_FORM} {np.__version__} {platform.machine()}".encode())
    for file in files:
        found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


def _packed(shots: Shots) -> bytes:
    """A hash, the lengths, and the samples one after the other."""
    held = io.BytesIO()
    np.save(held, np.array([shot.shape[1] for shot in shots], dtype=np.int64))
    np.save(held, np.concatenate(shots, axis=1)[0])
    data = held.getvalue()
    return hashlib.sha256(data).digest() + data


def _read(file: Path) -> Shots | None:
    """What `_packed` packed; None where it is not there, or damaged."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data[_HASH_BYTES:]).digest() != data[:_HASH_BYTES]:
        return None
    held = io.BytesIO(data[_HASH_BYTES:])
    lengths = np.load(held, allow_pickle=False)
    samples = np.load(held, allow_pickle=False)
    samples.setflags(write=False)
    return [part[None] for part in np.split(samples, np.cumsum(lengths)[:-1])]


def _forget_older(file: Path) -> None:
    """Of a piece only what was made last is kept."""
    name = file.name.rpartition("-")[0]
    for other in file.parent.glob(f"{name}-*{_ENDING}"):
        if other != file:
            other.unlink(missing_ok=True)

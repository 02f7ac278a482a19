"""Named arrays in one `.npz` file: written whole, checked when read, from any thread.

NumPy parses each array's header with `ast`, which fails at random when two
threads do so at once before Python 3.11.4 (CPython issue 106905); so one thread
reads at a time.
"""

from __future__ import annotations

import threading
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import DataError
from drumnet.files import atomic_path

_READING = threading.Lock()


def load_npz(path: str | Path) -> dict[str, NDArray[Any]]:
    """All arrays of a file, by name; nothing is unpickled.

    Raises:
        OSError: missing.
        ValueError: damaged, or another kind of file.
    """
    try:
        with _READING, open(path, "rb") as file, np.load(file, allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except (EOFError, AttributeError, TypeError, zipfile.BadZipFile, zlib.error) as fault:
        raise ValueError(f"no archive of arrays: {fault}") from fault


def write_arrays(path: str | Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the arrays, whole or not at all."""
    with atomic_path(path) as part, open(part, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def read_arrays(path: str | Path, what: str) -> dict[str, NDArray[Any]]:
    """Read what `write_arrays` wrote.

    Args:
        what: the arrays hold, for people.

    Raises:
        DataError: the file is missing, damaged, or of another kind.
    """
    try:
        return load_npz(path)
    except (OSError, ValueError) as fault:
        raise DataError(
            f"'{path}' holds no {what} ({fault}): make them with drumnet prepare"
        ) from fault

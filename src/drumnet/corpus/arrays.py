"""Named arrays in one `.npz` file: written whole, checked when read."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import DataError
from drumnet.files import atomic_path
from drumnet.npz import load_npz


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
    except (OSError, EOFError, ValueError, TypeError, zipfile.BadZipFile) as fault:
        raise DataError(
            f"'{path}' holds no {what} ({fault}): make them with drumnet prepare"
        ) from fault

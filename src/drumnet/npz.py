"""Reading `.npz` files from several threads.

NumPy parses each array's header with `ast`, which fails at random when two
threads do so at once before Python 3.11.4 (CPython issue 106905); so one thread
reads at a time.
"""

from __future__ import annotations

import threading
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

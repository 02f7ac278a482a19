"""Reading `.npz` files from several threads.

NumPy parses each array's header with `ast`, which fails at random when two
threads do so at once before Python 3.11.4 (CPython issue 106905); so one thread
reads at a time.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_READING = threading.Lock()


def load_npz(path: str | Path) -> dict[str, NDArray[Any]]:
    """All arrays of a file, by name; nothing is unpickled.

    Raises:
        OSError, EOFError, ValueError, TypeError, zipfile.BadZipFile: missing,
            damaged, or another kind of file.
    """
    with _READING, open(path, "rb") as file, np.load(file, allow_pickle=False) as found:
        return {name: found[name] for name in found.files}

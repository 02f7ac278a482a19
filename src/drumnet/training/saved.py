"""What runs of training save, read back.

In: a file that `torch.save` wrote.  Out: what it holds.  One that is damaged, or of another
model, is told in one line; nothing in it is run.
"""

from __future__ import annotations

import pickle
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from drumnet.errors import DataError

#: What PyTorch makes of damaged bytes, and of a state that is of another network.
_FAULTS = (
    OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, RuntimeError,
    AssertionError, MemoryError, OverflowError, RecursionError, NotImplementedError,
    pickle.UnpicklingError, zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip


def saved_state(path: Path, names: Iterable[str]) -> dict[str, Any]:
    """The state in a file, on the processor.

    Args:
        names: of what it has to have.

    Raises:
        DataError: missing, damaged, or of another kind.
    """
    with _told(path):
        state = torch.load(path, map_location="cpu", weights_only=True)
        missing = [name for name in names if name not in state]
        if missing:
            raise KeyError(f"no '{missing[0]}' in it")
    return dict(state)


@contextmanager
def taken_over(path: Path) -> Iterator[None]:
    """Around what takes a state over: a network, an optimiser.

    Raises:
        DataError: it is of another one.
    """
    with _told(path):
        yield


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except _FAULTS as fault:
        reason = (str(fault).splitlines() or ["it ends too early"])[0]
        raise DataError(
            f"'{path}' is no state of this training, or damaged ({reason:.100}): copy it again, "
            "or move it away to begin anew"
        ) from fault

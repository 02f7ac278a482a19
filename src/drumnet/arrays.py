"""Named arrays in one `.npz` file: written whole, checked when read, from any thread.

NumPy parses each array's header with `ast`, which fails at random when two
threads do so at once before Python 3.11.4 (CPython issue 106905); so one thread
reads at a time.
"""

from __future__ import annotations

import math
import struct
import threading
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import DataError
from drumnet.files import atomic_path
from drumnet.limits import MAX_ARRAYS_BYTES

_READING = threading.Lock()
#: Kinds of NumPy's types that are numbers.
_NUMBERS = "biuf"


def load_npz(path: str | Path) -> dict[str, NDArray[Any]]:
    """All arrays of a file, by name; nothing is unpickled.

    Raises:
        OSError: missing.
        ValueError: damaged, or another kind of file.
    """
    try:
        with _READING, open(path, "rb") as file, np.load(file, allow_pickle=False) as found:
            if sum(member.file_size for member in found.zip.infolist()) > MAX_ARRAYS_BYTES:
                raise ValueError("more than is ever written")
            for member in found.zip.infolist():
                _check_size(found.zip, member)
            return {name: found[name] for name in found.files}
    # What zipfile and NumPy make of damaged bytes: of an archive that is cut off, packed in a way
    # that they do not know or locked, and of headers that say what cannot be.
    except (
        EOFError, AttributeError, TypeError, MemoryError, OverflowError, RecursionError,
        NotImplementedError, RuntimeError, SyntaxError, tokenize.TokenError, struct.error,
        zipfile.BadZipFile, zlib.error,
    ) as fault:  # fmt: skip
        raise ValueError(f"no archive of arrays: {fault}") from fault


def as_numbers(array: NDArray[Any]) -> NDArray[Any]:
    """The array, if it holds finite numbers.

    Raises:
        ValueError: it holds text, or what is no number.
    """
    if array.dtype.kind not in _NUMBERS or not np.isfinite(array).all():
        raise ValueError("it holds what are no numbers")
    return array


def _check_size(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """An array is as large as its header says, before memory is taken for it."""
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(version)
        if read_header is None:
            raise ValueError(f"arrays of version {version}")
        shape, _, kind = read_header(file)
    if math.prod(shape) * kind.itemsize > member.file_size:
        raise ValueError(f"'{member.filename}' is cut off")


def write_arrays(path: str | Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the arrays, whole or not at all."""
    with atomic_path(path) as part, open(part, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


_Read = TypeVar("_Read")


def read_arrays(
    path: str | Path,
    what: str,
    read: Callable[[dict[str, NDArray[Any]]], _Read],
    remedy: str = "make them with drumnet prepare",
) -> _Read:
    """Read what `write_arrays` wrote.

    Args:
        what: the arrays hold, for people.
        read: what is made of them; a ValueError, or an array that is not there, or is of
            another kind, is damage.
        remedy: what to do about it.

    Raises:
        DataError: the file is missing, damaged, or of another kind.
    """
    try:
        return read(load_npz(path))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as fault:
        raise DataError(f"'{path}' holds no {what} ({fault}): {remedy}") from fault


def fitting(array: NDArray[Any], *shape: int | None) -> NDArray[Any]:
    """The array, if it holds finite numbers and is of that shape; None is any length.

    Raises:
        ValueError: it is not.
    """
    wanted = zip(shape, array.shape, strict=False)
    if array.ndim != len(shape) or any(want not in (None, is_) for want, is_ in wanted):
        raise ValueError(f"an array of {array.shape} in place of {shape}")
    return as_numbers(array)


def parts_of(array: NDArray[Any], lengths: NDArray[Any]) -> list[NDArray[Any]]:
    """An array cut into parts of these lengths.

    Raises:
        ValueError: they are no lengths, or not of it.
    """
    counts = fitting(lengths, None).astype(np.int64)
    ends = np.cumsum(counts)
    if (counts < 0).any() or (ends[-1] if len(ends) else 0) != len(array):
        raise ValueError("its parts are not as long as it says")
    return np.split(array, ends[:-1]) if len(ends) else []

"""WAV files whose header libsndfile takes too literally.

In: a path.  Out: the file with its header mended, to be read in place of it: BW64 (ITU-R
BS.2088, which is RF64 by another name), and a WAV that was written to a pipe, or by a recorder
that was stopped, and says that it has 0 bytes of sound.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

_CHUNK = struct.Struct("<4sI")
_RIFF_BYTES = 12
#: Chunks before the sound of any file that people have.
_MAX_CHUNKS = 1_000
_MOST = 0xFFFF_FFFF


def mended(path: Path) -> MendedFile | None:
    """The file to be read in place of it; None where it can be read as it is."""
    try:
        with open(path, "rb") as file:
            mends = _mends(file, os.path.getsize(path))
    except OSError:
        return None
    return MendedFile(path, mends) if mends else None


class MendedFile(io.RawIOBase):
    """A file, with other bytes at some places; closed when nobody has it any more.

    Args:
        mends: what stands where.
    """

    def __init__(self, path: Path, mends: Mapping[int, bytes]) -> None:
        self._file = open(path, "rb", buffering=0)  # noqa: SIM115 (closed in `close`)
        self._mends = mends

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, buffer: Any, /) -> int:
        start = self._file.tell()
        length = self._file.readinto(buffer) or 0
        with memoryview(buffer).cast("B") as view:
            for at, mend in self._mends.items():
                for index, byte in enumerate(mend, at - start):
                    if 0 <= index < length:
                        view[index] = byte
        return length


def _mends(file: BinaryIO, size: int) -> dict[int, bytes]:
    head = file.read(_RIFF_BYTES)
    if head[8:] != b"WAVE" or head[:4] not in (b"RIFF", b"BW64"):
        return {}
    mends = {0: b"RF64"} if head.startswith(b"BW64") else {}
    for _ in range(_MAX_CHUNKS):
        chunk = file.read(_CHUNK.size)
        if len(chunk) < _CHUNK.size:
            break
        name, length = _CHUNK.unpack(chunk)
        if name == b"data":
            start = file.tell()
            if length == 0 and not _is_chunk(file.read(_CHUNK.size), size - start):
                mends[start - 4] = struct.pack("<I", min(size - start, _MOST))
            break
        file.seek(length + length % 2, os.SEEK_CUR)
    return mends


def _is_chunk(head: bytes, left: int) -> bool:
    """Whether a file goes on with another chunk, or ends: then it has no sound."""
    if len(head) < _CHUNK.size:
        return True
    name, length = _CHUNK.unpack(head)
    return bool(name.isascii() and name.decode("ascii").isprintable() and length <= left)

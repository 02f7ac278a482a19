"""Sound comes in: from the browser, or from a path on this machine.

A body is streamed to a temporary file, checked, and moved into its place under
a made-up id before the library hears of it; at a kill in between it is swept
away at the next start.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from anyio import CapacityLimiter, to_thread
from fastapi import Request

from drumnet.studio.errors import (
    DiskFullError,
    StudioError,
    TooLargeError,
    UnsupportedError,
)
from drumnet.studio.hear.contents import known_suffix, rows_of_file
from drumnet.studio.hear.listening import Listener
from drumnet.studio.hear.places import Places
from drumnet.studio.hear.transfer import StyleFinder
from drumnet.studio.schemas.project import Opened, Project
from drumnet.studio.schemas.style import FoundStyle
from drumnet.studio.store.disk import Disk
from drumnet.studio.store.projects import ProjectStore
from drumnet.studio.store.rows import StemRow
from drumnet.studio.store.stems import StemStore

#: Bytes that are gathered before they are written.
_BUFFER_BYTES = 1 << 20
#: A body that is too large is read on up to so many times the limit: an answer
#: before its end would be lost on its way.
_DRAINED = 4
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Intake:
    """Takes sound in."""

    def __init__(
        self,
        disk: Disk,
        projects: ProjectStore,
        stems: StemStore,
        listener: Listener,
        finder: StyleFinder,
        places: Places,
        max_bytes: int,
    ) -> None:
        self._disk, self._projects, self._stems = disk, projects, stems
        self._listener, self._finder = listener, finder
        self._places, self._max_bytes = places, max_bytes
        self._finding = CapacityLimiter(1)

    async def upload(self, project_id: str, name: str, request: Request) -> Project:
        """The body becomes a stem of the project.

        Raises:
            StudioError: no such project, no sound, too large, the disk is full.
        """
        await to_thread.run_sync(self._projects.get, project_id)
        part = self._disk.part_file(known_suffix(name))
        with self._listener.held(project_id):
            try:
                await self._receive(part, name, request)
                project = await to_thread.run_sync(self._add, project_id, [(part, name)])
            finally:
                part.unlink(missing_ok=True)
        return project

    def open_path(self, project_id: str, path: str) -> Opened:
        """A file, or the sound files of a folder, are copied into the project; what cannot be
        read is left out as long as anything can.

        Raises:
            DrumnetError: nothing there that can be read.
        """
        self._projects.get(project_id)
        files = self._places.sounds_at(path)
        parts = [(self._disk.part_file(file.suffix.lower()), file.name) for file in files]
        with self._listener.held(project_id):
            try:
                for file, (part, name) in zip(files, parts, strict=True):
                    if _num_bytes(file) > self._max_bytes:
                        raise self._too_large(name)
                    _copy(file, part)
                good, problems = _sorted_out(parts)
                project = self._add(project_id, good)
            finally:
                for part, _ in parts:
                    part.unlink(missing_ok=True)
        return Opened(**dict(project), problems=problems)

    def names_at(self, path: str) -> list[str]:
        """What the stems of a file or folder would be called.

        Raises:
            DrumnetError: nothing there that can be read.
        """
        files = self._places.sounds_at(path)
        return [row.name for file in files for row in rows_of_file(file, file.name, "", False)]

    async def style_from_upload(self, name: str, request: Request) -> FoundStyle:
        """The style that the drums in the body are played in.

        Raises:
            StudioError: no sound, too large, or no drums in it.
        """
        part = self._disk.part_file(known_suffix(name))
        try:
            await self._receive(part, name, request)
            return await to_thread.run_sync(self._finder.in_file, part, name, limiter=self._finding)
        finally:
            part.unlink(missing_ok=True)

    async def _receive(self, part: Path, name: str, request: Request) -> None:
        """Stream the body to a file."""
        announced = request.headers.get("content-length", "")
        if (
            announced.isascii()
            and announced.isdecimal()
            and int(announced) > _DRAINED * self._max_bytes
        ):
            raise self._too_large(name)
        received = 0
        buffer = bytearray()
        with part.open("wb") as file:
            async for chunk in request.stream():
                received += len(chunk)
                if received > self._max_bytes:
                    if received > _DRAINED * self._max_bytes:
                        break
                    continue
                buffer += chunk
                if len(buffer) >= _BUFFER_BYTES:
                    await to_thread.run_sync(_write, file, bytes(buffer))
                    buffer.clear()
            if received > self._max_bytes:
                raise self._too_large(name)
            await to_thread.run_sync(_write, file, bytes(buffer))

    def _add(self, project_id: str, parts: Sequence[tuple[Path, str]]) -> Project:
        """Check the files, move them to their places, then tell the library and the
        listener."""
        rows: list[StemRow] = []
        try:
            for part, name in parts:
                *others, last = rows_of_file(part, name, project_id)
                for row in others:
                    copy = self._disk.part_file(row.suffix)
                    _copy(part, copy)
                    self._disk.keep(copy, row)
                    rows.append(row)
                self._disk.keep(part, last)
                rows.append(last)
            project = self._stems.add(project_id, rows)
        except BaseException:
            for row in rows:
                self._disk.remove_stem(row)
            raise
        self._listener.start(project_id)
        return project

    def _too_large(self, name: str) -> TooLargeError:
        limit = self._max_bytes / 1e6
        size = f"{limit / 1000:g} GB" if limit >= 1000 else f"{limit:g} MB"
        return TooLargeError(
            f"'{name}' is larger than {size}, which is the most that is taken: "
            "export it as FLAC, or shorter"
        )


def _sorted_out(
    parts: Sequence[tuple[Path, str]],
) -> tuple[list[tuple[Path, str]], list[str]]:
    """The files that can be read, and what is wrong with the others.

    Raises:
        UnsupportedError: none can.
    """
    good, faults = [], []
    for part, name in parts:
        try:
            rows_of_file(part, name, "")
        except UnsupportedError as fault:
            faults.append(fault)
        else:
            good.append((part, name))
    if not good:
        raise faults[0]
    return good, [str(fault) for fault in faults]


def _num_bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError as fault:
        raise _disk_fault(fault) from fault


def _copy(file: Path, part: Path) -> None:
    try:
        shutil.copyfile(file, part)
    except OSError as fault:
        raise _disk_fault(fault) from fault


def _write(file: BinaryIO, data: bytes) -> None:
    try:
        file.write(data)
        file.flush()
    except OSError as fault:
        raise _disk_fault(fault) from fault


def _disk_fault(fault: OSError) -> StudioError:
    if fault.errno in _DISK_FULL:
        return DiskFullError("the disk is full: make room, then try again")
    return StudioError(f"the file cannot be copied ({fault.strerror}): check its rights")

"""The studio as a program: a server on the loopback interface, and nowhere else."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn

from drumnet.errors import DrumnetError
from drumnet.studio.events import Hub
from drumnet.studio.web.app import create_app, open_studio
from drumnet.studio.web.context import Studio, StudioConfig
from drumnet.studio.web.start_token import HOST, first_address

#: Requests that are still running when the studio is stopped get so long.
_GRACE_S = 2
#: A drag of the pad should find the connection of the one before.
_KEEP_ALIVE_S = 60


class _Server(uvicorn.Server):
    """Stops at the first signal, with all event streams ended, and returns."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {each: signal.signal(each, self.handle_exit) for each in signals}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._hub.close()
        await super().shutdown(sockets)


def run_studio(
    config: StudioConfig, port: int, song: Path | None, started: Callable[[str], None]
) -> None:
    """Serve until a signal comes.

    Args:
        port: 0 takes any that is free.
        song: opened as a project.
        started: is told the page's address when it can be opened.

    Raises:
        DrumnetError: the port is taken, the data folder is in use, no such song.
    """
    with _bound(port) as listening:
        asyncio.run(_serve(config, listening, song, started))


async def _serve(
    config: StudioConfig,
    listening: socket.socket,
    song: Path | None,
    started: Callable[[str], None],
) -> None:
    asked = {}
    if song is not None:
        config = replace(config, folders=(*config.folders, song.expanduser().absolute()))
    async with open_studio(config) as studio:
        if song is not None:
            asked["project"] = await asyncio.to_thread(open_song, studio, song)
        server = _Server(
            uvicorn.Config(
                create_app(config, studio),
                lifespan="off",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_GRACE_S,
                timeout_keep_alive=_KEEP_ALIVE_S,
            ),
            studio.hub,
        )
        started(first_address(listening.getsockname()[1], config.token, **asked))
        await server.serve([listening])


def open_song(studio: Studio, song: Path) -> str:
    """The project of a folder or file; the same path is not copied in twice.

    Raises:
        DrumnetError: there is nothing that can be read.
    """
    path = song.expanduser().resolve()
    name = path.name if path.is_dir() else path.stem
    names = sorted(studio.intake.names_at(str(path)))
    for card in studio.projects.cards():
        if card.name == name and names == sorted(stem.name for stem in studio.stems.all(card.id)):
            return card.id
    project = studio.projects.create(name, studio.map.first_style())
    try:
        studio.intake.open_path(project.id, str(path))
    except DrumnetError:
        studio.songs.delete(project.id)
        raise
    return project.id


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    """A socket of the loopback interface.

    Raises:
        DrumnetError: the port is taken or not allowed.
    """
    # Only where the protocol is named does asyncio switch Nagle's algorithm off; with it,
    # the body of an answer waits 40 ms for the browser to acknowledge its head.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        if os.name != "nt":  # there it would let two programs have one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
            listening.listen()  # from now on the port is taken for all others
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                raise DrumnetError(
                    f"port {port} is taken, perhaps by another studio: close it, or choose "
                    "another with --port"
                ) from fault
            raise DrumnetError(
                f"port {port} cannot be used ({fault.strerror}): choose another with --port"
            ) from fault
        yield listening

"""A composer in a process of its own, so that the player never waits for it.

In: a song that was heard, and wishes.  Out: takes, as they are composed.  A process and no thread,
as a thread that composes holds Python's lock, and may lose its core while it does.  It is apart
from the player's session, too (`priority.stand_apart`).
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from drumnet.drummer import Drummer
from drumnet.live.controls import Wish
from drumnet.live.priority import stand_apart
from drumnet.live.recomposing import LiveSong, Recomposer
from drumnet.live.score import Take


class ComposerProcess:
    """Args:
    tell, heard: as of `Recomposer`; are called from a thread.
    """

    def __init__(
        self,
        song: LiveSong,
        wish: Wish,
        tell: Callable[[Take], None],
        heard: Callable[[Wish], None] = lambda _wish: None,
    ) -> None:
        self._tell, self._heard = tell, heard
        context = multiprocessing.get_context("spawn")  # the only kind that is everywhere
        self._pipe, theirs = context.Pipe()
        model = song.drummer.checkpoint.folder
        parts = {name: getattr(song, name) for name in _PARTS} | {"keys": dict(song.keys)}
        self._process = context.Process(
            target=_compose, args=(theirs, model, parts, wish), daemon=True
        )
        self._process.start()
        theirs.close()
        self._receive()  # the first take: it is ready
        self._reader = threading.Thread(target=self._read, name="drumnet takes", daemon=True)
        self._reader.start()

    def ask(self, wish: Wish, position: float) -> None:
        """As of `Recomposer`; without the process, what there is plays on."""
        with suppress(OSError):
            self._pipe.send((wish, position))

    def stop(self) -> None:
        """End it; what it is composing is not heard."""
        with suppress(OSError):
            self._pipe.send(None)
        self._process.join()
        self._reader.join()

    def _read(self) -> None:
        try:
            while True:
                self._receive()
        except (EOFError, OSError):  # it has ended
            return

    def _receive(self) -> None:
        came = self._pipe.recv()
        if isinstance(came, Take):
            self._tell(came)
        else:
            self._heard(came)


#: What of a song travels; the drummer is made again of the weights.
_PARTS = ("listening", "pieces", "given", "plan", "first_bar")


def _compose(pipe: Connection, model: Path, parts: dict[str, Any], wish: Wish) -> None:
    """What the process does."""
    stand_apart()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the player's
    song = LiveSong(drummer=Drummer(model), **parts)
    composer = Recomposer(song, wish, pipe.send, pipe.send)
    threading.Thread(target=_take_wishes, args=(pipe, composer), daemon=True).start()
    composer.run()


def _take_wishes(pipe: Connection, composer: Recomposer) -> None:
    try:
        while (asked := pipe.recv()) is not None:
            composer.ask(*asked)
    except EOFError:
        pass  # the player is gone
    composer.stop()

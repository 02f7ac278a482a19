"""A player in a process of its own, for a program that has other things to do.

In: takes, and wishes for a fill.  Out: notes at a MIDI port, in time with a DAW's clock; and for
each wish that comes, by hand or from a controller, where the song is.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

from drumnet.errors import MidiError
from drumnet.live.clock_follower import ClockFollower
from drumnet.live.controls import Wish
from drumnet.live.player import Player
from drumnet.live.ports import Port, SystemPort
from drumnet.live.priority import go_first, stand_apart
from drumnet.live.score import Take
from drumnet.settings import Settings

#: Until the clock says another.
_BPM = 120.0
_FILL_KEY = "f"


class PlayerProcess:
    """Args:
    fill: is told where the song is, in quarter notes, when a fill is asked for; from a thread.
    open_port: what it plays to, opened in that process.

    Raises:
        MidiError: that port cannot be opened.
    """

    def __init__(
        self, fill: Callable[[float], None], open_port: Callable[[], Port] = SystemPort
    ) -> None:
        self._fill, self._sending = fill, threading.Lock()
        context = multiprocessing.get_context("spawn")  # the only kind that is everywhere
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs, open_port), daemon=True)
        self._process.start()
        theirs.close()
        fault = self._pipe.recv()
        if fault is not None:
            self._process.join()
            raise MidiError(fault)
        self._reader = threading.Thread(target=self._read, name="drumnet wishes", daemon=True)
        self._reader.start()

    def play(self, take: Take) -> None:
        """Go on with a take; from any thread."""
        self._send(take)

    def ask_fill(self) -> None:
        """As the controller does; from any thread."""
        self._send(_FILL_KEY)

    def close(self) -> None:
        """End it; what sounds is ended."""
        self._send(None)
        self._process.join()
        self._reader.join()

    def _send(self, what: Take | str | None) -> None:
        with suppress(OSError), self._sending:  # it may have ended
            self._pipe.send(what)

    def _read(self) -> None:
        try:
            while True:
                position = self._pipe.recv()
                self._fill(position)
        except (EOFError, OSError):  # it has ended
            return


def _run(pipe: Connection, open_port: Callable[[], Port]) -> None:
    """What the process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the program's
    stand_apart()
    try:
        port = open_port()
    except MidiError as fault:
        pipe.send(str(fault))
        return
    fills = 0

    def asked(wish: Wish, position: float) -> None:
        nonlocal fills
        if wish.fills != fills:
            fills = wish.fills
            pipe.send(position)

    player = Player(port, ClockFollower(_BPM), Wish(Settings()), 1, 4, asked)
    pipe.send(None)
    threading.Thread(target=_take, args=(pipe, player), daemon=True).start()
    go_first()
    player.run()


def _take(pipe: Connection, player: Player) -> None:
    with suppress(EOFError):
        while (came := pipe.recv()) is not None:
            if isinstance(came, Take):
                player.play(came)
            else:
                player.press(came)
    player.stop()

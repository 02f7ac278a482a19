"""Freed memory goes back to the system when nothing happens.

The GNU C library keeps what was freed in arenas, one for each of many threads, for
the next use; after 32 clients and a large upload that is more than the studio
itself.  Two arenas hold less (`mallopt(3)`), and `malloc_trim(3)` hands back what is
free in them.  That takes some milliseconds, so it is done when nobody has asked for
anything for a while.  Other systems give back by themselves.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys

#: Nothing happens when nothing was asked for so long.
IDLE_S = 5.0
#: Of <malloc.h>, and how many arenas there may be.
_M_ARENA_MAX, _NUM_ARENAS = -8, 2


class Tidier:
    """Hands memory back; to be made where the event loop runs."""

    def __init__(self, idle_s: float = IDLE_S) -> None:
        self._loop = asyncio.get_running_loop()
        self._idle_s = idle_s
        self._waiting: asyncio.TimerHandle | None = None
        _call_c_library("mallopt", _M_ARENA_MAX, _NUM_ARENAS)

    def busy(self) -> None:
        """Something large was done just now; may be called from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wait)

    def _wait(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self._loop.call_later(self._idle_s, _give_back)


def _give_back() -> None:
    _call_c_library("malloc_trim", 0)


def _call_c_library(name: str, *arguments: int) -> None:
    """Call a function, if the C library has it."""
    if sys.platform != "linux":
        return
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*arguments)

"""A bar on stderr while a song is read, if that takes long and someone looks on.

The stems are handed on as sources that count what is read of them; nothing
else has to know that there is a bar.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from drumnet.song.song import Song

#: A bar is for what takes longer than this.
_PATIENCE_S = 2.0


@contextmanager
def reading(song: Song, *, passes: int = 1) -> Iterator[Song]:
    """The song, to be read `passes` times; with a bar where it takes long."""
    if not sys.stderr.isatty():
        yield song
        return
    from drumnet.song.song import counted, seconds_of_sound

    total_ms = round(1000 * passes * seconds_of_sound(song))
    begun = time.monotonic()
    done_ms = 0
    bar: Any = None
    telling = threading.Lock()  # stems are read side by side

    with ExitStack() as stack:

        def tell(seconds: float) -> None:
            nonlocal bar, done_ms
            with telling:
                step = min(round(1000 * seconds), total_ms - done_ms)
                done_ms += step
                if bar is not None:
                    bar.update(step)
                elif time.monotonic() - begun > _PATIENCE_S:
                    shown = click.progressbar(length=total_ms, label="listening", file=sys.stderr)
                    bar = stack.enter_context(shown)
                    bar.update(done_ms)

        yield counted(song, tell)


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """A function to call with a stage's name, what is done of it and what there
    is to do; a bar for each stage, on a terminal alone."""
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _of: None
        return
    with ExitStack() as stack:
        shown: dict[str, Any] = {}

        def tell(stage: str, done: int, of: int) -> None:
            if stage not in shown:
                stack.close()
                bar = click.progressbar(length=of, label=stage, file=sys.stderr)
                shown[stage] = stack.enter_context(bar)
            shown[stage].update(done - shown[stage].pos)

        yield tell

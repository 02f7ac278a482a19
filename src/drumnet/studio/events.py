"""What changed, told to every tab: server-sent events.

In: an `Event` of a project, from any thread.  Out: the text of the events, for
as long as a tab listens.  A tab that is too slow misses progress, never more
than that: it is told to read the project again.

Source: Server-sent events, HTML Living Standard, 9.2.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from anyio import to_thread
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from drumnet.studio.schemas.project import Event, EventKind

#: A comment is sent where nothing happens for so long, so that a connection
#: that is gone is noticed.
_KEEPALIVE_S = 15.0
#: Events that wait for a tab.
_MOST_WAITING = 64


class Hub:
    """Brings events to the tabs; to be made where the event loop runs."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tabs: dict[str, set[asyncio.Queue[Event | None]]] = {}
        self._is_closed = False

    def publish(self, project_id: str, event: Event) -> None:
        """Tell every tab of the project; may be called from any thread."""
        if not self._is_closed:
            self._loop.call_soon_threadsafe(self._put, project_id, event)

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self._is_closed = True
        for queue in [queue for queues in self._tabs.values() for queue in queues]:
            _offer(queue, None)

    async def stream(self, project_id: str, first: Callable[[], Event]) -> AsyncIterator[bytes]:
        """The events of a project as text.

        Args:
            first: says how things stand; asked when nothing can be missed any more.
        """
        queue: asyncio.Queue[Event | None] = asyncio.Queue(_MOST_WAITING)
        self._tabs.setdefault(project_id, set()).add(queue)
        try:
            opening = await to_thread.run_sync(first)
            yield _text(opening)
            is_open = opening.kind is not EventKind.DELETED
            while is_open and not self._is_closed:
                try:
                    event = await asyncio.wait_for(queue.get(), _KEEPALIVE_S)
                except TimeoutError:
                    yield KEEPALIVE_COMMENT
                    continue
                if event is None:
                    return
                yield _text(event)
                is_open = event.kind is not EventKind.DELETED
        finally:
            left = self._tabs[project_id]
            left.discard(queue)
            if not left:
                del self._tabs[project_id]

    def _put(self, project_id: str, event: Event) -> None:
        for queue in self._tabs.get(project_id, ()):
            _offer(queue, event)


def _offer(queue: asyncio.Queue[Event | None], event: Event | None) -> None:
    """Progress gives way to what matters."""
    if queue.full():
        if event is not None and event.kind is EventKind.PROGRESS:
            return
        queue.get_nowait()
    queue.put_nowait(event)


def _text(event: Event) -> bytes:
    data = event.model_dump_json(exclude_none=True)
    return format_sse_event(event=event.kind.value, data_str=data)

"""Every tab is told what matters, and nobody waits for a tab."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from drumnet.studio import memory
from drumnet.studio.events import Hub
from drumnet.studio.schemas.project import Event, EventKind


def changed(revision: int) -> Event:
    return Event(kind=EventKind.CHANGED, revision=revision)


def progress(fraction: float) -> Event:
    return Event(kind=EventKind.PROGRESS, revision=1, fraction=fraction)


def told(scenario: Callable[[Hub], Awaitable[Any]]) -> Any:
    """What a scenario gives, in a thread of its own: Playwright keeps an event loop
    in the main one."""

    async def run() -> Any:
        return await asyncio.wait_for(scenario(Hub()), 20)

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result()


def test_a_tab_is_told_how_things_stand_and_then_what_changes() -> None:
    async def scenario(hub: Hub) -> list[bytes]:
        tab = hub.stream("a", lambda: changed(1))
        texts = [await anext(tab)]
        hub.publish("b", changed(7))
        hub.publish("a", changed(2))
        hub.publish("a", Event(kind=EventKind.DELETED, revision=0))
        return texts + [text async for text in tab]

    first, second, last = told(scenario)
    assert first == b'event: changed\ndata: {"kind":"changed","revision":1}\n\n'
    assert b'"revision":2' in second and last.startswith(b"event: deleted")


def test_what_changes_while_a_tab_asks_how_things_stand_is_not_missed() -> None:
    async def scenario(hub: Hub) -> list[bytes]:
        def first() -> Event:
            hub.publish("a", changed(2))  # another tab, at this very moment
            return changed(1)

        tab = hub.stream("a", first)
        return [await anext(tab), await anext(tab)]

    assert [b'"revision":1' in told(scenario)[0], b'"revision":2' in told(scenario)[1]] == [
        True
    ] * 2


def test_a_slow_tab_misses_progress_but_not_the_end() -> None:
    async def scenario(hub: Hub) -> list[bytes]:
        tab = hub.stream("a", lambda: changed(1))
        await anext(tab)
        for step in range(1000):
            hub.publish("a", progress(step / 1000))
        hub.publish("a", Event(kind=EventKind.READY, revision=9))
        await asyncio.sleep(0)
        hub.publish("a", Event(kind=EventKind.DELETED, revision=0))
        await asyncio.sleep(0)
        return [text async for text in tab]

    texts = told(scenario)
    assert len(texts) < 100
    assert texts[-2].startswith(b"event: ready") and texts[-1].startswith(b"event: deleted")


def test_a_closed_hub_ends_all_tabs() -> None:
    async def scenario(hub: Hub) -> list[bytes]:
        tabs = [hub.stream("a", lambda: changed(1)) for _ in range(3)]
        for tab in tabs:
            await anext(tab)
        hub.close()
        hub.publish("a", changed(2))
        return [text for tab in tabs for text in [text async for text in tab]]

    assert told(scenario) == []


def test_memory_is_handed_back_once_when_all_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(_: Hub) -> int:
        calls = []
        quiet = asyncio.Event()
        monkeypatch.setattr(memory, "_give_back", lambda: (calls.append(1), quiet.set()))
        tidier = memory.Tidier(idle_s=0.01)
        for _ in range(50):
            tidier.busy()
        await quiet.wait()
        return len(calls)

    assert told(scenario) == 1
    memory._give_back()  # the real one does no harm

"""All of it together, in the threads and the process that it has."""

from __future__ import annotations

import threading

from fixtures.patience import PATIENCE_S
from fixtures.ports import FakePort
from mido import Message

from drumnet.live.controls import Wish
from drumnet.live.recomposing import LiveSong
from drumnet.live.session import Clock, Session
from drumnet.settings import Settings


class WaitedFor(FakePort):
    """Tells when the first stroke is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.struck = threading.Event()

    def send(self, message: Message) -> None:
        super().send(message)
        if message.type == "note_on":
            self.struck.set()


def test_a_session_plays_hears_wishes_and_leaves_nothing_behind(song: LiveSong) -> None:
    port, heard, said = WaitedFor(), threading.Event(), []
    before = threading.active_count()

    def hear(wish: Wish) -> None:
        said.append(wish)
        heard.set()

    with Session(song, Wish(Settings(seed=1)), port, Clock.LEAD, hear) as session:
        session.press(" ")
        assert port.struck.wait(PATIENCE_S)
        session.press("C")
        assert heard.wait(PATIENCE_S)
    assert [wish.settings.complexity for wish in said] == [0.6]
    kinds = [message.type for _, message in port.sent]
    assert kinds[0] == "start" and "clock" in kinds
    assert kinds.count("note_on") == kinds.count("note_off")
    assert threading.active_count() <= before

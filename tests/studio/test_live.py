"""What the page plays, to a DAW in software: its player is in a process of its own."""

from __future__ import annotations

import multiprocessing
import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from fixtures.patience import PATIENCE_S
from fixtures.ports import PipedPort, no_port
from fixtures.studio import OpenPage, Page

from drumnet.errors import MidiError
from drumnet.hits import DrumTrack, Piece
from drumnet.live.transport import CLOCKS_PER_QUARTER
from drumnet.midi.timeline import Timeline
from drumnet.studio.schemas.song import Beats
from drumnet.studio.store.grids import grid_of

#: Clocks of the DAW say that they come so long from now: longer than any test takes.
FAR_S = 3600.0
#: In quarter notes: a little before a beat, where nothing is struck.
BETWEEN = 3.875
CLOCK_S = 60 / 120 / CLOCKS_PER_QUARTER


@dataclass
class Daw:
    """Sends clocks as fast as they are read.  They say that they come a while from now, so that the
    drums are exactly as far as the last of them."""

    page: Page
    project_id: str
    pipe: Connection
    fills: queue.Queue[float] = field(default_factory=queue.Queue)
    time_s: float = field(default_factory=lambda: time.perf_counter() + FAR_S)

    def start(self) -> None:
        self._send(0xFA)

    def play(self, quarters: float) -> list[int]:
        """So many, and the keys that are struck meanwhile."""
        self.settle()
        for _ in range(round(quarters * CLOCKS_PER_QUARTER)):
            self.time_s += CLOCK_S
            self._send(0xF8)
        self.settle()
        keys = []
        while self.pipe.poll():
            status, key, *_ = self.pipe.recv()
            keys += [key] if status == 0x99 else []
        return keys

    def settle(self) -> float:
        """Wait until the player has done all it was told; where the song is then."""
        live = self.page.studio.live
        assert live is not None
        live._player._fill, compose = self.fills.put, live._player._fill  # type: ignore[method-assign]
        self.page.post("/live/fill", status=204)
        position = self.fills.get(timeout=PATIENCE_S)
        live._player._fill = compose  # type: ignore[method-assign]
        return position

    def _send(self, status: int) -> None:
        self.pipe.send((self.time_s, [status]))


@pytest.fixture
def daw(open_page: OpenPage, song_data: tuple[Path, str]) -> Iterator[Daw]:
    data, project_id = song_data
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    with open_page(data, open_port=partial(PipedPort, theirs)) as page:
        yield Daw(page, project_id, ours)


def keys_due(daw: Daw, hits: list[dict[str, Any]], start: float, end: float) -> list[int]:
    """The keys of hits from one quarter note up to and with another."""
    beats = Beats.model_validate(daw.page.get(f"/projects/{daw.project_id}")["beats"])
    timeline = Timeline.of(grid_of(beats))
    at = timeline.quarters([hit["time_s"] for hit in hits]).tolist()
    pairs = zip(at, hits, strict=True)
    return sorted(Piece(hit["piece"]).midi_key for at, hit in pairs if start < at <= end)


def test_what_the_page_plays_is_played_live_and_its_changes_from_the_next_beat_on(
    daw: Daw,
) -> None:
    assert daw.page.get("/about")["plays_live"] is True
    hits = daw.page.hits(daw.project_id)
    daw.start()
    first = daw.play(BETWEEN + 1 / CLOCKS_PER_QUARTER)  # the first one is at 0
    assert sorted(first) == keys_due(daw, hits, -1, BETWEEN)
    assert first
    # The pad is dragged, and a piece is muted: the next beats have it.
    presets = daw.page.get("/about")["presets"]
    changed = daw.page.hits(
        daw.project_id,
        style={"at": presets[5]["at"]},
        settings={"pieces": {"closed_hat": {"muted": True}}, "complexity": 0.9},
    )
    second = daw.play(4)
    assert sorted(second) == keys_due(daw, changed, BETWEEN, BETWEEN + 4)
    assert sorted(second) != keys_due(daw, hits, BETWEEN, BETWEEN + 4)
    assert Piece.CLOSED_HAT.midi_key not in second


def test_a_late_answer_to_an_early_question_is_not_played(daw: Daw) -> None:
    live = daw.page.studio.live
    assert live is not None
    early = live.turn()
    daw.page.hits(daw.project_id)
    shown = live._shown
    assert shown is not None
    live.show(early, shown.song.listening, (), DrumTrack())
    assert live._shown is shown


def test_a_fill_is_played_once_before_the_next_bar(daw: Daw) -> None:
    hits = daw.page.hits(daw.project_id)
    daw.start()
    daw.play(4.5)
    live = daw.page.studio.live
    assert live is not None
    told: queue.Queue[Any] = queue.Queue()
    play = live._player.play

    def played(take: Any) -> None:
        play(take)
        told.put(take)

    live._player.play = played  # type: ignore[method-assign]
    daw.page.post("/live/fill", status=204)
    take = told.get(timeout=PATIENCE_S)
    assert 5.5 < take.until <= 9
    filled = daw.play(take.until - 4.5)
    assert sorted(filled) != keys_due(daw, hits, 4.5, take.until)
    assert Piece.CRASH.midi_key in filled
    after = daw.play(4)
    end = round(take.until * CLOCKS_PER_QUARTER) / CLOCKS_PER_QUARTER
    assert sorted(after) == keys_due(daw, hits, end, end + 4)


def test_without_live_a_fill_is_refused(song: tuple[Page, str]) -> None:
    page, _ = song
    assert page.get("/about")["plays_live"] is False
    assert "drumnet studio --live" in page.post("/live/fill", status=409)["error"]


def test_a_port_that_is_not_there_is_said(open_page: OpenPage, tmp_path: Path) -> None:
    with pytest.raises(MidiError, match="no such port"), open_page(tmp_path, open_port=no_port):
        pass

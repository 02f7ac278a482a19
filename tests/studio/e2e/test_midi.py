"""The drums out of the page as MIDI: to a port while it plays, and as files by their handles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from drumnet.hits import Piece
from drumnet.midi.keys import load_midi_map
from drumnet.midi.read import read_midi

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

_FAKE_MIDI = """
globalThis.midi = {asked: 0, sent: {a: [], b: []}};
const port = (id, name) => [id, {
  id, name, state: "connected",
  send: (data, atMs) => midi.sent[id].push({data: [...data], atMs, nowMs: performance.now()}),
}];
navigator.requestMIDIAccess = async () => {
  midi.asked += 1;
  %s
  return {outputs: new Map([port("a", "Synth"), port("b", "Drum machine")]), onstatechange: null};
};
"""
_DRAGGED = """
(handle) => {
  const transfer = new DataTransfer();
  const options = {dataTransfer: transfer, bubbles: true};
  handle.dispatchEvent(new DragEvent("dragstart", options));
  return transfer.getData("DownloadURL");
}
"""
SWITCH = "Play the drums to a MIDI port"


def opened(page: Page, address: str, studio_page: type, refusal: str = "") -> Any:
    page.add_init_script(_FAKE_MIDI % refusal)
    page.goto(address)
    studio = studio_page(page)
    studio.wait_until_playable()
    return studio


def test_the_drums_go_to_a_port_with_the_times_at_which_they_are_heard(
    blank: Page, song_address: str, studio_page: type
) -> None:
    studio = opened(blank, song_address, studio_page)
    blank.get_by_role("button", name="Export").click()
    blank.get_by_label("MIDI keys of").select_option("roland-td")
    assert blank.evaluate("midi.asked") == 0  # nobody is asked before the switch
    blank.get_by_label(SWITCH).check()
    blank.get_by_label("MIDI port", exact=True).select_option(label="Drum machine")
    blank.keyboard.press("Escape")
    blank.evaluate("drumnetStudio.session.player.toggle()")
    studio.wait_for("midi.sent.b.filter(({data}) => data[0] === 0x99).length >= 12")
    blank.evaluate("drumnetStudio.session.player.pause()")
    sent = blank.evaluate("midi.sent.b")
    assert blank.evaluate("midi.sent.a") == []
    strokes = [one for one in sent if one["data"][0] == 0x99][:12]
    keys = load_midi_map("roland-td")
    due = studio.scheduled[:12]
    assert [one["data"][1:] for one in strokes] == [
        [keys[Piece(one["piece"])], one["velocity"]] for one in due
    ]
    heard_ms = np.array(
        [one["atMs"] - 1000 * own["when_s"] for one, own in zip(strokes, due, strict=True)]
    )
    # How late its output is a browser knows when that has begun: not of the first strokes.
    begun = np.array([one["when_s"] - due[0]["when_s"] > 0.25 for one in due])
    assert begun.sum() >= 6
    # One clock is told by another, and the page may be held up: most strokes are as they should.
    assert np.median(np.abs(heard_ms[begun] - np.median(heard_ms[begun]))) < 5
    ahead_ms = [one["atMs"] - one["nowMs"] for one in strokes[1:]]
    assert np.median(ahead_ms) > 0, "they are sent ahead of their time"
    assert len([one for one in sent if one["data"][0] == 0x89]) == len(sent) / 2


def test_without_leave_the_page_says_so_and_plays_on(
    blank: Page, song_address: str, studio_page: type
) -> None:
    opened(blank, song_address, studio_page, "throw new DOMException('no', 'NotAllowedError');")
    blank.get_by_role("button", name="Export").click()
    blank.get_by_label(SWITCH).click()
    blank.get_by_text("MIDI was not allowed").wait_for()
    assert not blank.get_by_label(SWITCH).is_checked()


def test_the_drums_and_each_section_are_dragged_out_as_midi(song: Any, tmp_path: Path) -> None:
    page: Page = song.page
    page.get_by_role("button", name="Find").click()
    song.wait_for("drumnetStudio.session.doc.sections.length > 1")
    song.wait_until_kept()
    handles = page.locator(".strip .midi-handle")
    handles.first.wait_for()
    whole = page.get_by_label("MIDI of the drums")
    files = []
    for number, handle in enumerate([whole, handles.first]):
        mime, name, url = handle.evaluate(_DRAGGED).split(":", 2)
        assert (mime, name) == ("audio/midi", "drums.mid")
        answer = page.request.get(url)
        assert answer.ok
        path = tmp_path / f"{number}.mid"
        path.write_bytes(answer.body())
        files.append(read_midi(path))
    start, end = page.evaluate("drumnetStudio.session.doc.sections.map((one) => one.start_beat)")[
        :2
    ]
    hits = [hit for hit in song.hits if 12 * start <= hit.tick < 12 * end]
    numbers = [sum(len(track.keys) for track in midi.tracks if track.is_drums) for midi in files]
    assert numbers == [len(song.hits), len(hits)]
    with page.expect_download() as download:
        handles.first.click()
    assert download.value.suggested_filename == "drums.mid"


def test_a_handle_does_not_choose_its_section(song: Any) -> None:
    page: Page = song.page
    page.get_by_role("button", name="Find").click()
    song.wait_for("drumnetStudio.session.doc.sections.length > 1")
    before = page.evaluate("drumnetStudio.session.target")
    with page.expect_download():
        page.locator(".strip .midi-handle").first.click()
    assert page.evaluate("drumnetStudio.session.target") == before


def test_a_fill_is_asked_for_where_the_studio_plays_live(
    blank: Page, song_address: str, studio_page: type
) -> None:
    fills: list[str] = []

    def about(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "plays_live": True})

    def fill(route: Route) -> None:
        fills.append(route.request.method)
        route.fulfill(status=204)

    blank.goto(song_address)
    studio_page(blank).wait_until_playable()
    assert blank.get_by_role("button", name="Fill", exact=True).count() == 0
    blank.route("**/api/about", about)
    blank.route("**/api/live/fill", fill)
    blank.reload()
    studio_page(blank).wait_until_playable()
    with blank.expect_response("**/api/live/fill"):
        blank.get_by_role("button", name="Fill", exact=True).click()
    assert fills == ["POST"]

"""What the page does, one thing at a time, on the built-in song."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from drumnet.demo import demo_reference_song

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

STYLE = "drumnetStudio.session.doc.style"


def ticks(song) -> list[int]:
    return [hit.tick for hit in song.hits]


def change_and_wait(song, act) -> None:
    """Do something, and wait for the hits that it asks for."""
    song.page.evaluate("globalThis.hitsBefore = drumnetStudio.session.hits")
    act()
    song.wait_for("drumnetStudio.session.hits !== globalThis.hitsBefore")
    song.wait_until_kept()


def test_keys_play_move_loop_and_solo(song) -> None:
    page: Page = song.page
    page.keyboard.press("Space")
    song.wait_for("drumnetStudio.session.player.isPlaying")
    page.keyboard.press("Space")
    song.wait_for("!drumnetStudio.session.player.isPlaying")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    second_s = page.evaluate(
        "drumnetStudio.session.grid.barStartS(drumnetStudio.session.grid.bars[1])"
    )
    assert song.song_s == pytest.approx(second_s)
    page.keyboard.press("l")
    loop = page.evaluate("drumnetStudio.session.player.loop")
    assert loop["startS"] == pytest.approx(second_s)
    page.keyboard.press("Shift+Digit1")
    stem = page.evaluate("drumnetStudio.session.project.stems[0].id")
    assert page.evaluate(f"drumnetStudio.session.mixer.stems['{stem}'].solo")
    page.keyboard.press("Shift+Digit1")
    page.keyboard.press("l")
    assert page.evaluate("drumnetStudio.session.player.loop") is None
    song.wait_until_kept()


def test_dot_moves_by_keys_and_undo_brings_it_back(song) -> None:
    page: Page = song.page
    before = page.evaluate(STYLE)
    page.locator(".pad-field").focus()
    change_and_wait(song, lambda: page.keyboard.press("Shift+ArrowUp"))
    moved = page.evaluate(STYLE)
    assert moved["at"]["y"] > before["at"]["y"]
    assert moved["code"] != before["code"]
    change_and_wait(song, lambda: page.keyboard.press("Control+z"))
    assert page.evaluate(STYLE)["code"] == before["code"]
    change_and_wait(song, lambda: page.keyboard.press("Control+y"))
    assert page.evaluate(STYLE)["code"] == moved["code"]
    change_and_wait(song, lambda: page.keyboard.press("Control+z"))


def test_a_finger_drags_the_dot(browser: Browser, song_address: str, studio_page: type) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 768}, has_touch=True)
    page = context.new_page()
    page.goto(song_address)
    studio = studio_page(page)
    studio.wait_until_playable()
    before = page.evaluate(STYLE)
    x, y = studio.point_in(".pad-field", 0.2, 0.2)
    touch = context.new_cdp_session(page)

    def send(kind: str, dx: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x + dx, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag() -> None:
        send("touchStart", 0)
        for dx in (20, 40, 60):
            send("touchMove", dx)
        send("touchEnd", 60)

    change_and_wait(studio, drag)
    assert page.evaluate(STYLE)["at"] != before["at"]
    change_and_wait(studio, lambda: page.get_by_role("button", name="Undo").click())
    context.close()


def test_locked_bars_stay_while_the_rest_is_regenerated(song) -> None:
    page: Page = song.page
    page.get_by_role("button", name="Lock bar 1", exact=True).click()
    song.wait_for("drumnetStudio.session.hits.some((hit) => hit.origin === 'locked')")
    before = [hit.tick for hit in song.hits if hit.origin == "locked"]
    change_and_wait(
        song, lambda: page.get_by_role("slider", name="Density", exact=True).fill("2.5")
    )
    change_and_wait(song, lambda: page.get_by_role("button", name="Regenerate").click())
    assert [hit.tick for hit in song.hits if hit.origin == "locked"] == before
    page.get_by_role("button", name="Lock bar 1", exact=True).click()
    song.wait_for("!drumnetStudio.session.hits.some((hit) => hit.origin === 'locked')")
    change_and_wait(song, lambda: page.get_by_role("slider", name="Density", exact=True).fill("1"))
    change_and_wait(song, lambda: page.get_by_role("slider", name="Freedom", exact=True).fill("0"))


def test_a_and_b_and_a_morph_between_them(song) -> None:
    page: Page = song.page
    sides = page.get_by_role("group", name="Compare two states (C)")
    in_a = page.evaluate(STYLE)["code"]
    sides.get_by_role("button", name="B").click()
    island = page.locator(".island").first
    change_and_wait(song, lambda: island.dispatch_event("click"))
    in_b = page.evaluate(STYLE)["code"]
    assert in_b != in_a
    change_and_wait(song, lambda: page.keyboard.press("c"))
    assert page.evaluate(STYLE)["code"] == in_a
    change_and_wait(song, lambda: page.get_by_role("button", name=re.compile("^Morph A")).click())
    sections = page.evaluate("drumnetStudio.session.doc.sections")
    assert [(part["style"]["code"], part["blend"]) for part in sections] == [
        (in_a, "morph"), (in_b, "hold"),
    ]  # fmt: skip
    change_and_wait(song, lambda: page.keyboard.press("Control+z"))


def test_a_section_has_a_style_of_its_own(song) -> None:
    page: Page = song.page
    whole = ticks(song)
    page.evaluate("drumnetStudio.session.player.seek(drumnetStudio.session.durationS / 2)")
    change_and_wait(song, lambda: page.get_by_role("button", name="Section", exact=True).click())
    change_and_wait(song, lambda: page.locator(".island").last.dispatch_event("click"))
    start = page.evaluate("12 * drumnetStudio.session.doc.sections[0].start_beat")
    assert [tick for tick in ticks(song) if tick < start] == [t for t in whole if t < start]
    assert [tick for tick in ticks(song) if tick >= start] != [t for t in whole if t >= start]
    page.get_by_role("button", name="Remove this section").click()
    song.wait_for("drumnetStudio.session.doc.sections.length === 0")
    song.wait_until_kept()


def test_style_is_kept_found_and_played_again(song) -> None:
    page: Page = song.page
    kept = page.evaluate(STYLE)["code"]
    page.get_by_role("button", name="Library").click()
    page.get_by_label("Name", exact=True).fill("Late tram")
    page.get_by_label("Tags, with commas between").fill("slow, wet")
    page.get_by_role("button", name="Keep this style").click()
    page.get_by_role("button", name="Late tram slow").wait_for()
    other = page.locator(".style-row", has_text="built in").last
    change_and_wait(song, other.click)
    page.get_by_label("Search by name or tag").fill("wet")
    song.wait_for("document.querySelectorAll('.style-row').length === 1")
    change_and_wait(song, page.get_by_role("button", name="Late tram slow").click)
    assert page.evaluate(STYLE)["code"] == pytest.approx(kept)
    page.get_by_label("Search by name or tag").fill("")
    page.get_by_role("button", name="More like Late tram").click()
    page.get_by_text("Nearest to Late tram first").wait_for()
    song.wait_for("document.querySelector('.style-row').textContent.includes('Late tram')")


def test_style_of_a_dropped_song_lands_on_the_pad(song, tmp_path: Path) -> None:
    reference = demo_reference_song()
    path = tmp_path / "other drums.wav"
    assert reference.kick is not None
    sound = np.zeros((round(44_100 * (reference.kick.hits[-1].onset_s + 1)),), dtype=np.float32)
    stroke = np.exp(-np.arange(4410) / 900) * np.sin(2 * np.pi * 55 * np.arange(4410) / 44_100)
    for hit in reference.kick.hits:
        start = round(44_100 * hit.onset_s)
        sound[start : start + len(stroke)] += 0.8 * stroke[: len(sound) - start]
    soundfile.write(path, sound, 44_100)
    before = song.page.evaluate(STYLE)["code"]
    change_and_wait(song, lambda: song.drop([path], ".pad-field"))
    assert song.page.evaluate(STYLE)["code"] != before


def test_beats_are_doubled_halved_and_nudged(song) -> None:
    page: Page = song.page
    tempo = "drumnetStudio.session.project.beats.tempo_bpm"
    before = page.evaluate(tempo)
    page.get_by_title("Tempo and beats").click()
    page.get_by_role("button", name="Double").click()
    song.wait_for(f"{tempo} > {1.9 * before}")
    page.get_by_role("button", name="Half").click()
    song.wait_for(f"{tempo} < {1.1 * before}")
    first_s = page.evaluate(
        "drumnetStudio.session.grid.barStartS(drumnetStudio.session.grid.bars[1])"
    )
    page.get_by_role("button", name="+10 ms").click()
    song.wait_for(
        "Math.abs(drumnetStudio.session.grid.barStartS(drumnetStudio.session.grid.bars[1])"
        f" - {first_s} - 0.01) < 0.001"
    )
    page.get_by_role("button", name=re.compile("^[^+]10 ms")).click()
    song.wait_until_kept()


def test_what_is_no_sound_is_told_in_words(song, tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("no sound at all")
    song.drop([path])
    song.page.locator(".notice.problem").wait_for()
    assert "notes.wav" in song.page.locator(".notice.problem").inner_text()


def test_two_windows_show_the_same(song, context) -> None:
    other = type(song)(context.new_page())
    other.page.goto(song.page.url)
    other.wait_until_playable()
    change_and_wait(
        song, lambda: song.page.get_by_role("slider", name="Density", exact=True).fill("2")
    )
    other.wait_for("drumnetStudio.session.doc.settings.density === 2")
    change_and_wait(
        other, lambda: other.page.get_by_role("slider", name="Density", exact=True).fill("1")
    )
    song.wait_for("drumnetStudio.session.doc.settings.density === 1")


def test_a_loop_goes_round_without_a_gap(song) -> None:
    """Hits of the second round follow those of the first by exactly the loop's length."""
    page: Page = song.page
    length_s = page.evaluate(
        "(() => { const {grid, player, hits} = drumnetStudio.session;"
        " const bar = grid.barAt(hits[0].time_s + 0.001);"
        " const loop = {startS: Math.max(0, grid.barStartS(bar)), endS: grid.barEndS(bar)};"
        " player.setLoop(loop); player.seek(loop.startS); return loop.endS - loop.startS; })()"
    )
    page.keyboard.press("Space")
    song.wait_for(
        "new Set(drumnetStudio.session.player.log.map((hit) => hit.time_s)).size"
        " < drumnetStudio.session.player.log.length"
    )
    page.keyboard.press("Space")
    rounds: dict[float, list[float]] = {}
    for hit in song.scheduled:
        rounds.setdefault(hit["time_s"], []).append(hit["when_s"])
    both = [times for times in rounds.values() if len(times) > 1]
    assert both
    assert all(times[1] - times[0] == pytest.approx(length_s, abs=1e-6) for times in both)
    page.keyboard.press("l")


def test_own_drums_give_their_style_and_stems_come_and_go(
    page: Page, song_folder: Path, studio_page: type
) -> None:
    studio = studio_page(page)
    studio.wait_for("document.querySelector('.home')")
    studio.drop(sorted(song_folder.glob("*.wav")))
    studio.wait_until_playable()
    change_and_wait(studio, page.get_by_role("button", name="From its drums").click)
    page.locator(".notice", has_text="The style of").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Mute keys.wav").hover()
    page.get_by_role("button", name="Remove keys.wav").click()
    studio.wait_for("drumnetStudio.session.project.stems.length === 3")
    studio.wait_until_playable()
    studio.wait_for("drumnetStudio.session.player.stems.size === 3")
    studio.drop([song_folder / "keys.wav"])
    studio.wait_for("drumnetStudio.session.player.stems.size === 4")
    studio.wait_until_playable()


def test_tapped_tempo_is_taken(song) -> None:
    page: Page = song.page
    page.get_by_title("Tempo and beats").click()
    page.keyboard.press("t")  # starts playing
    song.wait_for("drumnetStudio.session.player.songS > 0")
    for tap in range(8):
        song.wait_for(f"drumnetStudio.session.player.songS >= {0.5 * (tap + 1)}")
        page.keyboard.press("t")
    page.get_by_role("button", name="Use", exact=True).click()
    song.wait_for("drumnetStudio.session.project.beats.tempo_bpm > 110")
    assert page.evaluate("drumnetStudio.session.project.beats.tempo_bpm") == pytest.approx(
        120, 0.06
    )
    page.get_by_role("button", name="Back to what was heard").click()
    song.wait_for("drumnetStudio.session.project.beats.tempo_bpm < 110")
    page.keyboard.press("Escape")
    assert not page.locator("dialog[open]").count()


def test_a_file_can_be_dragged_out(song) -> None:
    page: Page = song.page
    page.get_by_role("button", name="Export").click()
    page.get_by_role("link", name="drums.mid").wait_for()
    mime, name, address = page.evaluate(
        "(() => { const transfer = new DataTransfer();"
        " const link = document.querySelector('a[download=\"drums.mid\"]');"
        " link.dispatchEvent(new DragEvent('dragstart', {dataTransfer: transfer}));"
        " return transfer.getData('DownloadURL').match(/^([^:]+):([^:]+):(.+)$/).slice(1); })()"
    )
    assert (mime, name) == ("audio/midi", "drums.mid")
    assert page.request.get(address).body()[:4] == b"MThd"


def test_a_lost_server_is_told_and_found_again(song, context) -> None:
    page: Page = song.page
    context.set_offline(True)
    page.locator(".pad-field").focus()
    page.keyboard.press("ArrowUp")
    problem = page.get_by_role("alert").filter(has_text="does not answer")
    problem.wait_for()
    context.set_offline(False)
    change_and_wait(song, lambda: page.keyboard.press("ArrowDown"))
    problem.wait_for(state="detached")

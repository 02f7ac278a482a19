"""What the page does, one thing at a time, on the built-in song."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile

from drumnet.demo.song import demo_reference_song

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

STYLE = "drumnetStudio.session.doc.style"


def ticks(song) -> list[int]:
    return [hit.tick for hit in song.hits]


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


def test_space_plays_after_a_click_and_presses_what_tab_has_reached(song) -> None:
    page: Page = song.page
    page.get_by_role("button", name="Later bars").click()
    turned = page.evaluate("drumnetStudio.view.patternBar")
    page.keyboard.press("Space")
    song.wait_for("drumnetStudio.session.player.isPlaying")
    assert page.evaluate("drumnetStudio.view.patternBar") == turned
    page.keyboard.press("Space")
    song.wait_for("!drumnetStudio.session.player.isPlaying")
    page.get_by_role("button", name="Zoom out").focus()
    page.keyboard.press("Tab")
    before = page.evaluate("drumnetStudio.view.pxPerS")
    page.keyboard.press("Space")
    song.wait_for(f"drumnetStudio.view.pxPerS > {before}")
    assert not page.evaluate("drumnetStudio.session.player.isPlaying")


def test_dot_moves_by_keys_and_undo_brings_it_back(song) -> None:
    page: Page = song.page
    before = page.evaluate(STYLE)
    page.locator(".pad-field").focus()
    song.change(lambda: page.keyboard.press("Shift+ArrowUp"))
    moved = page.evaluate(STYLE)
    assert moved["at"]["y"] > before["at"]["y"]
    assert moved["code"] != before["code"]
    song.change(lambda: page.keyboard.press("Control+z"))
    assert page.evaluate(STYLE)["code"] == before["code"]
    song.change(lambda: page.keyboard.press("Control+y"))
    assert page.evaluate(STYLE)["code"] == moved["code"]
    song.change(lambda: page.keyboard.press("Control+z"))


def test_the_play_pad_moves_by_keys_and_a_double_click_sets_it_back(song) -> None:
    page: Page = song.page
    field = page.get_by_role("slider", name=re.compile("^Play pad"))
    as_styled = song.hits
    field.focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    song.change(lambda: page.keyboard.press("Shift+ArrowUp"))
    assert field.get_attribute("aria-valuetext") == "complexity 90 %, intensity 60 %"
    settings = page.evaluate("drumnetStudio.session.doc.settings")
    assert (settings["complexity"], settings["intensity"]) == pytest.approx((0.9, 0.6))
    assert len(song.hits) > len(as_styled)
    song.change(field.dblclick)
    assert song.hits == as_styled


def test_a_piece_has_settings_a_lane_and_a_sound_of_its_own(song) -> None:
    page: Page = song.page
    before = song.hits
    page.get_by_role("button", name=re.compile("^Settings of the closed hat")).click()
    piece = page.get_by_label("Piece whose settings these are")
    assert piece.input_value() == "closed_hat"
    song.change(lambda: page.get_by_label("play it").uncheck())
    assert "closed_hat" not in {hit.piece for hit in song.hits}
    page.get_by_role("button", name="Settings of the closed hat, which is left out").wait_for()
    song.change(lambda: page.get_by_label("play it").check())
    assert song.hits == before

    song.change(lambda: page.get_by_label("Kit", exact=True).select_option("808"))
    song.wait_for("drumnetStudio.session.player.log.length === 0")
    assert song.hits == before
    page.get_by_role("button", name="Play", exact=True).click()
    song.wait_for("drumnetStudio.session.player.log.length > 3")
    page.get_by_role("button", name="Pause").click()
    song.change(lambda: page.get_by_label("Kit", exact=True).select_option("acoustic"))

    page.get_by_role("button", name="Lanes of the pieces").click()
    assert page.get_by_label(re.compile("^Hits of the")).count() == 10
    page.get_by_role("button", name="Mute ride").first.click()
    song.wait_for("drumnetStudio.session.mixer.pieces.ride.mute")
    page.get_by_role("button", name="Mute ride").first.click()
    song.wait_until_kept()


@pytest.fixture
def tablet(
    used_phone: BrowserContext, new_page: Any, song_address: str, studio_page: type
) -> Iterator[Any]:
    """The built-in song, under a finger."""
    with new_page(used_phone) as page:
        page.set_viewport_size({"width": 1024, "height": 768})
        page.goto(song_address)
        studio = studio_page(page)
        studio.wait_until_playable()
        yield studio


def test_a_finger_drags_the_dot(tablet) -> None:
    page: Page = tablet.page
    before = page.evaluate(STYLE)
    x, y = tablet.point_in(".pad-field", 0.2, 0.2)
    touch = page.context.new_cdp_session(page)

    def send(kind: str, dx: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x + dx, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag() -> None:
        send("touchStart", 0)
        for dx in (20, 40, 60):
            send("touchMove", dx)
        send("touchEnd", 60)

    tablet.change(drag)
    assert page.evaluate(STYLE)["at"] != before["at"]
    tablet.change(lambda: page.get_by_role("button", name="Undo").click())


def test_the_drums_stay_in_sight_of_many_stems(song) -> None:
    page: Page = song.page
    page.set_viewport_size({"width": 1280, "height": 560})
    drums = page.get_by_label("Hits of the drums")
    assert drums.evaluate(
        "(lane) => document.elementFromPoint(lane.getBoundingClientRect().left + 9,"
        " lane.getBoundingClientRect().top + lane.clientHeight / 2) === lane"
    )


def test_locked_bars_stay_while_the_rest_is_regenerated(song) -> None:
    page: Page = song.page
    page.get_by_role("button", name="Lock bar 1", exact=True).click()
    song.wait_for("drumnetStudio.session.hits.some((hit) => hit.origin === 'locked')")
    before = [hit.tick for hit in song.hits if hit.origin == "locked"]
    page.get_by_role("button", name="Controls").click()
    song.change(lambda: page.get_by_role("slider", name="Density", exact=True).fill("2.5"))
    song.change(lambda: page.get_by_role("slider", name="Temperature", exact=True).fill("0.6"))
    song.change(lambda: page.get_by_role("button", name="Regenerate").click())
    assert [hit.tick for hit in song.hits if hit.origin == "locked"] == before
    page.get_by_role("button", name="Lock bar 1", exact=True).click()
    song.wait_for("!drumnetStudio.session.hits.some((hit) => hit.origin === 'locked')")
    song.change(lambda: page.get_by_role("slider", name="Density", exact=True).fill("1"))
    song.change(lambda: page.get_by_role("slider", name="Temperature", exact=True).fill("0"))


def test_a_and_b_and_a_morph_between_them(song) -> None:
    page: Page = song.page
    sides = page.get_by_role("group", name="Compare two states (C)")
    in_a = page.evaluate(STYLE)["code"]
    sides.get_by_role("button", name="B").click()
    island = page.locator(".island").first
    song.change(lambda: island.dispatch_event("click"))
    in_b = page.evaluate(STYLE)["code"]
    assert in_b != in_a
    song.change(lambda: page.keyboard.press("c"))
    assert page.evaluate(STYLE)["code"] == in_a
    song.change(lambda: page.get_by_role("button", name=re.compile("^Morph A")).click())
    sections = page.evaluate("drumnetStudio.session.doc.sections")
    assert [(part["style"]["code"], part["blend"]) for part in sections] == [
        (in_a, "morph"), (in_b, "hold"),
    ]  # fmt: skip
    song.change(lambda: page.keyboard.press("Control+z"))


def test_a_section_has_a_style_of_its_own(song) -> None:
    page: Page = song.page
    # In an arrangement, a place is played as the same music behind the section is.
    plain = """(() => {
        const { session } = drumnetStudio;
        const settings = { ...session.doc.settings, arrange: "none" };
        session.change({ ...session.doc, settings }, "plain");
    })()"""
    song.change(lambda: page.evaluate(plain))
    whole = ticks(song)
    page.evaluate("drumnetStudio.session.player.seek(drumnetStudio.session.durationS / 2)")
    song.change(lambda: page.get_by_role("button", name="Section", exact=True).click())
    song.change(lambda: page.locator(".island").last.dispatch_event("click"))
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
    song.change(other.click)
    page.get_by_label("Search by name or tag").fill("wet")
    song.wait_for("document.querySelectorAll('.style-row').length === 1")
    song.change(page.get_by_role("button", name="Late tram slow").click)
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
    song.change(lambda: song.drop([path], ".pad-field"))
    assert song.page.evaluate(STYLE)["code"] != before

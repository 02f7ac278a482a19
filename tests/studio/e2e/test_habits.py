"""Small things that a player stumbles over: keys, loops, menus, tabs, what a reload keeps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

SECOND_BAR = (
    "(() => { const {grid, player} = drumnetStudio.session; const bar = grid.bars[1];"
    " player.setLoop({startS: grid.barStartS(bar), endS: grid.barEndS(bar)});"
    " return player.loop; })()"
)
TEMPERATURE = "drumnetStudio.session.doc.settings.temperature"


def test_keys_on_a_slider_move_the_slider_alone(song) -> None:
    page: Page = song.page
    page.evaluate("drumnetStudio.session.player.seek(3)")
    page.get_by_role("button", name="Controls").click()
    slider = page.get_by_role("slider", name="Density", exact=True)
    slider.focus()
    for key in ("ArrowRight", "ArrowLeft", "Home"):
        page.keyboard.press(key)
        assert song.song_s == pytest.approx(3)
    slider.fill("1")
    song.wait_until_kept()


def test_play_begins_in_the_loop(song) -> None:
    page: Page = song.page
    loop = page.evaluate(SECOND_BAR)
    for outside_s in (0.0, loop["endS"] + 1):
        page.evaluate(f"drumnetStudio.session.player.seek({outside_s})")
        page.keyboard.press("Space")
        song.wait_for("drumnetStudio.session.player.isPlaying")
        assert loop["startS"] <= song.song_s < loop["endS"]
        page.keyboard.press("Space")
        song.wait_for("!drumnetStudio.session.player.isPlaying")


def test_a_morph_asks_before_it_takes_the_place_of_sections(song) -> None:
    page: Page = song.page
    page.evaluate("drumnetStudio.session.player.seek(drumnetStudio.session.durationS / 2)")
    song.change(lambda: page.get_by_role("button", name="Section", exact=True).click())
    page.get_by_role("group", name="Compare two states (C)").get_by_role("button", name="B").click()
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    before = page.evaluate("drumnetStudio.session.doc.sections")
    page.get_by_role("button", name="Morph A").click()
    assert len(asked) == 1 and "sections" in asked[0]
    assert page.evaluate("drumnetStudio.session.doc.sections") == before
    page.get_by_role("button", name="Remove this section").click()
    song.wait_until_kept()


def test_regenerate_leaves_the_temperature_as_it_is(song) -> None:
    page: Page = song.page
    assert page.evaluate(TEMPERATURE) == 0
    before = page.evaluate("drumnetStudio.session.doc.settings.seed")
    page.get_by_role("button", name="Regenerate").click()
    page.locator(".notice", has_text="Temperature is 0").wait_for()
    assert page.evaluate(TEMPERATURE) == 0
    page.get_by_role("button", name="Controls").click()
    warm = page.get_by_role("slider", name="Temperature", exact=True)
    song.change(lambda: warm.fill("0.3"))
    song.change(lambda: page.get_by_role("button", name="Regenerate").click())
    assert page.evaluate(TEMPERATURE) == pytest.approx(0.3)
    assert page.evaluate("drumnetStudio.session.doc.settings.seed") == before + 1
    song.change(lambda: warm.fill("0"))


def test_menus_show_what_is_chosen_after_undo_too(song) -> None:
    page: Page = song.page
    page.get_by_role("button", name="Controls").click()
    kit = page.get_by_label("Kit", exact=True)
    assert kit.locator("option").all_inner_texts() == ["acoustic", "TR-808", "TR-909"]
    song.change(lambda: kit.select_option("909"))
    song.change(lambda: page.get_by_role("button", name="Undo").click())
    assert page.evaluate("drumnetStudio.session.doc.settings.kit") == "acoustic"
    assert kit.input_value() == "acoustic"


def test_one_tab_plays_at_a_time(song) -> None:
    other = type(song)(song.page.context.new_page())
    other.page.goto(song.page.url)
    other.wait_until_playable()
    song.page.keyboard.press("Space")
    song.wait_for("drumnetStudio.session.player.isPlaying")
    other.page.keyboard.press("Space")
    other.wait_for("drumnetStudio.session.player.isPlaying")
    song.wait_for("!drumnetStudio.session.player.isPlaying")
    other.page.keyboard.press("Space")


def test_a_reload_keeps_loop_zoom_compare_and_undo(song) -> None:
    page: Page = song.page
    before = page.evaluate("drumnetStudio.session.doc.style.code")
    page.get_by_role("group", name="Compare two states (C)").get_by_role("button", name="B").click()
    song.change(lambda: page.locator(".island").first.dispatch_event("click"))
    in_b = page.evaluate("drumnetStudio.session.doc.style.code")
    loop = page.evaluate(SECOND_BAR)
    page.get_by_role("button", name="Zoom in").click()
    zoom = page.evaluate("drumnetStudio.view.pxPerS")
    song.wait_until_kept()
    page.reload()
    song.wait_until_playable()
    assert page.evaluate("drumnetStudio.session.player.loop") == pytest.approx(loop)
    assert page.evaluate("drumnetStudio.view.pxPerS") == pytest.approx(zoom)
    assert page.evaluate("drumnetStudio.compare.side") == "B"
    song.change(lambda: page.keyboard.press("c"))
    assert page.evaluate("drumnetStudio.session.doc.style.code") == pytest.approx(before)
    song.change(lambda: page.keyboard.press("c"))
    assert page.evaluate("drumnetStudio.session.doc.style.code") == pytest.approx(in_b)
    song.change(lambda: page.get_by_role("button", name="Undo").click())
    song.change(lambda: page.get_by_role("button", name="Undo").click())
    song.change(lambda: page.get_by_role("button", name="Undo").click())
    assert page.evaluate("drumnetStudio.session.doc.style.code") == pytest.approx(before)


def test_an_upload_counts_bytes(studio, song_folder: Path) -> None:
    """One file, on a slow way: the bar stands somewhere in between."""
    studio.wait_for("document.querySelector('.home')")
    slow = studio.page.context.new_cdp_session(studio.page)
    slow.send("Network.enable")
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
    slow.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": 400_000})
    studio.drop([song_folder / "keys.wav"])
    bar = "document.querySelector('progress[aria-label=\"Copying files\"]')"
    studio.wait_for(f"{bar}?.value > 0 && {bar}?.value < {bar}?.max")
    slow.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": -1})
    studio.wait_until_playable()


def test_a_kept_style_is_renamed(song) -> None:
    page: Page = song.page
    page.get_by_role("button", name="Library").click()
    page.get_by_label("Name", exact=True).fill("Late bus")
    page.get_by_role("button", name="Keep this style").click()
    page.once("dialog", lambda dialog: dialog.accept("Early bus"))
    page.get_by_role("button", name="Rename Late bus").click()
    page.get_by_role("button", name="Rename Early bus").wait_for()
    assert page.get_by_role("button", name="Rename Late bus").count() == 0
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete Early bus").click()
    page.get_by_role("button", name="Rename Early bus").wait_for(state="detached")


def test_an_export_says_that_it_is_written_and_what_goes_wrong(song) -> None:
    page: Page = song.page
    page.get_by_role("button", name="Export").click()
    waiting: list[Route] = []
    page.route("**/export/drums.mid?*", lambda route: waiting.append(route))
    page.get_by_role("link", name="drums.mid").click()
    written = page.get_by_text(re.compile(r"^Writing drums.mid: \d+ s$"))
    at_first = written.inner_text()
    written.filter(has_not_text=at_first).wait_for()
    with page.expect_download() as download:
        waiting.pop().continue_()
    assert download.value.suggested_filename == "drums.mid"
    assert download.value.path().read_bytes()[:4] == b"MThd"
    bar = page.get_by_label("Writing the export")
    bar.wait_for(state="detached")
    page.get_by_role("link", name="drums.mid").click()
    bar.wait_for()
    waiting.pop().fulfill(status=507, json={"error": "the disk is full"})
    page.get_by_role("alert").filter(has_text="the disk is full").wait_for()
    bar.wait_for(state="detached")


@pytest.mark.parametrize("width", [360, 390, 430, 768, 1280])
def test_no_part_of_the_page_is_wider_than_the_window(
    used_browser: BrowserContext,
    used_phone: BrowserContext,
    new_page: Any,
    song_address: str,
    studio_page: type,
    width: int,
) -> None:
    with new_page(used_phone if width < 1000 else used_browser) as page:
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(song_address)
        studio_page(page).wait_until_playable()
        page.get_by_role("button", name="Export").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        over = (
            "[...document.querySelectorAll('.topbar button, .topbar a')].filter((one) =>"
            " one.getBoundingClientRect().right > innerWidth).length"
        )
        assert page.evaluate(over) == 0


def test_the_pad_is_two_keys_away(song) -> None:
    page: Page = song.page
    page.get_by_role("button", name="Controls").click()
    page.evaluate("document.activeElement.blur()")
    page.reload()
    song.wait_until_playable()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the style pad"
    page.keyboard.press("Enter")
    song.wait_for("document.activeElement.matches('.pad-field')")


def test_a_short_section_is_no_wider_than_it_is_long(song) -> None:
    """Names are cut off, not drawn over each other."""
    page: Page = song.page
    page.evaluate(
        "(() => { const {session} = drumnetStudio; const {bars} = session.grid;"
        " const sections = bars.slice(0, 16).map(({firstBeat}, at) => ({name: `part ${at}`,"
        " start_beat: firstBeat, blend: 'hold', subdivision: '16ths', style: null}));"
        " session.change({...session.doc, sections}, 'many'); })()"
    )
    page.set_viewport_size({"width": 390, "height": 844})
    song.wait_for("document.querySelectorAll('button.section').length >= 15")
    over = page.evaluate(
        "(() => { const boxes = [...document.querySelectorAll('button.section')]"
        ".map((one) => one.getBoundingClientRect());"
        " return boxes.filter((box, at) => at > 0 && boxes[at - 1].right > box.left).length; })()"
    )
    assert over == 0
    page.set_viewport_size({"width": 1280, "height": 720})
    song.change(lambda: page.keyboard.press("Control+z"))

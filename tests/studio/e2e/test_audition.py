"""Styles and players are heard before they are taken; sections of one name are one part."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

SESSION = "drumnetStudio.session"
_LINKED = """
() => {
  const {session} = drumnetStudio;
  const sections = ["A", "B", "A"].map((name, at) => ({
    name, blend: "hold", start_beat: session.grid.bars[4 * at].firstBeat,
    subdivision: "16ths", style: null,
  }));
  session.change({...session.doc, sections}, "sections");
  session.setTarget(0);
}
"""


def test_to_rest_on_a_style_or_player_is_to_hear_it(song) -> None:
    """While the song plays; leaving goes back to the same hits, and nothing of it is kept."""
    page: Page = song.page
    own, hits = page.evaluate(f"{SESSION}.doc"), song.hits
    name = page.locator(".style-name")
    shown = name.inner_text()
    tried = page.locator(".style-name.tried")
    heard = f"JSON.stringify({SESSION}.hits)"
    page.evaluate(f"globalThis.own = {heard}")
    page.get_by_role("button", name="club machine").hover()
    assert tried.count() == 0, "nothing is tried while nothing is heard"
    page.get_by_role("button", name="Play", exact=True).click()
    for place in (
        page.get_by_role("button", name="club machine"),
        page.locator(".island:not(.bare-island)").last,
    ):
        place.hover()
        tried.wait_for()
        song.wait_for(f"{heard} !== globalThis.own")
        assert page.evaluate(f"{SESSION}.doc") == own
        page.get_by_role("heading", name="Style").hover()
        tried.wait_for(state="detached")
        song.wait_for(f"{heard} === globalThis.own")
        song.wait_until_kept()
        assert song.hits == hits and name.inner_text() == shown
        assert not page.evaluate(f"{SESSION}.history.canUndo")

    chip = page.get_by_role("button", name="club machine")
    chip.hover()
    tried.wait_for()
    song.change(chip.click)
    assert chip.get_attribute("aria-pressed") == "true"
    assert page.evaluate(f"{SESSION}.project.settings.kit") == "909"
    song.change(lambda: page.keyboard.press("Control+z"))
    assert song.hits == hits
    page.keyboard.press("Space")


def test_sections_of_one_name_are_changed_together(song) -> None:
    page: Page = song.page
    page.evaluate(_LINKED)
    song.change(lambda: page.locator(".island").nth(2).dispatch_event("click"))
    styles = page.evaluate(f"{SESSION}.doc.sections.map(({{style}}) => style?.code ?? null)")
    assert styles[0] == styles[2] != styles[1] is None
    x, y = song.point_in(".edge >> nth=1", 0.5, 0.5)
    bar_px = page.evaluate(
        f"(({{grid}}, view) => view.toPx(grid.barStartS(grid.bars[1]))"
        f" - view.toPx(grid.barStartS(grid.bars[0])))({SESSION}, drumnetStudio.view)"
    )
    song.change(lambda: song.drag((x, y), (x + 1.9 * bar_px, y), steps=6))
    starts = page.evaluate(
        f"{SESSION}.project.sections.map(({{start_beat}}) =>"
        f" {SESSION}.grid.bars.findIndex((bar) => bar.firstBeat === start_beat))"
    )
    assert starts == [0, 6, 8], "bars, and the edge lies on one"

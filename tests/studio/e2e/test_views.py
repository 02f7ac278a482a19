"""Every view of the page: nothing is cut off, axe-core finds nothing serious, a picture is taken.

`DRUMNET_SCREENSHOTS` names the folder for the pictures of `docs/studio.md`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

SIZES = {
    "laptop": (1280, 720),
    "desk": (1920, 1080),
    "tablet": (1024, 768),
    "upright": (820, 1180),
    "phone": (390, 844),
}
#: Those of fingers.
TOUCHED = ("tablet", "upright", "phone")
#: View, size, theme; the first of each view is shown in the docs.
SHOWN = (
    ("start", "laptop", "dark"),
    ("song", "laptop", "dark"),
    ("song", "laptop", "light"),
    ("song", "tablet", "light"),
    ("song", "upright", "dark"),
    ("song", "phone", "dark"),
    ("sections", "desk", "dark"),
    ("sections", "laptop", "light"),
    ("pattern", "laptop", "light"),
    ("controls", "laptop", "dark"),
    ("pieces", "desk", "light"),
    ("library", "laptop", "dark"),
    ("beats", "laptop", "light"),
    ("export", "laptop", "dark"),
    ("keys", "laptop", "light"),
    ("songs", "laptop", "light"),
)
_AXE = """
async () => (await axe.run()).violations
  .filter(({impact}) => impact === "serious" || impact === "critical")
  .map(({id, help, nodes}) => `${id}: ${help}: ${nodes.map((node) => node.target).join(", ")}`)
"""
#: In small windows these two rows are swiped.
_CUT_OFF = """
[...document.querySelectorAll("button, input, select, a")]
  .filter((one) => one.checkVisibility() && !one.closest(".players, .style-actions"))
  .filter((one) => one.getBoundingClientRect().right > innerWidth)
  .map((one) => one.outerHTML.slice(0, 120))
"""
#: The whole pattern is seen at once.
_BELOW = """
[...document.querySelectorAll(".cell")]
  .filter((one) => one.getBoundingClientRect().bottom > innerHeight).length
"""
_SECTIONS = """
() => {
  const {session} = drumnetStudio;
  const {islands} = drumnetStudio.map;
  const section = (name, bar, blend, island) => ({
    name, blend, start_beat: session.grid.bars[bar].firstBeat, subdivision: "16ths",
    style: island === null ? null : {code: island.code, at: island.at, name: island.name},
  });
  const sections = [
    section("Verse", 0, "hold", null),
    section("Build", 4, "morph", islands[1]),
    section("Chorus", 8, "hold", islands[4]),
  ];
  session.change({...session.doc, sections}, "sections");
  session.setTarget(1);
}
"""
_EDITS = """
() => {
  const {session} = drumnetStudio;
  const [first, second] = session.grid.bars;
  const locked = session.hits.filter(({tick}) => tick >= second.startTick && tick < second.endTick);
  const edits = {
    locks: [{start_tick: second.startTick, end_tick: second.endTick, piece: null,
      hits: locked.map(({tick, piece, velocity, shift_ticks}) =>
        ({tick, piece, velocity, shift_ticks}))}],
    changes: [{tick: first.startTick + 21, piece: "kick", velocity: 64, shift_ticks: 0}],
  };
  session.change({...session.doc, edits}, "edits");
}
"""


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("DRUMNET_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize(("view", "size", "theme"), SHOWN)
def test_view(
    used_browser: BrowserContext,
    used_phone: BrowserContext,
    new_page: Any,
    studio_url: str,
    studio_page: type,
    song_address: str,
    axe_source: str,
    pictures: Path,
    view: str,
    size: str,
    theme: str,
) -> None:
    width, height = SIZES[size]
    is_touched = size in TOUCHED
    with new_page(used_phone if is_touched else used_browser) as page:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        page.goto(studio_url if view in ("start", "songs") else song_address)
        studio = studio_page(page)
        if view in ("start", "songs"):
            studio.wait_for("document.querySelector('.home')")
        else:
            studio.wait_until_playable()
        OPENED[view](page)
        page.evaluate("document.fonts.ready")
        assert page.evaluate(_CUT_OFF) == []
        assert page.evaluate(_BELOW) == 0
        page.screenshot(path=pictures / f"{view}-{size}-{theme}.png")
        page.evaluate(axe_source)
        assert page.evaluate(_AXE) == []


def nothing(page: Page) -> None:
    """The view is there at once."""


def without_songs(page: Page) -> None:
    page.evaluate("drumnetStudio.cards = []; document.querySelector('dn-home').requestUpdate()")
    page.get_by_text("Drag the dot").wait_for()


def in_the_middle(page: Page) -> None:
    page.evaluate("drumnetStudio.session.player.seek(5)")


def sections(page: Page) -> None:
    page.evaluate(_SECTIONS)
    page.get_by_text("saved", exact=True).wait_for()
    page.evaluate("drumnetStudio.view.zoom(1.6, 0)")


def pattern(page: Page) -> None:
    page.evaluate(_EDITS)
    page.locator(".cell.hand").wait_for()
    page.get_by_text("saved", exact=True).wait_for()


def controls(page: Page) -> None:
    page.get_by_role("button", name="Controls").click()
    page.get_by_label("Where fills are played").select_option("4")
    page.get_by_label("Length of a fill").wait_for()
    page.get_by_text("saved", exact=True).wait_for()


def pieces(page: Page) -> None:
    page.evaluate("drumnetStudio.view.choosePiece('ride')")
    page.evaluate("drumnetStudio.view.zoom(1.6, 0)")


def library(page: Page) -> None:
    page.get_by_role("button", name="Library").click()
    page.locator(".style-row").first.wait_for()


def beats(page: Page) -> None:
    page.get_by_title("Tempo and beats").click()


def export(page: Page) -> None:
    page.get_by_role("button", name="Export").click()
    page.get_by_role("link", name="Everything as one zip").wait_for()


def keys(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_text("solo a stem").wait_for()


OPENED: dict[str, Callable[[Page], None]] = {
    "start": without_songs,
    "songs": nothing,
    "song": in_the_middle,
    "sections": sections,
    "pattern": pattern,
    "controls": controls,
    "pieces": pieces,
    "library": library,
    "beats": beats,
    "export": export,
    "keys": keys,
}

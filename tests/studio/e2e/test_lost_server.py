"""A server that is killed and comes back: nothing that was changed meanwhile is lost or halved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

STYLE = "drumnetStudio.session.doc.style"
KEPT = "fetch(`/api/projects/${drumnetStudio.session.project.id}`).then((it) => it.json())"

RENAMED = """fetch(`/api/projects/${drumnetStudio.session.project.id}`, {method: "PATCH",
  headers: {"content-type": "application/json"}, body: '{"name": "another"}'})"""


def test_what_is_changed_without_a_server_is_kept_when_it_is_back(
    context: BrowserContext, server: Any, song_folder: Path, studio_page: type
) -> None:
    page = context.new_page()
    page.goto(server.url)
    studio = studio_page(page)
    studio.wait_for("document.querySelector('.home')")
    studio.drop(sorted(song_folder.glob("*.wav")))
    studio.wait_until_playable()
    studio.wait_until_kept()
    before = page.evaluate(STYLE)
    hits = page.evaluate("JSON.stringify(drumnetStudio.session.hits)")

    server.stop(kill=True)
    page.locator(".pad-field").focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowUp")
    banner = page.get_by_role("alert").filter(has_text="Not connected: your changes wait")
    banner.wait_for()
    page.get_by_text("not saved", exact=True).wait_for()
    assert page.evaluate("JSON.stringify(drumnetStudio.session.hits)") == hits

    server.start()
    banner.wait_for(state="detached")
    again = page.get_by_role("alert").filter(has_text="open the new address")
    again.wait_for()
    context.new_page().goto(server.url)
    again.wait_for(state="detached")
    studio.wait_until_kept()
    page.get_by_text("saved", exact=True).wait_for()
    moved = page.evaluate(STYLE)
    assert moved["at"] == pytest.approx({**before["at"], "y": before["at"]["y"] + 0.3})
    assert moved["code"] != before["code"]
    assert page.evaluate("JSON.stringify(drumnetStudio.session.hits)") != hits
    kept = page.evaluate(KEPT)["style"]
    assert (kept["code"], kept["at"]) == (moved["code"], moved["at"])

    # What another page changes is told to this one again.
    revision = page.evaluate("drumnetStudio.session.project.revision")
    page.evaluate(RENAMED)
    studio.wait_for(f"drumnetStudio.session.project.revision > {revision}")

    heard = page.evaluate("JSON.stringify(drumnetStudio.session.hits)")
    page.reload()
    studio.wait_until_playable()
    assert page.evaluate("JSON.stringify(drumnetStudio.session.hits)") == heard


def test_a_style_whose_code_is_not_known_is_never_kept(song) -> None:
    """The dot moved, no hits came: undone or not, the style is asked for by its place."""
    page = song.page
    page.route("**/hits", lambda route: route.abort())
    before = page.evaluate(KEPT)["style"]
    page.locator(".pad-field").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.get_by_role("alert").filter(has_text="Not connected").wait_for()
    page.evaluate("drumnetStudio.session.settle()")
    assert page.evaluate(KEPT)["style"] == before
    page.evaluate(
        "drumnetStudio.session.change({...drumnetStudio.session.doc,"
        " settings: {...drumnetStudio.session.doc.settings, density: 1.2}}, 'density')"
    )
    page.keyboard.press("Control+z")
    page.evaluate("drumnetStudio.session.settle()")
    assert page.evaluate(KEPT)["style"] == before
    page.unroute("**/hits")
    song.change(lambda: None)
    kept = page.evaluate(KEPT)["style"]
    assert kept["at"] != before["at"] and kept["code"] != before["code"]
    song.change(lambda: page.keyboard.press("Control+z"))

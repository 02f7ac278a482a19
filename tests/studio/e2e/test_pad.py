"""The dot on the style map under a mouse: it is always taken, and lands where it should."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

STYLE = "drumnetStudio.session.doc.style"
_MIDDLE_OF = """
(selector) => [...document.querySelectorAll(selector)].map((one) => {
  const {left, top, width, height} = one.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
})
"""


def middles(page: Page, selector: str) -> list[tuple[float, float]]:
    """The middles of all such elements, in the window."""
    return [(x, y) for x, y in page.evaluate(_MIDDLE_OF, selector)]


def dot(page: Page) -> tuple[float, float]:
    (found,) = middles(page, "dn-pad .dot")
    return found


def farthest_island(page: Page) -> tuple[float, float]:
    return max(middles(page, ".island"), key=lambda one: math.dist(one, dot(page)))


def emptiest(song) -> tuple[float, float]:
    """Of some points of the map the farthest from all islands."""
    islands = middles(song.page, ".island")
    parts = [0.1 * part for part in range(1, 10)]
    points = [song.point_in(".pad-field", x, y) for x in parts for y in parts]
    return max(points, key=lambda one: min(math.dist(one, island) for island in islands))


def test_a_dot_that_lies_on_an_island_is_dragged(song) -> None:
    """In every new song it does."""
    page: Page = song.page
    song.change(lambda: page.locator(".island").first.dispatch_event("click"))
    x, y = dot(page)
    assert min(abs(x - at) + abs(y - to) for at, to in middles(page, ".island")) < 1
    page.get_by_text("drag me").wait_for()
    away = 60 if x < page.evaluate("innerWidth") - 200 else -60
    song.change(lambda: song.drag((x + 12, y + 5), (x + 12 + away, y + 5), steps=4))
    # Held at its rim it moves as far as the pointer, without a jump.
    assert dot(page) == pytest.approx((x + away, y), abs=2)
    assert page.evaluate(STYLE)["name"] == ""
    assert page.get_by_text("drag me").count() == 0
    page.reload()
    song.wait_until_playable()
    assert page.get_by_text("drag me").count() == 0


def test_a_press_on_an_island_drags_and_without_a_movement_lands(song) -> None:
    page: Page = song.page
    x, y = farthest_island(page)
    inwards = 50 if x < dot(page)[0] else -50
    song.change(lambda: song.drag((x, y), (x + inwards, y), steps=4))
    assert dot(page) == pytest.approx((x + inwards, y), abs=2)
    assert page.evaluate(STYLE)["name"] == ""

    x, y = farthest_island(page)
    song.change(lambda: page.mouse.click(x + 3, y - 3))
    assert dot(page) == pytest.approx((x, y), abs=1)
    landed = page.evaluate(STYLE)
    islands = page.evaluate("drumnetStudio.map.islands")
    assert landed["code"] == next(one for one in islands if one["name"] == landed["name"])["code"]
    song.change(lambda: page.keyboard.press("Control+z"))


def test_a_press_near_the_dot_takes_it_and_changes_nothing_by_itself(song) -> None:
    """What takes the dot is 44 px wide, on both pads."""
    page: Page = song.page
    song.change(lambda: song.drag(dot(page), emptiest(song), steps=4))
    for pad in ("dn-pad", "dn-play-pad"):
        before = page.evaluate("JSON.stringify(drumnetStudio.session.doc)")
        ((x, y),) = middles(page, f"{pad} .dot")
        on_dot = f"document.elementFromPoint({x} + 15, {y} - 14).matches('{pad} .dot')"
        assert page.evaluate(on_dot), "nothing lies over the dot"
        page.mouse.click(x + 15, y - 14)
        assert page.evaluate("JSON.stringify(drumnetStudio.session.doc)") == before

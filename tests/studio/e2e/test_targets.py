"""Whatever is pressed is large enough, in every tab of a small window and on a laptop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FINGER_PX = 44
#: Sixteen steps a bar have to be seen together: a step is narrower than a finger.
STEP_PX = 34
_SMALL = """
([finger, step]) => [...document.querySelectorAll("button, select, input, a.button, label.button")]
  .filter((one) => one.checkVisibility() && !one.closest(".skip, .hidden"))
  .filter((one) => {
    const {width, height} = one.getBoundingClientRect();
    return height < finger || width < (one.matches(".cell, .bar-number") ? 24 : finger) ||
      (one.matches(".cell") && width < step);
  })
  .map((one) => one.outerHTML.slice(0, 120))
"""
#: Places on the map are where they are (WCAG 2.5.8 calls that essential); the library lists them.
_AXE = """
async () => (await axe.run({exclude: [[".island"]]}, {rules: {"target-size": {enabled: true}}}))
  .violations.filter(({impact}) => impact === "serious" || impact === "critical")
  .map(({id, nodes}) => `${id}: ${nodes.map((node) => node.target).join(", ")}`)
"""
_STOPS = """
[...document.querySelectorAll("button, input, select, a, [tabindex]")]
  .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && !one.disabled)
  .findIndex((one) => one.matches(".pad-field"))
"""
_CUT_OFF = "document.documentElement.scrollWidth > innerWidth"


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1024, 768)])
def test_fingers_hit_everything_in_every_tab(
    browser: Browser,
    song_address: str,
    studio_page: type,
    axe_source: str,
    width: int,
    height: int,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=True, is_mobile=True
    )
    page: Page = context.new_page()
    page.goto(song_address)
    studio_page(page).wait_until_playable()
    page.evaluate(axe_source)
    shown = {"Play": ".pad-field", "Pattern": ".cell", "Mix": ".lane-head .fader"}
    for name in shown:
        page.get_by_role("navigation").get_by_role("button", name=name).tap()
        page.locator(shown[name]).first.wait_for()
        box = page.locator(shown[name]).first.bounding_box()
        assert box is not None and box["y"] + min(box["height"], 44) < height, "above the fold"
        assert page.evaluate(_SMALL, [FINGER_PX, STEP_PX]) == []
        assert not page.evaluate(_CUT_OFF)
        assert page.evaluate(_AXE) == []
    context.close()


def test_a_mouse_hits_everything_and_the_pad_comes_early(song, axe_source: str) -> None:
    song.page.evaluate(axe_source)
    assert song.page.evaluate(_AXE) == []
    assert song.page.evaluate(_STOPS) < 30

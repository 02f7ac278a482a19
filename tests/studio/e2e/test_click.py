"""The metronome, the count-in, and the bar that asks whether the beats are right."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

SESSION = "drumnetStudio.session"
#: Sounds as they are started, with the time on the audio clock: clicks are 30 ms long.
_WATCH = """
() => {
  globalThis.clicks = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (when, ...rest) {
    if (Math.abs(this.buffer.duration - 0.03) < 1e-3) clicks.push(when);
    return start.call(this, when, ...rest);
  };
}
"""


def test_the_beats_are_clicked_and_counted_in(song) -> None:
    page: Page = song.page
    page.evaluate(_WATCH)
    page.keyboard.press("k")
    page.get_by_title("Tempo and beats").click()
    page.get_by_role("button", name="Count in").click()
    page.keyboard.press("Escape")
    step_s = page.evaluate(f"60 / {SESSION}.grid.tempoBpm(8)")
    page.evaluate(f"{SESSION}.player.seek({SESSION}.grid.barStartS({SESSION}.grid.bars[2]))")
    page.get_by_role("button", name="Play", exact=True).click()
    song.wait_for("globalThis.clicks.length >= 7")
    page.get_by_role("button", name="Pause", exact=True).click()
    clicks = page.evaluate("globalThis.clicks")
    steps = [(b - a) / step_s for a, b in itertools.pairwise(clicks)]
    # A busy machine may leave one out, as it does hits, but none is beside the beat or doubled.
    assert all(step == pytest.approx(max(1, round(step)), abs=5e-3) for step in steps)
    first = song.scheduled[0]
    bar = page.evaluate(f"{SESSION}.grid.barStartS({SESSION}.grid.bars[2])")
    begins = first["when_s"] - (first["time_s"] - bar)
    metre = page.evaluate(f"{SESSION}.grid.metre")
    assert begins == pytest.approx(clicks[0] + metre * step_s, abs=2e-3), "a bar before the song"
    page.evaluate("drumnetStudio.click.set({isOn: false, countsIn: false})")


def test_doubtful_beats_are_asked_about_until_they_are_right(song) -> None:
    page: Page = song.page
    bar = page.get_by_label("Are the beats right?")
    assert bar.count() == 0
    page.evaluate(
        f"{SESSION}.project = {{...{SESSION}.project,"
        f" beats: {{...{SESSION}.project.beats, doubt: 'beat'}}}}; {SESSION}.refresh()"
    )
    bar.wait_for()
    song.change(lambda: bar.get_by_role("button", name="Double").click())
    assert bar.count() == 1, "asked on until it is said to be right"
    song.change(lambda: bar.get_by_role("button", name="Half").click())
    bar.get_by_role("button", name="It is right").click()
    bar.wait_for(state="detached")

"""What the page does with beats, stems, files, other windows and a lost server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEMPO = "drumnetStudio.session.project.beats.tempo_bpm"
#: Eight taps of the key, half a second apart or, where the page is slow, a little more; when.
_TAP = """
async () => {
  const {player} = drumnetStudio.session;
  const taps = [];
  while (taps.length < 8 && player.isPlaying) {
    if (player.songS >= 0.5 + (taps.at(-1) ?? 0)) {
      taps.push(player.songS);
      const key = new KeyboardEvent("keydown", {key: "t", bubbles: true});
      document.activeElement.dispatchEvent(key);
    }
    await new Promise((done) => setTimeout(done, 5));
  }
  return taps;
}
"""


def test_beats_are_doubled_halved_and_nudged(song) -> None:
    page: Page = song.page
    before = page.evaluate(TEMPO)
    page.get_by_title("Tempo and beats").click()
    page.get_by_role("button", name="Double", exact=True).click()
    song.wait_for(f"{TEMPO} > {1.9 * before}")
    page.get_by_role("button", name="Half", exact=True).click()
    song.wait_for(f"{TEMPO} < {1.1 * before}")
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


def test_beats_are_in_the_one_history(song) -> None:
    """An edit of the beats can be undone, and so can what was done before it."""
    page: Page = song.page
    beats = "drumnetStudio.session.project.beats"
    style, before = page.evaluate("drumnetStudio.session.doc.style"), page.evaluate(beats)
    song.change(lambda: page.locator(".island").first.dispatch_event("click"))
    landed = page.evaluate("drumnetStudio.session.doc.style.code")
    assert landed != style["code"]
    page.get_by_title("Tempo and beats").click()
    for name in ("Double", "½ beat later"):
        song.change(page.get_by_role("button", name=name, exact=True).click)
    edited = page.evaluate(beats)
    assert edited["tempo_bpm"] > 1.9 * before["tempo_bpm"]
    page.keyboard.press("Escape")

    undo, redo = (page.get_by_role("button", name=name) for name in ("Undo", "Redo"))
    song.change(undo.click)
    assert page.evaluate(f"{beats}.times_s.length") != len(before["times_s"])
    song.change(undo.click)
    found = page.evaluate(beats)
    for key in ("times_s", "beat_in_bar"):
        assert found[key] == before[key]
    song.change(undo.click)
    assert page.evaluate("drumnetStudio.session.doc.style.code") == style["code"]
    for _ in range(3):
        song.change(redo.click)
    assert page.evaluate(f"{beats}.times_s") == edited["times_s"]
    assert page.evaluate("drumnetStudio.session.doc.style.code") == landed
    for _ in range(3):
        song.change(undo.click)


def test_no_nudge_is_lost_however_quickly_they_come(song) -> None:
    page: Page = song.page
    first_s = page.evaluate(
        "drumnetStudio.session.grid.barStartS(drumnetStudio.session.grid.bars[2])"
    )
    # A beat may be added before the others, and then bars have other numbers.
    nearest = (
        "Math.min(...drumnetStudio.session.grid.bars.map((bar) =>"
        f" Math.abs(drumnetStudio.session.grid.barStartS(bar) - {first_s} - %s)))"
    )
    page.get_by_title("Tempo and beats").click()
    page.get_by_role("button", name="+1 ms").evaluate(
        "(button) => { for (let at = 0; at < 27; at++) button.click(); }"
    )
    song.wait_for(f"{nearest % 0.027} < 1e-4")
    page.keyboard.press("Escape")
    # Quick ones are one gesture.
    song.change(page.get_by_role("button", name="Undo").click)
    assert page.evaluate(nearest % 0) < 1e-4


def test_what_is_no_sound_is_told_in_words(song, tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("no sound at all")
    song.drop([path])
    song.page.locator(".notice.problem").wait_for()
    assert "notes.wav" in song.page.locator(".notice.problem").inner_text()


def test_files_of_which_none_is_sound_leave_no_song_behind(studio, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("notes.wav", "empty.wav")]
    for path, text in zip(paths, ("no sound at all", ""), strict=True):
        path.write_text(text)
    studio.wait_for("document.querySelector('.home')")
    before = studio.page.evaluate("drumnetStudio.cards.length")
    studio.drop(paths)
    problem = studio.page.locator(".notice.problem")
    problem.wait_for()
    assert all(path.name in problem.inner_text() for path in paths)
    assert studio.page.locator(".home").count() == 1
    studio.page.reload()
    studio.wait_for("document.querySelector('.home')")
    assert studio.page.evaluate("drumnetStudio.cards.length") == before


def test_the_keyboard_shows_where_it_is_on_the_start_page(studio) -> None:
    page: Page = studio.page
    studio.wait_for("document.querySelector('.home')")
    for wanted in ("Choose files", "Path of a folder", "Open path"):
        for _ in range(3):
            page.keyboard.press("Tab")
            shown = page.evaluate(
                "(() => { const at = document.activeElement.closest('label')"
                " ?? document.activeElement;"
                " return [at.getAttribute('aria-label') ?? at.innerText,"
                " getComputedStyle(at).outlineStyle]; })()"
            )
            if wanted in shown[0]:
                break
        assert wanted in shown[0] and shown[1] == "solid"


def test_a_file_with_the_longest_name_is_taken(studio, song_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / f"{'n' * 245} bass.wav"
    path.write_bytes((song_folder / "Bass DI.wav").read_bytes())
    studio.wait_for("document.querySelector('.home')")
    studio.drop([path])
    studio.wait_until_playable()
    (stem,) = studio.page.evaluate("drumnetStudio.session.project.stems")
    assert len(stem["name"]) == 200 and stem["name"].endswith(".wav")


def test_two_windows_show_the_same(song) -> None:
    other = type(song)(song.page.context.new_page())
    other.page.goto(song.page.url)
    other.wait_until_playable()
    for window in (song, other):
        window.page.get_by_role("button", name="Controls").click()
    song.change(lambda: song.page.get_by_role("slider", name="Density", exact=True).fill("2"))
    other.wait_for("drumnetStudio.session.doc.settings.density === 2")
    other.change(lambda: other.page.get_by_role("slider", name="Density", exact=True).fill("1"))
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
    studio.change(page.get_by_role("button", name="From its drums").click)
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
    before = page.evaluate(TEMPO)
    page.keyboard.press("t")  # starts playing
    song.wait_for("drumnetStudio.session.player.songS > 0")
    tapped_s = page.evaluate(_TAP)
    page.get_by_role("button", name="Use", exact=True).click()
    song.wait_for(f"{TEMPO} !== {before}")
    slowest, fastest = 60 / np.diff(tapped_s).max(), 60 / np.diff(tapped_s).min()
    assert 0.98 * slowest < page.evaluate(TEMPO) < 1.02 * fastest
    page.get_by_role("button", name="Back to what was heard").click()
    song.wait_for(f"Math.abs({TEMPO} - {before}) < 0.01")
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

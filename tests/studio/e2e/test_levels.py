"""What is heard in the page is what is exported, and neither clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from fixtures.page_sound import CLOSE_DB, channel, exported, heard, level_db, set_mixer

from drumnet.rendering.limiter import PEAK_LIMIT

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.parametrize("gain", [1.0, 2.0])
def test_nothing_clips_and_the_mix_is_what_is_heard(song, gain: float) -> None:
    """Also where every fader is at its top: +6 dB."""
    set_mixer(song, drums=channel(gain), master=gain)
    live, mix = heard(song.page), exported(song.page, "mix.wav")
    for sound in (live, mix):
        assert np.abs(sound).max() <= PEAK_LIMIT + 1e-6
    assert abs(level_db(live) - level_db(mix)) < CLOSE_DB
    if gain > 1:
        assert np.abs(live).max() > 0.98 * PEAK_LIMIT, "there was something to limit"
    set_mixer(song)


def test_pieces_stand_at_the_level_of_the_mix_and_add_up(song) -> None:
    page: Page = song.page
    mute = {stem["id"]: channel(mute=True) for stem in page.evaluate(
        "drumnetStudio.session.project.stems")}  # fmt: skip
    set_mixer(song, stems=mute)
    mix, live = exported(page, "mix.wav"), heard(page, drums_only=True)
    drums = exported(page, "drums.wav")
    played = page.evaluate("drumnetStudio.session.played")
    pieces = sum(exported(page, f"{piece}.wav") for piece in played)
    for other in (mix, live, pieces):
        assert abs(level_db(other) - level_db(drums)) < CLOSE_DB
    np.testing.assert_allclose(pieces, drums, atol=1e-4)
    np.testing.assert_allclose(mix, drums, atol=1e-4)
    set_mixer(song)


def test_the_drums_are_as_heard_or_raw(song) -> None:
    """Level, mute and solo of the pieces and the drums' level count, or nothing does."""
    page: Page = song.page
    neutral = exported(page, "drums.wav")
    set_mixer(song, pieces={"kick": channel(mute=True)}, drums=channel(0.5, mute=True))
    assert not exported(page, "kick.wav").any()
    assert exported(page, "drums.wav").any(), "what is muted as a whole is exported all the same"
    np.testing.assert_array_equal(exported(page, "drums.wav", "raw"), neutral)
    set_mixer(song, pieces={"kick": channel(0.5, solo=True)})
    np.testing.assert_array_equal(exported(page, "drums.wav"), exported(page, "kick.wav"))
    stem = page.evaluate("drumnetStudio.session.project.stems[0].id")
    set_mixer(song, stems={stem: channel(solo=True)})
    np.testing.assert_array_equal(exported(page, "drums.wav"), neutral)
    set_mixer(song)


def test_the_dialog_says_what_the_drum_files_obey(song) -> None:
    page: Page = song.page
    page.get_by_role("button", name="Export").click()
    page.get_by_label("Drum files").select_option("raw")
    assert "drums=raw" in (page.get_by_role("link", name="kick.wav").get_attribute("href") or "")
    page.get_by_label("REAPER").check()
    page.get_by_text("With a project they are raw").wait_for()

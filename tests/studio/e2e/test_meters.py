"""The meters say what is played and what is exported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fixtures.page_sound import CLOSE_DB, Sound, channel, exported, heard, set_mixer
from scipy.signal import lfilter, resample_poly

if TYPE_CHECKING:
    from playwright.sync_api import Page

RATE, STANDARD_RATE = 44_100, 48_000
#: The filters of ITU-R BS.1770-5, as it prints them for 48 kHz.
SHELF = (
    [1.53512485958697, -2.69169618940638, 1.19839281085285],
    [1.0, -1.69065929318241, 0.73248077421585],
)
HIGH_PASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])
METERS = "drumnetStudio.session.player.meters"


def loudness_lufs(sound: Sound) -> float:
    """Integrated, gated as the standard says."""
    weighted = resample_poly(sound, 160, 147, axis=1)
    for b, a in (SHELF, HIGH_PASS):
        weighted = lfilter(b, a, weighted, axis=1)
    step, length = STANDARD_RATE // 10, STANDARD_RATE * 4 // 10
    starts = range(0, weighted.shape[1] - length, step)
    powers = np.array([np.mean(weighted[:, at : at + length] ** 2, axis=1).sum() for at in starts])
    powers = powers[-0.691 + 10 * np.log10(powers) > -70]
    powers = powers[powers > powers.mean() / 10]
    return float(-0.691 + 10 * np.log10(powers.mean()))


def true_peak_db(sound: Sound) -> float:
    return float(20 * np.log10(np.abs(resample_poly(sound, 4, 1, axis=1)).max()))


def test_what_is_live_and_what_is_exported_is_as_loud_and_peaks_alike(song) -> None:
    """Drums and mix; that the pieces add up to the drums is tested beside."""
    page: Page = song.page
    for drums_only, name in ((False, "mix.wav"), (True, "drums.wav")):
        live, file = heard(page, drums_only), exported(page, name)
        for measured in (loudness_lufs, true_peak_db):
            assert abs(measured(live) - measured(file)) < CLOSE_DB


def test_the_meter_of_the_mix_shows_loudness_and_peak_of_what_is_played(song) -> None:
    page: Page = song.page
    mix = exported(page, "mix.wav")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    song.wait_for("drumnetStudio.session.player.songS > 4")
    page.keyboard.press("Space")
    played = mix[:, : round(song.song_s * RATE)]
    shown = page.locator(".lcd .level").get_attribute("title") or ""
    shown = shown.replace("\N{MINUS SIGN}", "-")
    integrated, peak = (
        float(re.search(f"{name}: (-?[0-9.]+)", shown)[1])  # type: ignore[index]
        for name in ("since play", "True peak since play")
    )
    assert integrated == pytest.approx(loudness_lufs(played), abs=CLOSE_DB)
    assert peak == pytest.approx(true_peak_db(played), abs=CLOSE_DB)
    song.wait_for("!drumnetStudio.session.player.moves")
    bar = page.locator(".level .meter i").first
    assert bar.evaluate("(one) => one.style.transform") == "scaleY(1)", "it falls to rest"


def test_a_lamp_burns_where_a_limiter_holds_back(song) -> None:
    page: Page = song.page
    lamps = {
        name: page.locator(f".meter.over[data-meter='{name}']").first
        for name in ("mix", "drums", "piece kick")
    }
    play = page.get_by_role("button", name="Play", exact=True)
    play.click()
    song.wait_for(f"{METERS}.level('piece kick').left > 0")
    assert all(lamp.count() == 0 for lamp in lamps.values())
    set_mixer(song, drums=channel(4.0), master=4.0)
    for lamp in lamps.values():
        lamp.wait_for()
    set_mixer(song)
    assert lamps["drums"].count() == 1, "until it has been seen"
    song.wait_for(f"{METERS}.level('drums').left < 0.89")
    page.get_by_title(re.compile("Click to measure anew")).click()
    lamps["drums"].wait_for(state="detached")
    page.get_by_role("button", name="Pause").click()

"""What is heard in the page is what is exported, and neither clips."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from drumnet.rendering.limiter import PEAK_LIMIT

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: The issue's bound.
CLOSE_DB = 0.5
_RENDER = """
async (drumsOnly) => {
  const {session} = drumnetStudio;
  const buffer = await session.player.bounce(session.durationS, drumsOnly);
  const text = (bytes) => {
    let all = "";
    for (let at = 0; at < bytes.length; at += 32768) {
      all += String.fromCharCode(...bytes.subarray(at, at + 32768));
    }
    return btoa(all);
  };
  return [0, 1].map((channel) => text(new Uint8Array(buffer.getChannelData(channel).buffer)));
}
"""
_SET_MIXER = """
(change) => {
  const {session} = drumnetStudio;
  const neutral = {stems: {}, pieces: {}, drums: {gain: 1, mute: false, solo: false}, master: 1};
  session.setMixer({...neutral, ...change});
}
"""
Sound = NDArray[np.float32]


def heard(page: Page, drums_only: bool = False) -> Sound:
    """The whole song as the page plays it, (2, n)."""
    channels = page.evaluate(_RENDER, drums_only)
    return np.stack([np.frombuffer(base64.b64decode(one), np.float32) for one in channels])


def exported(page: Page, name: str, drums: str = "heard") -> Sound:
    project = page.evaluate("drumnetStudio.session.project.id")
    address = page.evaluate("location.origin")
    url = f"{address}/api/projects/{project}/export/{name}?drums={drums}"
    samples, rate = soundfile.read(
        io.BytesIO(page.request.get(url).body()), dtype="float32", always_2d=True
    )
    assert rate == 44_100
    return np.broadcast_to(samples.T, (2, len(samples)))


def level_db(sound: Sound) -> float:
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2)))


def set_mixer(song: Any, **change: Any) -> None:
    song.page.evaluate(_SET_MIXER, change)
    song.wait_until_kept()


def channel(gain: float = 1.0, mute: bool = False, solo: bool = False) -> dict[str, Any]:
    return {"gain": gain, "mute": mute, "solo": solo}


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

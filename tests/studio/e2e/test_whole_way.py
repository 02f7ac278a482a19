"""The whole way in a real browser: drop stems, play, drag the pad, edit, reload, export."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from drumnet.beats.files import read_beats
from drumnet.midi.read import read_drum_track

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: The issue's bound on where a rendered hit may lie.
TOLERANCE_S = 0.003
SONG_S = 16.0
_RENDER = """
async ({durationS, piece}) => {
  const {session} = drumnetStudio;
  const {mixer} = session;
  session.setMixer({...mixer, pieces: {[piece]: {gain: 1, mute: false, solo: true}}});
  const buffer = await session.player.bounce(durationS, true);
  session.setMixer(mixer);
  const bytes = new Uint8Array(buffer.getChannelData(0).buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return {base64: btoa(text), rate: buffer.sampleRate};
}
"""
_HITS_OF = """
(piece) => drumnetStudio.session.hits
  .filter((hit) => hit.piece === piece)
  .map(({time_s, sample}) => ({time_s, sample}))
"""
#: The song's place between two readings of the sound clock, which runs on meanwhile.
_NOW = """
() => {
  const {player} = drumnetStudio.session;
  const before = player.clockS;
  const at = player.songS;
  return [before, at, player.clockS, player.isPlaying];
}
"""


def test_whole_way(studio, song_folder: Path, tmp_path: Path) -> None:
    page: Page = studio.page
    studio.drop(sorted(song_folder.glob("*.wav")))
    studio.wait_until_playable()
    stems = page.evaluate("drumnetStudio.session.project.stems")
    assert {stem["name"]: stem["role"] for stem in stems} == {
        "Bass DI.wav": "bass",
        "keys.wav": "keys",
        "snare top.wav": "snare",
        "kick in.wav": "kick",
    }
    drag_the_pad_while_it_plays(studio)
    edited = edit_a_hit(studio)

    page.reload()
    studio.wait_until_playable()
    assert [hit for hit in studio.hits if hit.origin == "hand"] == [edited]
    cell = page.locator(f'.cell[data-piece="kick"][data-tick="{edited.tick}"]')
    assert cell.get_attribute("aria-pressed") == "true"

    others = Counter(hit.piece for hit in studio.hits if hit.piece != "kick")
    for piece in ("kick", others.most_common(1)[0][0]):
        check_sound(page, piece)
    check_export(page, studio.hits, tmp_path)


#: The browser's clock of sound goes on by blocks of so much.
BLOCK_S = 128 / 44_100


def drag_the_pad_while_it_plays(studio) -> None:
    """Other hits are scheduled, and the song goes on without a gap: round and round, so that a
    slow machine does not come to its end."""
    page: Page = studio.page
    round_s = page.evaluate("drumnetStudio.session.durationS")
    page.evaluate(f"drumnetStudio.session.player.setLoop({{startS: 0, endS: {round_s}}})")
    page.get_by_role("button", name="Play", exact=True).click()
    studio.wait_for("drumnetStudio.session.player.log.length > 2")
    # Hits are put on the clock a little ahead: until the song begins, it stands at its start.
    studio.wait_for("drumnetStudio.session.player.songS > 0")
    before_serial = studio.scheduled[-1]["serial"]
    before_ticks = [hit.tick for hit in studio.hits]
    earliest_start_s, before_s, latest_start_s, _ = page.evaluate(_NOW)

    start = studio.point_in(".pad-field", 0.1, 0.9)
    studio.drag(start, studio.point_in(".pad-field", 0.9, 0.5), steps=12)
    studio.wait_for(f"drumnetStudio.session.player.log.some((hit) => hit.serial > {before_serial})")

    assert [hit.tick for hit in studio.hits] != before_ticks
    earliest_end_s, after_s, latest_end_s, is_playing = page.evaluate(_NOW)
    assert is_playing
    least_s, most_s = earliest_end_s - latest_start_s, latest_end_s - earliest_start_s
    rounds = round((least_s - (after_s - before_s)) / round_s)
    went_s = after_s - before_s + rounds * round_s
    assert went_s > 0
    assert least_s - BLOCK_S <= went_s <= most_s + BLOCK_S
    ahead_s = np.array([hit["when_s"] - hit["clock_s"] for hit in studio.scheduled])
    # A page that is held up looks late now and then.
    assert np.median(ahead_s) > 0, "hits are put on the clock ahead of their time"
    page.get_by_role("button", name="Pause").click()
    assert 0 < studio.song_s < SONG_S
    page.evaluate("drumnetStudio.session.player.setLoop(null)")


def edit_a_hit(studio) -> Any:
    """Add a hit by a click, and make it softer by a drag; it is given back."""
    page: Page = studio.page
    page.keyboard.press("Home")
    page.get_by_role("group", name="Bar 1", exact=True).wait_for()
    empty = page.locator('.cell[data-piece="kick"][aria-pressed="false"]').nth(3)
    tick = int(empty.get_attribute("data-tick") or "-1")
    empty.click()
    cell = f'.cell[data-piece="kick"][data-tick="{tick}"][aria-pressed="true"]'
    page.locator(cell).wait_for()
    x, y = studio.point_in(cell, 0.5, 0.5)
    studio.drag((x, y), (x, y + 30), steps=4)
    studio.wait_for(
        f"drumnetStudio.session.hits.some((hit) => hit.tick === {tick} && hit.velocity < 90)"
    )
    studio.wait_until_kept()
    (edited,) = [hit for hit in studio.hits if hit.origin == "hand"]
    assert edited.tick == tick
    return edited


def check_sound(page: Page, piece: str) -> None:
    """The graph, rendered without sound, has each hit of a piece where it should be, and
    no other."""
    rendered = page.evaluate(_RENDER, {"durationS": SONG_S, "piece": piece})
    rate = int(rendered["rate"])
    sound = np.frombuffer(base64.b64decode(rendered["base64"]), dtype=np.float32)
    hits = page.evaluate(_HITS_OF, piece)
    address = page.evaluate("location.origin")
    shots = {
        name: soundfile.read(
            io.BytesIO(page.request.get(f"{address}/api/kits/acoustic/{name}.wav").body()),
            dtype="float32",
        )[0]
        for name in {hit["sample"] for hit in hits}
    }
    wanted = np.array([hit["time_s"] for hit in hits])
    heard = np.array([onset_near(sound, rate, hit["time_s"], shots[hit["sample"]]) for hit in hits])
    assert len(wanted) > 5
    assert np.abs(heard - wanted).max() < TOLERANCE_S
    assert len(attacks_s(sound, rate)) <= len(wanted)


def onset_near(
    sound: NDArray[np.float32], rate: int, time_s: float, shot: NDArray[np.float32]
) -> float:
    """Where the shot's first 30 ms fit best, within 20 ms of a time, in seconds.

    Slopes are compared, not samples: what an earlier stroke leaves ringing is slow.
    """
    pattern = np.diff(shot.reshape(len(shot), -1)[: round(0.03 * rate), 0])
    reach = round(0.02 * rate)
    padded = np.concatenate([np.zeros(reach), sound, np.zeros(reach + len(pattern) + 1)])
    start = round(time_s * rate)
    around = np.diff(padded[start : start + 2 * reach + len(pattern) + 1])
    fit = np.correlate(around, pattern, mode="valid")
    return (start + int(np.argmax(fit)) - reach) / rate


def attacks_s(sound: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """Where the level of 5 ms jumps to twice that of the 20 ms before it."""
    step = rate // 200
    level = np.abs(sound[: len(sound) // step * step]).reshape(-1, step).max(axis=1)
    before = np.array([level[max(0, at - 4) : at].max(initial=0.0) for at in range(len(level))])
    loud = (level > 2 * before) & (level > 0.1 * level.max())
    return np.flatnonzero(loud & ~np.roll(loud, 1)) * 0.005


def check_export(page: Page, hits: list[Any], tmp_path: Path) -> None:
    """The zip's MIDI has exactly the hits that are shown."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Everything as one zip").click()
    path = tmp_path / "song.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        inside = {Path(name).name: name for name in archive.namelist()}
        archive.extractall(tmp_path / "zip")
    wanted = {
        "drums.mid",
        "drums.wav",
        *(f"{piece}.wav" for piece in page.evaluate("drumnetStudio.session.played")),
        "mix.wav",
        "hits.csv",
        "beats.tsv",
        "style.json",
    }
    assert wanted <= set(inside)
    folder = tmp_path / "zip"
    grid = read_beats(folder / inside["beats.tsv"])
    track = read_drum_track(folder / inside["drums.mid"], grid)
    exported = sorted((hit.piece.value, hit.onset_s, hit.velocity) for hit in track)
    shown = sorted((hit.piece, hit.time_s, hit.velocity) for hit in hits)
    assert [(one[0], one[2]) for one in exported] == [(one[0], one[2]) for one in shown]
    apart = np.subtract([one[1] for one in exported], [one[1] for one in shown])
    assert np.abs(apart).max() < 0.001
    style = json.loads((folder / inside["style.json"]).read_text())
    assert len(style["code"]) == 16

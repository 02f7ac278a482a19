"""Beats by hand, and what lies on them keeps its place in time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drumnet.grid import BeatGrid
from drumnet.hits import Piece
from drumnet.studio.schemas.song import Change, Edits, Lock, LockedHit, Section
from drumnet.studio.store.grids import Move


class Beats:
    """The beats of a song, edited."""

    def __init__(self, page: Any, project_id: str) -> None:
        self.page, self.path = page, f"/projects/{project_id}"
        self.project = page.get(self.path)

    def edit(self, status: int = 200, **edit: Any) -> Any:
        body = {"revision": self.project["revision"], "edit": edit}
        answer = self.page.post(f"{self.path}/beats", body, status)
        if status == 200:
            self.project = answer
        return answer

    @property
    def tempo(self) -> float:
        return float(self.project["beats"]["tempo_bpm"])

    @property
    def downbeats(self) -> list[float]:
        beats = self.project["beats"]
        pairs = zip(beats["times_s"], beats["beat_in_bar"], strict=True)
        return [time_s for time_s, number in pairs if number == 1]


@pytest.fixture
def beats(song: Any) -> Beats:
    return Beats(*song)


def test_half_and_double_time_and_back(beats: Beats) -> None:
    first = beats.project["beats"]
    assert beats.tempo == pytest.approx(120, abs=0.5)
    beats.edit(action="double")
    assert beats.tempo == pytest.approx(240, abs=1)
    assert beats.project["beats"]["origin"] == "by hand"
    beats.edit(action="half")
    np.testing.assert_allclose(beats.project["beats"]["times_s"], first["times_s"], atol=1e-5)
    beats.edit(action="half")
    assert beats.tempo == pytest.approx(60, abs=0.3)
    beats.edit(action="reset")
    assert beats.project["beats"] == first


@pytest.mark.parametrize("pickup", range(4))
@pytest.mark.parametrize(
    "ways", [("half", "double"), ("double", "half"), ("half", "double", "double", "half")]
)
def test_half_and_double_time_undo_each_other(
    beats: Beats, pickup: int, ways: tuple[str, ...]
) -> None:
    """Downbeats too, wherever the first one is."""
    if pickup:
        beats.edit(action="shift", beats=pickup)
    first = beats.project["beats"]
    for way in ways:
        beats.edit(action=way)
    for key in ("times_s", "beat_in_bar"):
        assert beats.project["beats"][key] == first[key]


def test_another_edit_between_half_and_double_time_stays(beats: Beats) -> None:
    beats.edit(action="double")
    beats.edit(action="shift", beats=1)
    shifted = beats.downbeats
    beats.edit(action="half")
    assert set(np.round(beats.downbeats, 4)) <= set(np.round(shifted, 4))


def test_by_half_a_beat_the_beats_move_and_what_lies_on_them(beats: Beats) -> None:
    beats.edit(action="tempo", bpm=120, first_downbeat_s=0.5)
    revision = beats.project["revision"]
    edits = {"changes": [{"tick": 48, "piece": "kick", "velocity": 100}]}
    body = {"revision": revision, "edits": edits}
    beats.project = beats.page.put(f"{beats.path}/edits", body)

    def edited_s() -> float:
        (found,) = beats.project["edits"]["changes"]
        beat, ticks = divmod(found["tick"], 12)
        times = beats.project["beats"]["times_s"]
        return float(times[beat] + ticks / 12 * (times[beat + 1] - times[beat]))

    before, before_s = beats.project["beats"], edited_s()
    beats.edit(action="shift", beats=0.5)
    assert min(abs(time_s - 0.75) for time_s in beats.downbeats) < 1e-5
    assert edited_s() == pytest.approx(before_s + 0.25, abs=1e-5)
    assert beats.project["beats"]["times_s"][0] <= 1e-5, "the song is covered again"
    beats.edit(action="shift", beats=-0.5)
    assert edited_s() == pytest.approx(before_s, abs=1e-5)
    assert set(np.round(before["times_s"], 4)) <= set(
        np.round(beats.project["beats"]["times_s"], 4)
    )
    beats.edit(422, action="shift", beats=0.3)


def test_beats_that_were_there_before_are_set_again(beats: Beats) -> None:
    tracked = beats.project["beats"]
    beats.edit(action="tempo", bpm=90)
    beats.edit(action="set", **{key: tracked[key] for key in ("times_s", "beat_in_bar")})
    assert beats.project["beats"] == tracked, "their origin too"
    beats.edit(422, action="set", times_s=[1.0, 0.5], beat_in_bar=[1, 2])


def test_a_shift_moves_the_bars_by_beats(beats: Beats) -> None:
    period, before = 60 / beats.tempo, beats.downbeats
    beats.edit(action="shift", beats=1)
    np.testing.assert_allclose(beats.downbeats[0] % 2, (before[0] + period) % 2, atol=0.02)
    beats.edit(action="shift", beats=-1)
    assert beats.downbeats == before


def test_a_nudge_moves_all_beats_and_still_covers_the_song(beats: Beats) -> None:
    before = np.array(beats.project["beats"]["times_s"])
    beats.edit(action="nudge", seconds=0.04)
    after = np.array(beats.project["beats"]["times_s"])
    assert after[0] <= 0.03 and after[-1] >= beats.project["duration_s"] - 1e-5
    for time_s in before[2:-2] + 0.04:
        assert np.abs(after - time_s).min() < 1e-5


def test_a_typed_tempo_and_a_metre(beats: Beats) -> None:
    beats.edit(action="tempo", bpm=90, first_downbeat_s=0.25)
    assert beats.tempo == pytest.approx(90)
    assert min(abs(time_s - 0.25) for time_s in beats.downbeats) < 1e-6
    beats.edit(action="meter", beats_per_bar=3)
    assert np.diff(beats.downbeats) == pytest.approx(3 * 60 / 90)
    beats.edit(action="tempo", bpm=100)  # from the downbeat of now, in bars of three
    assert min(abs(time_s - 0.25) for time_s in beats.downbeats) < 1e-6
    assert np.diff(beats.downbeats) == pytest.approx(3 * 60 / 100)


def test_taps_give_the_tempo_that_fits_them_all(beats: Beats) -> None:
    rng = np.random.default_rng(1)
    true = 1.0 + np.arange(24) * 60 / 97
    taps = np.delete(true + rng.normal(0, 0.015, 24), [5, 13])  # two were left out
    beats.edit(action="tap", times_s=taps.tolist())
    assert beats.tempo == pytest.approx(97, rel=0.003)
    assert min(abs(time_s - 1.0) for time_s in beats.downbeats) < 0.02


def test_what_makes_no_beats_is_refused_in_words(beats: Beats) -> None:
    assert "bpm" in beats.edit(422, action="tempo", bpm=1000)["error"]
    beats.edit(action="tempo", bpm=390)
    assert "780 bpm" in beats.edit(400, action="double")["error"]
    assert "bpm" in beats.edit(422, action="tap", times_s=[0, 0.01, 0.02, 0.03])["error"]
    assert "taps" in beats.edit(422, action="tap", times_s=[1, 1, 1, 1])["error"]
    beats.edit(422, action="dance")


def test_edits_and_sections_stay_where_they_were_in_time(beats: Beats) -> None:
    page, path = beats.page, beats.path
    before = beats.project["beats"]["times_s"]
    edits = {
        "changes": [{"tick": 36, "piece": "kick", "velocity": 99}],
        "locks": [{"start_tick": 96, "end_tick": 144, "hits": []}],
    }
    revision = beats.project["revision"]
    project = page.put(f"{path}/edits", {"revision": revision, "edits": edits})
    sections = [{"start_beat": 8, "name": "B"}]
    beats.project = page.put(
        f"{path}/sections", {"revision": project["revision"], "sections": sections}
    )
    beats.edit(action="double")
    after = beats.project["beats"]["times_s"]
    assert after[beats.project["sections"][0]["start_beat"]] == pytest.approx(before[8], abs=1e-4)
    assert beats.project["edits"]["changes"][0]["tick"] == 72
    lock = beats.project["edits"]["locks"][0]
    assert (lock["start_tick"], lock["end_tick"]) == (192, 288)
    beats.edit(action="half")
    assert beats.project["edits"]["changes"][0]["tick"] == 36


def test_what_a_nudge_moves_takes_its_hits_along() -> None:
    old = BeatGrid.constant(120, 8)
    new = BeatGrid(old.beats_s + 0.03, old.beat_in_bar).covering(8)
    hit = Change(tick=36, piece=Piece.KICK, velocity=9)
    moved = Move(old, new, 0.03).edits(Edits(changes=[hit])).changes[0]
    added = new.num_beats - old.num_beats
    assert moved.tick - 36 in (0, 12 * added)
    assert float(new.ticks_to_seconds(moved.tick + moved.shift_ticks)) == pytest.approx(1.53)


def test_what_half_time_puts_between_ticks_keeps_its_time() -> None:
    old, new = BeatGrid.constant(120, 8), BeatGrid.constant(120, 8).half_time()
    lock = Lock(
        start_tick=0,
        end_tick=24,
        hits=[LockedHit(tick=9, piece=Piece.KICK, velocity=9, shift_ticks=0.2)],
    )
    (hit,) = Move(old, new).edits(Edits(locks=[lock])).locks[0].hits
    there = float(new.ticks_to_seconds(hit.tick + hit.shift_ticks))
    assert there == pytest.approx(float(old.ticks_to_seconds(9.2)), abs=1e-5)


def test_two_sections_that_fall_together_become_one() -> None:
    old, new = BeatGrid.constant(120, 8), BeatGrid.constant(120, 8).half_time()
    sections = [Section(start_beat=beat, name=str(beat)) for beat in (0, 4, 5, 40)]
    moved = Move(old, new).sections(sections)
    starts = [section.start_beat for section in moved]
    assert starts == sorted(set(starts)) and starts[0] == 0

"""What is played is what the core plays, with what was done by hand laid over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drumnet.beats.grid import BeatGrid
from drumnet.drummer import Drummer
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.kit import embedded_kit, velocity_gain
from drumnet.song import load_song
from drumnet.studio.edits import edited
from drumnet.studio.schemas import Origin, Performance
from drumnet.studio.song_schemas import Change, Edits, Lock, LockedHit
from drumnet.style import StyleCode

BAR = 48


def project(page: Any, project_id: str) -> Any:
    return page.get(f"/projects/{project_id}")


def ticks(hits: list[dict[str, Any]]) -> list[int]:
    return [hit["tick"] for hit in hits]


def inside(hits: list[dict[str, Any]], start: int, end: int) -> list[dict[str, Any]]:
    return [hit for hit in hits if start <= hit["tick"] < end]


def test_the_hits_are_those_of_the_core(song: Any, song_folder: Path, drummer: Drummer) -> None:
    page, project_id = song
    beats = project(page, project_id)["beats"]
    grid = BeatGrid(np.array(beats["times_s"]), np.array(beats["beat_in_bar"]))
    listening = drummer.listen(load_song(song_folder), grid)
    for name, settings in (
        ("steady-straight", {}),
        ("busy-off-beat", {"temperature": 1.0, "seed": 7}),
        ("busy-square", {"density": 0.5}),
    ):
        code = drummer.style(name).code.tolist()
        hits = page.hits(project_id, style={"code": code}, settings=settings)
        style = StyleCode(np.array(code, np.float32), drummer.checkpoint.name)
        track = drummer.play(listening, style, **settings)
        assert [(h["tick"], h["velocity"]) for h in hits] == [(h.tick, h.velocity) for h in track]
        times = [hit.onset_s for hit in track]
        np.testing.assert_allclose([hit["time_s"] for hit in hits], times, atol=1e-5)


def test_an_answer_is_what_its_schema_says_and_names_its_request(song: Any) -> None:
    page, project_id = song
    answer = page.post(
        f"/projects/{project_id}/hits", {"serial": 41, "style": {"at": {"x": 0.5, "y": 0.9}}}
    )
    performance = Performance.model_validate(answer)
    assert performance.serial == 41
    assert performance.revision == project(page, project_id)["revision"]
    assert (performance.style.at.x, performance.style.at.y) == (0.5, 0.9)
    again = page.hits(project_id, style={"code": performance.style.code})
    assert again == answer["hits"]  # the place and its code are one style
    assert [hit.time_s for hit in performance.hits] == sorted(h.time_s for h in performance.hits)


def test_a_hit_says_which_sample_sounds_and_how_loud(song: Any) -> None:
    page, project_id = song
    kit = page.get("/kit")
    layers = kit["pieces"][0]["layers"]
    known = {name for layer in layers for name in layer["samples"]}
    hits = page.hits(project_id)
    assert hits and {hit["sample"] for hit in hits} <= known
    for hit in hits:
        layer = int(hit["sample"].split("-")[1])
        lowest = layers[layer - 1]["top_velocity"] if layer else 0
        assert lowest < hit["velocity"] <= layers[layer]["top_velocity"]
        assert hit["gain"] == pytest.approx(velocity_gain(hit["velocity"]), abs=1e-5)
    # The round robins of a layer are taken in turn.
    of_layer = [h["sample"] for h in hits if h["sample"].startswith(hits[0]["sample"][:-1])]
    assert [int(s[-1]) for s in of_layer] == [i % 3 for i in range(len(of_layer))]
    shot = embedded_kit().sounds[Piece.KICK].layers[0].shots[0]
    answer = page.client.get("/api/kit/kick-0-0.wav")
    assert (
        np.frombuffer(answer.content[-4 * shot.shape[1] :], np.float32).tolist() == shot[0].tolist()
    )
    page.get("/kit/..%2Fkick.wav", 404)


def test_up_is_denser_and_right_is_more_syncopated(song: Any) -> None:
    page, project_id = song

    def played(x: float, y: float) -> list[int]:
        return ticks(page.hits(project_id, style={"at": {"x": x, "y": y}}))

    assert len(played(0.5, 0.95)) > 1.5 * len(played(0.5, 0.05))
    off_beat = [np.mean(np.array(played(x, 0.5)) % 12 != 0) for x in (0.05, 0.95)]
    assert off_beat[0] < off_beat[1] - 0.2


def test_locked_bars_keep_their_hits_whatever_is_played(song: Any) -> None:
    page, project_id = song
    first = page.hits(project_id, style={"at": {"x": 0.05, "y": 0.5}})
    held = inside(first, 2 * BAR, 4 * BAR)
    keys = ("tick", "piece", "velocity", "shift_ticks")
    lock = {"start_tick": 2 * BAR, "end_tick": 4 * BAR, "piece": None,
            "hits": [{key: hit[key] for key in keys} for hit in held]}  # fmt: skip
    revision = project(page, project_id)["revision"]
    page.put(f"/projects/{project_id}/edits", {"revision": revision, "edits": {"locks": [lock]}})
    for x in (0.2, 0.6, 0.95):
        hits = page.hits(project_id, style={"at": {"x": x, "y": 0.9}})
        now = inside(hits, 2 * BAR, 4 * BAR)
        assert [(h["tick"], h["velocity"]) for h in now] == [
            (h["tick"], h["velocity"]) for h in held
        ]
        times = [hit["time_s"] for hit in held]
        np.testing.assert_allclose([hit["time_s"] for hit in now], times, atol=2e-6)
        assert {hit["origin"] for hit in now} == {"locked"}
        assert {hit["origin"] for hit in hits if hit not in now} == {"model"}


def test_hits_by_hand_stay_and_removed_ones_stay_away(song: Any) -> None:
    page, project_id = song
    first = page.hits(project_id)
    gone, louder = first[0], first[1]
    taken = {hit["tick"] + near for hit in first for near in (-1, 0, 1)}
    free = next(tick for tick in range(BAR, 4 * BAR) if tick not in taken)
    changes = [
        {"tick": gone["tick"], "piece": "kick", "velocity": 0},
        {"tick": louder["tick"], "piece": "kick", "velocity": 1},
        {"tick": free, "piece": "kick", "velocity": 99},
    ]
    for style in ({"at": {"x": 0.05, "y": 0.6}}, {"at": {"x": 0.9, "y": 0.9}}):
        hits = page.hits(project_id, style=style, edits={"changes": changes})
        by_tick = {hit["tick"]: hit for hit in hits}
        assert gone["tick"] not in by_tick
        assert by_tick[louder["tick"]]["velocity"] == 1
        assert (by_tick[free]["velocity"], by_tick[free]["origin"]) == (99, "hand")
    assert page.hits(project_id) == first  # nothing was stored


def test_a_section_plays_as_its_style_does_alone(song: Any) -> None:
    page, project_id = song
    one, other = {"at": {"x": 0.05, "y": 0.3}}, {"at": {"x": 0.95, "y": 0.8}}
    alone = {key: page.hits(project_id, style=style) for key, style in (("a", one), ("b", other))}
    sections = [{"start_beat": 16, "style": other}, {"start_beat": 24}]
    hits = page.hits(project_id, style=one, sections=sections)
    assert ticks(inside(hits, 0, 190)) == ticks(inside(alone["a"], 0, 190))
    assert ticks(inside(hits, 192, 286)) == ticks(inside(alone["b"], 192, 286))
    assert ticks(inside(hits, 288, 999)) == ticks(inside(alone["a"], 288, 999))


def test_a_morph_begins_as_one_style_and_comes_near_the_other(song: Any) -> None:
    page, project_id = song
    one, other = {"at": {"x": 0.05, "y": 0.1}}, {"at": {"x": 0.05, "y": 1.0}}
    sections = [
        {"start_beat": 0, "style": one, "blend": "morph"},
        {"start_beat": 28, "style": other},
    ]
    hits = page.hits(project_id, sections=sections)
    alone = {key: page.hits(project_id, style=s) for key, s in (("a", one), ("b", other))}
    assert ticks(inside(hits, 0, 46)) == ticks(inside(alone["a"], 0, 46))
    assert ticks(inside(hits, 28 * 12, 999)) == ticks(inside(alone["b"], 28 * 12, 999))
    counts = [len(inside(hits, start, start + 2 * BAR)) for start in range(0, 6 * BAR, 2 * BAR)]
    assert counts == sorted(counts) and counts[0] < counts[-1]


# ---------------------------------------------------------------- the edit layer


GRID = BeatGrid.constant(120, 8)


def track(*at: int) -> DrumTrack:
    seconds = GRID.ticks_to_seconds(at)
    return DrumTrack(
        tuple(Hit(float(s), tick, Piece.KICK) for s, tick in zip(seconds, at, strict=True))
    )


def test_what_is_played_too_near_a_hit_by_hand_gives_way() -> None:
    edits = Edits(changes=[Change(tick=13, piece=Piece.KICK, velocity=90)])
    result = edited(track(0, 12, 14, 15), edits, GRID, 8.0)
    assert [hit.tick for hit in result.track] == [0, 13, 15]
    assert result.origins == (Origin.MODEL, Origin.HAND, Origin.MODEL)


def test_an_empty_lock_is_silence_and_one_of_a_piece_leaves_the_others() -> None:
    lock = Lock(start_tick=12, end_tick=24, piece=Piece.SNARE, hits=[])
    assert len(edited(track(12, 18), Edits(locks=[lock]), GRID, 8.0).track) == 2
    of_all = Lock(start_tick=12, end_tick=24, hits=[])
    assert [
        h.tick for h in edited(track(6, 12, 18, 24), Edits(locks=[of_all]), GRID, 8.0).track
    ] == [6, 24]


def test_what_lies_beyond_the_song_or_the_lock_is_left_out() -> None:
    held = [LockedHit(tick=tick, piece=Piece.KICK, velocity=1) for tick in (0, 12, 24, 400)]
    lock = Lock(start_tick=12, end_tick=24, hits=held)
    edits = Edits(locks=[lock], changes=[Change(tick=5000, piece=Piece.KICK, velocity=9)])
    assert [hit.tick for hit in edited(track(), edits, GRID, 8.0).track] == [12]


def test_a_hit_before_its_tick_sounds_before_it() -> None:
    change = Change(tick=24, piece=Piece.KICK, velocity=90, shift_ticks=-0.5)
    (hit,) = edited(track(), Edits(changes=[change]), GRID, 8.0).track
    assert hit.onset_s == pytest.approx(1.0 - 0.5 / 24)

"""What is played is what the core plays, with what was done by hand laid over it."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drumnet.drummer import Drummer
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.kits.kit import embedded_kit, velocity_gain
from drumnet.kits.synth import Character
from drumnet.settings import Feel, PieceSettings, Settings
from drumnet.song.song import load_song
from drumnet.studio.play.edits import edited, kept
from drumnet.studio.schemas.project import Origin, Performance
from drumnet.studio.schemas.song import Change, Edits, Lock, LockedHit

BAR = 48


def project(page: Any, project_id: str) -> Any:
    return page.get(f"/projects/{project_id}")


def ticks(hits: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Of each hit, with its piece, in an order of their own: people do not play what
    belongs to one tick at one moment."""
    return sorted((hit["tick"], hit["piece"]) for hit in hits)


def inside(hits: list[dict[str, Any]], start: int, end: int) -> list[dict[str, Any]]:
    return [hit for hit in hits if start <= hit["tick"] < end]


#: What is said to the studio, and what that is to the core; the song has a snare of its own.
ASKED: tuple[tuple[dict[str, Any], Settings], ...] = (
    ({}, Settings(pieces={Piece.SNARE: PieceSettings(muted=True)})),
    (
        {"temperature": 1.0, "seed": 7, "pieces": {"snare": {"muted": False}}},
        Settings(temperature=1.0, seed=7),
    ),
    (
        {
            "complexity": 0.9,
            "intensity": 0.2,
            "density": 0.5,
            "variation": 0.0,
            "swing": 0.6,
            "swing_division": 16,
            "humanize": 0.0,
            "feel": "half-time",
            "follow_bass": 1.5,
            "follow_strumming": 0.5,
            "pieces": {"ride": {"amount": 3.0, "complexity": 0.7}, "kick": {"muted": True}},
        },
        Settings(
            complexity=0.9,
            intensity=0.2,
            density=0.5,
            variation=0.0,
            swing=0.6,
            swing_division=16,
            humanize=0.0,
            feel=Feel.HALF_TIME,
            follow_bass=1.5,
            follow_strumming=0.5,
            pieces={
                Piece.RIDE: PieceSettings(3.0, 0.7),
                Piece.KICK: PieceSettings(muted=True),
                Piece.SNARE: PieceSettings(muted=True),
            },
        ),
    ),
)


@pytest.mark.parametrize(("said", "meant"), ASKED)
def test_the_hits_are_those_of_the_core(
    song: Any, song_folder: Path, drummer: Drummer, said: dict[str, Any], meant: Settings
) -> None:
    page, project_id = song
    beats = project(page, project_id)["beats"]
    grid = BeatGrid(np.array(beats["times_s"]), np.array(beats["beat_in_bar"]))
    listening = drummer.listen(load_song(song_folder), grid)
    style = drummer.style(next(iter(drummer.presets)))
    hits = page.hits(project_id, style={"code": style.code.tolist()}, settings=said)
    track = drummer.play(listening, style, meant)
    assert [(h["tick"], h["piece"], h["velocity"]) for h in hits] == [
        (h.tick, h.piece.value, h.velocity) for h in track
    ]
    times = [hit.onset_s for hit in track]
    np.testing.assert_allclose([hit["time_s"] for hit in hits], times, atol=1e-5)


def test_what_a_stem_has_is_not_played_again_unless_it_is_asked_for(song: Any) -> None:
    page, project_id = song

    def played(**settings: Any) -> tuple[set[str], set[str]]:
        answer = page.post(f"/projects/{project_id}/hits", {"settings": settings})
        return {hit["piece"] for hit in answer["hits"]}, set(answer["pieces"])

    heard, pieces = played()
    assert "snare" not in heard | pieces and "kick" in heard & pieces
    heard, pieces = played(pieces={"snare": {"muted": False}, "kick": {"muted": True}})
    assert "snare" in heard & pieces and "kick" not in heard | pieces


def test_what_was_stored_before_there_was_a_setting_loads(
    open_page: Any, song_data: tuple[Path, str]
) -> None:
    data, project_id = song_data
    old = {"temperature": 0.5, "density": 2.0, "seed": 9}
    with sqlite3.connect(data / "library.sqlite") as db:
        db.execute("UPDATE projects SET settings = ?", (json.dumps(old),))
    db.close()
    with open_page(data) as page:
        settings = project(page, project_id)["settings"]
        assert {key: settings[key] for key in old} == old
        assert (settings["variation"], settings["kit"]) == (0.5, "acoustic")
        assert page.hits(project_id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"complexity": 1.1},
        {"swing_division": 12},
        {"feel": "sideways"},
        {"fills": {"length_beats": 0}},
        {"pieces": {"gong": {}}},
        {"kit": "707"},
        {"humanise": 1},
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(song: Any, wrong: dict[str, Any]) -> None:
    page, project_id = song
    answer = page.post(f"/projects/{project_id}/hits", {"settings": wrong}, 422)
    assert str(next(iter(wrong))) in answer["error"]


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


@pytest.mark.parametrize("character", list(Character))
def test_a_hit_says_which_sample_sounds_and_how_loud(song: Any, character: Character) -> None:
    page, project_id = song
    kit = page.get(f"/kits/{character.value}")
    assert kit["name"] == character.value
    layers = {piece["piece"]: piece["layers"] for piece in kit["pieces"]}
    assert list(layers) == [piece.value for piece in Piece]
    hits = page.hits(project_id, settings={"kit": character.value})
    assert len({hit["piece"] for hit in hits}) > 1
    taken: dict[tuple[str, int], int] = {}
    for hit in hits:
        piece, layer, robin = re.fullmatch(r"(\w+)-(\d+)-(\d+)", hit["sample"]).groups()
        of_piece, index = layers[hit["piece"]], int(layer)
        assert piece == hit["piece"] and hit["sample"] in of_piece[index]["samples"]
        lowest = of_piece[index - 1]["top_velocity"] if index else 0
        assert lowest < hit["velocity"] <= of_piece[index]["top_velocity"]
        assert hit["gain"] == pytest.approx(velocity_gain(hit["velocity"]), abs=1e-5)
        # The round robins of a layer are taken in turn.
        assert int(robin) == taken.get((piece, index), 0) % 3
        taken[piece, index] = int(robin) + 1
    shot = embedded_kit(character, [Piece.KICK]).sounds[Piece.KICK].layers[0].shots[0]
    answer = page.client.get(f"/api/kits/{character.value}/kick-0-0.wav")
    assert (
        np.frombuffer(answer.content[-4 * shot.shape[1] :], np.float32).tolist() == shot[0].tolist()
    )
    page.get(f"/kits/{character.value}/..%2Fkick.wav", 404)
    page.get("/kits/707", 422)


def test_up_is_denser_and_right_is_more_syncopated(song: Any) -> None:
    page, project_id = song

    def played(x: float, y: float) -> list[dict[str, Any]]:
        hits: list[dict[str, Any]] = page.hits(project_id, style={"at": {"x": x, "y": y}})
        return hits

    assert len(played(0.5, 0.95)) > len(played(0.5, 0.05))
    # Hats and cymbals keep the off-beats at any rate.
    off_beat = [
        np.mean([hit["tick"] % 12 != 0 for hit in played(x, 0.5) if hit["piece"] == "kick"])
        for x in (0.05, 0.95)
    ]
    assert off_beat[0] < off_beat[1] - 0.2


def test_the_play_pad_adds_hits_to_the_right_and_force_upwards(song: Any) -> None:
    page, project_id = song

    def played(**settings: float) -> list[dict[str, Any]]:
        hits: list[dict[str, Any]] = page.hits(project_id, settings=settings)
        return hits

    assert len(played(complexity=0.0)) < len(played()) < len(played(complexity=1.0))
    force = [np.mean([hit["velocity"] for hit in played(intensity=at)]) for at in (0, 0.5, 1)]
    assert force == sorted(force) and force[0] < force[2] - 15


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
        assert [[h[key] for key in keys[:3]] for h in now] == [
            [h[key] for key in keys[:3]] for h in held
        ]
        times = [hit["time_s"] for hit in held]
        np.testing.assert_allclose([hit["time_s"] for hit in now], times, atol=2e-6)
        assert {hit["origin"] for hit in now} == {"locked"}
        assert {hit["origin"] for hit in hits if hit not in now} == {"model"}


def test_the_rest_is_played_to_what_is_locked(song: Any) -> None:
    page, project_id = song
    silence = {"start_tick": 0, "end_tick": 100_000, "piece": "kick", "hits": []}
    settings = {"pieces": {"snare": {"muted": False}}}
    free = page.hits(project_id, settings=settings)
    to_silence = page.hits(project_id, settings=settings, edits={"locks": [silence]})
    assert all(hit["piece"] != "kick" for hit in to_silence)
    assert [hit for hit in free if hit["piece"] != "kick"] != to_silence
    # All of a take locked is that take.
    keys = ("tick", "piece", "velocity", "shift_ticks")
    all_of_it = {**silence, "piece": None, "hits": [{k: hit[k] for k in keys} for hit in free]}
    again = page.hits(project_id, style={"at": {"x": 0.9, "y": 0.9}}, edits={"locks": [all_of_it]})
    assert [[hit[key] for key in keys] for hit in again] == [
        [hit[key] for key in keys] for hit in free
    ]


def test_hits_by_hand_stay_and_removed_ones_stay_away(song: Any) -> None:
    page, project_id = song
    first = page.hits(project_id)
    gone, louder = first[0], next(hit for hit in first if hit["tick"] != first[0]["tick"])
    taken = {hit["tick"] + near for hit in first for near in (-1, 0, 1)}
    free = next(tick for tick in range(BAR, 4 * BAR) if tick not in taken)
    changes = [
        {"tick": gone["tick"], "piece": gone["piece"], "velocity": 0},
        {"tick": louder["tick"], "piece": louder["piece"], "velocity": 1},
        {"tick": free, "piece": "kick", "velocity": 99},
    ]
    for style in ({"at": {"x": 0.05, "y": 0.6}}, {"at": {"x": 0.9, "y": 0.9}}):
        hits = page.hits(project_id, style=style, edits={"changes": changes})
        placed = {(hit["piece"], hit["tick"]): hit for hit in hits}
        assert (gone["piece"], gone["tick"]) not in placed
        assert placed[louder["piece"], louder["tick"]]["velocity"] == 1
        added = placed["kick", free]
        assert (added["velocity"], added["origin"]) == (99, "hand")
    assert page.hits(project_id) == first  # nothing was stored


def test_a_section_plays_in_its_own_style_to_what_went_before(song: Any) -> None:
    page, project_id = song
    one, other = {"at": {"x": 0.05, "y": 0.3}}, {"at": {"x": 0.95, "y": 0.8}}
    plain = {"arrange": "none"}
    alone = {"a": page.hits(project_id, style=one, settings=plain)}
    sections = [{"start_beat": 16, "style": other}, {"start_beat": 24}]
    hits = page.hits(project_id, style=one, sections=sections, settings=plain)
    assert ticks(inside(hits, 0, 190)) == ticks(inside(alone["a"], 0, 190))
    # What is played before a section is known to it (`test_one_way` says what is played).
    levels = [[hit["velocity"] for hit in inside(part, 192, 286)] for part in (hits, alone["a"])]
    assert levels[0] != levels[1]


def test_fills_lead_to_the_sections_and_crash_on_them(song: Any) -> None:
    page, project_id = song
    settings = {
        "fills": {"place": "sections", "length_beats": 2},
        "pieces": {"snare": {"muted": False}},
    }
    sections = [{"start_beat": 0}, {"start_beat": 16}, {"start_beat": 24}]
    plain = page.hits(
        project_id, sections=sections, settings={**settings, "fills": {"place": "none"}}
    )
    filled = page.hits(project_id, sections=sections, settings=settings)
    for start in (16 * 12, 24 * 12):
        assert (start, "crash") in ticks(filled)
        last_beats = [inside(hits, start - 24, start) for hits in (plain, filled)]
        assert ticks(last_beats[0]) != ticks(last_beats[1])
        assert any(hit["piece"] == "snare" or "tom" in hit["piece"] for hit in last_beats[1])
    assert ticks(inside(filled, 0, 14 * 12)) == ticks(inside(plain, 0, 14 * 12))


def test_found_sections_begin_bars_of_the_song(song: Any) -> None:
    page, project_id = song
    numbers = project(page, project_id)["beats"]["beat_in_bar"]
    found = page.get(f"/projects/{project_id}/found-sections")
    starts = [section["start_beat"] for section in found]
    assert starts and starts == sorted(set(starts))
    assert all(numbers[start] == 1 for start in starts) and all(one["name"] for one in found)
    assert page.hits(project_id, sections=found) == page.hits(project_id)


def test_a_morph_begins_as_one_style_and_comes_near_the_other(song: Any) -> None:
    page, project_id = song
    one, other = {"at": {"x": 0.05, "y": 0.1}}, {"at": {"x": 0.05, "y": 1.0}}
    sections = [
        {"start_beat": 0, "style": one, "blend": "morph"},
        {"start_beat": 28, "style": other},
    ]
    hits = page.hits(project_id, sections=sections)
    alone = {"a": page.hits(project_id, style=one)}
    second_bar = 12 * (1 + project(page, project_id)["beats"]["beat_in_bar"][1:].index(1))
    first = [inside(played, 0, second_bar - 2) for played in (hits, alone["a"])]
    assert ticks(first[0]) == ticks(first[1])
    late = [inside(played, 20 * 12, 27 * 12) for played in (hits, alone["a"])]
    assert ticks(late[0]) != ticks(late[1])


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


def test_whole_bars_and_whole_pieces_are_known_before_the_rest_is_played() -> None:
    grid = BeatGrid.constant(120, 8)

    def locked(start: int, end: int, piece: Piece | None = None) -> Lock:
        held = [LockedHit(tick=start, piece=piece or Piece.RIDE, velocity=9)]
        return Lock(start_tick=start, end_tick=end, piece=piece, hits=held)

    found = kept([locked(BAR, 3 * BAR), locked(0, grid.num_ticks, Piece.CRASH)], grid)
    assert found is not None
    assert (found.bars, found.pieces) == ({2, 3}, {Piece.CRASH})
    assert [(hit.tick, hit.piece) for hit in found.track] == [
        (0, Piece.CRASH),
        (BAR, Piece.RIDE),
    ]
    assert kept([locked(BAR, 2 * BAR, Piece.CRASH), locked(BAR + 1, 2 * BAR)], grid) is None
    assert kept([], grid) is None

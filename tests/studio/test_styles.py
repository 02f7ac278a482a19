"""The library of styles, styles from songs, and the map's places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drumnet.audition import player_style
from drumnet.drummer import Drummer
from drumnet.extraction import extract_style
from drumnet.hits import Piece
from drumnet.song.song import load_song
from drumnet.studio.schemas.song import Style
from drumnet.style.players import PLAYERS
from drumnet.words import in_words


def code(first: float) -> list[float]:
    return [first, *[0.0] * 15]


def named(styles: list[Any]) -> list[str]:
    return [style["name"] for style in styles if not style["builtin"]]


@pytest.fixture
def library(page: Any) -> Any:
    for name, first, tags in (
        ("Motorik", 1.0, ["krautrock", "straight"]),
        ("Shuffle two", 2.0, ["blues"]),
        ("Half-time shuffle", 3.0, ["blues", "slow"]),
    ):
        page.post("/styles", {"name": name, "code": code(first), "tags": tags}, 201)
    return page


def test_styles_are_found_by_words_and_tags(library: Any) -> None:
    assert named(library.get("/styles")) == ["Half-time shuffle", "Shuffle two", "Motorik"]
    assert named(library.get("/styles?q=SHUFFLE blu")) == ["Half-time shuffle", "Shuffle two"]
    assert named(library.get("/styles?tag=Slow")) == ["Half-time shuffle"]
    assert named(library.get("/styles?q=%25")) == []


def test_more_like_this_gives_the_nearest_first(library: Any) -> None:
    near = ",".join(map(str, code(2.9)))
    found = library.get(f"/styles?near={near}")
    assert named(found) == ["Half-time shuffle", "Shuffle two", "Motorik"]
    distances = [style["distance"] for style in found]
    assert distances == sorted(distances)
    assert distances[0] == pytest.approx(0.1)
    motorik = next(s for s in library.get("/styles") if s["name"] == "Motorik")
    found = library.get(f"/styles?near={motorik['id']}")
    assert (found[0]["name"], found[0]["distance"]) == ("Motorik", 0)
    preset = next(style for style in library.get("/styles") if style["builtin"])
    assert library.get(f"/styles?near={preset['id']}")[0]["id"] == preset["id"]
    for wrong, status in (("1,2,3", 400), ("preset:none", 404), ("nan," * 15 + "1", 400)):
        library.get(f"/styles?near={wrong}", status)


def test_a_style_is_renamed_tagged_and_removed(library: Any) -> None:
    style = library.get("/styles?q=Motorik")[0]
    path = f"/styles/{style['id']}"
    changed = library.ask("PATCH", path, json={"name": "Apache", "tags": ["a", "a ", "b"]})
    assert (changed["name"], changed["tags"], changed["code"]) == ("Apache", ["a", "b"], code(1.0))
    library.ask("DELETE", path, 204)
    library.ask("DELETE", path, 404)
    assert "Apache" not in named(library.get("/styles"))


def test_styles_survive_a_restart_and_other_weights_are_told_apart(
    open_page: Any, tmp_path: Path
) -> None:
    with open_page(tmp_path) as page:
        saved = page.post("/styles", {"name": "mine", "code": code(1.5)}, 201)
        project = page.get(f"/projects/{page.new_project()}")
    with open_page(tmp_path) as page:
        assert page.get("/styles")[0] == saved
    with open_page(tmp_path, model="open") as page:
        assert page.get("/styles")[0] == {**saved, "usable": False}
        assert named(page.get(f"/styles?near={saved['id']}")) == []
        # A project goes on at the same place of the other weights' map.
        adopted = page.get(f"/projects/{project['id']}")["style"]
        assert adopted["at"] == project["style"]["at"]
        assert adopted["code"] != project["style"]["code"]
        assert page.post("/style-map/code", {"at": adopted["at"]})["code"] == adopted["code"]


def test_takes_are_styles_for_the_song_each_another(song: Any) -> None:
    """The first is what the song opens with, and they go on beyond the best five."""
    page, project_id = song
    takes = [page.get(f"/projects/{project_id}/takes/{number}") for number in range(7)]
    assert takes[0] == page.get(f"/projects/{project_id}")["style"]
    assert len({tuple(take["code"]) for take in takes}) == 7
    assert takes[3] == page.get(f"/projects/{project_id}/takes/3")
    page.get(f"/projects/{project_id}/takes/-1", 422)


def test_a_take_is_what_the_core_would_choose(song: Any, drummer: Drummer) -> None:
    page, project_id = song
    listening = page.studio.listening.listening(page.studio.projects.get(project_id))
    chosen = drummer.takes(listening, 2)
    for number, one in enumerate(chosen):
        take = page.get(f"/projects/{project_id}/takes/{number}")
        assert take["code"] == pytest.approx(one.style.code.tolist(), abs=1e-5)
        assert take["name"] == in_words(one.track, listening.beats).titles[-1]


def test_a_player_plays_the_song_as_it_likes(song: Any, drummer: Drummer) -> None:
    page, project_id = song
    listening = page.studio.listening.listening(page.studio.projects.get(project_id))
    assert [one["name"] for one in page.get("/about")["players"]] == list(PLAYERS)
    player = PLAYERS["shuffler"]
    take = page.get(f"/projects/{project_id}/players/shuffler")
    found = player_style(drummer, player, listening)
    assert take["style"]["code"] == pytest.approx(found.code.tolist(), abs=1e-5)
    assert take["settings"]["swing"] == player.settings.swing > 0
    assert page.get(f"/projects/{project_id}/players/club-machine")["settings"]["kit"] == "909"
    page.get(f"/projects/{project_id}/players/nobody", 404)


def test_a_song_keeps_a_style_that_was_chosen_before_it_was_heard(
    page: Any, song_folder: Path
) -> None:
    project_id = page.new_project()
    project = page.get(f"/projects/{project_id}")
    preset = page.get("/style-map")["islands"][-1]
    style = {"code": preset["code"], "at": preset["at"], "name": preset["name"]}
    page.put(f"/projects/{project_id}/style", {"revision": project["revision"], "style": style})
    page.upload(project_id, "keys.wav", (song_folder / "keys.wav").read_bytes())
    assert page.wait_until_heard(project_id)["style"]["name"] == preset["name"]


def test_a_take_is_played_with_its_habits_until_it_is_moved(song: Any, drummer: Drummer) -> None:
    """The page knows sixteen numbers; what is played to them is what the core plays."""
    page, project_id = song
    listening = page.studio.listening.listening(page.studio.projects.get(project_id))
    style = page.get(f"/projects/{project_id}/takes/1")
    own = drummer.takes(listening, 2)[1].style.habits
    assert own is not None and page.studio.performer.code_of(Style(**style)).habits == own
    plain = [*style["code"][:-1], style["code"][-1] + 1e-3]
    with_habits, without = (
        page.hits(project_id, style={"code": code}) for code in (style["code"], plain)
    )
    assert page.studio.performer.code_of(Style(code=plain, at=style["at"])).habits is None
    assert with_habits != without


def test_habits_survive_a_restart_and_are_of_their_weights_alone(
    open_page: Any, song_data: tuple[Path, str]
) -> None:
    data, project_id = song_data
    with open_page(data) as page:
        style = Style(**page.get(f"/projects/{project_id}/takes/1"))
        habits = page.studio.performer.code_of(style).habits
        assert habits is not None
    with open_page(data) as page:
        assert page.studio.performer.code_of(style).habits == habits
    with open_page(data, model="open") as page:
        assert page.studio.performer.code_of(style).habits is None


def test_named_styles_are_near_by_the_names_that_they_had(page: Any) -> None:
    now, before = (
        page.get(f"/styles?near=preset:{name}")
        for name in ("double-bass-metal", "busy-independent-5")
    )
    assert now == before and now[0]["name"] == "double-bass metal"


def test_the_maps_islands_are_the_named_styles_at_their_places(page: Any, drummer: Drummer) -> None:
    style_map = page.get("/style-map")
    assert {island["name"] for island in style_map["islands"]} == {
        preset.title for preset in drummer.presets.values()
    }
    density = np.array(style_map["density"])
    assert density.shape == (style_map["size"], style_map["size"]) and density.max() == 1
    for island in style_map["islands"]:
        there = page.post("/style-map/position", {"code": island["code"]})
        assert there["at"] == island["at"]
    for place in ({"x": 0, "y": 0}, {"x": 1, "y": 1}, {"x": 0.313, "y": 0.77}):
        style = page.post("/style-map/code", {"at": place})
        back = page.post("/style-map/position", {"code": style["code"]})["at"]
        assert (back["x"], back["y"]) == pytest.approx((place["x"], place["y"]), abs=2e-3)
    page.post("/style-map/code", {"at": {"x": 1.01, "y": 0}}, 422)


def test_the_style_of_a_dropped_song_is_that_of_the_core(
    page: Any, song_folder: Path, drummer: Drummer, tmp_path: Path
) -> None:
    kick = song_folder / "kick in.wav"
    found = page.ask(
        "POST", "/styles/from-song", params={"name": "Kick in.wav"}, content=kick.read_bytes()
    )
    song = load_song([], [("kick", kick)])
    wanted = extract_style(song, model=drummer)
    assert found["style"]["code"] == pytest.approx(wanted.style.code.tolist(), abs=1e-4)
    assert (found["num_hits"], found["heard_in"]) == (16, "Kick in.wav")
    assert page.get("/projects") == []
    assert not list((tmp_path / "data" / "tmp").iterdir())


PIECES = [piece.value for piece in Piece]


def test_the_style_of_the_projects_own_drums(song: Any) -> None:
    page, project_id = song
    found = page.post(f"/styles/from-project/{project_id}")
    assert (found["num_hits"], found["heard_in"]) == (16, "kick in.wav")
    assert found["plays"] == "kick on 1 and 3"
    # Played back, it is what the kick plays: beats one and three.
    kick_alone = {"pieces": {piece: {"muted": piece != "kick"} for piece in PIECES}}
    hits = page.hits(project_id, style={"code": found["style"]["code"]}, settings=kick_alone)
    on_halves = [hit for hit in hits if hit["tick"] % 24 == 0]
    assert len(on_halves) >= 0.9 * len(hits) and len(on_halves) >= 12


def test_a_song_without_drums_says_so(page: Any, song_folder: Path) -> None:
    keys = (song_folder / "keys.wav").read_bytes()
    silence = keys[:44] + bytes(len(keys) - 44)
    for name, content, status in (
        ("quiet.wav", silence, 400),
        ("note.txt", b"x", 415),
        ("x.wav", b"x", 400),
    ):
        problem = page.ask(
            "POST", "/styles/from-song", status, params={"name": name}, content=content
        )
        assert name in problem["error"] and "--" not in problem["error"]
    project_id = page.new_project()
    assert (
        "no kick or drum stem"
        in page.post(f"/styles/from-project/{project_id}", None, 400)["error"]
    )

"""Projects are kept whole: over restarts, kills, tabs, and whatever they are called."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from fixtures.patience import PATIENCE_S

from drumnet.errors import OutputError
from drumnet.studio.errors import ConflictError, StudioError
from drumnet.studio.hear.songs import INTERRUPTED
from drumnet.studio.store.disk import Disk
from drumnet.studio.store.habits import HabitStore
from drumnet.studio.store.library import DATABASE_FILE, MIGRATIONS, Library
from drumnet.style.habits import Habits
from drumnet.style.passages import Passages

TRICKS = [
    "../../etc/passwd.wav",
    "..\\..\\windows.wav",
    "/etc/cron.d/x.wav",
    "a/b/../../../c.wav",
    "C:evil.wav",
    "~root/.ssh/x.wav",
    "%2e%2e%2fx.wav",
    "nul\x00byte.wav",
    "-rf *.wav",
    "…/ü\u202ewav.wav",
    ".wav",
]


def all_of(page: Any, project_id: str) -> Any:
    return page.get(f"/projects/{project_id}")


def test_a_restart_keeps_everything(song_data: tuple[Path, str], open_page: Any) -> None:
    data, project_id = song_data
    path = f"/projects/{project_id}"
    with open_page(data) as page:
        before = all_of(page, project_id)
        bodies = {
            "style": {"at": {"x": 0.25, "y": 0.75}, "name": "mine"},
            "sections": [{"start_beat": 8, "name": "B", "style": {"at": {"x": 0.9, "y": 0.4}}}],
            "settings": {"temperature": 0.5, "density": 1.5, "seed": 4},
            "mixer": {"stems": {before["stems"][0]["id"]: {"gain": 0.5, "mute": True}}},
            "edits": {"changes": [{"tick": 12, "piece": "kick", "velocity": 77}]},
        }
        revision = before["revision"]
        for what, body in bodies.items():
            revision = page.put(f"{path}/{what}", {"revision": revision, what: body})["revision"]
        page.post(f"{path}/beats", {"revision": revision, "edit": {"action": "shift", "beats": 1}})
        kept, played = all_of(page, project_id), page.hits(project_id)
    with open_page(data) as again:
        assert all_of(again, project_id) == kept
        assert again.hits(project_id) == played
        assert again.events.empty()  # nothing was listened to anew


def test_a_change_of_an_older_revision_is_refused_and_changes_nothing(song: Any) -> None:
    page, project_id = song
    path = f"/projects/{project_id}"
    seen = all_of(page, project_id)["revision"]
    first = page.put(f"{path}/settings", {"revision": seen, "settings": {"seed": 1}})
    for what, body in (
        ("settings", {"seed": 2}),
        ("style", {"at": {"x": 0, "y": 0}}),
        ("edits", {}),
        ("mixer", {}),
        ("sections", []),
    ):
        problem = page.put(f"{path}/{what}", {"revision": seen, what: body}, 409)
        assert "another tab" in problem["error"]
    edit = {"revision": seen, "edit": {"action": "half"}}
    assert "another tab" in page.post(f"{path}/beats", edit, 409)["error"]
    assert all_of(page, project_id) == first


def test_every_change_is_told_with_its_revision(song: Any) -> None:
    page, project_id = song
    renamed = page.ask("PATCH", f"/projects/{project_id}", json={"name": "other"})
    about, event = page.events.get(timeout=PATIENCE_S)
    assert (about, event.revision) == (project_id, renamed["revision"])


@pytest.mark.parametrize("name", TRICKS)
def test_names_never_become_paths(page: Any, song_folder: Path, tmp_path: Path, name: str) -> None:
    sound = (song_folder / "Bass DI.wav").read_bytes()
    project_id = page.new_project(name)
    answer = page.client.post(
        f"/api/projects/{project_id}/stems", params={"name": name}, content=sound
    )
    assert answer.status_code in (201, 415)  # `.wav` has no suffix
    if answer.status_code == 201:
        assert answer.json()["stems"][0]["name"] == name
    data = tmp_path / "data"
    outside = [path for path in tmp_path.rglob("*") if data not in (path, *path.parents)]
    assert not outside
    for file in (data / "projects").glob("*/*/*"):
        assert file.name.partition(".")[0] in {s["id"] for s in answer.json().get("stems", [])}


def test_what_is_deleted_leaves_no_file(song: Any, tmp_path: Path) -> None:
    page, project_id = song
    folder = tmp_path / "data" / "projects" / project_id
    stem = all_of(page, project_id)["stems"][0]["id"]
    assert list(folder.glob(f"*/{stem}.*"))
    page.ask("DELETE", f"/projects/{project_id}/stems/{stem}")
    assert not list(folder.glob(f"*/{stem}.*"))
    page.ask("DELETE", f"/projects/{project_id}", 204)
    assert not folder.exists()
    assert page.get("/projects") == []
    page.get(f"/projects/{project_id}", 404)


def test_what_is_not_there_is_404(song: Any) -> None:
    page, project_id = song
    for path in (f"/projects/{uuid4()}", f"/projects/{project_id}/stems/{uuid4()}/peaks"):
        assert "no such" in page.get(path, 404)["error"]
    assert "nothing here" in page.get("/nothing", 404)["error"]


def test_a_job_that_a_kill_has_stopped_can_be_started_again(
    song_data: tuple[Path, str], open_page: Any
) -> None:
    data, project_id = song_data
    with sqlite3.connect(data / DATABASE_FILE) as db:
        db.execute("UPDATE projects SET status = 'listening'")
    db.close()
    stray = [
        data / "tmp" / "half.wav",
        data / "projects" / project_id / "stems" / f"{uuid4()}.wav",
        data / "projects" / str(uuid4()) / "stems" / f"{uuid4()}.wav",
    ]
    for file in stray:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"half")
    with open_page(data) as page:
        project = all_of(page, project_id)
        assert (project["status"], project["error"]) == ("failed", INTERRUPTED)
        assert not any(file.exists() for file in stray)
        assert page.post(f"/projects/{project_id}/listen")["status"] == "listening"
        assert page.wait_until_heard(project_id)["status"] == "ready"


def test_a_library_belongs_to_one_studio(tmp_path: Path) -> None:
    first = Disk(tmp_path)
    with pytest.raises(ConflictError, match="another studio uses the library"):
        Disk(tmp_path)
    first.close()
    Disk(tmp_path).close()


def test_an_older_library_is_brought_up_to_date(tmp_path: Path) -> None:
    Library(tmp_path, MIGRATIONS).close()
    more = (*MIGRATIONS, "CREATE TABLE later (x TEXT) STRICT;")
    library = Library(tmp_path, more)
    with library.transaction() as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(more)
        db.execute("INSERT INTO later VALUES ('kept')")
    library.close()
    with pytest.raises(StudioError, match="newer drumnet"):
        Library(tmp_path, MIGRATIONS)


def test_a_library_from_before_habits_keeps_its_styles_and_learns_them(tmp_path: Path) -> None:
    Library(tmp_path, MIGRATIONS[:1]).close()
    library = Library(tmp_path)
    store, code = HabitStore(library, "weights"), [0.1] * 16
    assert store.of(code) is None
    habits = Habits(Passages(np.eye(2, 5), np.ones((2, 16))))
    store.remember(code, habits)
    assert store.of(code) == habits
    assert store.of([0.2] * 16) is None and HabitStore(library, "others").of(code) is None
    library.close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    Library(tmp_path, MIGRATIONS).close()
    broken = (*MIGRATIONS, "CREATE TABLE later (x TEXT) STRICT; INSERT INTO nowhere VALUES (1);")
    with pytest.raises(StudioError, match="cannot be read"):
        Library(tmp_path, broken)
    library = Library(tmp_path, MIGRATIONS)
    with library.transaction() as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        assert not db.execute("SELECT * FROM sqlite_master WHERE name = 'later'").fetchall()
    library.close()


def test_a_damaged_library_is_one_line(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_bytes(b"this is no database" * 100)
    with pytest.raises(StudioError, match="move it away"):
        Library(tmp_path)


def test_a_library_that_is_damaged_inside_is_one_line(tmp_path: Path) -> None:
    Library(tmp_path).close()
    file = tmp_path / DATABASE_FILE
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * 4096 + whole[8192:])
    with pytest.raises(StudioError, match="move it away"):
        Library(tmp_path)


def test_a_library_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).mkdir()
    with pytest.raises(StudioError, match="move it away"):
        Library(tmp_path)


def test_a_data_folder_that_cannot_hold_anything_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "tmp").write_text("in the way")
    with pytest.raises(OutputError, match="cannot use the data folder"):
        Disk(tmp_path)
    (tmp_path / "tmp").unlink()
    Disk(tmp_path).close()


def test_two_songs_are_told_apart_by_their_names(page: Any) -> None:
    def made(name: str) -> str:
        found: str = page.ask("POST", "/projects", 201, json={"name": name})["name"]
        return found

    assert [made("Night bus") for _ in range(3)] == ["Night bus", "Night bus 2", "Night bus 3"]
    longest = "x" * 200
    assert made(longest) == longest
    assert made(longest) == "x" * 198 + " 2"

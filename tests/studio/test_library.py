"""The library when other programs hold it, when it is damaged, and its copies."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from drumnet.cli.main import main
from drumnet.studio.errors import LibraryError, StudioError
from drumnet.studio.store import backups, library
from drumnet.studio.store.disk import BACKUPS, DATABASE_FILE, Disk
from drumnet.studio.store.library import Library


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Another program is about to change the library, and takes its time."""
    with closing(sqlite3.connect(data / DATABASE_FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def sql(data: Path, *statement: Any) -> None:
    with closing(sqlite3.connect(data / DATABASE_FILE)) as other:
        other.execute(*statement)
        other.commit()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_BUSY_S", 0.05)


def test_a_library_that_is_held_is_read_all_the_same(song: Any, tmp_path: Path) -> None:
    page, project_id = song
    hits = page.hits(project_id)
    revision = page.get(f"/projects/{project_id}")["revision"]
    with held(tmp_path / "data"):
        assert [card["id"] for card in page.get("/projects")] == [project_id]
        assert page.hits(project_id) == hits
        assert page.get("/styles")
        body = {"revision": revision, "settings": {"seed": 9}}
        problem = page.put(f"/projects/{project_id}/settings", body, 503)["error"]
        assert "another program holds the library" in problem
        assert page.get(f"/projects/{project_id}")["revision"] == revision
    assert page.put(f"/projects/{project_id}/settings", body)["revision"] == revision + 1


def test_reading_does_not_wait_for_a_change_of_our_own(tmp_path: Path) -> None:
    books = Library(tmp_path)
    insert = "INSERT INTO styles VALUES ('1', 'x', '[]', '[]', '{}', 'm', '', '')"
    seen: list[int] = []

    def read() -> None:
        with books.reading() as db:
            seen.append(db.execute("SELECT COUNT(*) FROM styles").fetchone()[0])

    with books.transaction() as db:
        db.execute(insert)
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(5)
        with pytest.raises(LibraryError, match="try again"), books.transaction():
            raise AssertionError("two changes at once")
    read()
    assert seen == [0, 1]
    with pytest.raises(LibraryError, match="may only be read"), books.reading() as db:
        db.execute(insert)
    books.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [("style", "{"), ("edits", "\udcff"), ("beats", "[]"), ("settings", '{"density": "x"}')],
)
def test_a_damaged_row_costs_that_song_alone(
    open_page: Any, song_data: tuple[Path, str], column: str, value: str
) -> None:
    data, whole = song_data
    with open_page(data) as page:
        damaged = page.new_project("broken")
    statement = f"UPDATE projects SET {column} = CAST(? AS TEXT), status = 'listening' WHERE id = ?"
    sql(data, statement, (value.encode("utf-8", "surrogateescape"), damaged))
    with open_page(data) as page:
        assert {card["id"] for card in page.get("/projects")} == {whole, damaged}
        assert page.hits(whole)
        problem = page.get(f"/projects/{damaged}", 422)["error"]
        assert "the song 'broken' is damaged" in problem and "--restore" in problem
        page.ask("DELETE", f"/projects/{damaged}", 204)
        assert [card["id"] for card in page.get("/projects")] == [whole]


def test_a_damaged_stem_keeps_its_sound(open_page: Any, song_data: tuple[Path, str]) -> None:
    data, project_id = song_data
    sounds = {path: path.read_bytes() for path in data.rglob("stems/*.wav")}
    sql(data, "UPDATE stems SET role = 'nobody'")
    sql(data, "UPDATE projects SET status = 'nothing'")
    with open_page(data) as page:
        assert page.get("/projects")[0]["status"] == "damaged"
        assert "is damaged" in page.get(f"/projects/{project_id}", 422)["error"]
    assert {path: path.read_bytes() for path in data.rglob("stems/*.wav")} == sounds


def test_a_damaged_style_costs_itself_alone(page: Any, tmp_path: Path) -> None:
    body = {"name": "kept", "tags": [], "code": [0.5] * 16, "source": ""}
    kept = page.post("/styles", body, 201)
    for name, column in (("one", "code"), ("two", "tags"), ("three", "at")):
        page.post("/styles", {**body, "name": name}, 201)
        sql(tmp_path / "data", f"UPDATE styles SET {column} = '[7' WHERE name = ?", (name,))
    found = page.get("/styles")
    assert [style["id"] for style in found if not style["builtin"]] == [kept["id"]]


def test_each_session_that_changes_anything_leaves_a_copy_and_five_stay(
    open_page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = (f"202611{day:02}-120000" for day in range(1, 31))
    monkeypatch.setattr(backups, "_now", lambda: next(days))
    for number in range(8):
        with open_page(tmp_path) as page:
            page.new_project(f"song {number}")
    copies = sorted((tmp_path / BACKUPS).iterdir())
    assert len(copies) == backups.NUM_KEPT
    with open_page(tmp_path):  # nothing is changed
        pass
    assert sorted((tmp_path / BACKUPS).iterdir()) == copies
    with closing(sqlite3.connect(copies[-1])) as copy:
        names = {row[0] for row in copy.execute("SELECT name FROM projects")}
    assert names == {f"song {number}" for number in range(8)}


def test_a_damaged_library_goes_back_to_its_newest_whole_copy(
    open_page: Any, song_data: tuple[Path, str], song_folder: Path, monkeypatch: Any
) -> None:
    data, project_id = song_data
    with open_page(data) as page:
        before = page.get(f"/projects/{project_id}")
        later = page.new_project("later")
        page.upload(later, "keys.wav", (song_folder / "keys.wav").read_bytes())
        page.wait_until_heard(later)
    file = data / DATABASE_FILE
    file.write_bytes(file.read_bytes()[:5000] + b"\xff" * 5000)
    *_, newest = sorted((data / BACKUPS).iterdir())
    newest.write_bytes(b"damaged too" * 1000)
    monkeypatch.setattr("drumnet.studio.web.app.has_page", lambda: True)
    asked = ["studio", "--port", "0", "--data", str(data)]
    refused = CliRunner().invoke(main, asked)
    assert refused.exit_code == 1 and "--restore" in refused.output
    assert len(refused.output.splitlines()) == 1

    with closing(Disk(data)) as disk:
        copy, aside = backups.restore(disk)
    assert copy.parent == data / BACKUPS and copy != newest
    with open_page(data) as page:
        assert page.get(f"/projects/{project_id}") == before
        assert page.hits(project_id)
        page.get(f"/projects/{later}", 404)
    (sound,) = aside.glob(f"projects/{later}/stems/*.wav")
    assert sound.read_bytes() == (song_folder / "keys.wav").read_bytes()
    assert (aside / DATABASE_FILE).read_bytes()[5000:] == b"\xff" * 5000


def test_where_there_is_no_copy_nothing_is_touched(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_bytes(b"no database at all" * 99)
    with closing(Disk(tmp_path)) as disk, pytest.raises(StudioError, match="no whole copy"):
        backups.restore(disk)
    assert (tmp_path / DATABASE_FILE).read_bytes() == b"no database at all" * 99


def test_passing_files_may_be_cleared_away(song: Any, tmp_path: Path, song_folder: Path) -> None:
    page, project_id = song
    (tmp_path / "data" / "tmp").rmdir()
    page.upload(project_id, "more.wav", (song_folder / "keys.wav").read_bytes())
    page.wait_until_heard(project_id)
    (tmp_path / "data" / "tmp").rmdir()
    assert page.client.get(f"/api/projects/{project_id}/export.zip").status_code == 200

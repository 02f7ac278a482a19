"""Only this machine's own page is answered."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from drumnet.cli.main import main

HOST = "127.0.0.1:8765"


@pytest.mark.parametrize(
    "host",
    [
        "studio.example",
        "studio.example:8765",
        "127.0.0.1.example",
        "10.0.0.7:8765",
        "",
        "a@127.0.0.1",
        "[::1]evil",
        "[::1]:80evil",
        "127.0.0.1:80:80",
        "127.0.0.1/x",
        "localhost evil",
    ],
)
def test_a_name_that_is_not_this_machines_is_refused(page: Any, host: str) -> None:
    answer = page.client.get("/api/projects", headers={"host": host})
    assert answer.status_code == 403
    assert "on this machine only" in answer.json()["error"]


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1", "[::1]:8765", "LOCALHOST:1"])
def test_every_name_of_this_machine_is_answered(page: Any, host: str) -> None:
    assert page.client.get("/api/projects", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "https://127.0.0.1:8765", "http://127.0.0.1:9999", "x"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_another_sites_requests_are_refused(page: Any, origin: str, method: str) -> None:
    headers = {"host": HOST, "origin": origin}
    answer = page.client.request(method, "/api/projects", headers=headers, json={"name": "x"})
    assert answer.status_code == 403
    assert page.get("/projects") == []


def test_the_page_itself_may_ask(page: Any) -> None:
    headers = {"host": HOST, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
    answer = page.client.post("/api/projects", headers=headers, json={"name": "x"})
    assert answer.status_code == 201


def test_an_image_of_another_site_reads_nothing(page: Any) -> None:
    for site in ("cross-site", "same-site"):
        answer = page.client.get("/api/projects", headers={"sec-fetch-site": site})
        assert answer.status_code == 403


def test_a_link_from_another_site_opens_the_page(page: Any) -> None:
    answer = page.client.get("/", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code in (200, 503)  # without the front end it says what to run


@pytest.fixture
def stranger(page: Any) -> TestClient:
    """Another user of this machine: reaches the port, and was not told the token."""
    return TestClient(page.client.app, f"http://{HOST}", follow_redirects=False)


@pytest.mark.parametrize("cookie", [None, "", "guess", "á"])
@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/icon.svg", "/api/about", "/api/projects", "/api/no", "/no"]
)
def test_who_was_not_told_the_address_gets_nothing(
    page: Any, stranger: TestClient, path: str, cookie: str | None
) -> None:
    headers = {} if cookie is None else {"cookie": f"drumnet-8765={cookie}".encode()}
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
        answer = stranger.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
    assert page.get("/projects") == []
    assert "open the address that drumnet studio has printed" in stranger.get(path).text


def test_a_songs_sound_is_not_for_others(song: Any) -> None:
    page, project_id = song
    stem = page.get(f"/projects/{project_id}")["stems"][0]["id"]
    sound = f"/api/projects/{project_id}/stems/{stem}/audio"
    assert page.client.get(sound).status_code == 200
    assert TestClient(page.client.app, f"http://{HOST}").get(sound).status_code == 401


def test_the_first_address_opens_the_studio_and_is_kept_nowhere(
    page: Any, stranger: TestClient
) -> None:
    token = page.studio.config.token
    opened = stranger.get(f"/?project=x&token={token}")
    assert (opened.status_code, opened.headers["location"]) == (303, "/?project=x")
    cookie = opened.headers["set-cookie"]
    assert cookie == f"drumnet-8765={token}; Path=/; HttpOnly; SameSite=Strict"
    assert stranger.get("/api/projects").status_code == 200


def test_a_link_in_a_terminal_of_the_browser_opens_it_too(page: Any, stranger: TestClient) -> None:
    """After a redirect such a cookie would not be sent."""
    address = f"/?token={page.studio.config.token}"
    opened = stranger.get(address, headers={"sec-fetch-site": "cross-site"})
    assert opened.status_code == 200 and 'content="0;url=/"' in opened.text
    assert stranger.get("/api/projects").status_code == 200


def test_the_address_of_an_earlier_start_opens_nothing(page: Any, stranger: TestClient) -> None:
    answer = stranger.get("/?token=of-yesterday")
    assert answer.status_code == 401 and "set-cookie" not in answer.headers
    assert page.client.get("/?token=of-yesterday", follow_redirects=False).status_code == 303


def test_a_browser_is_not_started_with_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody can see what a program was started with."""
    address, launched = "http://127.0.0.1:1/?project=x&token=secret", []
    monkeypatch.setattr("drumnet.studio.web.app.has_page", lambda: True)
    monkeypatch.setattr("click.launch", launched.append)
    monkeypatch.setattr(
        "drumnet.studio.web.server.run_studio",
        lambda config, port, song, started: started(address),
    )
    asked = ["studio", "--open", "--data", str(tmp_path)]
    assert CliRunner().invoke(main, asked).exit_code == 0
    file = tmp_path / "open.html"
    assert launched == [file.as_uri()]
    assert "url=http://127.0.0.1:1/?project=x&amp;token=secret" in file.read_text()
    assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_web_socket_is_opened(page: Any) -> None:
    with pytest.raises(WebSocketDisconnect), page.client.websocket_connect("/api/projects"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX systems")
def test_nobody_else_can_read_the_library(page: Any, tmp_path: Path, song_folder: Path) -> None:
    project_id = page.new_project()
    page.upload(project_id, "keys.wav", (song_folder / "keys.wav").read_bytes())
    page.wait_until_heard(project_id)
    data = tmp_path / "data"
    kinds = {path: stat.S_IMODE(path.stat().st_mode) for path in (data, *data.rglob("*"))}
    assert {kind for path, kind in kinds.items() if path.is_dir()} == {0o700}
    assert {kind for path, kind in kinds.items() if path.is_file()} == {0o600}


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX systems")
def test_a_library_of_before_is_closed_to_others(open_page: Any, song_data: Any) -> None:
    data, _ = song_data
    for path in (data, *data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (data / "notes.txt").write_text("of somebody else")
    (data / "notes.txt").chmod(0o644)
    with open_page(data):
        rights = {path: stat.S_IMODE(path.stat().st_mode) for path in data.rglob("*")}
    assert rights.pop(data / "notes.txt") == 0o644
    assert set(rights.values()) == {0o700, 0o600}


def test_songs_are_opened_from_allowed_folders_alone(
    open_page: Any, tmp_path: Path, song_folder: Path
) -> None:
    allowed, other = tmp_path / "mine", tmp_path / "other"
    shutil.copytree(song_folder, allowed / "song")
    shutil.copytree(song_folder, other / "song")
    (allowed / "link").symlink_to(other / "song", target_is_directory=True)
    with open_page(tmp_path / "data", folders=(allowed,)) as page:
        assert page.get("/about")["folders"] == [str(allowed.resolve())]
        opening = f"/projects/{page.new_project()}/open"
        for path in (other / "song", allowed / "link", allowed / ".." / "other" / "song", "/"):
            problem = page.post(opening, {"path": str(path)}, 403)["error"]
            assert "where songs may be opened from" in problem and str(allowed) in problem
        assert len(page.post(opening, {"path": str(allowed / "song")})["stems"]) == 4


def test_every_answer_keeps_other_sites_out(page: Any) -> None:
    headers = page.client.get("/api/projects").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


def test_a_huge_request_is_cut_off(page: Any) -> None:
    announced = page.client.post("/api/projects", content=b" " * (17 * 2**20))
    assert announced.status_code == 413
    unannounced = page.client.post("/api/projects", content=(b" " * 2**20 for _ in range(17)))
    assert unannounced.status_code == 413
    assert "MB" in unannounced.json()["error"]


def test_an_update_of_the_page_is_seen(page: Any) -> None:
    answer = page.client.get("/")
    if answer.status_code == 503:
        pytest.skip("the front end is not built")
    assert answer.headers["cache-control"] == "no-cache"

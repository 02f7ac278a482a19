"""The studio as a program: signals, kills, ports, and several tabs at once."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from click.testing import CliRunner
from fixtures.patience import PATIENCE_S

from drumnet.cli.main import main
from drumnet.studio.web.start_token import cookie_name

#: As the command line runs it, with or without the built page.
PROGRAM = """
import sys
from pathlib import Path
from drumnet.cli.main import main
import drumnet.studio.web.app
drumnet.studio.web.app.has_page = lambda: True
main(["studio", "--port", "0", "--data", *sys.argv[1:]], prog_name="drumnet")
"""


class Served:
    """A studio in another process."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, urlsplit(address)
        self.query = dict(parse_qsl(self.address.query))
        cookie = f"{cookie_name(self.address.port or 0)}={self.query['token']}"
        self.headers = {"content-type": "application/json", "cookie": cookie}

    def connect(self) -> http.client.HTTPConnection:
        port = self.address.port
        return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        connection = self.connect()
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection.request(method, f"/api{path}", sent, self.headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status < 300, content
        return json.loads(content) if content else None

    def events(self, project_id: str) -> Iterator[dict[str, Any]]:
        connection = self.connect()
        connection.request("GET", f"/api/projects/{project_id}/events", headers=self.headers)
        answer = connection.getresponse()
        assert answer.getheader("content-type", "").startswith("text/event-stream")
        try:
            while line := answer.readline().decode():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))
        finally:
            connection.close()

    def wait_for(self, project_id: str, kind: str) -> dict[str, Any]:
        return next(event for event in self.events(project_id) if event["kind"] == kind)

    def end(self, by: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(by)
        _, errors = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, errors


@contextmanager
def served(data: Path, *arguments: str) -> Iterator[Served]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(data), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("the studio is open at http://127.0.0.1:"), process.stderr
        yield Served(process, line.split()[5])
    finally:
        process.kill()
        process.communicate()


def test_a_song_is_opened_once_and_heard_while_tabs_look_on(
    tmp_path: Path, song_folder: Path
) -> None:
    with served(tmp_path, str(song_folder)) as studio:
        project_id = studio.query["project"]
        fractions, seen = [], []
        for event in studio.events(project_id):
            seen.append(event["kind"])
            fractions += [event["fraction"]] if event["kind"] == "progress" else []
            if studio.ask("GET", f"/projects/{project_id}")["status"] == "ready":
                break
        assert fractions == sorted(fractions)
        assert seen[0] == "changed"
        code, errors = studio.end(signal.SIGINT)
        assert (code, errors) == (0, "")
    with served(tmp_path, str(song_folder)) as studio:
        assert studio.query["project"] == project_id
        assert len(studio.ask("GET", "/projects")) == 1


def test_a_change_is_told_to_the_other_tab(tmp_path: Path) -> None:
    with served(tmp_path) as studio:
        project_id = studio.ask("POST", "/projects", {"name": "x"})["id"]
        tab = studio.events(project_id)
        first = next(tab)
        renamed = studio.ask("PATCH", f"/projects/{project_id}", {"name": "y"})
        assert next(tab)["revision"] == renamed["revision"] == first["revision"] + 1
        studio.ask("DELETE", f"/projects/{project_id}")
        assert [event["kind"] for event in tab] == ["deleted"]


def test_open_tabs_do_not_hold_up_the_end(tmp_path: Path) -> None:
    with served(tmp_path) as studio:
        project_id = studio.ask("POST", "/projects", {"name": "x"})["id"]
        tabs = [studio.events(project_id) for _ in range(3)]
        for tab in tabs:
            next(tab)
        assert studio.end(signal.SIGTERM) == (0, "")
        assert [list(tab) for tab in tabs] == [[], [], []]


def test_a_kill_in_the_middle_leaves_the_library_whole(tmp_path: Path, song_folder: Path) -> None:
    sound = (song_folder / "keys.wav").read_bytes()
    with served(tmp_path) as studio:
        project_id = studio.ask("POST", "/projects", {"name": "x"})["id"]
        kept = studio.ask("POST", f"/projects/{project_id}/stems?name=keys.wav", sound)
        cut_off = studio.connect()
        cut_off.putrequest("POST", f"/api/projects/{project_id}/stems?name=bass.wav")
        cut_off.putheader("cookie", studio.headers["cookie"])
        cut_off.putheader("content-length", str(len(sound)))
        cut_off.endheaders(sound[: len(sound) // 2])
        studio.ask("PATCH", f"/projects/{project_id}", {"name": "renamed"})
        studio.end(signal.SIGKILL)
        cut_off.close()
    with served(tmp_path) as studio:
        project = studio.ask("GET", f"/projects/{project_id}")
        assert project["name"] == "renamed"
        assert [stem["id"] for stem in project["stems"]] == [stem["id"] for stem in kept["stems"]]
        assert not list((tmp_path / "tmp").iterdir())
        if project["status"] != "ready":
            tab = studio.events(project_id)
            next(tab)
            studio.ask("POST", f"/projects/{project_id}/listen")
            assert next(event for event in tab if event["kind"] in ("ready", "failed"))
        assert studio.ask("GET", f"/projects/{project_id}")["status"] == "ready"


def test_what_was_acknowledged_before_a_kill_is_there_after_it(tmp_path: Path) -> None:
    with served(tmp_path) as studio:
        project_id = studio.ask("POST", "/projects", {"name": "x"})["id"]
        acknowledged: list[int] = []
        enough = threading.Event()

        def write() -> None:
            revision = 1
            edits = {"changes": [{"tick": t, "piece": "kick", "velocity": 1} for t in range(500)]}
            try:
                while True:
                    body = {"revision": revision, "edits": edits}
                    project = studio.ask("PUT", f"/projects/{project_id}/edits", body)
                    revision = project["revision"]
                    acknowledged.append(revision)
                    if len(acknowledged) == 20:
                        enough.set()
            except (OSError, http.client.HTTPException):
                return

        writer = threading.Thread(target=write)
        writer.start()
        assert enough.wait(PATIENCE_S)
        studio.end(signal.SIGKILL)
        writer.join(PATIENCE_S)
    with served(tmp_path) as studio:
        project = studio.ask("GET", f"/projects/{project_id}")
        assert project["revision"] in (acknowledged[-1], acknowledged[-1] + 1)
        assert len(project["edits"]["changes"]) == 500


def test_an_upload_that_is_broken_off_leaves_nothing(tmp_path: Path, song_folder: Path) -> None:
    with served(tmp_path) as studio:
        project_id = studio.ask("POST", "/projects", {"name": "x"})["id"]
        connection = studio.connect()
        connection.putrequest("POST", f"/api/projects/{project_id}/stems?name=bass.wav")
        connection.putheader("cookie", studio.headers["cookie"])
        connection.putheader("content-length", "3000000")
        connection.endheaders(b"RIFF" * 500_000)
        connection.close()
        # Stems that come meanwhile are listened to, though the other one never came.
        tab = studio.events(project_id)
        next(tab)
        sound = (song_folder / "keys.wav").read_bytes()
        studio.ask("POST", f"/projects/{project_id}/stems?name=keys.wav", sound)
        assert any(event["kind"] == "ready" for event in tab)
        assert studio.end(signal.SIGINT) == (0, "")
        assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize("megabytes", [17, 60])
def test_a_body_that_is_too_large_is_sent_and_then_refused(tmp_path: Path, megabytes: int) -> None:
    """Where the server hung up first, the browser would say that the connection was lost."""
    with served(tmp_path) as studio:
        project_id = studio.ask("POST", "/projects", {"name": "x"})["id"]
        body = b" " * megabytes * 2**20
        for method, path in (("POST", "/api/projects"), ("PATCH", f"/api/projects/{project_id}")):
            for announced in (body, iter([body])):
                connection = studio.connect()
                connection.request(method, path, announced, studio.headers)
                answer = connection.getresponse()
                assert answer.status == 413 and b"MB is not taken" in answer.read()
                connection.close()


def test_many_clients_at_once_are_all_answered(song_data: tuple[Path, str]) -> None:
    data, project_id = song_data
    with served(data) as studio:
        answers: dict[int, list[Any]] = {}

        def client(number: int) -> None:
            style = {"at": {"x": number / 15, "y": 0.5}}
            body = {"style": style}
            answers[number] = [
                studio.ask("POST", f"/projects/{project_id}/hits", {**body, "serial": serial})
                for serial in range(5)
            ]

        threads = [threading.Thread(target=client, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        assert len(answers) == 16
        for number, own in answers.items():
            assert [answer["serial"] for answer in own] == list(range(5))
            assert {answer["style"]["at"]["x"] for answer in own} == {number / 15}
            assert all(answer["hits"] == own[0]["hits"] for answer in own)


def test_a_port_that_is_taken_is_one_line(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("drumnet.studio.web.app.has_page", lambda: True)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ran = CliRunner().invoke(main, ["studio", "--port", port, "--data", str(tmp_path)])
    assert ran.exit_code == 1
    assert ran.output == (
        f"drumnet: error: port {port} is taken, perhaps by another studio: close it, or choose "
        "another with --port\n"
    )


@pytest.mark.parametrize(
    ("missing", "words"),
    [("page", "npm ci && npm run build"), ("extra", "pip install 'drumnet[studio]'")],
)
def test_what_is_missing_is_said_in_one_line(
    tmp_path: Path, monkeypatch: Any, missing: str, words: str
) -> None:
    if missing == "page":
        monkeypatch.setattr("drumnet.studio.web.app.has_page", lambda: False)
    else:
        monkeypatch.setattr("drumnet.cli.extras.find_spec", lambda name: None)
    ran = CliRunner().invoke(main, ["studio", "--data", str(tmp_path / "data")])
    assert ran.exit_code == 1
    assert words in ran.output and len(ran.output.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_a_song_that_is_not_there_is_one_line(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("drumnet.studio.web.app.has_page", lambda: True)
    arguments = ["studio", str(tmp_path / "no"), "--port", "0", "--data", str(tmp_path / "data")]
    ran = CliRunner().invoke(main, arguments)
    assert ran.exit_code == 1
    assert "there is no file or folder" in ran.output and len(ran.output.splitlines()) == 1

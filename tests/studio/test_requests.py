"""Whatever is asked, the answer is never a fault of the server's own: requests
made from the OpenAPI document by schemathesis, and a table of nasty ones."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

pytest.importorskip("schemathesis")

import schemathesis
import uvicorn
from fixtures.patience import PATIENCE_S
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from drumnet.studio.web.app import build_api, create_app
from drumnet.studio.web.context import StudioConfig
from drumnet.studio.web.start_token import cookie_name

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(build_api().openapi())


class Live:
    """A studio on a port of the loopback interface, with a song in it."""

    def __init__(self, address: str, token: str, project_id: str, stem_id: str) -> None:
        self.address, self.project_id, self.stem_id = address, project_id, stem_id
        self.headers = {"cookie": f"{cookie_name(urlsplit(address).port or 0)}={token}"}

    def revision(self) -> int:
        """Of the song, now."""
        about = f"{self.address}/api/projects/{self.project_id}"
        with urlopen(Request(about, headers=self.headers)) as answer:
            return int(json.load(answer)["revision"])


@pytest.fixture(scope="module")
def live(
    heard_song: tuple[Path, str], open_page: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    source, project_id = heard_song
    data = tmp_path_factory.mktemp("live") / "data"
    shutil.copytree(source, data)
    with open_page(data) as page:
        stem_id = page.get(f"/projects/{project_id}")["stems"][0]["id"]
    asked = StudioConfig(data, settle_s=0.0, max_upload_bytes=1_000_000)
    config = uvicorn.Config(create_app(asked), port=0, log_config=None, timeout_graceful_shutdown=1)
    server, started = uvicorn.Server(config), threading.Event()
    config.load()
    startup = server.startup

    async def told(*args: Any, **kwargs: Any) -> None:
        await startup(*args, **kwargs)
        started.set()

    server.startup = told  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run)
    thread.start()
    assert started.wait(30)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Live(f"http://127.0.0.1:{port}", asked.token, project_id, stem_id)
    server.should_exit = True
    thread.join(30)


def aim(case: Any, live: Live) -> None:
    """Half of the requests are about the song that is there; but it is not deleted, and
    its events never end."""
    ids = case.path_parameters or {}
    is_aimed = sum(map(ord, repr(case.body) + repr(case.query))) % 2 == 0
    if "project_id" in ids and case.method != "DELETE" and not case.path.endswith("/events"):
        ids["project_id"] = live.project_id if is_aimed else ids["project_id"]
    if "stem_id" in ids and case.method != "DELETE":
        ids["stem_id"] = live.stem_id if is_aimed else ids["stem_id"]
    if isinstance(case.body, dict) and "revision" in case.body and is_aimed:
        case.body["revision"] = live.revision()


@SCHEMA.parametrize()
@settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_request_has_an_answer_of_its_kind(case: Any, live: Live) -> None:
    aim(case, live)
    answer = case.call(base_url=live.address, headers=live.headers, timeout=PATIENCE_S)
    case.validate_response(answer, checks=CHECKS)


NASTY = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe\x00",
    b'{"name": "\\ud800"}',
    b'{"name": "\\u0000"}',
    b'{"name": "x", "name": 5}',
    b'{"revision": 1e400}',
    b'{"revision": 99999999999999999999999999}',
    b'{"revision": NaN, "settings": {"temperature": Infinity}}',
    b"[" * 100_000,
    b'{"edits": {"changes": [' + b'{"tick": 1},' * 1000 + b"]}}",
    b'{"style": {"code": [' + b"1e308," * 15 + b"1e308]}}",
    b'{"at": {"x": -0.0, "y": 1e-320}}',
    b'{"path": "/proc/self/mem"}',
    b'{"path": "\\u0000/etc"}',
    b'{"edit": {"action": "tap", "times_s": [0, 0, 0, 0]}}',
]


@pytest.mark.parametrize("body", NASTY, ids=lambda body: repr(body[:30]))
def test_nasty_bodies_get_one_line(song: Any, body: bytes) -> None:
    page, project_id = song
    mine = f"/api/projects/{project_id}"
    for method, path in (
        ("POST", "/api/projects"),
        ("PATCH", mine),
        ("POST", f"{mine}/hits"),
        ("POST", f"{mine}/open"),
        ("POST", f"{mine}/beats"),
        *(("PUT", f"{mine}/{what}") for what in ("style", "sections", "settings", "edits")),
        ("POST", "/api/styles"),
        ("POST", "/api/style-map/code"),
    ):
        headers = {"content-type": "application/json"}
        answer = page.client.request(method, path, content=body, headers=headers)
        assert answer.status_code < 500
        if answer.status_code >= 400:
            assert list(answer.json()) == ["error"]
            assert len(answer.json()["error"].splitlines()) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/api/projects/../../etc/passwd",
        "/api/kits/808/../../../etc/passwd.wav",
        "/api/kits/808/%2e%2e%2f%2e%2e%2fetc%2fpasswd.wav",
        "/%2e%2e/%2e%2e/app.py",
        "/..%5c..%5capp.py",
        "/static/../app.py",
        "//etc/passwd",
        "/api/projects/%00",
        "/api/projects/" + "9" * 5000,
    ],
)
def test_no_path_leads_out(page: Any, path: str) -> None:
    answer = page.client.get(path)
    assert answer.status_code < 500
    assert b"root:" not in answer.content and b"create_app" not in answer.content

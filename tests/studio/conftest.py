"""A studio in a test: its API without a network, and a song that it has heard."""

from __future__ import annotations

import queue
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra [studio] is not installed")

from starlette.testclient import TestClient

from drumnet.studio.schemas.project import Event, EventKind
from drumnet.studio.web.app import create_app
from drumnet.studio.web.context import Studio, StudioConfig

#: Longer than any song of a test takes on a busy machine.
PATIENCE_S = 60.0


class Page:
    """What a page does: requests, and the events that it is told."""

    def __init__(self, client: TestClient, studio: Studio) -> None:
        self.client, self.studio = client, studio
        self.events: queue.Queue[tuple[str, Event]] = queue.Queue()
        publish = studio.hub.publish

        def overheard(project_id: str, event: Event) -> None:
            publish(project_id, event)
            self.events.put((project_id, event))

        studio.hub.publish = overheard  # type: ignore[method-assign]

    def ask(self, method: str, path: str, status: int = 200, **kwargs: Any) -> Any:
        """The JSON of an answer, whose status is checked."""
        answer = self.client.request(method, f"/api{path}", **kwargs)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def get(self, path: str, status: int = 200) -> Any:
        return self.ask("GET", path, status)

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        return self.ask("POST", path, status, json=body)

    def put(self, path: str, body: Any, status: int = 200) -> Any:
        return self.ask("PUT", path, status, json=body)

    def upload(self, project_id: str, name: str, content: bytes, status: int = 201) -> Any:
        path = f"/projects/{project_id}/stems"
        return self.ask("POST", path, status, params={"name": name}, content=content)

    def new_project(self, name: str = "a song") -> str:
        return str(self.post("/projects", {"name": name}, 201)["id"])

    def wait_for(self, project_id: str, *kinds: EventKind) -> Event:
        """The next event of one of these kinds."""
        while True:
            about, event = self.events.get(timeout=PATIENCE_S)
            if about == project_id and event.kind in kinds:
                return event

    def wait_until_heard(self, project_id: str) -> Any:
        """The project, when listening has ended one way or the other."""
        self.wait_for(project_id, EventKind.READY, EventKind.FAILED)
        return self.get(f"/projects/{project_id}")

    def hits(self, project_id: str, **request: Any) -> list[dict[str, Any]]:
        """What is played."""
        answer = self.post(f"/projects/{project_id}/hits", request)
        hits: list[dict[str, Any]] = answer["hits"]
        return hits


OpenPage = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="session")
def open_page() -> OpenPage:
    """`open_page(data, **config)`: a studio on a data folder, as a context."""

    @contextmanager
    def opened(data: Path, **config: Any) -> Iterator[Page]:
        guarded = create_app(StudioConfig(data, settle_s=0.0, **config))
        with TestClient(guarded, base_url="http://127.0.0.1:8765") as client:
            yield Page(client, guarded.app.state.studio)

    return opened


@pytest.fixture(scope="session")
def heard_song(
    open_page: OpenPage, song_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """A library whose one song was listened to, and the song's id."""
    data = tmp_path_factory.mktemp("library")
    with open_page(data) as page:
        project_id = page.new_project("sixteen seconds")
        page.post(f"/projects/{project_id}/open", {"path": str(song_folder)})
        project = page.wait_until_heard(project_id)
    assert project["status"] == "ready", project["error"]
    return data, project_id


@pytest.fixture
def page(open_page: OpenPage, tmp_path: Path) -> Iterator[Page]:
    """A studio whose library is empty."""
    with open_page(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def song_data(heard_song: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    """A copy of `heard_song`."""
    data, project_id = heard_song
    shutil.copytree(data, tmp_path / "data")
    return tmp_path / "data", project_id


@pytest.fixture
def song(open_page: OpenPage, song_data: tuple[Path, str]) -> Iterator[tuple[Page, str]]:
    """A studio on `song_data`, and the song's id."""
    data, project_id = song_data
    with open_page(data) as opened:
        yield opened, project_id

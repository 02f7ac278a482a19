"""All of the studio as one ASGI application."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.staticfiles import StaticFiles

from drumnet import __version__
from drumnet.drummer import Drummer
from drumnet.errors import DrumnetError, OutputError
from drumnet.midi.keys import load_midi_map
from drumnet.studio.errors import DiskFullError, StudioError
from drumnet.studio.events import Hub
from drumnet.studio.hear.analysis import Analysis
from drumnet.studio.hear.intake import Intake
from drumnet.studio.hear.listening import Listener
from drumnet.studio.hear.places import Places
from drumnet.studio.hear.songs import Songs
from drumnet.studio.hear.transfer import StyleFinder
from drumnet.studio.memory import Tidier
from drumnet.studio.play.export import Exporter
from drumnet.studio.play.live import Live
from drumnet.studio.play.performance import Performer
from drumnet.studio.store.backups import back_up
from drumnet.studio.store.disk import BACKUPS, Disk
from drumnet.studio.store.habits import HabitStore
from drumnet.studio.store.kit_samples import Kits
from drumnet.studio.store.library import Library
from drumnet.studio.store.pad import Pad
from drumnet.studio.store.projects import ProjectStore
from drumnet.studio.store.stems import StemStore
from drumnet.studio.store.styles import StyleStore
from drumnet.studio.web.context import Studio, StudioConfig
from drumnet.studio.web.guard import Guard
from drumnet.studio.web.routes import PREFIX, api_router

_log = logging.getLogger(__name__)

#: Made by `npm run build` in `web/`; a wheel has it.
PAGE = Path(__file__).parents[1] / "static"
NO_PAGE = (
    "the studio's page is not built: with Node 20 or newer, pip install '.[studio]' again, or "
    "npm ci && npm run build in web/"
)
_CANNOT_BE_MET = 422
#: Routes whose bodies are sounds.
_UPLOADS = ("/stems", "/styles/from-song")


def has_page() -> bool:
    """Whether the front end was built."""
    return (PAGE / "index.html").is_file()


def create_app(config: StudioConfig, studio: Studio | None = None) -> Guard:
    """The studio as a page and an API.

    Args:
        studio: what it works with; opened when the application starts if None.
    """
    app = build_api()
    if studio is not None:
        app.state.studio = studio
    else:
        app.router.lifespan_context = _lifespan(config)
    if has_page():
        app.mount("/", _Page(directory=PAGE, html=True))
    else:
        app.add_api_route("/", _no_page, include_in_schema=False)
    return Guard(app, PREFIX, _UPLOADS, config.token)


class _Page(StaticFiles):
    """The built page; what has no hash in its name is asked for anew each time, so
    that an update is seen."""

    def file_response(self, full_path: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().file_response(full_path, *args, **kwargs)
        if Path(full_path).parent == PAGE:
            answer.headers["cache-control"] = "no-cache"
        return answer


def build_api() -> FastAPI:
    """The API alone, of which the OpenAPI document is made."""
    app = FastAPI(
        title="DrumNet studio",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.include_router(api_router())
    app.add_exception_handler(DrumnetError, _answer_fault)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(ClientDisconnect, _answer_nobody)
    app.add_exception_handler(Exception, _answer_bug)
    return app


@asynccontextmanager
async def open_studio(config: StudioConfig) -> AsyncIterator[Studio]:
    """What the studio works with, and closed again.

    Raises:
        DrumnetError: the data folder, the library or the weights cannot be used.
    """
    with ExitStack() as stack:
        # What is written while the studio is open is for this user alone.
        stack.callback(os.umask, os.umask(0o077))
        disk = Disk(config.data)
        stack.callback(disk.close)
        library = Library(config.data)
        stack.callback(library.close)
        drummer, live = Drummer(config.model), None
        if config.open_port is not None:
            live = Live(drummer, load_midi_map(config.midi_map), config.open_port)
            stack.callback(live.close)
        _back_up(library, config.data)  # of a session that was killed
        stack.callback(_back_up, library, config.data)
        studio = _studio(config, disk, library, drummer, live)
        stack.callback(studio.listening.close)
        stack.callback(studio.hub.close)
        yield studio


def _back_up(library: Library, data: Path) -> None:
    try:
        back_up(library.database, data)
    except (OSError, sqlite3.Error) as fault:
        _log.warning("the library was not copied to '%s' (%s)", data / BACKUPS, fault)


def _lifespan(config: StudioConfig) -> Any:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_studio(config) as studio:
            app.state.studio = studio
            yield

    return lifespan


def _studio(
    config: StudioConfig, disk: Disk, library: Library, drummer: Drummer, live: Live | None
) -> Studio:
    """All parts, put together; what a kill has left is put right."""
    hub, kits, tidier, places = Hub(), Kits(), Tidier(), Places(config.folders)
    pad, analysis = Pad(drummer.checkpoint), Analysis(disk)
    projects = ProjectStore(library, hub, drummer.checkpoint.name)
    stems = StemStore(library, projects)
    habits = HabitStore(library, drummer.checkpoint.name)
    styles = StyleStore(library, drummer, pad, habits)
    listener = Listener(
        drummer, kits, projects, stems, analysis, hub, tidier, config.settle_s, styles.first_take
    )
    performer = Performer(drummer, projects, listener, pad, habits, kits, tidier, live)
    finder = StyleFinder(drummer, pad, habits, projects, stems, analysis)
    songs = Songs(disk, hub, projects, stems, listener, analysis)
    projects.adopt(lambda style: pad.at(style.at, style.name))
    songs.mend()
    return Studio(
        config=config,
        drummer=drummer,
        hub=hub,
        projects=projects,
        stems=stems,
        styles=styles,
        map=pad,
        kits=kits,
        analysis=analysis,
        listening=listener,
        intake=Intake(disk, projects, stems, listener, finder, places, config.max_upload_bytes),
        places=places,
        performer=performer,
        exporter=Exporter(disk, projects, stems, performer, kits, tidier),
        finder=finder,
        songs=songs,
        live=live,
    )


def _no_page() -> HTMLResponse:
    return HTMLResponse(f"<!doctype html><title>DrumNet studio</title><p>{NO_PAGE}</p>", 503)


def _problem(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status)


def _answer_fault(_: Request, fault: Exception) -> JSONResponse:
    if isinstance(fault, OutputError):
        fault = DiskFullError(f"the data folder cannot be written to ({fault.__cause__ or fault})")
    status = fault.status if isinstance(fault, StudioError) else _CANNOT_BE_MET
    return _problem(status, str(fault))


def _answer_invalid(_: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, RequestValidationError)
    return _problem(422, "; ".join(map(_in_words, fault.errors()[:3])))


def _in_words(error: dict[str, Any]) -> str:
    """One fault of validation: where it is and what was expected."""
    where: Sequence[Any] = error.get("loc", ())
    place = ".".join(str(step) for step in where if step not in ("body", "query", "path"))
    what = str(error.get("msg", "is not valid")).removeprefix("Value error, ")
    return f"{place}: {what}" if place else what


def _answer_http(_: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, HTTPException)
    if isinstance(fault.__cause__, StudioError):  # of a body that was cut off while it was read
        return _problem(fault.__cause__.status, str(fault.__cause__))
    message = {404: "there is nothing here", 405: "this cannot be done here"}
    return _problem(fault.status_code, message.get(fault.status_code, str(fault.detail)))


def _answer_nobody(_: Request, __: Exception) -> JSONResponse:
    return _problem(400, "the request was broken off")


def _answer_bug(_: Request, __: Exception) -> JSONResponse:
    # The server writes the traceback to the terminal.
    return _problem(
        500, "a fault of the studio's own: the terminal that it runs in says more; try again"
    )

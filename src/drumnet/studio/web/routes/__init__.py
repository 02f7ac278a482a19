"""The API, one resource a file; no logic in here."""

from __future__ import annotations

from fastapi import APIRouter

from drumnet.studio.schemas.project import Problem
from drumnet.studio.web.routes import (
    about,
    beats,
    export,
    hits,
    kit,
    live,
    projects,
    stems,
    style_map,
    styles,
)

PREFIX = "/api"


def api_router() -> APIRouter:
    """All of the API."""
    fault = {"model": Problem, "description": "What was wrong and what to do, in one line."}
    api = APIRouter(prefix=PREFIX, responses={"4XX": fault})
    for part in (about, projects, stems, beats, hits, export, style_map, styles, kit, live):
        api.include_router(part.router)
    return api

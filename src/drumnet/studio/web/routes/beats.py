"""`/api/projects/{id}/beats`: the beats by hand."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from drumnet.studio.schemas.project import BeatsUpdate, Project
from drumnet.studio.web.context import InStudio

router = APIRouter(prefix="/projects/{project_id}/beats", tags=["beats"])


@router.post("")
def edit_beats(project_id: UUID, body: BeatsUpdate, studio: InStudio) -> Project:
    """Half or double time, shifted downbeats, a nudge, a tempo, a metre, taps, or
    back to what was tracked."""
    return studio.songs.edit_beats(str(project_id), body.revision, body.edit)

"""`/api/projects/{id}/hits`: what is played."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from drumnet.studio.schemas.project import HitsRequest, Performance
from drumnet.studio.web.context import InStudio

router = APIRouter(prefix="/projects/{project_id}/hits", tags=["hits"])


@router.post("", response_model=Performance)
def play(project_id: UUID, body: HitsRequest, studio: InStudio) -> Response:
    """The hits of a style to the song; nothing is stored."""
    content = studio.performer.answer(str(project_id), body)
    return Response(content, media_type="application/json")

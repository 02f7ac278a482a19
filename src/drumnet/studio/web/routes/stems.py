"""`/api/projects/{id}/stems`: the tracks of a song."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, status
from fastapi.responses import FileResponse, Response

from drumnet.studio.schemas.project import Peaks, Project, StemChange
from drumnet.studio.schemas.song import Title
from drumnet.studio.web.context import InStudio

router = APIRouter(prefix="/projects/{project_id}/stems", tags=["stems"])

#: How a route says that its body is a file.
RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("", status_code=status.HTTP_201_CREATED, openapi_extra=RAW_BODY)
async def add_stem(
    project_id: UUID, name: Annotated[Title, Query()], request: Request, studio: InStudio
) -> Project:
    """Send a file as the body; `name` is its name, of which the role is guessed.
    Listening starts when no more stems come."""
    return await studio.intake.upload(str(project_id), name, request)


@router.patch("/{stem_id}")
def change_stem(project_id: UUID, stem_id: UUID, body: StemChange, studio: InStudio) -> Project:
    """Say the role, or another name."""
    return studio.songs.change_stem(str(project_id), str(stem_id), body)


@router.delete("/{stem_id}")
def delete_stem(project_id: UUID, stem_id: UUID, studio: InStudio) -> Project:
    """The stem is gone for good."""
    return studio.songs.delete_stem(str(project_id), str(stem_id))


@router.get(
    "/{stem_id}/audio",
    response_class=FileResponse,
    responses={200: {"content": {"audio/wav": {}, "audio/flac": {}}}},
)
def stem_audio(project_id: UUID, stem_id: UUID, studio: InStudio) -> FileResponse:
    """The sound, as WAV or FLAC; ranges may be asked for."""
    sound = studio.analysis.playable(studio.stems.get(str(project_id), str(stem_id)))
    return FileResponse(sound.path, media_type=sound.media_type)


@router.get("/{stem_id}/peaks", response_model=Peaks)
def stem_peaks(
    project_id: UUID,
    stem_id: UUID,
    studio: InStudio,
    per_second: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Response:
    """The waveform; of events, a pulse for each."""
    row = studio.stems.get(str(project_id), str(stem_id))
    peaks = studio.analysis.peaks(row, per_second)
    return Response(peaks.model_dump_json(), media_type="application/json")

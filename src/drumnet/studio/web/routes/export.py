"""`/api/projects/{id}/export`: files to take away."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from drumnet.midi.keys import GENERAL_MIDI
from drumnet.studio.web.context import InStudio

router = APIRouter(prefix="/projects/{project_id}", tags=["export"])

MapName = Annotated[str, Query(max_length=100, description="the keys of the MIDI file")]


@router.get(
    "/export.zip",
    response_class=FileResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
async def export_zip(
    project_id: UUID, studio: InStudio, midi_map: MapName = GENERAL_MIDI
) -> FileResponse:
    """Everything: drums.wav and a .wav for each piece, mix.wav, drums.mid,
    hits.csv, beats.tsv, style.json."""
    return await studio.exporter.zip(str(project_id), midi_map)


@router.get(
    "/export/{file}",
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def export_file(
    project_id: UUID, file: str, studio: InStudio, midi_map: MapName = GENERAL_MIDI
) -> FileResponse:
    """One of these files."""
    return await studio.exporter.file(str(project_id), file, midi_map)

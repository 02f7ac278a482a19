"""`/api/projects/{id}/export`: files to take away."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import FileResponse

from drumnet.studio.context import InStudio

router = APIRouter(prefix="/projects/{project_id}", tags=["export"])


@router.get(
    "/export.zip",
    response_class=FileResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
async def export_zip(project_id: UUID, studio: InStudio) -> FileResponse:
    """Everything: drums.wav and a .wav for each piece, mix.wav, drums.mid,
    hits.csv, beats.tsv, style.json."""
    return await studio.exporter.zip(str(project_id))


@router.get(
    "/export/{file}",
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def export_file(project_id: UUID, file: str, studio: InStudio) -> FileResponse:
    """One of these files."""
    return await studio.exporter.file(str(project_id), file)

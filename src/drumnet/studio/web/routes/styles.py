"""`/api/styles`: the library."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, status

from drumnet.studio.schemas.song import Name, Title
from drumnet.studio.schemas.style import FoundStyle, NewStyle, SavedStyle, StyleChange
from drumnet.studio.web.context import InStudio
from drumnet.studio.web.routes.stems import RAW_BODY

router = APIRouter(prefix="/styles", tags=["styles"])


@router.get("")
def list_styles(
    studio: InStudio,
    q: Annotated[Name, Query(description="words of the name or the tags")] = "",
    tag: Annotated[Name, Query()] = "",
    near: Annotated[
        str, Query(max_length=600, description="a style's id, or 16 numbers with commas between")
    ] = "",
) -> list[SavedStyle]:
    """The library and the named styles of the weights; the nearest first where
    `near` is given, else the newest."""
    return studio.styles.search(q, tag, near)


@router.post("", status_code=status.HTTP_201_CREATED)
def save_style(body: NewStyle, studio: InStudio) -> SavedStyle:
    """Keep a style."""
    return studio.styles.add(body)


@router.post("/from-song", openapi_extra=RAW_BODY)
async def style_from_song(
    name: Annotated[Title, Query()], request: Request, studio: InStudio
) -> FoundStyle:
    """Send a song with drums, or drums alone, as the body: the style they are played in."""
    return await studio.intake.style_from_upload(name, request)


@router.post("/from-project/{project_id}")
def style_from_project(project_id: UUID, studio: InStudio) -> FoundStyle:
    """The style of a project's own kick or drum stem."""
    return studio.finder.in_project(str(project_id))


@router.patch("/{style_id}")
def change_style(style_id: UUID, body: StyleChange, studio: InStudio) -> SavedStyle:
    """Another name or other tags."""
    return studio.styles.change(str(style_id), body)


@router.delete("/{style_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_style(style_id: UUID, studio: InStudio) -> None:
    """The style is gone for good."""
    studio.styles.delete(str(style_id))

"""`/api/projects`: the songs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, status
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse

from drumnet.studio.schemas.project import (
    EditsUpdate,
    Event,
    MixerUpdate,
    NewProject,
    Opened,
    OpenPath,
    Project,
    ProjectCard,
    Renamed,
    SectionsUpdate,
    SettingsUpdate,
    StyleUpdate,
)
from drumnet.studio.schemas.song import Name, Section, Style
from drumnet.studio.schemas.style import PlayerTake
from drumnet.studio.web.context import InStudio

router = APIRouter(prefix="/projects", tags=["projects"])
_MOST_TAKES = 1_000


@router.get("")
def list_projects(studio: InStudio) -> list[ProjectCard]:
    """All projects, the one that changed last first."""
    return studio.projects.cards()


@router.post("", status_code=status.HTTP_201_CREATED)
def create_project(body: NewProject, studio: InStudio) -> Project:
    """An empty project."""
    return studio.projects.create(body.name, studio.map.first_style())


@router.get("/{project_id}")
def get_project(project_id: UUID, studio: InStudio) -> Project:
    """All of a project."""
    return studio.projects.get(str(project_id))


@router.patch("/{project_id}")
def rename_project(project_id: UUID, body: Renamed, studio: InStudio) -> Project:
    """Another name."""
    return studio.projects.rename(str(project_id), body.name)


@router.delete("/{project_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_project(project_id: UUID, studio: InStudio) -> None:
    """The project and its files are gone for good."""
    studio.songs.delete(str(project_id))


@router.get("/{project_id}/takes/{number}")
def take(
    project_id: UUID, number: Annotated[int, Path(ge=0, lt=_MOST_TAKES)], studio: InStudio
) -> Style:
    """The style of a take for this song: the best five, from 0 on, then those of others."""
    project = studio.projects.get(str(project_id))
    return studio.styles.take(studio.listening.listening(project), number)


@router.get("/{project_id}/players/{name}")
def player_take(project_id: UUID, name: Name, studio: InStudio) -> PlayerTake:
    """How a player of that name plays this song: a style that it likes, and its settings."""
    project = studio.projects.get(str(project_id))
    return studio.styles.player_take(studio.listening.listening(project), name)


@router.post("/{project_id}/open")
def open_path(project_id: UUID, body: OpenPath, studio: InStudio) -> Opened:
    """Copy the stems of a folder, or one file, on this machine into the project."""
    return studio.intake.open_path(str(project_id), body.path)


@router.post("/{project_id}/listen")
def listen(project_id: UUID, studio: InStudio) -> Project:
    """Listen (again), as after a fault or where it was interrupted."""
    return studio.listening.restart(str(project_id))


@router.get(
    "/{project_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "model": Event}},
)
def follow(project_id: UUID, studio: InStudio) -> EventSourceResponse:
    """Server-sent events: progress, ready, failed, changed, deleted; the name of
    an event is its kind, its data an `Event`."""
    return EventSourceResponse(
        studio.songs.events(str(project_id)), headers={"Cache-Control": "no-store"}
    )


@router.put("/{project_id}/style")
def put_style(project_id: UUID, body: StyleUpdate, studio: InStudio) -> Project:
    """The style of all that no section has its own for."""
    style = studio.map.understood(body.style)
    return studio.projects.change(str(project_id), body.revision, style=style)


@router.put("/{project_id}/sections")
def put_sections(project_id: UUID, body: SectionsUpdate, studio: InStudio) -> Project:
    """The sections; they are put in order."""
    sections = studio.map.understood_sections(body.sections)
    return studio.projects.change(str(project_id), body.revision, sections=sections)


@router.get("/{project_id}/found-sections")
def find_sections(project_id: UUID, studio: InStudio) -> list[Section]:
    """Where the parts of the song begin, by what is heard; parts alike have one name.
    Nothing is stored."""
    return studio.performer.found_sections(str(project_id))


@router.put("/{project_id}/settings")
def put_settings(project_id: UUID, body: SettingsUpdate, studio: InStudio) -> Project:
    """How the style is played, and the kit."""
    return studio.projects.change(str(project_id), body.revision, settings=body.settings)


@router.put("/{project_id}/mixer")
def put_mixer(project_id: UUID, body: MixerUpdate, studio: InStudio) -> Project:
    """The faders."""
    return studio.projects.change(str(project_id), body.revision, mixer=body.mixer)


@router.put("/{project_id}/edits")
def put_edits(project_id: UUID, body: EditsUpdate, studio: InStudio) -> Project:
    """Locks and hits by hand."""
    return studio.projects.change(str(project_id), body.revision, edits=body.edits)

"""`/api/projects/{id}/export`: files to take away."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import FileResponse

from drumnet.midi.keys import GENERAL_MIDI
from drumnet.midi.layout import MidiLayout, Tempo, Tracks
from drumnet.projects.formats import ProjectFormat
from drumnet.studio.play.export import DrumFiles, Span, named_layout
from drumnet.studio.web.context import InStudio

router = APIRouter(prefix="/projects/{project_id}", tags=["export"])

MapName = Annotated[str, Query(max_length=100, description="the keys of the MIDI file")]
TempoName = Annotated[Tempo, Query(description="the song's tempo map, one tempo, or none")]
TracksName = Annotated[Tracks, Query(description="one track, or one for each piece")]


def _layout(
    midi_map: MapName = GENERAL_MIDI,
    midi_tempo: TempoName = Tempo.MAP,
    midi_tracks: TracksName = Tracks.ONE,
) -> MidiLayout:
    return named_layout(midi_map, midi_tempo, midi_tracks)


Layout = Annotated[MidiLayout, Depends(_layout)]
Beat = Annotated[
    int | None,
    Query(ge=0, description="drums.mid of a part of the song alone, in beats of its grid"),
]


def _span(first_beat: Beat = None, end_beat: Beat = None) -> Span | None:
    if first_beat is None and end_beat is None:
        return None
    return Span(first_beat or 0, end_beat)


Part = Annotated[Span | None, Depends(_span)]
Formats = Annotated[
    tuple[ProjectFormat, ...],
    Query(max_length=len(ProjectFormat), description="projects of DAWs that are to be in it"),
]
Drums = Annotated[
    DrumFiles,
    Query(
        description="the drums' files: as heard, with their faders, or raw; beside a project raw"
    ),
]


@router.get(
    "/export.zip",
    response_class=FileResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
async def export_zip(
    project_id: UUID,
    studio: InStudio,
    layout: Layout,
    project: Formats = (),
    drums: Drums = DrumFiles.HEARD,
) -> FileResponse:
    """Everything: drums.wav and a .wav for each piece, mix.wav, drums.mid,
    hits.csv, beats.tsv, style.json, and projects with the song's stems."""
    formats = ProjectFormat.parse(project)
    return await studio.exporter.zip(str(project_id), layout, formats, drums)


@router.get(
    "/export/{file}",
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def export_file(
    project_id: UUID,
    file: str,
    studio: InStudio,
    layout: Layout,
    span: Part,
    drums: Drums = DrumFiles.HEARD,
) -> FileResponse:
    """One of these files, or drums.dawproject; of drums.mid also a part."""
    return await studio.exporter.file(str(project_id), file, layout, drums, span)

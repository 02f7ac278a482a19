"""The files of a project: what is shown and heard, to take away.

All of it comes from the same performance that the page plays, edits included.
The mix has the page's faders.  The drums and their pieces stand at the level that they have in
the mix, as heard or raw (`DrumFiles`); the notes have everything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import numpy as np
from anyio import CapacityLimiter, to_thread
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from drumnet.audio.metered import scaled_source
from drumnet.files import safe_name
from drumnet.hearing.sections import Section
from drumnet.hits import Piece
from drumnet.kits.kit import Kit
from drumnet.midi.keys import map_names
from drumnet.midi.layout import MidiLayout, Tempo, Tracks
from drumnet.midi.write import write_midi
from drumnet.projects.formats import ProjectFormat
from drumnet.projects.session import Fader, Mix
from drumnet.rendering.mixdown import MixLevels
from drumnet.song.onsets import Onsets
from drumnet.song.song import Song
from drumnet.studio.errors import UnknownError
from drumnet.studio.memory import Tidier
from drumnet.studio.play.performance import Performer
from drumnet.studio.schemas.project import Project
from drumnet.studio.schemas.song import Channel, Mixer
from drumnet.studio.store.disk import Disk
from drumnet.studio.store.kit_samples import Kits
from drumnet.studio.store.projects import ProjectStore
from drumnet.studio.store.rows import StemRow
from drumnet.studio.store.stems import StemStore
from drumnet.take_files import (
    MIDI_FILE,
    MIX_FILE,
    Take,
    file_names,
    write_drums,
    write_mix,
    write_notes,
    write_projects,
)

_AT_ONCE = 2


class DrumFiles(StrEnum):
    """What drums.wav and the file of each piece obey.

    Neither is silent because a stem is soloed or the drums are muted: there is nothing else in
    these files.
    """

    #: Level, mute and solo of the pieces, and the level of the drums.
    HEARD = "heard"
    #: Nothing: every piece with its kit's own level beside the others.  So they are, too, beside
    #: a project, which has the faders itself.
    RAW = "raw"


@dataclass(frozen=True)
class Span:
    """A part of a song, in beats of its grid.

    Args:
        end_beat: the beat that follows it; the end of the song if None.
    """

    first_beat: int
    end_beat: int | None = None


class Exporter:
    """Writes the files of projects, a few projects at once."""

    def __init__(
        self,
        disk: Disk,
        projects: ProjectStore,
        stems: StemStore,
        performer: Performer,
        kits: Kits,
        tidier: Tidier,
    ) -> None:
        self._disk, self._projects, self._stems = disk, projects, stems
        self._performer, self._kits, self._tidier = performer, kits, tidier
        self._limiter = CapacityLimiter(_AT_ONCE)

    async def zip(
        self,
        project_id: str,
        layout: MidiLayout,
        formats: Sequence[ProjectFormat],
        drums: DrumFiles,
    ) -> FileResponse:
        """All files in one.

        Args:
            layout: of the MIDI file.
            formats: of projects that are to be among them; the drums are raw then.

        Raises:
            ConflictError: the project is not ready.
        """

        def written(project: Project, folder: Path) -> Path:
            take = self._take(project)
            write_notes(folder, take, layout)
            self._write_drums(folder, project, take, DrumFiles.RAW if formats else drums)
            self._write_mix(folder, project, take)
            if formats:
                self._write_projects(folder, project, take, formats, layout)
            archive = folder / "export.zip"
            with ZipFile(archive, "w", ZIP_STORED) as out:
                for name in file_names(take.pieces, projects=formats, song=take.song):
                    out.write(folder / name, name)
            return archive

        return await self._answer(project_id, written, _archive_name)

    async def file(
        self,
        project_id: str,
        name: str,
        layout: MidiLayout,
        drums: DrumFiles,
        span: Span | None = None,
    ) -> FileResponse:
        """One of them, or a project that holds its sounds.

        Args:
            span: the part of the song that the MIDI file is of.

        Raises:
            UnknownError: there is none of that name, or of a part.
        """
        if span is not None and name != MIDI_FILE:
            raise UnknownError(f"of a part of the song there is {MIDI_FILE} alone")
        formats = [one for one in ProjectFormat if one.holds_sounds and one.file_name == name]

        def written(project: Project, folder: Path) -> Path:
            take = self._take(project)
            if name not in file_names(take.pieces, projects=formats):
                raise UnknownError("there is no such file: take export.zip, which has them all")
            if formats:
                self._write_drums(folder, project, take, DrumFiles.RAW)
                self._write_projects(folder, project, take, formats, layout)
            elif span is not None:
                part = take.part(span.first_beat, span.end_beat)
                write_midi(folder / name, part.track, part.beats, layout, part.places)
            elif name == MIX_FILE:
                self._write_mix(folder, project, take)
            elif name.endswith(".wav"):
                self._write_drums(folder, project, take, drums, [name])
            else:
                write_notes(folder, take, layout)
            return folder / name

        return await self._answer(project_id, written, lambda _: name)

    async def _answer(
        self,
        project_id: str,
        write: Callable[[Project, Path], Path],
        called: Callable[[Project], str],
    ) -> FileResponse:
        """What `write` puts into a folder that is gone when it was sent.

        Args:
            called: what the browser is told that it is called.
        """

        def work() -> FileResponse:
            with ExitStack() as stack:
                project = self._projects.get(project_id)
                file = write(project, stack.enter_context(self._disk.scratch()))
                sent = BackgroundTask(stack.pop_all().close)
            return FileResponse(file, filename=called(project), background=sent)

        answer = await to_thread.run_sync(work, limiter=self._limiter)
        self._tidier.busy()
        return answer

    def _take(self, project: Project) -> Take:
        """What the page plays; a file of its own has what the kit has and is played."""
        played = self._performer.play_stored(project)
        kit, listening = self._kits.kit(project.settings.kit), played.listening
        return Take(
            played.song,
            played.edited.track,
            listening.beats,
            played.style,
            kit,
            tuple(piece for piece in kit.pieces if piece in played.pieces),
            listening.duration_s,
            tuple(Section(one.start_beat, one.name) for one in project.sections),
        )

    def _write_drums(
        self,
        folder: Path,
        project: Project,
        take: Take,
        drums: DrumFiles,
        only: Collection[str] | None = None,
    ) -> None:
        if drums is DrumFiles.HEARD:
            take = replace(take, kit=_Faders(project.mixer).on_drums_alone(take.kit))
        write_drums(folder, take, project.drums_gain, only)

    def _write_mix(self, folder: Path, project: Project, take: Take) -> None:
        """With the levels of the faders."""
        faders, kit = _Faders(project.mixer), take.kit
        song = faders.on_song(take.song, self._taken(project))
        track = take.track.of(kit.pieces)
        mixed = replace(take, song=song, track=track, kit=faders.on_kit(kit))
        write_mix(folder, mixed, MixLevels(project.drums_gain, project.mixer.master))

    def _taken(self, project: Project) -> list[StemRow]:
        """The stems that the song has."""
        return [stem for stem in self._stems.all(project.id) if not stem.left_out]

    def _write_projects(
        self,
        folder: Path,
        project: Project,
        take: Take,
        formats: Sequence[ProjectFormat],
        layout: MidiLayout,
    ) -> None:
        mix = _Faders(project.mixer).of_project(self._taken(project))
        write_projects(folder, take, formats, project.name, layout, mix)


def named_layout(midi_map: str, tempo: Tempo, tracks: Tracks) -> MidiLayout:
    """A layout whose map is one of those that are there by name: a path says nothing here.

    Raises:
        UnknownError: there is none of that name.
    """
    if midi_map not in map_names():
        raise UnknownError(f"there is no such MIDI map: choose from {', '.join(map_names())}")
    return MidiLayout.of(midi_map, tempo, tracks)


def _archive_name(project: Project) -> str:
    """After the song; a name that every system allows."""
    return f"{safe_name(project.name, 'drums')}.zip"


@dataclass(frozen=True)
class _Faders:
    """A mixer as factors.  Where anything is soloed, only what is soloed is heard;
    the drums' solo is one of all pieces."""

    mixer: Mixer

    @property
    def _any_solo(self) -> bool:
        mixer = self.mixer
        channels: Iterable[Channel] = (*mixer.stems.values(), *mixer.pieces.values(), mixer.drums)
        return any(channel.solo for channel in channels)

    def on_song(self, song: Song, rows: Iterable[StemRow]) -> Song:
        """The song whose stems have the levels of their faders."""
        stems = []
        for stem, row in zip(song.stems, rows, strict=True):
            channel = self.mixer.stems.get(row.id, Channel())
            heard = not channel.mute and (channel.solo or not self._any_solo)
            gain = channel.gain if heard else 0.0
            if not isinstance(stem.source, Onsets) and gain != 1.0:
                stem = replace(stem, source=scaled_source(stem.source, gain))
            stems.append(stem)
        return Song(tuple(stems))

    def on_kit(self, kit: Kit) -> Kit:
        """The kit whose pieces have the levels of theirs in the mix."""
        drums = self.mixer.drums
        drums_heard = not drums.mute and (self._soloed_pieces or drums.solo or not self._any_solo)
        return self._scaled(kit, drums.gain if drums_heard else 0.0)

    def on_drums_alone(self, kit: Kit) -> Kit:
        """The same where nothing but the drums is there to be muted or soloed."""
        return self._scaled(kit, self.mixer.drums.gain)

    def of_project(self, rows: Iterable[StemRow]) -> Mix:
        """The same faders in a project of a DAW, whose drums are raw."""
        mixer, stems = self.mixer, []
        for row in rows:
            channel = mixer.stems.get(row.id, Channel())
            stems.append(Fader(channel.gain, channel.mute or row.is_unheard, channel.solo))
        pieces = {p: Fader(one.gain, one.mute, one.solo) for p, one in mixer.pieces.items()}
        drums = Fader(mixer.drums.gain, mixer.drums.mute, mixer.drums.solo)
        return Mix(stems, pieces, drums, mixer.master)

    @property
    def _soloed_pieces(self) -> frozenset[Piece]:
        return frozenset(piece for piece, one in self.mixer.pieces.items() if one.solo)

    def _scaled(self, kit: Kit, drums_gain: float) -> Kit:
        sounds = {}
        for piece, sound in kit.sounds.items():
            own = self.mixer.pieces.get(piece, Channel())
            heard = not own.mute and (not self._soloed_pieces or own.solo)
            gain = np.float32(own.gain * drums_gain if heard else 0.0)
            sounds[piece] = sound.changed(lambda shot, gain=gain: shot * gain)  # type: ignore[misc]
        return Kit(kit.name, sounds, kit.sample_rate)

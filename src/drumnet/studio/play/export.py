"""The files of a project: what is shown and heard, to take away.

All of it comes from the same performance that the page plays, edits included.
The mix has the page's faders; the drum stems and the notes have everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import numpy as np
from anyio import CapacityLimiter, to_thread
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from drumnet.audio.metered import scaled_source
from drumnet.audio.source import write_wav
from drumnet.files import safe_name
from drumnet.hearing.sections import Section
from drumnet.hits import Piece
from drumnet.kits.kit import Kit
from drumnet.midi.keys import map_names
from drumnet.midi.layout import MidiLayout, Tempo, Tracks
from drumnet.midi.write import write_midi
from drumnet.projects.formats import ProjectFormat
from drumnet.projects.session import Fader, Mix
from drumnet.rendering.mixdown import MIX_RATE_HZ, MixLevels, measure_mix
from drumnet.rendering.render import render_blocks, safe_gain
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
        self, project_id: str, layout: MidiLayout, formats: Sequence[ProjectFormat]
    ) -> FileResponse:
        """All files in one.

        Args:
            layout: of the MIDI file.
            formats: of projects that are to be among them.

        Raises:
            ConflictError: the project is not ready.
        """

        def written(project: Project, folder: Path) -> Path:
            take = self._take(project)
            write_notes(folder, take, layout)
            gain, levels = write_drums(folder, take), self._write_mix(folder, project, take)
            if formats:
                self._write_projects(folder, project, take, formats, layout, levels, gain)
            archive = folder / "export.zip"
            with ZipFile(archive, "w", ZIP_STORED) as out:
                for name in file_names(take.pieces, projects=formats, song=take.song):
                    out.write(folder / name, name)
            return archive

        return await self._answer(project_id, written, _archive_name)

    async def file(
        self, project_id: str, name: str, layout: MidiLayout, span: Span | None = None
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
                gain, levels = write_drums(folder, take), self._levels(project, take)
                self._write_projects(folder, project, take, formats, layout, levels, gain)
            elif span is not None:
                part = take.part(span.first_beat, span.end_beat)
                write_midi(folder / name, part.track, part.beats, layout)
            elif name == MIX_FILE:
                self._write_mix(folder, project, take)
            elif name.endswith(".wav"):
                _write_sound(folder / name, take)
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

    def _mixed(self, project: Project, take: Take) -> Take:
        """The same with the levels of the faders."""
        faders, kit = _Faders(project.mixer), take.kit
        song = faders.on_song(take.song, self._stems.all(project.id))
        track = take.track.of(kit.pieces)
        return replace(take, song=song, track=track, kit=faders.on_kit(kit))

    def _levels(self, project: Project, take: Take) -> MixLevels:
        mixed = self._mixed(project, take)
        length_s = mixed.song.duration_s
        return measure_mix(mixed.song, mixed.track, mixed.kit, length_s, project.drums_gain)

    def _write_mix(self, folder: Path, project: Project, take: Take) -> MixLevels:
        levels = self._levels(project, take)
        write_mix(folder, self._mixed(project, take), levels)
        return levels

    def _write_projects(
        self,
        folder: Path,
        project: Project,
        take: Take,
        formats: Sequence[ProjectFormat],
        layout: MidiLayout,
        levels: MixLevels,
        written_gain: float,
    ) -> None:
        mix = _Faders(project.mixer).of_project(self._stems.all(project.id), levels, written_gain)
        write_projects(folder, take, formats, project.name, layout, mix)


def _write_sound(path: Path, take: Take) -> None:
    """One of the files of `write_drums`, which has the level that it has among them."""
    sounding, kit = take.track.of(take.pieces), take.kit
    heard = [piece for piece in take.pieces if path.stem in ("drums", piece.value)]
    gain = safe_gain(sounding, kit, take.duration_s)
    blocks = render_blocks(sounding, kit, take.duration_s, MIX_RATE_HZ, heard, gain=gain)
    write_wav(path, blocks, MIX_RATE_HZ, kit.num_channels)


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
            gain = channel.gain * self.mixer.master if heard else 0.0
            if not isinstance(stem.source, Onsets) and gain != 1.0:
                stem = replace(stem, source=scaled_source(stem.source, gain))
            stems.append(stem)
        return Song(tuple(stems))

    def on_kit(self, kit: Kit) -> Kit:
        """The kit whose pieces have the levels of theirs."""
        sounds = {}
        for piece, sound in kit.sounds.items():
            gain = np.float32(self._piece_gain(piece))
            sounds[piece] = sound.changed(lambda shot, gain=gain: shot * gain)  # type: ignore[misc]
        return Kit(kit.name, sounds, kit.sample_rate)

    def of_project(self, rows: Iterable[StemRow], levels: MixLevels, written_gain: float) -> Mix:
        """The same faders in a project of a DAW.

        Args:
            levels: of the mix.
            written_gain: factor that the files of the drums have.
        """
        mixer, stems = self.mixer, []
        for row in rows:
            channel = mixer.stems.get(row.id, Channel())
            stems.append(Fader(channel.gain, channel.mute or row.is_replaced, channel.solo))
        pieces = {p: Fader(one.gain, one.mute, one.solo) for p, one in mixer.pieces.items()}
        gain = mixer.drums.gain * levels.drums_gain / written_gain
        drums = Fader(gain, mixer.drums.mute, mixer.drums.solo)
        return Mix(stems, pieces, drums, mixer.master * levels.master_gain)

    def _piece_gain(self, piece: Piece) -> float:
        own, drums = self.mixer.pieces.get(piece, Channel()), self.mixer.drums
        soloed = own.solo or (
            drums.solo and not any(channel.solo for channel in self.mixer.pieces.values())
        )
        heard = not own.mute and not drums.mute and (soloed or not self._any_solo)
        return own.gain * drums.gain * self.mixer.master if heard else 0.0

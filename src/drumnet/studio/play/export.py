"""The files of a project: what is shown and heard, to take away.

All of it comes from the same performance that the page plays, edits included.
The mix has the page's faders; the drum stems and the notes have everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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
from drumnet.hits import Piece
from drumnet.kits.kit import Kit
from drumnet.midi.keys import map_names
from drumnet.midi.layout import MidiLayout, Tempo, Tracks
from drumnet.rendering.mixdown import MIX_RATE_HZ, measure_mix
from drumnet.rendering.render import render_blocks, safe_gain
from drumnet.song.onsets import Onsets
from drumnet.song.song import Song
from drumnet.studio.errors import UnknownError
from drumnet.studio.memory import Tidier
from drumnet.studio.play.performance import Performer, Played
from drumnet.studio.schemas.project import Project
from drumnet.studio.schemas.song import Channel, Mixer
from drumnet.studio.store.disk import Disk
from drumnet.studio.store.kit_samples import Kits
from drumnet.studio.store.projects import ProjectStore
from drumnet.studio.store.rows import StemRow
from drumnet.studio.store.stems import StemStore
from drumnet.take_files import MIX_FILE, file_names, write_drums, write_mix, write_notes

_AT_ONCE = 2
#: Characters of a song's name in that of its archive: four bytes each are taken by every disk.
_MAX_TITLE = 60


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

    async def zip(self, project_id: str, layout: MidiLayout) -> FileResponse:
        """All files in one.

        Args:
            layout: of the MIDI file.

        Raises:
            ConflictError: the project is not ready.
        """

        def written(project: Project, folder: Path) -> Path:
            return self._zipped(project, folder, layout)

        return await self._answer(project_id, written, _archive_name)

    async def file(self, project_id: str, name: str, layout: MidiLayout) -> FileResponse:
        """One of them.

        Raises:
            UnknownError: there is none of that name.
        """

        def written(project: Project, folder: Path) -> Path:
            played = self._performer.play_stored(project)
            kit = self._kits.kit(project.settings.kit)
            if name not in file_names(_pieces(played, kit)):
                raise UnknownError("there is no such file: take export.zip, which has them all")
            if name == MIX_FILE:
                self._write_mix(folder, project, played, kit)
            elif name.endswith(".wav"):
                _write_sound(folder / name, played, kit)
            else:
                _write_notes(folder, played, layout)
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

    def _zipped(self, project: Project, folder: Path, layout: MidiLayout) -> Path:
        played = self._performer.play_stored(project)
        kit = self._kits.kit(project.settings.kit)
        _write_notes(folder, played, layout)
        _write_drums(folder, played, kit)
        self._write_mix(folder, project, played, kit)
        archive = folder / "export.zip"
        with ZipFile(archive, "w", ZIP_STORED) as out:
            for name in file_names(_pieces(played, kit)):
                out.write(folder / name, name)
        return archive

    def _write_mix(self, folder: Path, project: Project, played: Played, kit: Kit) -> None:
        faders = _Faders(project.mixer)
        rows = self._stems.all(project.id)
        song = faders.on_song(played.song, rows)
        track = played.edited.track.of(kit.pieces)
        levelled = faders.on_kit(kit)
        levels = measure_mix(song, track, levelled, song.duration_s, project.drums_gain)
        write_mix(folder, song, track, levelled, levels)


def _write_notes(folder: Path, played: Played, layout: MidiLayout) -> None:
    write_notes(folder, played.edited.track, played.listening.beats, played.style, layout)


def _pieces(played: Played, kit: Kit) -> tuple[Piece, ...]:
    """What has a file of its own."""
    return tuple(piece for piece in kit.pieces if piece in played.pieces)


def _write_drums(folder: Path, played: Played, kit: Kit) -> None:
    pieces = _pieces(played, kit)
    sounding = played.edited.track.of(pieces)
    write_drums(folder, sounding, kit, pieces, _duration_s(played))


def _write_sound(path: Path, played: Played, kit: Kit) -> None:
    """One of the files of `write_drums`, which has the level that it has among them."""
    sounding, duration_s = played.edited.track.of(_pieces(played, kit)), _duration_s(played)
    heard = [piece for piece in _pieces(played, kit) if path.stem in ("drums", piece.value)]
    gain = safe_gain(sounding, kit, duration_s)
    blocks = render_blocks(sounding, kit, duration_s, MIX_RATE_HZ, heard, gain=gain)
    write_wav(path, blocks, MIX_RATE_HZ, kit.num_channels)


def _duration_s(played: Played) -> float:
    return played.listening.duration_s


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
    title = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]+', "_", project.name).strip(" .") or "drums"
    return f"{title[:_MAX_TITLE]}.zip"


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

    def _piece_gain(self, piece: Piece) -> float:
        own, drums = self.mixer.pieces.get(piece, Channel()), self.mixer.drums
        soloed = own.solo or (
            drums.solo and not any(channel.solo for channel in self.mixer.pieces.values())
        )
        heard = not own.mute and not drums.mute and (soloed or not self._any_solo)
        return own.gain * drums.gain * self.mixer.master if heard else 0.0

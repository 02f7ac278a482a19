"""What is played: the styles along the sections, then what was done by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any

import numpy as np

from drumnet.drummer import Drummer
from drumnet.hits import DrumTrack, Piece
from drumnet.kits.kit import Kit, velocity_gain
from drumnet.playing.arranging import StyleSpan, bar_by_bar
from drumnet.playing.given import Keep
from drumnet.playing.listening import Listening
from drumnet.playing.passages import Passage, PassageMemory
from drumnet.rendering.render import choose_shots
from drumnet.song.roles import PIECES_OF_ROLE
from drumnet.song.song import Song
from drumnet.studio.hear.listening import Listener
from drumnet.studio.memory import Tidier
from drumnet.studio.play.edits import EditedTrack, edited, kept
from drumnet.studio.play.live import Live
from drumnet.studio.schemas.project import HitsRequest, Project
from drumnet.studio.schemas.settings import Settings
from drumnet.studio.schemas.song import MAX_SECTIONS, Blend, Edits, Section, Stem, Style
from drumnet.studio.store.habits import HabitStore
from drumnet.studio.store.kit_samples import Kits, sample_name
from drumnet.studio.store.pad import Pad
from drumnet.studio.store.projects import ProjectStore
from drumnet.studio.store.rows import SECTIONS
from drumnet.style.code import StyleCode

#: Tracks that are kept, each of a song, styles and settings.
_MOST_KEPT = 32


@dataclass(frozen=True, eq=False)
class Played:
    """A performance and the song that it is played to.

    Args:
        passages: that were played.
        pieces: that are played, or were added by hand.
    """

    song: Song
    listening: Listening
    passages: tuple[Passage, ...]
    edited: EditedTrack
    style: StyleCode
    pieces: tuple[Piece, ...]


class Performer:
    """Plays projects; from any thread, as many at once as there are cores.

    Args:
        live: plays what the page asks for to a DAW as well.
    """

    def __init__(
        self,
        drummer: Drummer,
        projects: ProjectStore,
        listener: Listener,
        pad: Pad,
        habits: HabitStore,
        kits: Kits,
        tidier: Tidier,
        live: Live | None = None,
    ) -> None:
        self._drummer, self._projects, self._listener = drummer, projects, listener
        self._live = live
        self._pad, self._habits, self._kits, self._tidier = pad, habits, kits, tidier
        # While one style is moved, the other sections stay as far as they can.
        self._memory = PassageMemory()
        # What changes by hand alone is not played again.
        self._played = lru_cache(_MOST_KEPT)(self._play)
        self._slots = BoundedSemaphore(max(2, os.cpu_count() or 1))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What the weights play."""
        return self._drummer.checkpoint.pieces

    def answer(self, project_id: str, request: HitsRequest) -> bytes:
        """A `Performance`, as JSON; it is also what is played live from now on.

        Raises:
            UnknownError, ConflictError: no such project, or not ready.
        """
        turn = self._live.turn() if self._live else 0
        project = self._projects.get(project_id)
        style = self._pad.understood(request.style) if request.style else project.style
        sections = project.sections
        if request.sections is not None:
            sections = self._pad.understood_sections(request.sections)
        settings, edits = request.settings or project.settings, request.edits or project.edits
        with self._slots:
            played = self.play(project, style, sections, settings, edits)
            if self._live:
                self._live.show(turn, played.listening, played.passages, played.edited.track)
            hits = _hits(played, self._kits.kit(settings.kit))
        self._tidier.busy()
        content = {
            "serial": request.serial,
            "revision": project.revision,
            "hits": hits,
            "pieces": [piece.value for piece in played.pieces],
            "style": style.model_dump(mode="json"),
            "sections": SECTIONS.dump_python(list(sections), mode="json"),
        }
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()

    def play_stored(self, project: Project) -> Played:
        """As the project stands."""
        return self.play(project, project.style, project.sections, project.settings, project.edits)

    def play(
        self,
        project: Project,
        style: Style,
        sections: Sequence[Section],
        settings: Settings,
        edits: Edits,
    ) -> Played:
        """Raises:
        ConflictError: the project is not ready.
        """
        listening = self._listener.listening(project)
        grid = listening.beats
        given = [piece for stem in project.stems for piece in _pieces_in(stem)]
        asked = settings.as_core(given)
        passages = tuple(bar_by_bar(self._spans(style, sections, grid.num_beats), grid, asked))
        track = self._played(listening, passages, kept(edits.locks, grid))
        result = edited(track, edits, grid, listening.duration_s)
        played = [piece for piece in self.pieces if not asked.of(piece).muted]
        sounding = {*played, *result.track.pieces}
        ordered = tuple(piece for piece in Piece if piece in sounding)
        song = self._listener.song(project)
        return Played(song, listening, passages, result, self.code_of(style), ordered)

    def _play(
        self, listening: Listening, passages: tuple[Passage, ...], keep: Keep | None
    ) -> DrumTrack:
        return self._drummer.play(listening, passages=passages, keep=keep, memory=self._memory)

    def found_sections(self, project_id: str) -> list[Section]:
        """Where the parts of the song begin, by what is heard.

        Raises:
            UnknownError, ConflictError: no such project, or not ready.
        """
        listening = self._listener.listening(self._projects.get(project_id))
        with self._slots:
            found = self._drummer.sections(listening)
        return [Section(name=one.name, start_beat=one.start_beat) for one in found[:MAX_SECTIONS]]

    def code_of(self, style: Style) -> StyleCode:
        """The core's style."""
        code = np.array(style.code, dtype=np.float32)
        name = style.name or "studio"
        return StyleCode(code, self._drummer.checkpoint.name, name, self._habits.of(style.code))

    def _spans(self, style: Style, sections: Sequence[Section], num_beats: int) -> list[StyleSpan]:
        base = self.code_of(style)
        spans = [StyleSpan(0, base)]
        for section in sections:
            if section.start_beat >= num_beats:
                break
            code = base if section.style is None else self.code_of(section.style)
            span = StyleSpan(section.start_beat, code, section.blend is Blend.MORPH)
            spans = [span] if section.start_beat == 0 else [*spans, span]
        return spans


def _pieces_in(stem: Stem) -> tuple[Piece, ...]:
    """What a stem of the song has of the kit, and keeps."""
    return () if stem.replaced else PIECES_OF_ROLE.get(stem.role, ())


def _hits(played: Played, kit: Kit) -> list[dict[str, Any]]:
    track, grid = played.edited.track, played.listening.beats
    onsets = [hit.onset_s for hit in track]
    shifts = np.round(grid.seconds_to_ticks(onsets) - [hit.tick for hit in track], 6).tolist()
    shots = choose_shots(track, kit)
    return [
        {
            "time_s": round(hit.onset_s, 6),
            "tick": hit.tick,
            "shift_ticks": shift,
            "piece": hit.piece.value,
            "velocity": hit.velocity,
            "origin": origin.value,
            "sample": None if shot is None else sample_name(hit.piece, shot.layer, shot.robin),
            "gain": round(velocity_gain(hit.velocity), 6),
        }
        for hit, shift, origin, shot in zip(
            track, shifts, played.edited.origins, shots, strict=True
        )
    ]

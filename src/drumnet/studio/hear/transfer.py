"""The style of a song that has drums, as it is asked for in the studio."""

from __future__ import annotations

from pathlib import Path, PurePath

from drumnet.drummer import Drummer
from drumnet.errors import DrumnetError, StyleError
from drumnet.extraction import Extracted, extract_style
from drumnet.song.roles import Role, guess_role
from drumnet.song.song import load_song
from drumnet.studio.errors import StudioError
from drumnet.studio.hear.analysis import Analysis
from drumnet.studio.schemas.song import MAX_NUMBER, Style
from drumnet.studio.schemas.style import FoundStyle
from drumnet.studio.store.grids import TRACKED, grid_of
from drumnet.studio.store.habits import HabitStore
from drumnet.studio.store.pad import Pad
from drumnet.studio.store.projects import ProjectStore
from drumnet.studio.store.stems import StemStore
from drumnet.words import in_words

_DRUMS = (Role.KICK, Role.DRUMS)


class StyleFinder:
    """Takes styles from songs."""

    def __init__(
        self,
        drummer: Drummer,
        pad: Pad,
        habits: HabitStore,
        projects: ProjectStore,
        stems: StemStore,
        analysis: Analysis,
    ) -> None:
        self._drummer, self._pad, self._habits = drummer, pad, habits
        self._projects, self._stems, self._analysis = projects, stems, analysis

    def in_file(self, file: Path, name: str) -> FoundStyle:
        """Of a whole song, of its drums, or of its kick alone; its name says which.

        Raises:
            StudioError: it cannot be read, or no kick is heard in it.
        """
        role = guess_role(PurePath(name).stem)
        try:
            if role in _DRUMS:
                song = load_song([], [(role.value, file)])
                found = extract_style(song, model=self._drummer)
            else:
                song = load_song([], [(Role.OTHER.value, file)])
                found = extract_style(song, drums=file, model=self._drummer)
        except StyleError as fault:
            raise _no_kick(name) from fault
        except DrumnetError as fault:
            raise StudioError(str(fault).replace(str(file), name)) from fault
        return self._found(found, name, PurePath(name).stem)

    def in_project(self, project_id: str) -> FoundStyle:
        """Of a project's own kick, or else its drums.

        Raises:
            StudioError: it has none, or no kick is heard in them.
        """
        project, stems = self._projects.get(project_id), self._stems.all(project_id)
        drums = [stem for role in _DRUMS for stem in stems if stem.role is role]
        if not drums:
            raise StudioError("this song has no kick or drum stem to take a style from: add one")
        beats, song = project.beats, self._analysis.song(stems)
        grid, tracked = None, False
        if beats is not None:
            grid, tracked = grid_of(beats), beats.origin == TRACKED
        try:
            found = extract_style(song, beats=grid, tracked=tracked, model=self._drummer)
        except StyleError as fault:
            raise _no_kick(drums[0].name) from fault
        return self._found(found, drums[0].name, project.name)

    def _found(self, found: Extracted, heard_in: str, name: str) -> FoundStyle:
        code = [min(max(float(v), -MAX_NUMBER), MAX_NUMBER) for v in found.style.code]
        self._habits.remember(code, found.style.habits)
        style = Style(code=code, at=self._pad.place(code), name=name)
        return FoundStyle(
            style=style,
            num_hits=len(found.drums),
            tempo_bpm=round(found.beats.tempo_bpm, 2),
            heard_in=heard_in,
            plays=in_words(found.drums, found.beats).text,
        )


def _no_kick(name: str) -> StudioError:
    return StudioError(
        f"no kick drum is heard in '{name}': give a song with drums, or its kick alone"
    )

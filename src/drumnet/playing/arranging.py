"""What is played in each section: its own style and settings.

In: sections, and the style and the settings of the song.  Out: `Passage`s for the
drummer; a section that moves on to the next one's style is cut into passages of bars.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from drumnet.errors import DrumnetError, SectionError
from drumnet.grid import BeatGrid
from drumnet.hearing.sections import Section
from drumnet.playing.passages import Passage
from drumnet.playing.section_file import SectionRow, placed, read_sections
from drumnet.settings import Settings
from drumnet.style.code import RANDOM, StyleCode

#: Sections that are found, not given.
AUTO = "auto"


#: A style of a section that is on its way from the song's style to another one.
VARIED = "vary"


_VARIED_AMOUNT = 0.4


#: Of a style's name or file, and a seed, the style.
FindStyle = Callable[[str, int], StyleCode]


@dataclass(frozen=True)
class AskedSections:
    """What is asked for before the song's beats are known.

    Args:
        given: sections on the beats, or lines of a file; None if they are found.
    """

    given: tuple[Section | SectionRow, ...] | None

    @staticmethod
    def of(sections: str | Path | Sequence[Section]) -> AskedSections:
        """Of `auto`, a file, or sections.

        Raises:
            SectionError: a file that cannot be read.
        """
        if sections == AUTO:
            return AskedSections(None)
        if isinstance(sections, str | Path):
            return AskedSections(read_sections(sections))
        return AskedSections(tuple(sections))

    def on(self, grid: BeatGrid, find: Callable[[], tuple[Section, ...]]) -> tuple[Section, ...]:
        """The sections of a song; if they are found, the style varies.

        Raises:
            SectionError: a bar that the song does not have.
        """
        if self.given is None:
            return with_variation(find())
        rows = [row for row in self.given if isinstance(row, SectionRow)]
        return (*(one for one in self.given if isinstance(one, Section)), *placed(rows, grid))


def with_variation(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The first section and those of its name in the song's style, those of each other
    name in a variation of it."""
    names = [section.name for section in sections]
    return tuple(
        replace(section, style=VARIED)
        if section.name != names[0] and names.index(section.name) == index
        else section
        for index, section in enumerate(sections)
    )


def passages_of(
    sections: Sequence[Section], style: StyleCode, settings: Settings, find: FindStyle
) -> tuple[Passage, ...]:
    """What is played in each section; where a section says nothing of style or
    settings, what the first one of its name that does says.

    Raises:
        SectionError: no such style.
        DrumnetError: no such setting.
    """
    names = list(dict.fromkeys(section.name for section in sections))

    passages = []
    for section in sections:
        alike = [section, *(one for one in sections if one.name == section.name)]
        named = next((one.style for one in alike if one.style), "")
        changes = next((one.changes for one in alike if one.changes), {})
        seed = settings.seed + names.index(section.name)
        try:
            code = _styled(style, named, seed, find)
        except DrumnetError as fault:
            raise SectionError(f"the section '{section.name}': {fault}") from fault
        passages.append(Passage(section.start_beat, code, settings.changed(changes)))
    return tuple(passages)


def _styled(style: StyleCode, named: str, seed: int, find: FindStyle) -> StyleCode:
    """The style that is named, or else the song's."""
    if named == VARIED:
        return style.interpolate(find(RANDOM, seed), _VARIED_AMOUNT)
    return find(named, seed) if named else style


#: A style moves to another in so many steps at most, each of them whole bars.
MORPH_STEPS = 8


@dataclass(frozen=True)
class StyleSpan:
    """A style from a beat of the grid on, up to the next span.

    Args:
        morphs: it moves towards the style of the next span, bar by bar.
    """

    start_beat: int
    style: StyleCode
    morphs: bool = False


def bar_by_bar(
    spans: Sequence[StyleSpan], grid: BeatGrid, settings: Settings, most_steps: int = MORPH_STEPS
) -> list[Passage]:
    """The spans as passages, those that morph as one of some bars each.

    The first bar has the span's own style, the bar behind the last would have
    the next one's.  The last span has nothing to move to and stays as it is.
    """
    passages: list[Passage] = []
    for span, following in pairwise([*spans, None]):
        assert span is not None
        passages.append(Passage(span.start_beat, span.style, settings))
        if following is None or not span.morphs:
            continue
        beats = np.arange(span.start_beat + 1, following.start_beat)
        bars = [span.start_beat, *beats[grid.is_downbeat[beats]].tolist()]
        num_steps = min(len(bars), most_steps)
        for step in range(1, num_steps):
            first = bars[step * len(bars) // num_steps]
            style = span.style.interpolate(following.style, step / num_steps)
            passages.append(Passage(first, style, settings, begins_section=False))
    return passages

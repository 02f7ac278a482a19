"""What a wish makes of a song: its passages.

In: the song's sections, the styles that one may wish for, and a wish.  Out: the passages that are
played.  Sections keep what tells them apart, whatever the hand does: a dial moves them all by as
much, and another style is played in all of them but for those that vary it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from drumnet.hearing.sections import Section
from drumnet.live.controls import SETTING_OF_CONTROLLER, Wish
from drumnet.playing.arranging import VARIED, FindStyle, passages_of
from drumnet.playing.passages import Passage
from drumnet.settings import Settings
from drumnet.style.code import StyleCode


@dataclass(frozen=True, eq=False)
class Plan:
    """Args:
    styles: that one may wish for; the first is the song's own.
    sections: with styles and settings of their own; none where the song is played as one.
    began: the settings that the song begins with.
    found: the styles that are named in sections, by name and seed.
    """

    styles: Sequence[StyleCode]
    sections: tuple[Section, ...]
    began: Settings
    found: Mapping[tuple[str, int], StyleCode]

    @staticmethod
    def of(
        styles: Sequence[StyleCode],
        sections: Sequence[Section],
        began: Settings,
        find: FindStyle,
    ) -> Plan:
        """A plan whose styles are all there: nothing is looked for while it plays.

        Raises:
            SectionError: no such style.
            DrumnetError: no such setting.
        """
        found: dict[tuple[str, int], StyleCode] = {}

        def remember(name: str, seed: int) -> StyleCode:
            return found.setdefault((name, seed), find(name, seed))

        passages_of(sections, styles[0], began, remember)
        # Plain mappings, which travel to the composer's process.
        plain = tuple(replace(one, changes=dict(one.changes)) for one in sections)
        return Plan(styles, plain, began, found)

    @staticmethod
    def nothing() -> Plan:
        """Of a song whose passages come from elsewhere."""
        return Plan((), (), Settings(), {})

    def passages(self, wish: Wish) -> tuple[Passage, ...]:
        """The whole song as it is wished for."""
        style = self.styles[wish.style]
        if not self.sections:
            return (Passage(0, style, wish.settings),)
        sections: Sequence[Section] = self.sections
        if wish.style:
            sections = [one if one.style == VARIED else replace(one, style="") for one in sections]
        dials = {name: getattr(self.began, name) for name in SETTING_OF_CONTROLLER.values()}
        played = passages_of(sections, style, replace(wish.settings, **dials), self._find)
        return tuple(replace(one, settings=self._moved(one.settings, wish)) for one in played)

    def _find(self, name: str, seed: int) -> StyleCode:
        return self.found[name, seed]

    def _moved(self, settings: Settings, wish: Wish) -> Settings:
        """Each dial as far from where the section has it as the hand has moved it."""
        moved = {}
        for name in SETTING_OF_CONTROLLER.values():
            by = getattr(wish.settings, name) - getattr(self.began, name)
            moved[name] = min(max(getattr(settings, name) + by, 0.0), 1.0)
        return replace(settings, **moved)


def cut(passages: Sequence[Passage], start: int, end: int) -> Iterator[Passage]:
    """What is played of passages from a beat up to another, on beats from the first."""
    for one, following in pairwise([*passages, None]):
        assert one is not None
        is_over = following is not None and following.start_beat <= start
        if one.start_beat < end and not is_over:
            yield replace(one, start_beat=max(one.start_beat - start, 0))


def at(passages: Sequence[Passage], beat: int) -> Passage:
    """The one that a beat is in."""
    return next(cut(passages, beat, beat + 1), passages[0])

"""A drum track in words.

>>> from drumnet.hits import Hit, Piece
>>> grid = BeatGrid.constant(120, 8)
>>> kicks = DrumTrack(tuple(Hit(beat / 2, 12 * beat) for beat in range(16)))
>>> in_words(kicks, grid).text
'four on the floor'
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack
from drumnet.words.families import DESCRIPTIONS, KINDS, Family, kind_and_family
from drumnet.words.played_bars import PlayedBars
from drumnet.words.qualities import NO_TIME, Timekeeping, keeps_time, stands_out
from drumnet.words.typical_bar import TypicalBar

#: A kind of beat is a track called after if so much of it is that.
_ENOUGH = 0.3
#: Kinds that are worth a word where they are not the first one.
_IN_PARTS = ("half-time", "double-time", "four on the floor")
#: Fewer kicks a bar are none.
_LEAST_KICKS = 0.3
#: Shares of silent bars that are worth a word.
_LONG_RESTS = 0.3
_NUMBERS = {5: "five", 6: "six", 7: "seven", 9: "nine", 10: "ten", 11: "eleven", 12: "twelve"}


@dataclass(frozen=True)
class Words:
    """What drums play.

    Args:
        name: of the beat.
        time: what keeps time.
        besides: what else stands out; may be empty.
        is_family: the name is one of the table, no mere description.
    """

    name: str
    time: Timekeeping = NO_TIME
    besides: str = ""
    is_family: bool = False

    @property
    def text(self) -> str:
        """All of it, in a line."""
        first = " ".join(filter(None, (self.name, self.time.text)))
        return ", ".join(filter(None, (first, self.besides)))

    @property
    def titles(self) -> tuple[str, ...]:
        """The same in short, from the name alone to all of it.

        >>> Words("four on the floor", Timekeeping("with eighths on the ride", "ride")).titles
        ('four on the floor', 'four on the floor, ride')
        """
        parts = [part for part in (self.name, self.time.short, self.besides) if part]
        return tuple(", ".join(parts[:count]) for count in range(1, len(parts) + 1))


def in_words(track: DrumTrack, grid: BeatGrid) -> Words:
    """What is played, in words; of any track.

    A track is called after what is played in more of its phrases than anything else, not after
    the mean of its parts: first the kind of beat, then the family.
    """
    bars = PlayedBars.of(track, grid)
    if bars is None:
        return Words("a few strokes" if len(track) else "silence")
    phrases = bars.phrases()
    found = _told(bars)
    kinds = Counter(kind for kind, _ in found)
    known = [kind for kind in KINDS if kinds[kind] >= _ENOUGH * len(found)]
    kind = max(known, key=kinds.__getitem__, default="")
    count = Counter(family.name for own, family in found if own == kind)
    among = KINDS.get(kind, DESCRIPTIONS)
    most = max(among, key=lambda family: count[family.name])
    own = [phrase for phrase, (_, one) in zip(phrases, found, strict=True) if one.name == most.name]
    bar = TypicalBar.of(bars, np.concatenate(own))
    name = most.name.format(beats=_NUMBERS.get(bar.beats, str(bar.beats)))
    time = keeps_time(bar, name, most.says_time)
    besides = ["no kick"] if kind and bar.kicks < _LEAST_KICKS else []
    besides += [stands_out(bar, name, time.short)]
    besides += [f"{one} in parts" for one in known if one in _IN_PARTS and one != kind]
    besides += ["long rests"] if bars.silent >= _LONG_RESTS else []
    return Words(name, time, next(filter(None, besides), ""), bool(kind))


def share_in_words(track: DrumTrack, grid: BeatGrid, names: Collection[str]) -> float:
    """The share of what is played, 0-1, that has one of these names."""
    bars = PlayedBars.of(track, grid)
    if bars is None:
        return 0.0
    found = _told(bars)
    return sum(family.name in names for _, family in found) / len(found)


def _told(bars: PlayedBars) -> list[tuple[str, Family]]:
    """Kind and family of each phrase."""
    return [kind_and_family(TypicalBar.of(bars, phrase)) for phrase in bars.phrases()]


def handle(title: str) -> str:
    """A title as it is typed: a name for files and command lines.

    >>> handle("Four on the floor, ride")
    'four-on-the-floor-ride'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")

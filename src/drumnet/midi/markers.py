"""Where the sections of a song begin, on the timeline of a DAW, with their names.

In: the first beat and the name of each section.  Out: `Marker`s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drumnet.grid import BeatGrid
from drumnet.midi.timeline import Timeline


@dataclass(frozen=True)
class Marker:
    """A place of the song, in quarter notes."""

    quarter: float
    name: str


def markers_of(
    sections: Iterable[tuple[int, str]], grid: BeatGrid, timeline: Timeline
) -> tuple[Marker, ...]:
    """Where sections begin; what begins before the recording begins with it."""
    rows = named(sections)
    quarters = timeline.beats([grid.beats_s[beat] for beat, _ in rows]).tolist()
    return tuple(Marker(quarter, name) for quarter, (_, name) in zip(quarters, rows, strict=True))


def named(sections: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """The same, with a number where the name says nothing.

    >>> named([(0, "verse"), (16, "")])
    [(0, 'verse'), (16, 'section 2')]
    """
    rows = enumerate(sections, 1)
    return [(beat, printable(name) or f"section {number}") for number, (beat, name) in rows]


def printable(text: str) -> str:
    """Without what no file of text may hold."""
    return "".join(letter for letter in text if letter.isprintable()).strip()

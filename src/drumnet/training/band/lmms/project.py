"""A project of LMMS, read: its tempo, its tracks, and when their notes sound.

In: `.mmp` (XML), or `.mmpz` (the same, packed as Qt packs it: four bytes that say its length,
then zlib).  Out: a `Project`.  Of LMMS 1.2: a bar of 4/4 has 192 ticks.  A track plays its
patterns where they lie; the tracks of the beat/bassline editor play their n-th pattern wherever
the n-th beat/bassline track has a block, which begins anew after its longest pattern.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import DataError
from drumnet.limits import MAX_TEXT_BYTES

PROJECT_SUFFIXES = (".mmp", ".mmpz")
TICKS_PER_WHOLE = 192
#: The kinds of tracks that sound or hold blocks, and of patterns that are steps.
_INSTRUMENT, _BEAT_BASSLINE, _SAMPLE = "0", "1", "2"
_STEPS = "0"
_STEPS_PER_WHOLE = 16
#: The loudness of a note that has 100 %, and its key of an instrument in tune (A, 440 Hz).
_FULL_VOLUME, _BASE_KEY = 100.0, 57
#: No block ends later: after some ten hours.
_LAST_TICK = 1 << 22
#: The length in bytes before what is packed.
_LENGTH_BYTES = 4


#: The ticks at which a pattern starts and stops; the same with the pattern.
_Span = tuple[int, int]
_Placed = tuple[int, int, Element]


@dataclass(frozen=True, eq=False)
class ProjectTrack:
    """A track that sounds.

    Args:
        name: as its author calls it.
        number: its place among the tracks that may sound, in LMMS's order, from 0.
        is_muted: it does not sound.
        sample: the file that it plays, relative to LMMS's samples; empty if it is a synthesiser.
        plays_as_written: a note is one stroke: there are neither chords nor an arpeggio, and no
            sample is reversed.
        notes: (num_notes, 3) seconds, semitones above the pitch of the sample, volume (1 is
            ordinary), in order of time.
    """

    name: str
    number: int
    is_muted: bool
    sample: str
    plays_as_written: bool
    notes: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Project:
    """Args:
    path: of its file.
    bpm: its tempo, the same throughout.
    tracks: those of instruments and of samples, in the order in which LMMS renders them.
    """

    path: Path
    bpm: float
    tracks: tuple[ProjectTrack, ...]

    @property
    def name(self) -> str:
        return self.path.stem


def find_projects(root: Path) -> list[Path]:
    """All projects in a folder and the folders in it."""
    return sorted(path for path in root.rglob("*") if path.suffix.lower() in PROJECT_SUFFIXES)


def read_project(path: Path) -> Project:
    """Raises:
    DataError: the file is missing or no project of a song, or its tempo changes.
    """
    try:
        root = _root_of(path)
        head, song = root.find("head"), root.find("song")
        if head is None or song is None:
            raise ValueError("it holds no song")
        bpm = _constant_tempo(root, head)
        whole_s = 4 * 60.0 / bpm
        bar = round(
            TICKS_PER_WHOLE
            * float(head.get("timesig_numerator", "4"))
            / float(head.get("timesig_denominator", "4"))
        )
        tracks = tuple(_tracks(song, max(1, bar), whole_s / TICKS_PER_WHOLE))
    except (OSError, ValueError, zlib.error, ElementTree.ParseError, ArithmeticError) as fault:
        raise DataError(f"'{path}' is no project of LMMS that can be read: {fault}") from fault
    return Project(path, bpm, tracks)


def write_part(path: Path, numbers: Collection[int], out: Path) -> None:
    """Write a project (as `.mmp`) of which only those tracks are left: what is muted would be
    worked out all the same.

    Raises:
        OSError: it cannot be read or written.
    """
    root = _root_of(path)
    song = root.find("song")
    assert song is not None  # it was read before
    parent_of = {child: parent for parent in root.iter("trackcontainer") for child in parent}
    for number, track in enumerate(_sounding(*_outer_and_inner(song))):
        if number not in numbers:
            parent_of[track].remove(track)
    out.write_bytes(ElementTree.tostring(root))


def _root_of(path: Path) -> Element:
    with open(path, "rb") as file:
        data = file.read(MAX_TEXT_BYTES + 1)
    if path.suffix.lower() == ".mmpz":
        data = zlib.decompressobj().decompress(data[_LENGTH_BYTES:], MAX_TEXT_BYTES + 1)
    if len(data) > MAX_TEXT_BYTES:
        raise ValueError("it is too large")
    return ElementTree.fromstring(data)


def _constant_tempo(root: Element, head: Element) -> float:
    """Beats per minute; a tempo that a track of automation moves is none."""
    element = head.find("bpm")
    said = head.get("bpm") if element is None else element.get("value")
    bpm = float(said or "nan")
    if not 10.0 <= bpm <= 999.0:  # LMMS's own bounds
        raise ValueError(f"its tempo is '{said}'")
    own = None if element is None else element.get("id")
    if own is not None and any(moved.get("id") == own for moved in root.iter("object")):
        raise ValueError("its tempo changes")
    return bpm


def _tracks(song: Element, bar: int, tick_s: float) -> Iterator[ProjectTrack]:
    outer, inner = _outer_and_inner(song)
    blocks = [track for track in outer if track.get("type") == _BEAT_BASSLINE]
    spans = list(_spans_of_blocks(blocks, inner, bar))
    for number, track in enumerate(_sounding(outer, inner)):
        is_inner = any(track is other for other in inner)
        patterns = _patterns_in_blocks(track, spans) if is_inner else _patterns_in_place(track)
        yield _track(track, patterns, number, tick_s)


def _outer_and_inner(song: Element) -> tuple[list[Element], list[Element]]:
    """The tracks of the song, and those of the beat/bassline editor."""
    outer = song.findall("trackcontainer/track")
    return outer, [own for track in outer for own in track.findall("bbtrack/trackcontainer/track")]


def _sounding(outer: Sequence[Element], inner: Sequence[Element]) -> list[Element]:
    return [track for track in (*outer, *inner) if track.get("type") in (_INSTRUMENT, _SAMPLE)]


def _patterns_in_place(track: Element) -> list[_Placed]:
    """The patterns of a track of the song, with the ticks at which they start and stop."""
    found = []
    for pattern in track.findall("pattern"):
        if not _is_muted(pattern):
            start = int(pattern.get("pos", "0"))
            found.append((start, start + _length(pattern), pattern))
    return found


def _patterns_in_blocks(track: Element, spans: Sequence[Sequence[_Span]]) -> list[_Placed]:
    """The patterns of a track of the beat/bassline editor, wherever they are played."""
    numbered = zip(track.findall("pattern"), spans, strict=False)
    return [(*span, pattern) for pattern, own in numbered if not _is_muted(pattern) for span in own]


def _spans_of_blocks(
    blocks: Sequence[Element], inner: Sequence[Element], bar: int
) -> Iterator[list[_Span]]:
    """Of each beat/bassline track, where its patterns start, and where they are cut off."""
    for number, track in enumerate(blocks):
        patterns = [own[number] for other in inner if number < len(own := other.findall("pattern"))]
        longest = max([bar, *map(_length, patterns)])
        longest = -(-longest // bar) * bar
        spans: list[_Span] = []
        for block in track.findall("bbtco"):
            if _is_muted(track) or _is_muted(block):
                continue
            start = int(block.get("pos", "0"))
            stop = start + int(block.get("len", "0"))
            if stop > _LAST_TICK:
                raise ValueError("it is longer than any song")
            spans += [(at, min(at + longest, stop)) for at in range(start, stop, longest)]
        yield spans


def _length(pattern: Element) -> int:
    """In ticks, as the file says it, or up to the end of the bar of the last note."""
    said = pattern.get("len")
    if said is not None:
        return int(said)
    if pattern.get("type") == _STEPS and pattern.get("steps"):
        return int(pattern.get("steps", "0")) * TICKS_PER_WHOLE // _STEPS_PER_WHOLE
    last = max((int(note.get("pos", "0")) for note in pattern.iter("note")), default=0)
    return (last // TICKS_PER_WHOLE + 1) * TICKS_PER_WHOLE


def _track(track: Element, patterns: Sequence[_Placed], number: int, tick_s: float) -> ProjectTrack:
    own = track.find("instrumenttrack")
    player = track.find("instrumenttrack/instrument/audiofileprocessor")
    base = _BASE_KEY if own is None else float(own.get("basenote", str(_BASE_KEY)))
    notes = [
        (
            tick_s * (start + int(note.get("pos", "0"))),
            float(note.get("key", str(_BASE_KEY))) - base,
            float(note.get("vol", "100")) / _FULL_VOLUME,
        )
        for start, stop, pattern in patterns
        for note in pattern.iter("note")
        if start + int(note.get("pos", "0")) < stop
    ]
    table = np.array(sorted(notes), dtype=np.float64).reshape(-1, 3)
    if not np.isfinite(table).all():
        raise ValueError("a note has no place")
    return ProjectTrack(
        track.get("name", ""),
        number,
        _is_muted(track),
        "" if player is None else player.get("src", ""),
        _plays_as_written(track),
        table,
    )


def _plays_as_written(track: Element) -> bool:
    switches = (
        ("arpeggiator", "arp-enabled"),
        ("chordcreator", "chord-enabled"),
        ("instrument/audiofileprocessor", "reversed"),
    )
    found = ((track.find(f"instrumenttrack/{place}"), switch) for place, switch in switches)
    return not any(_is_on(element, switch) for element, switch in found if element is not None)


def _is_muted(element: Element) -> bool:
    return _is_on(element, "muted")


def _is_on(element: Element, switch: str) -> bool:
    return element.get(switch, "0") not in ("0", "")

"""A session as a project of REAPER.

In: a `Session`.  Out: a text file, beside which the sounds lie.  Times are in seconds, but
for notes, which are in ticks of quarter notes; sounds keep to time and notes to the beat
when the tempo is changed.

Source: the files that REAPER writes, as "State Chunk Definitions" of
https://github.com/ReaTeam/Doc describes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import drumnet
from drumnet.midi.notes import DRUM_CHANNEL
from drumnet.projects.session import AudioTrack, Fader, Group, NoteTrack, Session

_FORMAT, _REAPER = "0.1", f"6.0/DrumNet-{drumnet.__version__}"
_NOTE_ON, _NOTE_OFF, _CONTROL = (status + DRUM_CHANNEL for status in (0x90, 0x80, 0xB0))
_ALL_NOTES_OFF = 0x7B
#: Of a point of the tempo: it holds up to the next, and sets tempo and metre.
_HOLDS, _SETS_BOTH = 1, 1
_TO_TIME, _TO_BEATS = 0, 1
_QUOTES = "\"'`"

Line = str
Track = AudioTrack | NoteTrack | Group


def write_reaper(path: Path, session: Session) -> None:
    """Write the project; its sounds are named relative to it."""
    path.write_text("\n".join(_project(session)) + "\n", encoding="utf-8", newline="\n")


def _project(session: Session) -> Iterator[Line]:
    timeline = session.timeline
    first = timeline.signatures[0]
    yield from _block(
        ("REAPER_PROJECT", _FORMAT, _REAPER, 0),
        [
            *_block(("NOTES", 0, 2), [f"|{line}" for line in session.about.splitlines()]),
            _line("TITLE", session.title),
            _line("SAMPLERATE", _rate(session), 0, 0),
            _line("TIMELOCKMODE", _TO_BEATS),
            _line("TEMPO", float(timeline.tempo.bpm()[0]), first.numerator, first.denominator),
            _line("MASTER_VOLUME", session.master, 0, -1, -1, 1),
            *_block(
                ("TEMPOENVEX",), [_line("ACT", 1, -1), _line("VIS", 1, 0, 1), *_tempos(session)]
            ),
            *_markers(session),
            *_tracks(session),
        ],
    )


def _rate(session: Session) -> int:
    return max((track.sound.sample_rate for track in session.audio_tracks()), default=44_100)


def _tempos(session: Session) -> Iterator[Line]:
    """A point wherever tempo or metre change; a metre is the lower number, then the upper
    one, in 16 bits each."""
    timeline = session.timeline
    metres = {quarter: (lower << 16) + upper for quarter, upper, lower in timeline.signatures}
    tempo = timeline.tempo
    for quarter in sorted({*tempo.starts.tolist(), *metres}):
        held = int((tempo.starts <= quarter).sum()) - 1
        at = ("PT", float(tempo.seconds(quarter)), float(tempo.bpm()[held]), _HOLDS)
        metre = (metres[quarter], 0, _SETS_BOTH) if quarter in metres else ()
        yield _line(*at, *metre)


def _markers(session: Session) -> Iterator[Line]:
    for number, marker in enumerate(session.markers, 1):
        at_s = float(session.timeline.tempo.seconds(marker.quarter))
        yield _line("MARKER", number, at_s, marker.name, 0)


def _tracks(session: Session) -> Iterator[Line]:
    for track in session.tracks:
        if isinstance(track, Group):
            yield from _track(track, (1, 1), [])
            for inner in track.tracks:
                is_last = inner is track.tracks[-1]
                yield from _track(inner, (2, -1) if is_last else (0, 0), _items(session, inner))
        else:
            yield from _track(track, (0, 0), _items(session, track))


def _track(track: Track, folder: tuple[int, int], items: Iterable[Line]) -> Iterator[Line]:
    """Args:
    folder: as REAPER has it: 1, 1 begins a folder, 2, -1 ends it, 0, 0 is a track.
    """
    fader = Fader() if isinstance(track, NoteTrack) else track.fader
    keeps_to = _TO_TIME if isinstance(track, AudioTrack) else _TO_BEATS
    guid = (
        f"{{{str(uuid5(NAMESPACE_URL, f'drumnet:{type(track).__name__}:{track.name}')).upper()}}}"
    )
    yield from _block(
        ("TRACK", guid),
        [
            _line("NAME", track.name),
            _line("PEAKCOL", _colour(track.colour)),
            _line("BEAT", keeps_to),
            _line("VOLPAN", fader.gain, 0, -1, -1, 1),
            _line("MUTESOLO", int(fader.mute), int(fader.solo), 0),
            _line("ISBUS", *folder),
            _line("NCHAN", 2),
            _line("TRACKID", guid),
            _line("MAINSEND", 1, 0),
            *items,
        ],
    )


def _items(session: Session, track: AudioTrack | NoteTrack) -> Iterator[Line]:
    if isinstance(track, AudioTrack):
        length_s = track.sound.duration_s
        source = _block(("SOURCE", "WAVE"), [_line("FILE", track.sound.name)])
    else:
        length_s = float(session.timeline.tempo.seconds(session.end))
        source = _block(("SOURCE", "MIDI"), _notes(session, track))
    yield from _block(
        ("ITEM",),
        [
            _line("POSITION", 0),
            _line("LENGTH", length_s),
            _line("LOOP", 0),
            _line("FADEIN", 1, 0, 0, 1, 0, 0, 0),
            _line("FADEOUT", 1, 0, 0, 1, 0, 0, 0),
            _line("NAME", track.name),
            _line("SOFFS", 0),
            *source,
        ],
    )


def _notes(session: Session, track: NoteTrack) -> Iterator[Line]:
    """Messages with the ticks since the one before; the last one ends the item."""
    messages = []
    for start, end, hit in track.notes:
        key = session.keys[hit.piece]
        messages.append((start, _NOTE_ON, key, hit.velocity))
        messages.append((end, _NOTE_OFF, key, 0))
    ppq = session.timeline.ticks_per_quarter
    last = max([round(session.end * ppq), *(end for _, end, _ in track.notes)])
    yield _line("HASDATA", 1, ppq, "QN")
    now = 0
    for tick, status, key, value in [*sorted(messages), (last, _CONTROL, _ALL_NOTES_OFF, 0)]:
        yield _line("E", tick - now, f"{status:02x}", f"{key:02x}", f"{value:02x}")
        now = tick


def _colour(html: str) -> int:
    """`#rrggbb` as REAPER counts, with red lowest and a bit that says there is a colour."""
    red, green, blue = (int(html[at : at + 2], 16) for at in (1, 3, 5))
    return 1 << 24 | blue << 16 | green << 8 | red


def _block(head: tuple[str | float, ...], lines: Iterable[Line]) -> Iterator[Line]:
    yield f"<{_line(*head)}"
    yield from (f"  {line}" for line in lines)
    yield ">"


def _line(*cells: str | float) -> Line:
    return " ".join(_text(cell) if isinstance(cell, str) else _number(cell) for cell in cells)


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.12f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    """As it is where it is one word, else in the first kind of quotes that it does not hold."""
    if text and " " not in text and text[0] not in _QUOTES:
        return text
    quote = next((mark for mark in _QUOTES if mark not in text), "`")
    return quote + text.replace(quote, "'") + quote

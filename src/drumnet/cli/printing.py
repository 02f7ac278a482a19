"""What commands print of songs, beats, styles, drums and files; compact, aligned."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

if TYPE_CHECKING:
    from drumnet.beats.choice import BeatChoice
    from drumnet.beats.tracker import Tracked
    from drumnet.grid import BeatGrid
    from drumnet.hearing.sections import Section
    from drumnet.hits import DrumTrack, Piece
    from drumnet.song.song import Song
    from drumnet.style.code import StyleCode

_LABEL_WIDTH = 9
_SECTIONS_A_LINE = 6


def print_line(label: str, text: str) -> None:
    """`label    text`, the label padded to a column."""
    click.echo(f"{label:<{_LABEL_WIDTH}} {on_one_line(text)}")


def on_one_line(text: str) -> str:
    """The text with a ? for what stdout cannot show, or what would break the line."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    encoding = sys.stdout.encoding or "utf-8"
    return printable.encode(encoding, "replace").decode(encoding)


def counted(number: int, thing: str) -> str:
    """`1 bar`, `2 bars`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def print_song(song: Song, *, replaced: str = "", given: str = "") -> None:
    """The length of a song, and the role that each stem was taken for.

    Args:
        replaced: a remark on the stems that are written anew.
        given: on those of drums that are not.
    """
    from drumnet.song.roles import PIECES_OF_ROLE

    print_line("song", f"{clock(song.duration_s)}, {counted(len(song.stems), 'stem')}")
    for stem in song.stems:
        is_given = stem in song.sounding and stem.role in PIECES_OF_ROLE
        said = replaced if stem in song.replaced else given if is_given else ""
        remark = f"  ({said})" if said else ""
        print_line(f"  {stem.role.value}", f"{stem.name}{remark}")
    for one in song.left_out:
        print_line("  left out", f"{one.name} {one.why}")
    if all(stem.is_quiet for stem in song.stems):
        print_line("hint", "the song is quiet, below -60 dB of full scale: export it louder")


def print_beats(grid: BeatGrid, choice: BeatChoice) -> None:
    """Tempo, metre, number of bars and first downbeat: the one that was said, if any was."""
    begins_bar = grid.is_downbeat[:-1]  # the last beat ends the grid
    downbeats = grid.beats_s[:-1][begins_bar & (grid.beats_s[:-1] > -1e-6)]
    said_s = choice.first_downbeat_s
    if said_s is not None and len(downbeats):
        downbeats = downbeats[np.argmin(np.abs(downbeats - said_s)) :]
    lengths = Counter(grid.bar_length.tolist())
    first = f"first downbeat at {abs(downbeats[0]):.2f} s" if len(downbeats) else "no downbeat"
    print_line(
        "beats",
        f"{grid.tempo_bpm:.1f} bpm, {counted(lengths.most_common(1)[0][0], 'beat')} in a bar, "
        f"{counted(len(downbeats), 'bar')}, {first} ({choice.origin})",
    )


def print_sections(sections: Sequence[Section], grid: BeatGrid) -> None:
    """The sections with their first bars, a line for a few of them."""
    cells = [f"{one.name} (bar {grid.bar_number[one.start_beat]})" for one in sections]
    for at in range(0, len(cells), _SECTIONS_A_LINE):
        row = ", ".join(cells[at : at + _SECTIONS_A_LINE])
        print_line("sections" if at == 0 else "", row)


def print_heard(heard: Tracked) -> None:
    """How steady the tempo is, how sure the beats are, and what would help."""
    steps = np.diff(heard.grid.beats_s)
    slowest, fastest = 60.0 / np.quantile(steps, (0.95, 0.05))
    tempo = "constant" if heard.is_constant else f"moving, {slowest:.1f} to {fastest:.1f} bpm"
    print_line("tempo", f"{heard.grid.tempo_bpm:.2f} bpm, {tempo}")
    sure = heard.confidence
    print_line("sure", f"beats {sure.beats_word}, bars {sure.bars_word}")
    if sure.advice:
        print_line("hint", sure.advice)


def print_style(style: StyleCode, note: str) -> None:
    """A style code, as its 16 numbers, under a word on what it is, and its habits."""
    print_line("style", note)
    for row in code_rows(style.code.tolist()):
        print_line("", row)
    if style.habits is None:
        return
    if style.habits.passages:
        count = counted(len(style.habits.passages), "passage")
        print_line("habits", f"of {count}: where a song sounds like one, it is played like that")
    if style.habits.figure:
        count = counted(style.habits.figure.num_strokes, "stroke")
        print_line("figure", f"{count} in eight bars that are played more often than that tells")
    late_ms = round(1000 * (style.habits.late_s or 0.0))
    if late_ms:
        side = "behind" if late_ms > 0 else "ahead of"
        print_line("timing", f"{abs(late_ms)} ms {side} the beat")


def print_takes(takes: Iterable[tuple[Path, str]]) -> None:
    """A line for each take: its folder, and how it differs from the others."""
    for number, (folder, words) in enumerate(takes):
        print_line("" if number else "takes", f"{folder.name}  {words}")


def code_rows(numbers: Sequence[float], columns: int = 8) -> list[str]:
    """The numbers of a code, `columns` to a line."""
    cells = [f"{number:+.2f}" for number in numbers]
    return ["  ".join(cells[at : at + columns]) for at in range(0, len(cells), columns)]


def print_drums(track: DrumTrack) -> None:
    """How many hits each piece plays, and how hard."""
    if not len(track):
        print_line("drums", "no hits: try another style, or a higher --density")
        return
    velocities = [hit.velocity for hit in track]
    hits = (counted(len(track.of(piece)), f"{piece.value} hit") for piece in track.pieces)
    print_line("drums", f"{', '.join(hits)}, velocity {min(velocities)}-{max(velocities)}")


def print_first_bar(grid: BeatGrid) -> None:
    """Where a DAW has the song's first bar."""
    from drumnet.midi.timeline import Timeline

    first = Timeline.of(grid).first_bar
    if first is not None:
        print_line("midi", first.said)


def print_silent(pieces: Sequence[Piece]) -> None:
    """The pieces that have no file, as they play nothing."""
    if pieces:
        names = ", ".join(piece.value for piece in pieces)
        print_line("silent", f"{names}: no .wav (--all-pieces writes it)")


def print_written(paths: Iterable[Path]) -> None:
    """The files that were written: one as it is, several by folder."""
    folders: dict[Path, list[str]] = {}
    for path in paths:
        folders.setdefault(path.parent, []).append(path.name)
    for folder, names in folders.items():
        if len(names) == 1:
            print_line("written", str(folder / names[0]))
        else:
            print_line("written", f"{folder}{os.sep}  {' '.join(names)}")


def clock(seconds: float) -> str:
    """`3:07` for 187 seconds, and `1:02:03` beyond an hour."""
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"

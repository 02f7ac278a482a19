#!/usr/bin/env python3
"""How few tempos drums.mid has, and how true it is: a table of docs/daw.md.

    scripts/measure_midi_tempo.py RECORDINGS [--print]

RECORDINGS are folders of stems; where there is a `beats.tsv`, as people annotated it, its beats
are measured, too.  Each song gets the drums of a sampled style (seed 1), on the beats that are
tracked, tracked as one tempo, annotated, and tracked and bent by 10 %, with a sine of 30 s.
The file is written, read again, and every hit compared with its time in `hits.csv`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet import Drummer, load_song
from drumnet.beats.choice import BeatChoice
from drumnet.evaluation.timed import bent
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack
from drumnet.midi.layout import MidiLayout, Tempo
from drumnet.midi.read import read_midi
from drumnet.midi.write import write_midi
from page_tables import put_table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "daw.md"
BEGIN, END = "<!-- table: scripts/measure_midi_tempo.py -->", "<!-- end of the table -->"
HEAD = (
    "| song | beats | number of beats | tempos | worst hit, ms | mean, ms "
    "| one tempo: worst hit, ms | its worst beat, ms |\n|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Row:
    """A song on beats, written with a tempo map and with one tempo."""

    song: str
    beats: str
    num_beats: int
    tempos: int
    worst_ms: float
    mean_ms: float
    constant_worst_ms: float
    strays_ms: float

    def line(self) -> str:
        numbers = (self.worst_ms, self.mean_ms, self.constant_worst_ms, self.strays_ms)
        cells = [f"{ms:.2f}" for ms in numbers[:3]] + [f"{numbers[3]:.0f}"]
        return (
            f"| {self.song} | {self.beats} | {self.num_beats} | {self.tempos} | "
            + " | ".join(cells)
            + " |"
        )


def measured(name: str, beats: str, grid: BeatGrid, track: DrumTrack) -> Row:
    """What is lost on the way through the file."""
    due = np.array([hit.onset_s for hit in track])
    errors, songs = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for tempo in (Tempo.MAP, Tempo.CONSTANT):
            path = Path(folder) / "drums.mid"
            write_midi(path, track, grid, MidiLayout(tempo=tempo))
            song = songs[tempo] = read_midi(path)
            found = np.concatenate([one.ticks for one in song.tracks])
            errors[tempo] = np.abs(np.sort(song.seconds(found)) - due) * 1e3
    inside = grid.beats_s[grid.beats_s >= 0]
    bars = songs[Tempo.CONSTANT].beat_grid().beats_s
    strays = np.abs(inside[:, None] - bars[None, :]).min(axis=1) * 1e3
    return Row(
        name,
        beats,
        len(inside),
        len(songs[Tempo.MAP].tempo),
        float(errors[Tempo.MAP].max()),
        float(errors[Tempo.MAP].mean()),
        float(errors[Tempo.CONSTANT].max()),
        float(strays.max()),
    )


def moved(
    grid: BeatGrid, track: DrumTrack, move: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> tuple[BeatGrid, DrumTrack]:
    """Beats and hits at other times; what is played before 0:00 stays out."""
    times = move(np.array([hit.onset_s for hit in track])).tolist()
    hits = [replace(hit, onset_s=at) for hit, at in zip(track, times, strict=True) if at >= 0]
    return BeatGrid(move(grid.beats_s), grid.beat_in_bar), DrumTrack(tuple(hits))


def rows_of(folder: Path, drummer: Drummer) -> Iterator[Row]:
    song = load_song(folder)
    annotated = folder / "beats.tsv"
    choices = {"tracked": BeatChoice(), "tracked, one tempo": BeatChoice(constant=True)}
    if annotated.is_file():
        choices["annotated"] = BeatChoice(beats_file=annotated)
    for beats, choice in choices.items():
        listening = drummer.listen(song, choice.grid(song))
        track = drummer.play(listening, seed=1)
        yield measured(folder.name, beats, listening.beats, track)
        if beats == "tracked":
            yield measured(folder.name, "bent by 10 %", *moved(listening.beats, track, bent))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--print", action="store_true", help="print it, and leave the page")
    args = parser.parse_args()
    drummer = Drummer()
    folders = sorted(path for path in args.recordings.iterdir() if path.is_dir())
    lines = [HEAD]
    for folder in folders:
        for row in rows_of(folder, drummer):
            lines.append(row.line())
            print(lines[-1], flush=True)
    if not args.print:
        put_table(PAGE, BEGIN, END, lines)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Transfer as users get it: files in, `extract` and `generate` at the defaults, hits out.

    measure_transfer.py RECORDINGS [--model default] [--seeds 2]

Every recording (a folder in the layout of MDB) is cut at its middle beat into two folders of
files. The style is taken from the first with its drum mix, and played to the second without.
Told is F within 50 ms against the annotation, pooled over the recordings, of kick, snare and
hats; beats given and tracked, at the defaults and with `--variation 0`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from drumnet import Drummer, load_song
from drumnet.beats.files import read_beats, write_beats
from drumnet.corpus.halves import BEATS_FILE, DRUMS_FILE, recording_folders
from drumnet.extraction import extract_style
from drumnet.generation import generate
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Piece
from drumnet.metrics import Counts, onset_counts
from drumnet.settings import Settings
from drumnet.song.onsets import read_drum_onsets

#: What MDB annotates clearly, and the pieces that are taken for it.
ANNOTATED: Mapping[str, tuple[Piece, tuple[Piece, ...]]] = {
    "KD": (Piece.KICK, (Piece.KICK,)),
    "SD": (Piece.SNARE, (Piece.SNARE,)),
    "HH": (Piece.CLOSED_HAT, (Piece.CLOSED_HAT, Piece.OPEN_HAT)),
}


@dataclass(frozen=True)
class Half:
    """A folder of stems, its drums, its beats, and what is annotated, in seconds from its
    beginning."""

    stems: Path
    drums: Path
    beats: Path
    wanted: Mapping[str, NDArray[np.float64]]


def halves(folder: Path, out: Path) -> tuple[Half, Half]:
    """The recording, cut in the middle of its beats."""
    grid = read_beats(folder / BEATS_FILE)
    middle = int(np.flatnonzero(grid.is_downbeat)[grid.is_downbeat.sum() // 2])
    cut_s = float(grid.beats_s[middle]) - 0.05
    annotated = read_drum_onsets(folder / DRUMS_FILE)
    end_s = float(grid.beats_s[-1])
    found = []
    for name, start_s, stop_s in (("first", 0.0, cut_s), ("second", cut_s, end_s)):
        stems = out / folder.name / name
        stems.mkdir(parents=True)
        for path in folder.glob("*.flac"):
            sound, rate = soundfile.read(path)
            part = sound[round(start_s * rate) : round(stop_s * rate)]
            place = stems if path.stem != "drums" else stems.parent
            soundfile.write(place / f"{name}-{path.name}" if place != stems else place / path.name,
                            part, rate)  # fmt: skip
        inside = (grid.beats_s >= start_s) & (grid.beats_s < stop_s)
        own = BeatGrid(grid.beats_s[inside] - start_s, grid.beat_in_bar[inside])
        write_beats(stems.parent / f"{name}.tsv", own)
        wanted = {}
        for label, (piece, _) in ANNOTATED.items():
            if piece in annotated:
                times = annotated[piece].times_s
                wanted[label] = times[(times >= start_s) & (times < stop_s)] - start_s
        drums = stems.parent / f"{name}-drums.flac"
        found.append(Half(stems, drums, stems.parent / f"{name}.tsv", wanted))
    return found[0], found[1]


def played(
    drummer: Drummer, first: Half, second: Half, settings: Settings, tracked: bool, out: Path
) -> DrumTrack:
    """What a user gets who names files."""
    beats = [None if tracked else read_beats(half.beats) for half in (first, second)]
    style = extract_style(
        load_song(first.stems), drums=first.drums, beats=beats[0], model=drummer
    ).style
    made = generate(
        second.stems, out, style, settings=settings, pieces="kit", beats=beats[1], mix=False,
        model=drummer, overwrite=True,
    )  # fmt: skip
    return made.track


def counted(track: DrumTrack, half: Half) -> dict[str, Counts]:
    return {
        label: onset_counts(times, np.array([hit.onset_s for hit in track.of(ANNOTATED[label][1])]))
        for label, times in half.wanted.items()
    }


def pooled(found: Iterable[Mapping[str, Counts]]) -> str:
    rows = list(found)
    return " | ".join(
        f"{sum((row[label] for row in rows if label in row), Counts()).f_measure:.3f}"
        for label in ANNOTATED
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--model", default="default")
    parser.add_argument("--seeds", type=int, default=2)
    asked = parser.parse_args()
    drummer = Drummer(asked.model)
    with tempfile.TemporaryDirectory() as work:
        pairs = [halves(folder, Path(work)) for folder in recording_folders(asked.recordings)]
        print(f"| | {' | '.join(ANNOTATED)} |\n|---|{'---|' * len(ANNOTATED)}")
        for beats, tracked in (("beats given", False), ("beats tracked", True)):
            for how, variation in (("defaults", Settings().variation), ("--variation 0", 0.0)):
                found = [
                    counted(
                        played(drummer, one, two, Settings(variation=variation, seed=seed), tracked,
                               Path(work) / "out"),
                        two,
                    )
                    for one, two in pairs
                    for seed in range(asked.seeds)
                ]  # fmt: skip
                print(f"| {beats}, {how} | {pooled(found)} |")


if __name__ == "__main__":
    main()

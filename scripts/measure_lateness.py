#!/usr/bin/env python3
"""What a drummer's lateness costs and what becomes of it: writes docs/lateness.md.

    measure_lateness.py RECORDINGS [-o docs/lateness.md]

Every recording (a folder in the layout of MDB) is cut in two songs of files.  The first
half's drums are moved by so many milliseconds, the style is taken from them and played to the
second half, beats given, at the defaults.  Told is F within 50 ms against the drummer of
the second half who is as late, and by how much the drums come out later than unmoved.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from drumnet import Drummer
from drumnet.corpus.halves import recording_folders
from drumnet.evaluation.experiments.from_files import (
    DRUM_MIX,
    GIVEN,
    KICK,
    KICK_STEM,
    Case,
    played_track,
    taken_style,
)
from drumnet.evaluation.half_songs import HalfSong, LabelTimes, half_songs, label_times
from drumnet.metrics import Counts, onset_counts
from drumnet.settings import Settings
from drumnet.song.roles import KIT

PAGE = Path(__file__).parent.parent / "docs/lateness.md"
MOVED_MS = (-30, -20, -10, 0, 10, 20, 30)
#: What is played, the source of its style, and the labels that are told.
ROWS: Mapping[str, tuple[Case, Sequence[str]]] = {
    "kick, from a kick stem": (Case(KICK, KICK_STEM, GIVEN, snare=True), ("KD",)),
    "kit, from a drum mix": (Case(KIT, DRUM_MIX, GIVEN), ("KD", "SD", "HH")),
}
#: A hit of one take is that of another if they are so near.
NEAR_S = 0.09
HEAD = """# Early and late drummers

Written by `scripts/measure_lateness.py RECORDINGS`; do not edit.

A laid-back drummer lies behind the beat all along, one who pushes before it. DrumNet estimates
by how much, takes it out before anything is put on ticks (`hearing/lateness.py`), and keeps it as
a part of the style: played to another song, the drums lie as far beside its beat. The same is
taken out of every stem of a song, whatever made it late.

Five recordings, each cut in two songs of files. The drums of the first half were moved as
a whole, the style was taken from them and played to the second half, beats given, at the
defaults. F is within 50 ms, against the second half's drummer, moved as much.
"""


def moved(half: HalfSong, late_s: float, out: Path) -> HalfSong:
    """The half with its kick and its drums later, or earlier, as sound."""
    out.mkdir(parents=True)
    files = {}
    for name, path in (("kick", half.kick), ("drums", half.drums)):
        sound, rate = soundfile.read(path, always_2d=True)
        steps = round(late_s * rate)
        silence = np.zeros((abs(steps), sound.shape[1]))
        late = np.concatenate([silence, sound]) if steps > 0 else sound[-steps:]
        files[name] = out / f"{name}.wav"
        soundfile.write(files[name], late, rate)
    return replace(half, kick=files["kick"], drums=files["drums"])


def later_s(takes: Sequence[LabelTimes], unmoved: Sequence[LabelTimes]) -> float:
    """By how much the hits of takes are later, in the middle."""
    gaps: list[float] = []
    for one, other in zip(takes, unmoved, strict=True):
        for label, times in one.items():
            for time in times if len(other.get(label, ())) else ():
                gap = time - other[label][np.abs(other[label] - time).argmin()]
                gaps += [float(gap)] if abs(gap) < NEAR_S else []
    return float(np.median(gaps))


def rows(drummer: Drummer, pairs: Sequence[tuple[HalfSong, HalfSong]], work: Path) -> list[str]:
    lines = []
    for name, (case, labels) in ROWS.items():
        takes: dict[int, list[LabelTimes]] = {}
        for late_ms in MOVED_MS:
            found: list[LabelTimes] = []
            for index, (first, second) in enumerate(pairs):
                late = moved(first, late_ms / 1000, work / f"{name} {late_ms} {index}")
                style = taken_style(drummer, late, case)
                track = played_track(drummer, second, case, style, Settings())
                found.append(label_times(track))
            takes[late_ms] = found
        for late_ms, found in takes.items():
            cells = [f"{score(pairs, found, label, late_ms / 1000):.3f}" for label in labels]
            out_ms = 1000 * later_s(found, takes[0])
            lines.append(f"| {name} | {late_ms:+d} | {out_ms:+.0f} | {' / '.join(cells)} |")
            print(lines[-1], flush=True)
    return lines


def score(
    pairs: Sequence[tuple[HalfSong, HalfSong]],
    takes: Sequence[LabelTimes],
    label: str,
    late_s: float,
) -> float:
    """F of a label, pooled over the recordings that have it."""
    total = Counts()
    for (_, second), found in zip(pairs, takes, strict=True):
        if label in second.wanted:
            total += onset_counts(second.wanted[label] + late_s, found.get(label, np.zeros(0)))
    return total.f_measure


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recordings", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=PAGE)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        work = Path(folder)
        names = recording_folders(asked.recordings)
        pairs = [half_songs(one, work / one.name) for one in names]
        lines = rows(Drummer(), pairs, work)
    table = [
        "| played | drums moved by, ms | come out later by, ms | F: KD, or KD / SD / HH |",
        "| --- | ---: | ---: | ---: |",
        *lines,
    ]
    asked.output.write_text("\n".join([HEAD, *table]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

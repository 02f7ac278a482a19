#!/usr/bin/env python3
"""How well beats and downbeats are tracked: writes docs/beats.md.

Songs: recordings (folders with stems and `beats.tsv`), and excerpts of a MIDI
corpus' test split rendered with one soundfont; the network was trained on
neither.  Scores: F-measure of mir_eval, 70 ms, mean over songs.

    scripts/measure_beats.py render CORPUS SOUNDFONT -o SONGS [--count 60] [--bent]
    scripts/measure_beats.py cost --json ROWS
    scripts/measure_beats.py score RECORDINGS SONGS [SONGS_bent] --json ROWS -o docs/beats.md
        [--other madmom=VENV/bin/python] [--other librosa=VENV/bin/python]

Other trackers run in environments of their own, which need mir_eval no less
than this one needs drumnet's extra `train` for rendering.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from beats_report import INPUTS, Row, report, table
from drumnet import load_song
from drumnet.beats.files import write_beats
from drumnet.beats.tracker import NetworkTracker
from drumnet.grid import BeatGrid
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem

#: What runs in the environment of another tracker: lines `time<TAB>number`.
OTHERS = {
    "madmom": """
import sys, warnings; warnings.filterwarnings("ignore")
from madmom.features.downbeats import DBNDownBeatTrackingProcessor, RNNDownBeatProcessor
decode = DBNDownBeatTrackingProcessor(beats_per_bar=[3, 4], fps=100)
hear = RNNDownBeatProcessor()
for path in sys.argv[1:]:
    print("#", path)
    for at, number in decode(hear(path)):
        print(f"{at}\\t{int(number)}")
""",
    "librosa": """
import sys, warnings; warnings.filterwarnings("ignore")
import librosa
for path in sys.argv[1:]:
    print("#", path)
    samples, rate = librosa.load(path)
    _, beats = librosa.beat.beat_track(y=samples, sr=rate, units="time")
    for index, at in enumerate(beats):
        print(f"{at}\\t{index % 4 + 1}")
""",
    "beat_this": """
import sys
from beat_this.inference import File2Beats
hear = File2Beats(checkpoint_path="final0", device="cpu", dbn=False)
for path in sys.argv[1:]:
    print("#", path)
    beats, downbeats = hear(path)
    for at in beats:
        print(f"{at}\\t{1 if abs(downbeats - at).min() < 0.03 else 2}")
""",
}


# ---------------------------------------------------------------- songs


def render(arguments: argparse.Namespace) -> None:
    """Write excerpts of the test split as folders of stems."""
    from drumnet.corpus.reading import read_manifest
    from drumnet.training.beats.render import SAMPLE_RATE_HZ, RenderConfig, rendered_excerpt
    from drumnet.training.beats.songs import bent, read_song

    entries = [e for e in read_manifest(arguments.corpus) if e["split"] == "test"]
    if arguments.source:
        entries = [e for e in entries if e["source"] in arguments.source]
    order = np.random.default_rng(arguments.seed).permutation(len(entries))
    made = 0
    for entry in (entries[i] for i in order):
        if made >= arguments.count:
            break
        song = read_song(arguments.corpus, entry)
        if song is None or not 50 <= 60 / np.median(np.diff(song.beats_s)) <= 230:
            continue
        if arguments.bent:
            song = bent(song, 0.1, 30.0)
        rng = np.random.default_rng([arguments.seed, zlib.crc32(entry["file"].encode())])
        excerpt = rendered_excerpt(song, arguments.soundfont, rng, RenderConfig())
        if excerpt is None:
            continue
        folder = arguments.output / f"{made:03}_{song.source}_{Path(song.name).stem[:30]}"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("bass", "rest", "drums"):
            sound = 0.25 * getattr(excerpt, name)
            file = "other" if name == "rest" else name
            soundfile.write(folder / f"{file}.flac", np.clip(sound, -1, 1), SAMPLE_RATE_HZ)
        write_beats(folder / "beats.tsv", BeatGrid(excerpt.beats_s, excerpt.beat_in_bar))
        made += 1
        print(folder.name, flush=True)


def song_folders(root: Path) -> Iterator[Path]:
    yield from sorted(folder for folder in root.iterdir() if (folder / "beats.tsv").is_file())


def mixed(folder: Path, stems: tuple[str, ...]) -> tuple[NDArray[np.float64], int]:
    sounds = [soundfile.read(folder / f"{name}.flac", always_2d=True) for name in stems]
    length = min(len(sound) for sound, _ in sounds)
    total = sum(sound[:length].mean(axis=1) for sound, _ in sounds)
    return np.clip(total, -1.0, 1.0), sounds[0][1]


# ---------------------------------------------------------------- scores


def f_measures(folder: Path, beats_s: NDArray[Any], numbers: NDArray[Any]) -> tuple[float, float]:
    """F of beats and of downbeats, over the annotated part of the song."""
    import mir_eval

    times, wanted = np.loadtxt(folder / "beats.tsv").T
    half = float(np.median(np.diff(times))) / 2
    inside = (beats_s > times[0] - half) & (beats_s < times[-1] + half)
    inside &= beats_s >= 0
    found, down = beats_s[inside], beats_s[inside & (numbers == 1)]
    return (
        float(mir_eval.beat.f_measure(times, found)),
        float(mir_eval.beat.f_measure(times[wanted == 1], down)),
    )


def by_drumnet(root: Path) -> Iterator[Row]:
    tracker = NetworkTracker()
    for folder in song_folders(root):
        for given, stems in INPUTS.items():
            with tempfile.TemporaryDirectory() as scratch:
                paths = [folder / f"{name}.flac" for name in stems]
                if given.startswith("mix"):
                    paths = [Path(scratch) / "mix.wav"]
                    soundfile.write(paths[0], *mixed(folder, stems))
                began = time.process_time()
                heard = tracker.hear(load_song(paths))
                used_s = time.process_time() - began
            scores = f_measures(folder, heard.grid.beats_s, heard.grid.beat_in_bar)
            yield {
                "song": folder.name,
                "given": given,
                "tracker": "drumnet",
                "beat": scores[0],
                "downbeat": scores[1],
                "beats_word": heard.confidence.beats_word,
                "bars_word": heard.confidence.bars_word,
                "constant": heard.is_constant,
                "seconds": used_s,
            }


def by_other(root: Path, name: str, python: str) -> Iterator[Row]:
    for given, stems in INPUTS.items():
        if not given.startswith("mix"):
            continue
        with tempfile.TemporaryDirectory() as scratch:
            files = {}
            for folder in song_folders(root):
                file = Path(scratch) / f"{folder.name}.wav"
                soundfile.write(file, *mixed(folder, stems))
                files[str(file)] = folder
            began = time.perf_counter()
            done = subprocess.run(
                [python, "-c", OTHERS[name], *files], capture_output=True, text=True, check=False
            )
            wall_s = (time.perf_counter() - began) / max(1, len(files))
        if done.returncode:
            print(name, "failed:", done.stderr.strip().splitlines()[-1])
            return
        found: dict[str, list[list[float]]] = {}
        for line in done.stdout.splitlines():
            if line.startswith("# "):
                rows = found.setdefault(line[2:], [])
            else:
                rows.append([float(cell) for cell in line.split()])
        for path, folder in files.items():
            table = np.array(found.get(path, []), dtype=float).reshape(-1, 2)
            beat, downbeat = f_measures(folder, table[:, 0], table[:, 1])
            yield {
                "song": folder.name,
                "given": given,
                "tracker": name,
                "beat": beat,
                "downbeat": downbeat,
                "seconds": wall_s,
            }


def score(arguments: argparse.Namespace) -> None:
    results: dict[str, list[Row]] = {}
    if arguments.json.is_file():
        results = json.loads(arguments.json.read_text())
    others = [text.partition("=")[::2] for text in arguments.other]
    for root in arguments.songs:
        rows = results.setdefault(root.name, [])
        done = {row["tracker"] for row in rows}
        own = [] if arguments.others_alone else [("drumnet", "")]
        for name, python in [*own, *others]:
            if name in done:
                continue
            for row in by_other(root, name, python) if python else by_drumnet(root):
                rows.append(row)
                arguments.json.write_text(json.dumps(results, indent=1) + "\n")
        print(root.name, *table(rows), sep="\n", flush=True)
    arguments.output.write_text("\n".join(report(results)) + "\n")


# ---------------------------------------------------------------- cost


@dataclass(frozen=True)
class Plucks:
    """A stem of any length, made block by block: a tone plucked each half second."""

    duration_s: float
    sample_rate: int = 44_100
    num_channels: int = 2

    @property
    def num_samples(self) -> int:
        return int(self.duration_s * self.sample_rate)

    def blocks(self, block_samples: int = 441_000) -> Iterator[NDArray[np.float32]]:
        for start in range(0, self.num_samples, block_samples):
            end = min(start + block_samples, self.num_samples)
            t = np.arange(start, end) / self.sample_rate
            tone = 0.5 * np.exp(-(t % 0.5) / 0.05) * np.sin(2 * np.pi * 110 * t)
            yield np.stack([tone, tone]).astype(np.float32)


def cost(arguments: argparse.Namespace) -> None:
    """Time and memory that bass and other take, stereo, 44.1 kHz."""
    results = json.loads(arguments.json.read_text()) if arguments.json.is_file() else {}
    rows = results["cost"] = []
    for minutes in arguments.minutes:
        stems = (Stem(role.value, role, Plucks(60.0 * minutes)) for role in (Role.BASS, Role.OTHER))
        song = Song(tuple(stems))
        began = time.process_time()
        heard = NetworkTracker().hear(song)
        row = {
            "minutes": minutes,
            "seconds": time.process_time() - began,
            "bpm": heard.grid.tempo_bpm,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        rows.append(row)
        print(row, flush=True)
    arguments.json.write_text(json.dumps(results, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    rendering = commands.add_parser("render")
    rendering.add_argument("corpus", type=Path)
    rendering.add_argument("soundfont", type=Path)
    rendering.add_argument("-o", "--output", type=Path, required=True)
    rendering.add_argument("--count", type=int, default=60)
    rendering.add_argument("--seed", type=int, default=0)
    rendering.add_argument(
        "--source", action="append", default=[], help="Of the corpus; may be repeated; else all."
    )
    rendering.add_argument("--bent", action="store_true", help="the tempo swings by 10 %% in 30 s")
    rendering.set_defaults(run=render)
    scoring = commands.add_parser("score")
    scoring.add_argument("songs", type=Path, nargs="+")
    scoring.add_argument("-o", "--output", type=Path, required=True)
    scoring.add_argument(
        "--json", type=Path, required=True, help="All rows; trackers in it are not run again."
    )
    scoring.add_argument("--other", action="append", default=[], metavar="NAME=PYTHON")
    scoring.add_argument("--others-alone", action="store_true", help="Leave drumnet out.")
    scoring.set_defaults(run=score)
    costing = commands.add_parser("cost", help="Before score, which writes what it finds.")
    costing.add_argument("--json", type=Path, required=True)
    costing.add_argument("--minutes", type=float, nargs="+", default=[3.0, 60.0])
    costing.set_defaults(run=cost)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""How long it takes and how large it is: prints a small table.

    generate     `drumnet generate` on a 3-minute song of 4 stems (44.1 kHz, stereo,
                 24 bit) with given beats, as a new process, all files written: the whole
                 kit, as nothing else is asked for, the best five takes, and the kick alone
    import       `import drumnet` in a new process, and with what it loads when used
    new code     a new style code to new hits for those 3 minutes, in one process:
                 the kick alone, the whole kit, and the kit with every control moved
    install      a new virtual environment with `pip install .`, without pip itself
                 (needs the package index; left out with --no-install)

Run it in an environment where drumnet is installed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from statistics import median

import numpy as np
import soundfile
from numpy.typing import NDArray

from drumnet import Drummer, load_song
from drumnet.beats.files import read_beats, write_beats
from drumnet.grid import BeatGrid
from drumnet.hits import Piece
from drumnet.settings import Settings

REPO = Path(__file__).resolve().parents[1]
RATE_HZ = 44_100
DURATION_S = 180.0
BPM = 112.0
REPEATS = 5


def write_song(folder: Path) -> None:
    """Bass, guitar, keys and voice: noise bursts and tones on random 16ths."""
    rng = np.random.default_rng(0)
    steps_s = np.arange(0.0, DURATION_S - 1.0, 60.0 / BPM / 4)
    for name, pitch_hz, share in (
        ("bass", 55.0, 0.4),
        ("guitar", 220.0, 0.5),
        ("keys", 330.0, 0.25),
        ("vocals", 500.0, 0.3),
    ):
        times_s = steps_s[rng.random(len(steps_s)) < share]
        samples = plucks(times_s, pitch_hz, rng)
        soundfile.write(folder / f"{name}.wav", samples, RATE_HZ, subtype="PCM_24")
    write_beats(folder / "beats.tsv", BeatGrid.constant(BPM, DURATION_S))


def plucks(
    times_s: NDArray[np.float64], pitch_hz: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    out = np.zeros((round(DURATION_S * RATE_HZ), 2), dtype=np.float32)
    t = np.arange(round(0.4 * RATE_HZ)) / RATE_HZ
    tone = np.sin(2 * np.pi * pitch_hz * t)[:, None] + 0.3 * rng.standard_normal((len(t), 2))
    tone = (0.2 * tone * np.exp(-t / 0.12)[:, None]).astype(np.float32)
    for start in np.round(times_s * RATE_HZ).astype(int):
        out[start : start + len(tone)] += tone
    return out


def seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def generate_s(song: Path, out: Path, *options: str) -> float:
    drumnet = [sys.executable, "-m", "drumnet", "generate", str(song), "-o", str(out)]
    return seconds([*drumnet, "--beats", str(song / "beats.tsv"), "--seed", "1", *options])


def import_s(statement: str) -> float:
    """Of the import alone: the interpreter's own start is measured and taken off."""
    with_it = min(seconds([sys.executable, "-c", statement]) for _ in range(REPEATS))
    without = min(seconds([sys.executable, "-c", "pass"]) for _ in range(REPEATS))
    return with_it - without


#: Every control that costs time.
STEERED = Settings(complexity=0.8, intensity=0.7, follow_bass=2.0, follow_strumming=2.0, swing=0.5)


def new_code_rows(song: Path) -> list[tuple[str, str]]:
    drummer = Drummer()
    listening = drummer.listen(load_song(song), read_beats(song / "beats.tsv"))
    pieces = drummer.checkpoint.pieces
    rows = []
    for name, wanted, settings in (
        ("kick", (Piece.KICK,), Settings()),
        ("kit", pieces, Settings()),
        ("kit, steered", pieces, STEERED),
    ):
        taken = []
        for seed in range(4 * REPEATS):
            code = drummer.sample_style(seed)
            begun = time.perf_counter()
            drummer.play(listening, code, settings, pieces=wanted, seed=seed)
            taken.append(1000 * (time.perf_counter() - begun))
        rows.append((f"new code to new hits, 3 min, {name}", f"{median(taken[1:]):.1f} ms"))
    return rows


def install_mb(folder: Path) -> float:
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip"]
    before = size_mb(folder)
    subprocess.run([*pip, "install", "-q", str(REPO)], check=True)
    return size_mb(folder) - before


def size_mb(folder: Path) -> float:
    sizes = (path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink())
    return sum(sizes) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-install", action="store_true", help="leave out the install's size")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        (work / "song").mkdir()
        write_song(work / "song")
        rows = [
            ("generate, 3 min, 4 stems, cold", f"{generate_s(work / 'song', work / 'kit'):.1f} s"),
            (
                "the same, the best five takes",
                f"{generate_s(work / 'song', work / 'takes', '--takes', '5'):.1f} s",
            ),
            (
                "the same, the kick alone",
                f"{generate_s(work / 'song', work / 'kick', '--pieces', 'kick'):.1f} s",
            ),
            ("import drumnet", f"{import_s('import drumnet'):.2f} s"),
            ("from drumnet import Drummer", f"{import_s('from drumnet import Drummer'):.2f} s"),
            *new_code_rows(work / "song"),
        ]
        if not args.no_install:
            rows.append(("core install", f"{install_mb(work / 'venv'):.0f} MB"))
    print(f"{os.cpu_count()} CPUs, Python {sys.version.split()[0]}")
    for name, value in rows:
        print(f"{name:<42} {value:>8}")


if __name__ == "__main__":
    main()

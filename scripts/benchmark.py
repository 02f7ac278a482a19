#!/usr/bin/env python3
"""How long it takes and how large it is: prints a small table.

    limit        what cannot be saved: every stem decoded once and one spectrum of each
                 in single precision, in one thread; the rest is so many times that
    generate     `drumnet generate` on a 3-minute song of 4 stems (44.1 kHz, stereo,
                 24 bit), as a new process, all files written; the embedded kit is in the
                 user's cache
    beats        `drumnet beats` on one of them
    import       `import drumnet` in a new process, and with what it loads when used
    another style  a new style code to new hits for that song, in one process:
                 the kick alone, the whole kit, and the kit with every control moved
    install      a new virtual environment with `pip install .`, without pip itself
                 (needs the package index; left out with --no-install)

Processor time is that of all threads; of several runs the one with the least counts.  With
--against another version is run by turns with this one.  Run it in an environment where
drumnet is installed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from drumnet import Drummer, load_song
from drumnet.beats.files import read_beats, write_beats
from drumnet.grid import BeatGrid
from drumnet.hits import Piece
from drumnet.settings import Settings
from drumnet.threads import num_cores

REPO = Path(__file__).resolve().parents[1]
RATE_HZ = 44_100
DURATION_S = 180.0
BPM = 112.0
REPEATS = 5


def write_song(folder: Path, duration_s: float = DURATION_S) -> None:
    """Bass, guitar, keys and voice: noise bursts and tones on random 16ths."""
    rng = np.random.default_rng(0)
    steps_s = np.arange(0.0, duration_s - 1.0, 60.0 / BPM / 4)
    for name, pitch_hz, share in (
        ("bass", 55.0, 0.4),
        ("guitar", 220.0, 0.5),
        ("keys", 330.0, 0.25),
        ("vocals", 500.0, 0.3),
    ):
        times_s = steps_s[rng.random(len(steps_s)) < share]
        samples = plucks(times_s, pitch_hz, rng, duration_s)
        soundfile.write(folder / f"{name}.wav", samples, RATE_HZ, subtype="PCM_24")
    write_beats(folder / "beats.tsv", BeatGrid.constant(BPM, duration_s))


def plucks(
    times_s: NDArray[np.float64], pitch_hz: float, rng: np.random.Generator, duration_s: float
) -> NDArray[np.float32]:
    out = np.zeros((round(duration_s * RATE_HZ), 2), dtype=np.float32)
    t = np.arange(round(0.4 * RATE_HZ)) / RATE_HZ
    tone = np.sin(2 * np.pi * pitch_hz * t)[:, None] + 0.3 * rng.standard_normal((len(t), 2))
    tone = (0.2 * tone * np.exp(-t / 0.12)[:, None]).astype(np.float32)
    for start in np.round(times_s * RATE_HZ).astype(int):
        out[start : start + len(tone)] += tone
    return out


class Took(NamedTuple):
    """Wall time, and processor time of all threads, in seconds; memory in MB, where known."""

    wall_s: float
    cpu_s: float
    memory_mb: float = 0.0

    def said(self, limit: Took | None = None) -> str:
        words = f"{self.wall_s:6.2f} s wall {self.cpu_s:6.2f} s processor"
        if self.memory_mb:
            words += f" {self.memory_mb:4.0f} MB"
        return words + (f"  {self.cpu_s / limit.cpu_s:.1f} x the limit" if limit else "")


def took(command: Sequence[str], source: Path | None = None) -> Took:
    """What a new process takes.

    Args:
        source: the drumnet that it imports, if another than this one.
    """
    environment = dict(os.environ, **({"PYTHONPATH": str(source)} if source else {}))
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return Took(
        time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6
    )


def least(runs: Iterable[Took]) -> Took:
    """The run that took the least processor time: others were disturbed."""
    return min(runs, key=lambda one: one.cpu_s)


#: Of the spectrum that is the limit: 46 ms, a hundred a second.
_WINDOW, _HOP = 2_048, 441


def limit(song: Path) -> Took:
    """What cannot be saved: every stem decoded once, and one spectrum of each in single
    precision, in this process, on one thread."""
    window = np.hanning(_WINDOW).astype(np.float32)
    begun, cpu = time.perf_counter(), time.process_time()
    for stem in sorted(song.glob("*.wav")):
        pending = np.zeros(0, np.float32)
        with soundfile.SoundFile(stem) as file:
            for block in file.blocks(4 * RATE_HZ, dtype="float32", always_2d=True):
                pending = np.concatenate([pending, (block[:, 0] + block[:, 1]) / 2])
                frames = np.lib.stride_tricks.sliding_window_view(pending, _WINDOW)[::_HOP]
                np.abs(np.fft.rfft(frames * window))
                pending = pending[len(frames) * _HOP :]
    return Took(time.perf_counter() - begun, time.process_time() - cpu)


def generate(song: Path, out: Path, *options: str, source: Path | None = None) -> Took:
    """`drumnet generate`, in a new process, to a folder that is not there."""
    shutil.rmtree(out, ignore_errors=True)
    stems = [str(stem) for stem in sorted(song.glob("*.wav"))]
    drumnet = [sys.executable, "-m", "drumnet", "generate", *stems, "-o", str(out)]
    return took([*drumnet, "--seed", "1", *options], source)


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
            begun = time.process_time()
            drummer.play(listening, code, settings, pieces=wanted, seed=seed)
            taken.append(1000 * (time.process_time() - begun))
        rows.append((f"another style, {name}", f"{median(taken[1:]):.1f} ms processor"))
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


def start_rows() -> list[tuple[str, str]]:
    """Of imports alone: the interpreter's own start is measured and taken off."""
    python = least(took([sys.executable, "-c", "pass"]) for _ in range(REPEATS))
    rows = [("python itself", python.said())]
    for statement in ("import drumnet", "from drumnet import Drummer"):
        own = least(took([sys.executable, "-c", statement]) for _ in range(REPEATS))
        rows.append((statement, Took(own.wall_s - python.wall_s, own.cpu_s - python.cpu_s).said()))
    shown = [sys.executable, "-m", "drumnet", "--help"]
    return [*rows, ("drumnet --help", least(took(shown) for _ in range(REPEATS)).said())]


def tracker_row(song: Path) -> tuple[str, str]:
    """`drumnet beats` on one of the stems, as if it were a mix."""
    beats = [sys.executable, "-m", "drumnet", "beats", str(song / "guitar.wav")]
    runs = (took([*beats, "-o", str(song / "tracked.tsv"), "--overwrite"]) for _ in range(REPEATS))
    return "drumnet beats, one mix", least(runs).said()


#: What is asked of `drumnet generate`; `{beats}` is the file of beats.
ASKED = {
    "kit, beats tracked": (),
    "kit, beats given": ("--beats", "{beats}"),
    "best five takes": ("--beats", "{beats}", "--takes", "5"),
    "kick alone": ("--beats", "{beats}", "--pieces", "kick"),
    "kit, no sound": ("--beats", "{beats}", "--no-audio"),
}


def generate_rows(work: Path, other: Path | None) -> list[tuple[str, str]]:
    """Each in turn, this drumnet and the other one by turns, as the machine may be busier at
    one time than at another."""
    song, beats = work / "song", work / "song" / "beats.tsv"
    generate(song, work / "first", "--beats", str(beats))  # the kit is kept from then on
    found: dict[str, list[Took]] = {}
    for _ in range(REPEATS):
        found.setdefault("limit: decode, one spectrum a stem", []).append(limit(song))
        for name, asked in ASKED.items():
            options = [option.format(beats=beats) for option in asked]
            found.setdefault(name, []).append(generate(song, work / "out", *options))
            if other is not None and "--no-audio" not in options:
                before = generate(song, work / "out", *options, source=other)
                found.setdefault(f"{name} (the other)", []).append(before)
    best = {name: least(runs) for name, runs in found.items()}
    bound = next(iter(best.values()))
    return [(name, one.said(None if one is bound else bound)) for name, one in best.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-install", action="store_true", help="leave out the install's size")
    parser.add_argument("--minutes", type=float, default=3.0, help="of the song (default: 3)")
    parser.add_argument(
        "--against", type=Path, metavar="SRC", help="another drumnet's src, run by turns with this"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        (work / "song").mkdir()
        write_song(work / "song", 60 * args.minutes)
        rows = [
            *generate_rows(work, args.against),
            tracker_row(work / "song"),
            *start_rows(),
            *new_code_rows(work / "song"),
        ]
        if not args.no_install:
            rows.append(("core install", f"{install_mb(work / 'venv'):.0f} MB"))
    print(
        f"{num_cores()} cores, Python {sys.version.split()[0]}, {args.minutes:g} minutes, 4 stems"
    )
    for name, value in rows:
        print(f"{name:<42} {value}")


if __name__ == "__main__":
    main()

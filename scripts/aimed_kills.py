"""Kill `drumnet generate` while it writes over an earlier take, and look at what is left.

    python scripts/aimed_kills.py [NUMBER]

Each run plays the built-in song again with another seed and is killed where it writes: as soon
as its hidden folder is there, or some milliseconds later.  What is left, after the next run has
begun, has to be the old set of files or the new one, whole.
"""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from drumnet.demo.song import write_demo_stems
from drumnet.staging import clear_leftovers


def asked(song: Path, out: Path, seed: int) -> list[str]:
    """The command."""
    beats = ["--beats", str(song / "beats.tsv"), "--seed", str(seed), "--overwrite"]
    return [sys.executable, "-m", "drumnet", "generate", str(song), "-o", str(out), *beats]


def digest(folder: Path) -> str:
    """Of all files, and their names."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def main(number: int = 50) -> int:
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        song, out = Path(place) / "song", Path(place) / "out"
        write_demo_stems(song)
        sets = {}
        for seed, name in ((1, "old"), (2, "new")):
            subprocess.run(asked(song, Path(place) / name, seed), check=True, capture_output=True)
            sets[digest(Path(place) / name)] = name
        for index in range(number):
            shutil.rmtree(out, ignore_errors=True)
            shutil.copytree(Path(place) / "old", out)
            run = subprocess.Popen(
                asked(song, out, 2), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            while not any(out.glob(".drumnet-*/new/mix.wav")) and run.poll() is None:
                time.sleep(1e-3)
            time.sleep(index * 1e-3)
            run.send_signal(signal.SIGKILL)
            run.wait()
            is_hidden = any(out.glob(".drumnet-*"))
            clear_leftovers(out)
            what = sets.get(digest(out), "MIXED")
            counts[f"{what}, {'killed in the work' if is_hidden else 'done'}"] += 1
    for what, count in counts.most_common():
        print(count, what)
    return int(any("MIXED" in what for what in counts))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

#!/usr/bin/env python3
"""Kill `drumnet batch` at random moments, again and again, and look at what comes of it.

    python scripts/batch_kills.py [NUMBER] [CLUSTER]

Six small songs are done once without a fault.  Then each run of the same command is killed at a
random moment, and the next one goes on, NUMBER times (20) in all; when all songs are there before
that, it begins anew.  With the address of a Dask cluster the command works there.  After each
kill every song has to be there whole or not at all, and at the end the results have to be the same
bytes.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import soundfile

from drumnet.demo.song import write_demo_stems

NUM_SONGS, RATE_HZ = 6, 44_100


def write_songs(root: Path) -> None:
    """The built-in song, each time from another second on."""
    write_demo_stems(root / "whole")
    for number in range(NUM_SONGS):
        folder = root / "songs" / f"song {number}"
        folder.mkdir(parents=True)
        for stem in (root / "whole").glob("*.wav"):
            samples, rate_hz = soundfile.read(stem, start=number * RATE_HZ)
            soundfile.write(folder / stem.name, samples, rate_hz, subtype="PCM_16")


def command(root: Path, out: Path, cluster: str | None) -> list[str]:
    where = ["--cluster", cluster] if cluster else ["--workers", "2"]
    return [sys.executable, "-m", "drumnet", "batch", str(root / "songs"), "-o", str(out), *where]


def songs_in(out: Path) -> dict[str, str]:
    """A hash of all files of each song that is there."""
    found = {}
    for folder in sorted(out.glob("song *")):
        content = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            content.update(path.name.encode() + path.read_bytes())
        found[folder.name] = content.hexdigest()
    return found


def main(number: int = 20, cluster: str | None = None) -> int:
    random_s, loads = random.Random(0), [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory() as place:
        root, out = Path(place), Path(place) / "out"
        write_songs(root)
        begun = time.monotonic()
        subprocess.run(command(root, root / "wanted", cluster), check=True, capture_output=True)
        whole_s = time.monotonic() - begun
        wanted = songs_in(root / "wanted")
        mixed = anew = 0
        for _ in range(number):
            run = subprocess.Popen(
                command(root, out, cluster), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(random_s.uniform(0, whole_s))
            run.kill()
            run.wait()
            there = songs_in(out)
            mixed += sum(wanted[name] != content for name, content in there.items())
            if len(there) == NUM_SONGS:
                anew += 1
                shutil.rmtree(out)
        subprocess.run(command(root, out, cluster), check=True, capture_output=True)
        is_same = songs_in(out) == wanted
        left = [path for path in out.rglob(".drumnet-*")]
        loads.append(os.getloadavg()[0])
    print(
        f"{number} kills, {anew} of them with all songs there; {mixed} songs that were not whole; "
        f"at the end {'the same bytes' if is_same else 'OTHER BYTES'}, {len(left)} hidden folders "
        f"left; load {loads[0]:.1f} to {loads[1]:.1f}"
    )
    return int(mixed > 0 or not is_same or bool(left))


if __name__ == "__main__":
    sys.exit(main(*(int(a) if a.isdecimal() else a for a in sys.argv[1:])))

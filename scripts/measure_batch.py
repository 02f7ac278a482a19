#!/usr/bin/env python3
"""Measure `drumnet batch` on a catalogue: prints the tables of docs/scale.md.

    python scripts/measure_batch.py CATALOGUE [--songs 24] [--only local-1,dask-2]

CATALOGUE is what `batch_catalogue.py` made.  Each case is the command, as a new process, on the
same first songs of it: with and without the sound of the drums, on 1 and 2 processes of this
machine and on 1, 2 and 4 workers of a Dask cluster on 127.0.0.1 (where dask is installed).
Measured are the time by the clock, the processor's time of all processes, and the largest
memory of one of them.  At the end the results of all cases of a kind are compared byte by byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    how = dict(threads_per_worker=1, host="127.0.0.1", dashboard_address=None)
    with LocalCluster(n_workers=int(sys.argv[1]), **how) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@dataclass(frozen=True)
class Spent:
    """What a process and all that it started took."""

    processor_s: float
    largest_mb: float


def waited(process: subprocess.Popen[str]) -> Spent:
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Spent(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


@contextmanager
def cluster(number: int, spent: list[Spent]) -> Iterator[str]:
    """The address of a scheduler with so many workers; what they took is added at the end."""
    with tempfile.TemporaryDirectory() as work:
        script = Path(work) / "cluster.py"
        script.write_text(CLUSTER)
        process = subprocess.Popen(
            [sys.executable, str(script), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=work,
            text=True,
        )
        assert process.stdin is not None and process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.stdout.close()
            spent.append(waited(process))


def digest(out: Path) -> str:
    """Of all results."""
    found = hashlib.sha256()
    for path in sorted(out.rglob("*")):
        if path.is_file() and path.parent != out:
            found.update(path.relative_to(out).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def measured(listed: Path, out: Path, kind: str, options: list[str]) -> tuple[float, list[Spent]]:
    """Seconds by the clock, and what was spent."""
    where, _, number = kind.partition("-")
    command = [sys.executable, "-m", "drumnet", "batch", str(listed), "-o", str(out), *options]
    spent: list[Spent] = []

    def ran(*more: str) -> float:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [*command, *more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
        )
        spent.append(waited(process))
        if process.returncode not in (0, 3):
            raise SystemExit(f"{' '.join([*command, *more])} failed")
        return time.perf_counter() - begun

    if where == "local":
        return ran("--workers", number), spent
    with cluster(int(number), spent) as address:
        wall_s = ran("--cluster", address)
    return wall_s, spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--songs", type=int, default=24)
    parser.add_argument("--only", default="local-1,local-2,dask-1,dask-2,dask-4")
    parser.add_argument("--sound", default="notes,drums")
    asked = parser.parse_args()
    kinds = [k for k in asked.only.split(",") if k.startswith("local") or find_spec("distributed")]
    folders = sorted({path.parent for path in asked.catalogue.rglob("*.wav")})[: asked.songs]
    read_mb = sum(p.stat().st_size for f in folders for p in f.glob("*.wav")) / 1e6
    print(
        f"{len(folders)} songs, {read_mb / len(folders):.0f} MB of stems a song; "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n"
    )
    print("| written | workers | by the clock | songs an hour | processor a song | songs an hour "
          "of a whole core | largest process | written a song |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=asked.catalogue.parent) as work:
        listed = Path(work) / "list.jsonl"
        rows = ({"name": f.name, "song": str(f.resolve())} for f in folders)
        listed.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        for sound in asked.sound.split(","):
            options = {"notes": ["--no-audio"], "drums": ["--no-mix"], "all": []}[sound]
            digests = set()
            for kind in kinds:
                out = Path(work) / f"{sound}-{kind}"
                wall_s, spent = measured(listed, out, kind, options)
                made = len(list(out.rglob("song.json")))
                processor_s = sum(one.processor_s for one in spent) / made
                mb = max(one.largest_mb for one in spent)
                out_mb = sum(p.stat().st_size for p in out.rglob("*") if p.is_file()) / 1e6
                print(
                    f"| {sound} | {kind} | {wall_s:.0f} s | {3600 * made / wall_s:,.0f} | "
                    f"{processor_s:.2f} s | {3600 / processor_s:,.0f} | {mb:.0f} MB | "
                    f"{out_mb / made:.1f} MB |",
                    flush=True,
                )
                digests.add(digest(out))
                shares = json.loads((out / "batch.json").read_text())["processor_seconds"]
                for path in out.rglob("*.wav"):
                    path.unlink()
            whole_s = sum(shares.values())
            stages = ", ".join(f"{stage} {100 * s / whole_s:.0f} %" for stage, s in shares.items())
            same = "the same bytes" if len(digests) == 1 else "NOT the same"
            print(f"\n{sound}: {same}; of the workers' time {stages}\n", flush=True)


if __name__ == "__main__":
    main()

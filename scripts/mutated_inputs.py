"""Damage the inputs of the readers, and say what is not told in one line.

    python scripts/mutated_inputs.py [NUMBER] [SEED]

The seeds of `readers.py` are mutated (bytes changed, cut off, doubled, numbers made huge), and
read in a process of their own with limits of time and memory.  A fault is a traceback, a crash,
a reading that takes 5 s of processor or 500 MB, or a file that is left behind.
docs/reliability.md has the counts.  Needs the extras `[train]` and `[video]`.
"""

from __future__ import annotations

import json
import multiprocessing as mp
import queue
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import numpy as np

from drumnet.errors import DrumnetError
from readers import READERS, seeds_of

MAX_S, MAX_MB = 5.0, 500
NUMBERS = (b"1e308", b"-1", b"nan", b"9" * 40, b"0", b"1e-300")
_KIB_A_MB = 1024
_START_S = 300.0


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Another file, near to this one."""
    out = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(0, len(out) + 1))
        kind = int(rng.integers(0, 6))
        if kind == 0 and out:
            out[at % len(out)] = int(rng.integers(0, 256))
        elif kind == 1:
            del out[at:]
        elif kind == 2:
            out[at:at] = out[: int(rng.integers(0, 64))]
        elif kind == 3:
            out[at : at + 4] = rng.bytes(4)
        elif kind == 4:
            out[at:at] = NUMBERS[int(rng.integers(0, len(NUMBERS)))]
        else:
            out[at : at + int(rng.integers(1, 16))] = b""
    return bytes(out)


def _work(jobs: Any, answers: Any) -> None:
    signal.signal(signal.SIGPROF, signal.default_int_handler)
    for name, reader in READERS.items():  # what each needs is loaded before it is measured
        with tempfile.TemporaryDirectory() as folder:
            reader.read(reader.place(Path(folder), seeds_of(name)[0].read_bytes()))
    answers.put(None)
    warnings.simplefilter("error", RuntimeWarning)  # a line on stderr that nobody understands
    while (job := jobs.get()) is not None:
        name, path, tempfile.tempdir = job
        before_mb = _memory_mb()
        begun, fault, is_told = time.process_time(), "", False
        signal.setitimer(signal.ITIMER_PROF, MAX_S)
        try:
            READERS[name].read(Path(path))
        except DrumnetError as told:
            fault, is_told = "" if "\n" not in str(told) else "more than a line", True
        except KeyboardInterrupt:
            fault = "hang"
        except BaseException:
            fault = traceback.format_exc(limit=-2)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.put((fault, is_told, time.process_time() - begun, _memory_mb() - before_mb))


def _memory_mb() -> float:
    """The most that this process ever took."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_A_MB


class _Worker:
    """Reads in a process of its own; in another one after a crash."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = mp.get_context("spawn")
        self._jobs, self._answers = context.Queue(), context.Queue()
        self._process: SpawnProcess = context.Process(
            target=_work, args=(self._jobs, self._answers), daemon=True
        )
        self._process.start()
        self._answers.get(timeout=_START_S)

    def read(self, name: str, path: Path, temporary: str) -> tuple[str, bool, float, float]:
        """What was wrong, whether it was told, seconds, and MB that it took besides.

        Args:
            temporary: where it may put what it unpacks.
        """
        self._jobs.put((name, str(path), temporary))
        for _ in range(600):  # a minute: it waits for something
            try:
                found: tuple[str, bool, float, float] = self._answers.get(timeout=0.1)
                return found
            except queue.Empty:
                if not self._process.is_alive():
                    break
        self.stop()
        self._start()
        return "the process ended", False, 0.0, 0.0

    def stop(self) -> None:
        self._jobs.put(None)
        self._process.join(timeout=MAX_S)
        if self._process.is_alive():
            self._process.kill()


def main(number: int = 3_000, seed: int = 0) -> int:
    rng = np.random.default_rng(seed)
    faults: Counter[str] = Counter()
    slowest_s, most_mb, refused, left = 0.0, 0.0, 0, 0
    worker = _Worker()
    for index in range(number):
        name = list(READERS)[index % len(READERS)]
        seeds = seeds_of(name)
        data = seeds[index // len(READERS) % len(seeds)].read_bytes()
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as temporary:
            path = READERS[name].place(Path(folder), mutated(data, rng))
            before = set(Path(folder).iterdir())
            fault, is_told, took_s, took_mb = worker.read(name, path, temporary)
            left += len(set(Path(folder).iterdir()) - before - {Path(folder, "work")})
            left += len(list(Path(temporary).iterdir()))
        refused += is_told
        slowest_s, most_mb = max(slowest_s, took_s), max(most_mb, took_mb)
        if fault or took_s > MAX_S or took_mb > MAX_MB:
            faults[f"{name}: {fault or 'too much'}"] += 1
    worker.stop()
    for fault, count in faults.most_common():
        print(count, fault)
    found = {
        "inputs": number, "readers": len(READERS), "seed": seed, "refused": refused,
        "faults": sum(faults.values()), "files_left": left,
        "slowest_s": round(slowest_s, 2), "most_mb": round(most_mb),
    }  # fmt: skip
    print(json.dumps(found))
    return int(bool(faults) or left > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

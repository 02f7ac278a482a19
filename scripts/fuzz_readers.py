"""Fuzz the readers, guided by what of our code each input reaches.

    python scripts/fuzz_readers.py [READER...] [--seconds N] [--corpus FOLDER]

Needs atheris (`pip install atheris`, 3.0; libFuzzer), which the project does not.  Each reader
runs in a process of its own, from its small seeds; what reaches new code is kept in the folder.
A fault is anything that is raised and is no `DrumnetError`, a reading that takes 5 s of
processor, a crash of the process.  One line of JSON a reader; docs/reliability.md has the counts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

MAX_S, MAX_BYTES = 5.0, 16_384
#: What is instrumented besides our own: parsers in Python.
_PARSERS = ["drumnet", "mido", "zipfile", "tarfile", "json.decoder", "xml.etree", "csv"]
#: A reading is not stopped before; then the process is.
_KILLED_S = 30
_REMEMBERED_S = 2.0


def _fuzz(name: str, corpus: Path, seconds: int) -> None:
    """In a process of its own, which libFuzzer ends."""
    import atheris

    with atheris.instrument_imports(include=_PARSERS):
        from drumnet.errors import DrumnetError
        from readers import READERS, SEEDS
    reader = READERS[name]
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    inputs, told, faults = 0, 0, Counter[str]()
    slowest_s, saved_s, begun = 0.0, 0.0, time.monotonic()

    def one_input(data: bytes) -> None:
        nonlocal inputs, told, slowest_s, saved_s
        started = time.process_time()
        path = reader.place(folder, data)
        try:
            reader.read(path)
        except DrumnetError as fault:
            told += 1
            if "\n" in str(fault):
                faults["more than a line"] += 1
        except Exception as fault:
            *_, last = traceback.extract_tb(fault.__traceback__)
            what = f"{type(fault).__name__} at {Path(last.filename).name}:{last.lineno}"
            _remember(corpus, name, data, faults, what)
        took_s, now = time.process_time() - started, time.monotonic()
        slowest_s = max(slowest_s, took_s)
        inputs += 1
        if took_s > MAX_S:
            _remember(corpus, name, data, faults, "longer than 5 s")
        if now - saved_s > _REMEMBERED_S:
            saved_s = now
            found: dict[str, Any] = {
                "reader": name, "seconds": round(now - begun), "inputs": inputs, "told": told,
                "slowest_s": round(slowest_s, 2), "faults": dict(faults),
            }  # fmt: skip
            (corpus / f"{name}.json").write_text(json.dumps(found))

    (corpus / name).mkdir(exist_ok=True)
    limits = [f"-max_total_time={seconds}", f"-timeout={_KILLED_S}", f"-max_len={MAX_BYTES}"]
    limits += ["-rss_limit_mb=4000", "-verbosity=0", f"-artifact_prefix={corpus}/{name}-"]
    atheris.Setup([sys.argv[0], *limits, str(corpus / name), str(SEEDS / name)], one_input)
    atheris.Fuzz()


def _remember(corpus: Path, name: str, data: bytes, faults: Counter[str], what: str) -> None:
    if what not in faults:
        (corpus / f"{name}-fault-{len(faults)}").write_bytes(data)
    faults[what] += 1


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("readers", nargs="*", metavar="READER", help="all if none is named")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--corpus", type=Path, default=Path(tempfile.gettempdir(), "fuzz-corpus"))
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.corpus.mkdir(parents=True, exist_ok=True)
    if asked.here:
        _fuzz(asked.readers[0], asked.corpus, asked.seconds)
    from readers import READERS  # not before: what is fuzzed is instrumented as it is imported

    is_bad = False
    for name in asked.readers or READERS:
        told = asked.corpus / f"{name}.json"
        told.unlink(missing_ok=True)
        command = [sys.executable, __file__, "--here", name, "--corpus", str(asked.corpus)]
        done = subprocess.run(
            [*command, "--seconds", str(asked.seconds)], capture_output=True, check=False
        )
        found = json.loads(told.read_text()) if told.is_file() else {"reader": name, "inputs": 0}
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            found["ended"] = [line for line in said if "ERROR" in line][-1:] or said[-1:]
        is_bad |= bool(done.returncode or found["faults"])
        print(json.dumps(found), flush=True)
    return int(is_bad)


if __name__ == "__main__":
    sys.exit(main())

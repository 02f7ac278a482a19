"""Kill the studio in the midst of what it is asked, and look at what is there after it.

    python scripts/studio_kills.py [NUMBER]

Each run starts a studio on the same library, asks for a change (edits, a stem, another name, a
song or a stem that is deleted), and kills it some milliseconds later.  The next start has to find
the library whole, all that was answered, of what was not answered all or nothing, and exactly the
files that the library names.  Needs the extra [studio].
"""

from __future__ import annotations

import http.client
import itertools
import json
import multiprocessing
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from drumnet.demo.song import write_demo_stems
from studio_load import Studio, serve

KINDS = ("edits", "rename", "upload", "delete stem", "delete song")


def started(data: Path) -> tuple[multiprocessing.Process, Studio]:
    """A studio in a process of its own."""
    hear, tell = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=serve, args=(data, tell))
    process.start()
    assert process.pid is not None
    return process, Studio(hear.recv(), process.pid)


def state(data: Path) -> dict[str, Any]:
    """What the library holds, by project: name, edits and stems."""
    with closing(sqlite3.connect(data / "library.sqlite")) as library:
        assert library.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found: dict[str, Any] = {}
        for project, name, edits in library.execute("SELECT id, name, edits FROM projects"):
            stems = library.execute("SELECT id FROM stems WHERE project_id = ?", (project,))
            found[project] = (name, json.loads(edits), frozenset(row[0] for row in stems))
    return found


def check_files(data: Path, library: dict[str, Any]) -> None:
    """Every stem has its sound, and every file its stem."""
    sounds = {path.stem for path in data.glob("projects/*/stems/*")}
    assert sounds == {stem for _, _, stems in library.values() for stem in stems}, "files"
    heard = {path.stem for path in data.glob("projects/*/heard/*")}
    assert heard <= sounds and not list((data / "tmp").iterdir()), "leftovers"


def changes(studio: Studio, kind: str, number: int, sound: bytes) -> Callable[[], Any]:
    """What is asked for; what it needs is made before."""
    project = studio.json("POST", "/projects", {"name": f"{kind} {number}"})
    path = f"/projects/{project['id']}"
    if kind in ("delete stem", "delete song"):
        project = studio.json("POST", f"{path}/stems?name=bass.wav", sound)
    ticks = ({"tick": tick, "piece": "kick", "velocity": 90} for tick in range(400))
    edits = {"revision": project["revision"], "edits": {"changes": list(ticks)}}
    asked: dict[str, tuple[Any, ...]] = {
        "edits": ("PUT", f"{path}/edits", edits),
        "rename": ("PATCH", path, {"name": f"renamed {number}"}),
        "upload": ("POST", f"{path}/stems?name=bass.wav", sound),
        "delete song": ("DELETE", path),
    }
    if kind == "delete stem":
        return lambda: studio.json("DELETE", f"{path}/stems/{project['stems'][0]['id']}")
    return lambda: studio.json(*asked[kind])


def killed_while(data: Path, kind: str, number: int, sound: bytes) -> str:
    """One kill; what was left of what was asked."""
    process, studio = started(data)
    begun = state(data)
    check_files(data, begun)
    change = changes(studio, kind, number, sound)
    before, answers = state(data), []

    def ask() -> None:
        with suppress(OSError, http.client.HTTPException):  # killed before it answered
            answers.append(change())

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(number % 25 * 1e-3)
    process.kill()
    process.join()
    asking.join()
    after = state(data)
    (touched,) = set(before) - set(begun)
    others = {project: it for project, it in before.items() if project != touched}
    assert {project: it for project, it in after.items() if project != touched} == others, "others"
    is_done = after.get(touched) != before[touched]
    assert is_done or not answers, f"'{kind}' was answered and is lost"
    return "answered and kept" if answers else "kept" if is_done else "as before"


def main(count: int = 50) -> None:
    counts: Counter[str] = Counter()
    kinds: Iterator[str] = itertools.cycle(KINDS)
    with tempfile.TemporaryDirectory() as place:
        stems = write_demo_stems(Path(place) / "song")
        sound = next(path for path in stems if path.suffix == ".wav").read_bytes()
        data = Path(place) / "data"
        for number in range(count):
            counts[killed_while(data, next(kinds), number, sound)] += 1
        process, _ = started(data)
        check_files(data, state(data))
        process.terminate()
        process.join()
    for what, how_many in counts.most_common():
        print(how_many, what)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

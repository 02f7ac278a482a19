#!/usr/bin/env python3
"""Counts of the house: modules, lines, the floors that imports make, and the way down from
the command line to a tick.

    house.py [SOURCE]       SOURCE: a folder `src/drumnet`; this checkout's unless said

A floor: what imports nothing of the package lies on the first, all else one above the
highest that it imports.  A room is a folder (of training and studio each of theirs), or a
module at the root.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

PACKAGE = "drumnet"
#: From here to where a hit gets its tick.
TOP, TICK = "drumnet.cli.generate", "drumnet.grid"
_PARTED = ("training", "studio")

Graph = Mapping[str, frozenset[str]]


def modules(source: Path) -> dict[str, Path]:
    found = {}
    for path in sorted(source.rglob("*.py")):
        parts = (PACKAGE, *path.relative_to(source).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(files: Mapping[str, Path]) -> Graph:
    """What each module imports, anywhere in its text; not the front door, which loads its
    names when asked."""
    graph = {}
    for module, path in files.items():
        found: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                names = {f"{base}.{alias.name}" for alias in node.names}
                found |= {name if name in files else base for name in names}
        graph[module] = frozenset(found & files.keys() - {PACKAGE, module})
    return {module: found for module, found in graph.items() if module != PACKAGE}


def by_room(graph: Graph, source: Path) -> Graph:
    def room(module: str) -> str:
        parts = module.split(".")[1:]
        depth = 2 if parts[0] in _PARTED and (source / "/".join(parts[:2])).is_dir() else 1
        return ".".join(parts[:depth])

    rooms: dict[str, set[str]] = {}
    for module, found in graph.items():
        rooms.setdefault(room(module), set()).update(map(room, found))
    return {one: frozenset(found - {one}) for one, found in rooms.items()}


def longest(graph: Graph, end: str | None = None) -> Callable[[str], int]:
    """The length of the longest chain from a node down, to `end` if there is one."""

    @cache
    def length(node: str) -> int:
        if node == end:
            return 1
        below = [length(one) for one in graph.get(node, ())]
        reached = [one for one in below if one] if end else below
        return 1 + max(reached) if reached else int(end is None)

    return length


def main(source: Path) -> None:
    files = modules(source)
    graph = imports(files)
    rooms = by_room(graph, source)
    tick = TICK if TICK in files else "drumnet.beats.grid"
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files.values())
    at_root = sum(path.parent == source for path in files.values())
    core = {one: found for one, found in graph.items() if not one.startswith(_LEFT_OUT)}
    print(f"modules {len(files)}, at the root {at_root}, lines {lines}")
    print(f"floors of modules {max(map(longest(graph), graph))}")
    print(f"floors of modules from the jobs down {max(map(longest(core), core))}")
    print(f"floors of rooms {max(map(longest(rooms), rooms))}")
    print(f"files from {TOP} to a tick {longest(graph, tick)(TOP)}")


_LEFT_OUT = tuple(
    f"drumnet.{name}" for name in ("cli", "studio", "evaluation", "training", "corpus")
)

if __name__ == "__main__":
    here = Path(__file__).resolve().parents[1] / "src" / PACKAGE
    main(Path(sys.argv[1]) if sys.argv[1:] else here)

#!/usr/bin/env python3
"""A project of each recording, in both formats, read again: a table of docs/daw.md.

    scripts/measure_projects.py RECORDINGS [--print]

The schemas are those of the tests; xmlschema and rpp, of the extra [dev], have to be installed.
The drums are those of a sampled style (seed 1) on tracked beats.
"""

from __future__ import annotations

import argparse
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from xmlschema import XMLSchema

from drumnet import generate
from drumnet.projects.formats import ProjectFormat
from page_tables import put_table
from project_readers import read_project

REPO = Path(__file__).resolve().parents[1]
PAGE, SCHEMAS = REPO / "docs" / "daw.md", REPO / "tests" / "projects" / "schemas"
BEGIN, END = "<!-- table: scripts/measure_projects.py -->", "<!-- end of the projects -->"
HEAD = (
    "| song | project | valid | hits | worst hit, ms | tempos | markers | tracks | MB |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def valid(path: Path) -> str:
    """Whether the schemas allow it; a project of REAPER has none."""
    if path.suffix == ".rpp":
        return "read by rpp"
    with zipfile.ZipFile(path) as archive:
        for name, schema in (("project.xml", "Project.xsd"), ("metadata.xml", "MetaData.xsd")):
            XMLSchema(SCHEMAS / schema).validate(ElementTree.fromstring(archive.read(name)))
    return "by its schemas"


def lines_of(folder: Path, work: Path) -> list[str]:
    made = generate(folder, work, seed=1, pieces="kit", mix=False, projects=ProjectFormat)
    found = []
    for one in ProjectFormat:
        path = work / one.file_name
        project = read_project(path)
        times = sorted(hit.time_s for hit in project.tracks["kit notes"].hits)
        worst_ms = np.abs(np.array(times) - [hit.onset_s for hit in made.track]).max() * 1e3
        files = [path] if one.holds_sounds else [path, *work.rglob("*.wav")]
        cells = (
            folder.name,
            one.value,
            valid(path),
            len(times),
            f"{worst_ms:.2f}",
            len(project.tempos),
            len(project.markers),
            len(project.tracks),
            round(sum(file.stat().st_size for file in files) / 1e6),
        )
        found.append("| " + " | ".join(map(str, cells)) + " |")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--print", action="store_true", help="print it, and leave the page")
    args = parser.parse_args()
    lines = [HEAD]
    for folder in sorted(path for path in args.recordings.iterdir() if path.is_dir()):
        with tempfile.TemporaryDirectory() as work:
            for line in lines_of(folder, Path(work)):
                lines.append(line)
                print(line, flush=True)
    if not args.print:
        put_table(PAGE, BEGIN, END, lines)


if __name__ == "__main__":
    main()

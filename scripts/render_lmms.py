#!/usr/bin/env python3
"""LMMS's projects to sound for training, and what there is of it: writes docs/lmms.md.

    apt-get install --no-install-recommends lmms lmms-common
    scripts/render_lmms.py /usr/share/lmms/projects WORK -o docs/lmms.md \\
        --copyright /usr/share/doc/lmms-common/copyright

What is rendered already is kept; `drumnet.training.band.lmms.lmms_excerpts(WORK)` reads it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import numpy as np

from drum_classes import CLASS_OF_PIECE, CLASSES
from drumnet.errors import DrumnetError
from drumnet.hits import Piece
from drumnet.training.band.lmms import LmmsExcerpt, lmms_excerpts, make_excerpts
from drumnet.training.band.lmms.excerpts import (
    BAND,
    DRUMS,
    SONGS_FOLDER,
    TABLE_HEAD,
    UNNAMED,
    UNTIMED,
)
from drumnet.training.band.lmms.project import find_projects

#: Strokes of none of the nine pieces, and those of a snare that are not on its head.
OTHER, SIDE_STICK, CLAP = "other", 37, 39
#: The whole of a project is one excerpt.
WHOLE_S = 1e6
TEXT = """\
Written by `scripts/render_lmms.py`; do not edit. LMMS renders each drum and the band of
the projects in the table, which Debian's `lmms-common` brings, and the project says when which
drum is struck. Nothing of it is part of DrumNet.

Drums are used of {struck} of {projects} projects, {minutes:.1f} minutes. Of {named} tracks whose
drum is known by its name, {used} sound when their notes say: 9 in 10 strokes lie within 5 ms of
the track's median, and there are at most 5 strong onsets for 100 notes where no note is (echoes).
{early} of these tracks begin within 5 ms of their notes (in the median {late:.1f} ms), the others
up to {latest:.0f} ms later, for their samples begin so; strokes are moved by that. In {timely}
projects all drums begin within 5 ms. What is left after the strokes are moved, 9 in 10 of them, is
{spread:.1f} ms (in the median of the tracks; {widest:.1f} in the worst). Tracks that are not
named, or not timed, but may be drums, are left out of both drums and band."""


@dataclass(frozen=True)
class Rendered:
    """What there is of a project: the rows of its table, and its sound where drums are struck."""

    path: Path
    bpm: str
    tracks: Sequence[dict[str, str]]
    song: LmmsExcerpt | None

    def of_fate(self, *fates: str) -> list[dict[str, str]]:
        return [row for row in self.tracks if row["fate"] in fates]


def rendered(root: Path, work: Path) -> list[Rendered]:
    songs = {song.project: song for song in lmms_excerpts(work, WHOLE_S)}
    found = []
    for path in find_projects(root):
        table = work / SONGS_FOLDER / f"{path.stem}.tsv"
        title, _, *rows = table.read_text(encoding="utf-8").splitlines()
        tracks = [dict(zip(TABLE_HEAD, row.split("\t"), strict=True)) for row in rows]
        found.append(Rendered(path, title.split()[-2], tracks, songs.get(path.stem)))
    return found


def licence_of(path: Path, root: Path, copyright_file: Path | None) -> str:
    """The licence of a project by Debian's machine-readable copyright file, in which the last
    paragraph that fits counts."""
    if copyright_file is None:
        return "not looked up"
    licence = "unknown"
    inside = f"data/projects/{path.relative_to(root)}"
    text = re.sub(r"\n[ \t]+", " ", copyright_file.read_text(encoding="utf-8"))
    for paragraph in text.split("\n\n"):
        fields = dict(re.findall(r"^([\w-]+): *(.*)$", paragraph, re.MULTILINE))
        fits = any(fnmatch(inside, pattern) for pattern in fields.get("Files", "").split())
        if fits and "License" in fields:
            licence = fields["License"].split()[0]
    return licence


def counted(song: LmmsExcerpt) -> Counter[str]:
    keys = [Piece.from_midi_key(int(key)) for key in song.strokes[:, 1]]
    return Counter(OTHER if piece is None else piece.value for piece in keys)


def document(projects: list[Rendered], root: Path, copyright_file: Path | None) -> Iterator[str]:
    struck = [project for project in projects if project.song is not None]
    named = [row for project in projects for row in project.of_fate(DRUMS, UNTIMED)]
    used = [row for row in named if row["fate"] == DRUMS]
    late = np.abs([float(row["late_ms"]) for row in used])
    latest = [max((abs(float(r["late_ms"])) for r in p.of_fate(DRUMS)), default=0) for p in struck]
    spread = np.array([float(row["spread_ms"]) for row in used])
    minutes = sum(project.song.duration_s for project in struck if project.song) / 60
    yield "# Projects of LMMS to train on"
    yield ""
    yield TEXT.format(
        struck=len(struck),
        projects=len(projects),
        minutes=minutes,
        named=len(named),
        used=len(used),
        early=np.count_nonzero(late <= 5.0),
        late=np.median(late),
        latest=late.max(initial=0.0),
        timely=sum(late <= 5.0 for late in latest),
        spread=np.median(spread),
        widest=spread.max(initial=0.0),
    )
    yield ""
    heads = ("", "licence", "bpm", "minutes", "drum tracks", "untimed", "unnamed", "band", *CLASSES)
    yield f"| {' | '.join((*heads, OTHER))} |"
    yield "|---" * (len(heads) + 1) + "|"
    for project in projects:
        song = project.song
        strokes: Counter[str] = Counter()
        for piece, number in (Counter() if song is None else counted(song)).items():
            strokes[piece if piece == OTHER else CLASS_OF_PIECE[Piece(piece)]] += number
        cells = (
            project.path.stem,
            licence_of(project.path, root, copyright_file),
            project.bpm,
            "" if song is None else f"{song.duration_s / 60:.1f}",
            *(str(len(project.of_fate(fate))) for fate in (DRUMS, UNTIMED, UNNAMED, BAND)),
            *(str(strokes[name] or "") for name in (*CLASSES, OTHER)),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    total = sum((counted(project.song) for project in struck if project.song), Counter[str]())
    yield "| piece | strokes |"
    yield "|---|---|"
    for name in (*(piece.value for piece in Piece), OTHER):
        yield f"| {name} | {total[name]} |"
    keys = np.concatenate([p.song.strokes[:, 1] for p in struck if p.song])
    yield ""
    yield f"Of the snares {np.count_nonzero(keys == SIDE_STICK)} are side sticks and"
    yield f"{np.count_nonzero(keys == CLAP)} hand claps, by their General MIDI keys."


def shown(stage: str, done: int, total: int) -> None:
    print(f"\r{stage} {done}/{total}", end="\n" if done == total else "", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("projects", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--copyright", type=Path, metavar="FILE")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        make_excerpts(arguments.projects, arguments.work, shown)
        projects = rendered(arguments.projects, arguments.work)
        lines = list(document(projects, arguments.projects, arguments.copyright))
    except (DrumnetError, OSError) as error:
        parser.exit(1, f"{error}\n")
    arguments.output.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()

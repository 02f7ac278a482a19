#!/usr/bin/env python3
"""Draws the pictures of docs/daw.md.

tempo.svg: the tempo of a song that drifts, and what is written of it.  The song is made up: 110
bpm, a drift of a few bpm, and beats that are struck 1 ms early or late.

project.svg: what a DAW finds in the project of the built-in song, which is written and read again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from drumnet import generate, svg
from drumnet.demo.song import write_demo_stems
from drumnet.grid import BeatGrid
from drumnet.midi.timeline import Timeline
from project_readers import ReadTrack, read_project

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "daw"
NUM_BEATS = 96
WIDTH, HEIGHT, LEFT, BOTTOM = 760.0, 240.0, 50.0, 200.0
STYLE = """
text { font: 12px sans-serif; fill: #333333; }
.ground { fill: white; }
.rule { stroke: #dddddd; }
.beat { fill: #7f93a5; }
.written { fill: none; stroke: #ff5c1a; stroke-width: 2; }
.change { fill: #ff5c1a; }
"""


def drifting() -> BeatGrid:
    rng = np.random.default_rng(0)
    beat = np.arange(NUM_BEATS)
    steps_s = 60 / (110 + 2 * np.sin(beat / 14) + 0.02 * beat)
    times_s = np.concatenate([[0.0], np.cumsum(steps_s)])
    times_s[1:] += rng.normal(0, 1e-3, NUM_BEATS)
    return BeatGrid(times_s, np.arange(NUM_BEATS + 1) % 4 + 1)


def tempo_picture() -> str:
    grid = drifting()
    tempo = Timeline.of(grid).tempo
    bpm = 60 / np.diff(grid.beats_s)
    x = svg.Scale(0, NUM_BEATS, LEFT, WIDTH - 20)
    y = svg.Scale(float(bpm.min()) - 0.5, float(bpm.max()) + 0.5, BOTTOM, 30)
    marks = [svg.rect(0, 0, WIDTH, HEIGHT, "ground")]
    for value in range(int(bpm.min()), int(bpm.max()) + 2):
        if y(value) < BOTTOM:
            marks.append(svg.line(LEFT, y(value), WIDTH - 20, y(value), "rule"))
            marks.append(svg.text(LEFT - 8, y(value) + 4, str(value), anchor="end"))
    marks += [
        svg.dot(x(beat + 0.5), y(value), 2, "beat") for beat, value in enumerate(bpm.tolist())
    ]
    ends = [*tempo.starts[1:].tolist(), NUM_BEATS]
    steps = list(zip(tempo.starts.tolist(), ends, tempo.bpm().tolist(), strict=True))
    marks.append(
        svg.polyline(
            [
                point
                for start, end, one in steps
                for point in ((x(start), y(one)), (x(end), y(one)))
            ],
            "written",
        )
    )
    marks += [svg.dot(x(start), y(one), 3, "change") for start, _, one in steps]
    said = f"bpm of {NUM_BEATS} beats, and the {len(steps)} tempos that are written"
    marks.append(svg.text(LEFT, 18, said))
    marks.append(svg.text(WIDTH - 20, HEIGHT - 14, "beats", anchor="end"))
    return svg.file(WIDTH, HEIGHT, said, STYLE, marks)


#: Of the picture of a project: a track's height, the names' width, and how far a group moves in.
ROW, NAMES, INDENT = 20.0, 130.0, 12.0
TOP = 48.0
PROJECT_STYLE = """
text { font: 12px sans-serif; fill: #333333; }
.ground { fill: white; }
.bar { stroke: #eeeeee; }
.marker { stroke: #333333; }
.song { fill: #7f93a5; opacity: 0.6; }
.drums { fill: #ff5c1a; opacity: 0.35; }
.hit { fill: #ff5c1a; }
.muted { opacity: 0.3; }
"""


def project_picture() -> str:
    with tempfile.TemporaryDirectory() as work:
        stems, out = Path(work) / "the built-in song", Path(work) / "out"
        write_demo_stems(stems)
        made = generate(stems, out, seed=1, pieces="kit", sections="auto", projects="dawproject")
        project = read_project(out / "drums.dawproject")
    every = list(project.tracks.values())
    tops = [one for one in every if not one.under]
    # A group, then what is in it.
    tracks = [one for top in tops for one in (top, *(e for e in every if e.under == top.name))]
    height = TOP + ROW * len(tracks) + 12
    x = svg.Scale(0.0, made.song.duration_s, NAMES, WIDTH - 12)
    marks = [svg.rect(0, 0, WIDTH, height, "ground")]
    grid = made.beats
    for at_s in grid.beats_s[grid.is_downbeat & (grid.beats_s < made.song.duration_s)].tolist():
        if at_s >= 0:
            marks.append(svg.line(x(at_s), TOP, x(at_s), height - 12, "bar"))
    for row, track in enumerate(tracks):
        marks += track_marks(track, TOP + row * ROW, x)
    for at_s, name in project.markers:
        marks.append(svg.line(x(at_s), TOP - 16, x(at_s), height - 12, "marker"))
        marks.append(svg.text(x(at_s) + 4, TOP - 8, name))
    (_, bpm), *_ = project.tempos
    said = f"The project of the built-in song: {len(tracks)} tracks, {bpm:.0f} bpm, and sections"
    marks.append(svg.text(12, 18, said))
    return svg.file(WIDTH, height, said, PROJECT_STYLE, marks)


def track_marks(track: ReadTrack, top: float, x: svg.Scale) -> Iterator[str]:
    """A track: its name, its sound as a bar, its notes as dots, the louder the larger."""
    words = track.name + (", muted" if track.mute else "")
    yield svg.text(12 + INDENT * bool(track.under), top + 14, words)
    if track.sound is not None:
        seconds = track.sound.num_samples / track.sound.sample_rate
        css = "drums" if track.under else "song"
        yield svg.rect(
            x(0), top + 3, x(seconds) - x(0), ROW - 6, f"{css} muted" if track.mute else css
        )
    for hit in track.hits:
        yield svg.dot(x(hit.time_s), top + ROW / 2, 1 + 2 * hit.velocity / 127, "hit")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, picture in (("tempo.svg", tempo_picture), ("project.svg", project_picture)):
        (FOLDER / name).write_text(picture(), encoding="utf-8", newline="\n")

#!/usr/bin/env python3
"""Draws docs/daw/tempo.svg: the tempo of a song that drifts, and what is written of it.

The song is made up: 110 bpm, a drift of a few bpm, and beats that are struck 1 ms early or late.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from drumnet import svg
from drumnet.grid import BeatGrid
from drumnet.midi.timeline import Timeline

FILE = Path(__file__).resolve().parents[1] / "docs" / "daw" / "tempo.svg"
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


def picture() -> str:
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


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(picture(), encoding="utf-8", newline="\n")

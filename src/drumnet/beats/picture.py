"""Beats to see: what was heard, the beats and the tempo, as an SVG.

In: a `BeatGrid`, and, where the beats were tracked, the activations.  Out: a
picture with three rows over time: activations of beats and downbeats, the beats
(long lines where a bar begins), and the tempo.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet import svg
from drumnet.beats.evidence import FRAME_RATE_HZ
from drumnet.beats.tracker import Tracked
from drumnet.files import atomic_path
from drumnet.grid import BeatGrid

_LEFT, _RIGHT, _TOP, _ROW, _GAP = 60.0, 20.0, 30.0, 110.0, 30.0
#: Pixels of a second, and the narrowest and widest picture.
_PIXELS_PER_S, _WIDTHS = 20.0, (600.0, 6_000.0)
_STYLE = """
text { font: 12px sans-serif; fill: #333333; }
.ground { fill: white; }
.rule { stroke: #eeeeee; }
.beat { stroke: #8fb8de; }
.downbeat { stroke: #c8502d; }
.heard-beat { fill: #8fb8de; }
.heard-downbeat { fill: #c8502d; }
.tempo { fill: none; stroke: #333333; stroke-width: 1.5; }
"""
#: Tempo shows at least this many bpm, so that a steady one looks steady.
_LEAST_TEMPO_SPAN = 10.0


def write_picture(path: Path, grid: BeatGrid, duration_s: float, heard: Tracked | None) -> None:
    """Draw the beats.

    Raises:
        OutputError: the file cannot be written.
    """
    with atomic_path(path) as part:
        part.write_text(beat_picture(grid, duration_s, heard), encoding="utf-8", newline="\n")


def beat_picture(grid: BeatGrid, duration_s: float, heard: Tracked | None) -> str:
    """The picture as SVG text."""
    inner = float(np.clip(duration_s * _PIXELS_PER_S, *_WIDTHS))
    scale = inner / max(duration_s, 1e-9)
    width, height = _LEFT + inner + _RIGHT, _TOP + 3 * (_ROW + _GAP)
    inside = (grid.beats_s >= 0) & (grid.beats_s <= duration_s)
    rows = [_TOP + row * (_ROW + _GAP) for row in range(3)]
    marks = [
        svg.rect(0, 0, width, height, "ground"),
        *_time_axis(duration_s, scale, rows[2] + _ROW),
        *(
            svg.text(8, y + _ROW / 2, label)
            for label, y in zip(("heard", "beats", "bpm"), rows, strict=True)
        ),
    ]
    if heard is not None:
        curves = (
            (heard.activations.beat, "heard-beat"),
            (heard.activations.downbeat, "heard-downbeat"),
        )
        marks += [_area(curve, scale, inner, rows[0], css) for curve, css in curves]
    marks += _beat_lines(grid.beats_s[inside], grid.is_downbeat[inside], scale, rows[1])
    marks += _tempo_row(grid, inside, scale, rows[2])
    return svg.file(width, height, "Beats and tempo", _STYLE, marks)


def _time_axis(duration_s: float, scale: float, y: float) -> Iterator[str]:
    step_s = next((s for s in (1, 5, 10, 30, 60, 300) if s * scale >= 50.0), 600)
    for second in range(0, int(duration_s) + 1, step_s):
        x = _LEFT + second * scale
        yield svg.line(x, _TOP, x, y, "rule")
        yield svg.text(x, y + 16, f"{second // 60}:{second % 60:02}", anchor="middle")


def _area(curve: NDArray[np.float64], scale: float, inner: float, y: float, css: str) -> str:
    """A filled curve from 0 to 1, its maximum at every pixel."""
    pixel = np.minimum((np.arange(len(curve)) / FRAME_RATE_HZ * scale).astype(int), int(inner))
    height = np.zeros(int(inner) + 1)
    np.maximum.at(height, pixel, curve)
    points = [(_LEFT + x, y + _ROW * (1 - value)) for x, value in enumerate(height.tolist())]
    base = y + _ROW
    return svg.polygon([(_LEFT, base), *points, (_LEFT + int(inner), base)], css)


def _beat_lines(
    beats_s: NDArray[np.float64], down: NDArray[np.bool_], scale: float, y: float
) -> Iterator[str]:
    for at_s, first in zip(beats_s.tolist(), down.tolist(), strict=True):
        x, top = _LEFT + at_s * scale, y + (0 if first else _ROW / 2)
        yield svg.line(x, top, x, y + _ROW, "downbeat" if first else "beat")


def _tempo_row(grid: BeatGrid, inside: NDArray[np.bool_], scale: float, y: float) -> Iterator[str]:
    at_s = grid.beats_s[:-1][inside[:-1]]
    bpm = (60.0 / np.diff(grid.beats_s))[inside[:-1]]
    if not len(bpm):
        return
    middle = float(bpm.min() + bpm.max()) / 2
    span = max(float(bpm.max() - bpm.min()) * 1.1, _LEAST_TEMPO_SPAN)
    points = (
        (_LEFT + x * scale, y + _ROW * (0.5 - (value - middle) / span))
        for x, value in zip(at_s.tolist(), bpm.tolist(), strict=True)
    )
    yield svg.polyline(points, "tempo")
    yield svg.text(8, y + 12, f"{middle + span / 2:.0f}")
    yield svg.text(8, y + _ROW, f"{middle - span / 2:.0f}")

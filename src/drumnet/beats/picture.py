"""Beats to see: what was heard, the beats and the tempo, as an SVG.

In: a `BeatGrid`, and, where the beats were tracked, the activations.  Out: a
picture with three rows over time: activations of beats and downbeats, the beats
(long lines where a bar begins), and the tempo.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.evidence import FRAME_RATE_HZ
from drumnet.beats.tracker import Heard
from drumnet.files import atomic_path
from drumnet.grid import BeatGrid

_LEFT, _RIGHT, _TOP, _ROW, _GAP = 60.0, 20.0, 30.0, 110.0, 30.0
#: Pixels of a second, and the narrowest and widest picture.
_PIXELS_PER_S, _WIDTHS = 20.0, (600.0, 6_000.0)
_BEAT_COLOUR, _DOWNBEAT_COLOUR, _INK = "#8fb8de", "#c8502d", "#333333"
#: Tempo shows at least this many bpm, so that a steady one looks steady.
_LEAST_TEMPO_SPAN = 10.0


def write_picture(path: Path, grid: BeatGrid, duration_s: float, heard: Heard | None) -> None:
    """Draw the beats.

    Raises:
        OutputError: the file cannot be written.
    """
    with atomic_path(path) as part:
        part.write_text(beat_picture(grid, duration_s, heard), encoding="utf-8", newline="\n")


def beat_picture(grid: BeatGrid, duration_s: float, heard: Heard | None) -> str:
    """The picture as SVG text."""
    inner = float(np.clip(duration_s * _PIXELS_PER_S, *_WIDTHS))
    scale = inner / max(duration_s, 1e-9)
    width, height = _LEFT + inner + _RIGHT, _TOP + 3 * (_ROW + _GAP)
    inside = (grid.beats_s >= 0) & (grid.beats_s <= duration_s)
    rows = [_TOP + row * (_ROW + _GAP) for row in range(3)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}">',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="white"/>',
        *_time_axis(duration_s, scale, rows[2] + _ROW),
        *_label("heard", rows[0]),
        *_label("beats", rows[1]),
        *_label("bpm", rows[2]),
    ]
    if heard is not None:
        curves = (
            (heard.activations.beat, _BEAT_COLOUR),
            (heard.activations.downbeat, _DOWNBEAT_COLOUR),
        )
        parts += [_area(curve, scale, inner, rows[0], colour) for curve, colour in curves]
    parts += _beat_lines(grid.beats_s[inside], grid.is_downbeat[inside], scale, rows[1])
    parts += _tempo_row(grid, inside, scale, rows[2])
    return "\n".join([*parts, "</svg>"]) + "\n"


def _label(text: str, y: float) -> list[str]:
    return [f'<text x="8" y="{y + _ROW / 2:.1f}">{text}</text>']


def _time_axis(duration_s: float, scale: float, y: float) -> list[str]:
    step_s = next((s for s in (1, 5, 10, 30, 60, 300) if s * scale >= 50.0), 600)
    parts = []
    for second in range(0, int(duration_s) + 1, step_s):
        x = _LEFT + second * scale
        parts.append(
            f'<line x1="{x:.1f}" y1="{_TOP:.1f}" x2="{x:.1f}" y2="{y:.1f}" stroke="#eeeeee"/>'
            f'<text x="{x:.1f}" y="{y + 16:.1f}" text-anchor="middle">'
            f"{second // 60}:{second % 60:02}</text>"
        )
    return parts


def _area(curve: NDArray[np.float64], scale: float, inner: float, y: float, colour: str) -> str:
    """A filled curve from 0 to 1, its maximum at every pixel."""
    pixel = np.minimum((np.arange(len(curve)) / FRAME_RATE_HZ * scale).astype(int), int(inner))
    height = np.zeros(int(inner) + 1)
    np.maximum.at(height, pixel, curve)
    points = " ".join(
        f"{_LEFT + x},{y + _ROW * (1 - value):.1f}" for x, value in enumerate(height.tolist())
    )
    base = y + _ROW
    return (
        f'<polygon points="{_LEFT},{base} {points} {_LEFT + int(inner)},{base}" fill="{colour}"/>'
    )


def _beat_lines(
    beats_s: NDArray[np.float64], down: NDArray[np.bool_], scale: float, y: float
) -> list[str]:
    return [
        f'<line x1="{_LEFT + at * scale:.1f}" y1="{y + (0 if first else _ROW / 2):.1f}" '
        f'x2="{_LEFT + at * scale:.1f}" y2="{y + _ROW:.1f}" '
        f'stroke="{_DOWNBEAT_COLOUR if first else _BEAT_COLOUR}"/>'
        for at, first in zip(beats_s.tolist(), down.tolist(), strict=True)
    ]


def _tempo_row(grid: BeatGrid, inside: NDArray[np.bool_], scale: float, y: float) -> list[str]:
    at_s = grid.beats_s[:-1][inside[:-1]]
    bpm = (60.0 / np.diff(grid.beats_s))[inside[:-1]]
    if not len(bpm):
        return []
    middle = float(bpm.min() + bpm.max()) / 2
    span = max(float(bpm.max() - bpm.min()) * 1.1, _LEAST_TEMPO_SPAN)
    points = " ".join(
        f"{_LEFT + x * scale:.1f},{y + _ROW * (0.5 - (value - middle) / span):.1f}"
        for x, value in zip(at_s.tolist(), bpm.tolist(), strict=True)
    )
    return [
        f'<polyline points="{points}" fill="none" stroke="{_INK}" stroke-width="1.5"/>',
        f'<text x="8" y="{y + 12:.1f}">{middle + span / 2:.0f}</text>',
        f'<text x="8" y="{y + _ROW:.1f}">{middle - span / 2:.0f}</text>',
    ]

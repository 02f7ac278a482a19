"""Bars of a whole kit as a picture that stands alone, on light and dark ground.

In: the hits of each piece on ticks, and of some what a drummer played there.
Out: SVG: a row for each piece, the louder a hit the higher its stroke, and below
the row, in another colour, the drummer's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from drumnet import svg
from drumnet.grid import TICKS_PER_BEAT

_WIDTH, _LEFT, _TOP = 1000.0, 84.0, 20.0
#: Height of a row, and of the loudest and the drummer's strokes in it.
_ROW, _LOUDEST, _DRUMMER = 22.0, 13.0, 4.0
_STROKE = 4.0
_STYLE = """
text { font: 12px sans-serif; fill: #333; }
.tiny { font-size: 10px; fill: #777; }
.ground { fill: #f6f6f4; }
.barline { stroke: #999; }
.beatline { stroke: #ddd; }
.played { fill: #1f5fbf; }
.drummer { fill: #c4661f; }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd; }
  .tiny { fill: #999; }
  .ground { fill: #1c1e22; }
  .barline { stroke: #777; }
  .beatline { stroke: #3a3d42; }
  .played { fill: #7fb0ff; }
  .drummer { fill: #f0a266; }
}
"""


@dataclass(frozen=True)
class KitPattern:
    """Some bars of a kit. Ticks count from the first one shown.

    Args:
        first_bar: number of the first bar shown, from 1.
        bar_ticks: the length of each bar.
        played: of each piece by name, in the order of the rows: tick and velocity
            from 0 to 1.
        drummer: of the pieces of which it is known, ticks that a drummer hits.
    """

    first_bar: int
    bar_ticks: Sequence[int]
    played: Mapping[str, Sequence[tuple[int, float]]]
    drummer: Mapping[str, Sequence[int]] = field(default_factory=dict)


def kit_picture(pattern: KitPattern, label: str) -> str:
    """The picture; `label` says to a screen reader what it shows."""
    edges = [0, *accumulate(pattern.bar_ticks)]
    x = svg.Scale(0, edges[-1], _LEFT, _WIDTH - 4)
    bottom = _TOP + _ROW * len(pattern.played)
    marks = [*_bars(pattern, edges, x, bottom), *_hits(pattern, x)]
    return svg.file(_WIDTH, bottom + 6, label, _STYLE, marks)


def _bars(pattern: KitPattern, edges: Sequence[int], x: svg.Scale, bottom: float) -> Iterator[str]:
    yield svg.rect(_LEFT, _TOP, x(edges[-1]) - _LEFT, bottom - _TOP, "ground")
    for index, (start, end) in enumerate(pairwise(edges)):
        for tick in range(start + TICKS_PER_BEAT, end, TICKS_PER_BEAT):
            yield svg.line(x(tick), _TOP, x(tick), bottom, "beatline")
        yield svg.line(x(start), _TOP - 6, x(start), bottom, "barline")
        yield svg.text(x(start) + 3, _TOP - 6, str(pattern.first_bar + index), "tiny")


def _hits(pattern: KitPattern, x: svg.Scale) -> Iterator[str]:
    for row, (piece, hits) in enumerate(pattern.played.items()):
        base = _TOP + _ROW * row + _LOUDEST + 2
        yield svg.text(_LEFT - 8, base, piece.replace("_", " "), "", "end")
        for tick, velocity in hits:
            height = _LOUDEST * velocity
            yield svg.rect(x(tick), base - height, _STROKE, height, "played")
        for tick in pattern.drummer.get(piece, ()):
            yield svg.rect(x(tick), base + 1, _STROKE, _DRUMMER, "drummer")

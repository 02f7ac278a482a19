"""Songs bar by bar, as pictures: what was played above what the model plays.

In: the `Pattern`s of a report.  Out: SVG, `BARS_A_LINE` bars on a line. Of each
line the rows are: the real kick, the generated kick, the bass, the snare. A hit
that both have is filled; one that is missing or too many is an outline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from drumnet import svg
from drumnet.evaluation.report.model import Pattern
from drumnet.grid import TICKS_PER_BEAT

NUM_SHOWN = 10
BARS_A_LINE = 8
_WIDTH, _LEFT, _TOP = 1000, 62, 16
_HIT = 5.0
#: Of each row: its name, place and height on the line.
_ROWS = {"real": (0, 12), "generated": (15, 12), "bass": (32, 7), "snare": (43, 7)}
_LINE = 76


def best_and_worst(
    f1: Sequence[float | None], number: int = NUM_SHOWN
) -> tuple[list[int], list[int]]:
    """The songs that score best, the best first, and worst, the worst first.

    No song is in both: of fewer than twice `number`, each has a half. Of equals
    the earlier one counts as better; songs without a score are in neither.

    >>> best_and_worst([0.5, None, 0.9, 0.1, 0.7], 1)
    ([2], [3])
    """
    order = sorted(
        (i for i, value in enumerate(f1) if value is not None), key=lambda i: (-(f1[i] or 0.0), i)
    )
    num_worst = min(number, len(order) // 2)
    num_best = min(number, len(order) - num_worst)
    return order[:num_best], order[len(order) - num_worst :][::-1]


def split_patterns(patterns: Sequence[Pattern]) -> tuple[list[Pattern], list[Pattern]]:
    """The patterns that a report holds, best and worst, by their F1."""
    best, worst = best_and_worst([one.f1 for one in patterns], len(patterns))
    return [patterns[i] for i in best], [patterns[i] for i in worst]


def pattern_picture(pattern: Pattern, label: str) -> str:
    """SVG of one pattern; `label` says whose it is."""
    ends = list(accumulate(pattern.bar_ticks))
    starts = [0, *ends[:-1]]
    lines = [
        range(first, min(first + BARS_A_LINE, len(ends)))
        for first in range(0, len(ends), BARS_A_LINE)
    ]
    longest = max((ends[bars[-1]] - starts[bars[0]] for bars in lines), default=1)
    marks: list[str] = []
    for place, bars in enumerate(lines):
        x = svg.Scale(0, longest, _LEFT, _WIDTH - 4)
        marks += _bars(pattern, [(bar, starts[bar], ends[bar]) for bar in bars], x, place * _LINE)
    height = max(1, len(lines)) * _LINE
    return svg.svg(_WIDTH, height, label, marks)


def _bars(
    pattern: Pattern, bars: Sequence[tuple[int, int, int]], x: svg.Scale, top: float
) -> Iterator[str]:
    """One line: bars as their number, first tick and end."""
    first, last = bars[0][1], bars[-1][2]
    y, bottom = top + _TOP, top + _TOP + sum(_ROWS["snare"])
    yield svg.rect(x(0), y - 2, x(last - first) - x(0), bottom - y + 4, "ground")
    for bar, start, end in bars:
        for tick in range(start + TICKS_PER_BEAT, end, TICKS_PER_BEAT):
            yield svg.line(x(tick - first), y - 2, x(tick - first), bottom + 2, "beatline")
        yield svg.line(x(start - first), y - 5, x(start - first), bottom + 2, "barline")
        yield svg.text(x(start - first) + 3, y - 5, str(pattern.first_bar + bar + 1), "tiny")
    for name, (offset, height) in _ROWS.items():
        ticks: Sequence[int] = getattr(pattern, name)
        if name in ("bass", "snare") and not ticks:
            continue
        yield svg.text(_LEFT - 6, y + offset + height - 1, name, "tiny", "end")
        other = {"real": pattern.generated, "generated": pattern.real}.get(name)
        for tick in ticks:
            if first <= tick < last:
                css = f"hit {name}" if other is None or tick in other else f"hit {name} alone"
                yield svg.rect(x(tick - first) + 0.5, y + offset, _HIT, height, css)

"""Marks of a picture in SVG, to stand in a page: its colours are CSS classes of
the page, so that a picture is right on light and dark ground. Texts are escaped.

In: positions in pixels from the upper left.  Out: text, the same for the same input.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Scale:
    """From a figure to its place: `low` is drawn at `start`, `high` at `end`.

    >>> Scale(0, 1, 100, 300)(0.25)
    150.0
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.start + share * (self.end - self.start)


def px(value: float) -> str:
    """A tenth of a pixel is as fine as it gets."""
    return f"{value:.1f}".removesuffix(".0")


def svg(width: float, height: float, label: str, marks: Iterable[str]) -> str:
    """The picture; `label` says to a screen reader what it shows."""
    return (
        f'<svg viewBox="0 0 {px(width)} {px(height)}" width="{px(width)}" '
        f'height="{px(height)}" role="img" aria-label="{escape(label)}">\n'
        + "\n".join(marks)
        + "\n</svg>\n"
    )


def file(width: float, height: float, label: str, style: str, marks: Iterable[str]) -> str:
    """The picture as a file of its own.

    Args:
        style: CSS of its classes.
    """
    picture = svg(width, height, label, [f"<style>\n{style.strip()}\n</style>", *marks])
    return picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def text(x: float, y: float, words: str, css: str = "", anchor: str = "start") -> str:
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{px(x)}" y="{px(y)}"{_css(css)}{at}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f'<line x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}"{_css(css)}/>'


def rect(x: float, y: float, width: float, height: float, css: str, title: str = "") -> str:
    shape = f'<rect x="{px(x)}" y="{px(y)}" width="{px(width)}" height="{px(height)}"{_css(css)}'
    return _closed(shape, "rect", title)


def polyline(points: Iterable[tuple[float, float]], css: str) -> str:
    return f'<polyline points="{_points(points)}"{_css(css)}/>'


def polygon(points: Iterable[tuple[float, float]], css: str) -> str:
    return f'<polygon points="{_points(points)}"{_css(css)}/>'


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{px(x)},{px(y)}" for x, y in points)


def dot(x: float, y: float, radius: float, css: str, title: str = "") -> str:
    shape = f'<circle cx="{px(x)}" cy="{px(y)}" r="{px(radius)}"{_css(css)}'
    return _closed(shape, "circle", title)


def _closed(shape: str, name: str, title: str) -> str:
    return f"{shape}><title>{escape(title)}</title></{name}>" if title else f"{shape}/>"


def _css(css: str) -> str:
    return f' class="{css}"' if css else ""


def short(words: str, length: int) -> str:
    """The words, with an ellipsis where they are longer than `length`."""
    return words if len(words) <= length else words[: length - 1] + "\N{HORIZONTAL ELLIPSIS}"

"""The map of the codes: the songs' codes on a plane, as SVG.

In: a `Report`.  Out: two `Plot`s, coloured by genre and by density.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from drumnet import svg
from drumnet.evaluation.report.groups import DENSITY_EDGES, OTHER, UNKNOWN, by_genre
from drumnet.evaluation.report.model import Report, SongFacts
from drumnet.evaluation.report.plots import Plot
from drumnet.evaluation.report.words import song_label

#: Genres that have a colour of their own; the page's CSS has as many.
NUM_COLOURS = 7


def code_maps(report: Report) -> list[Plot]:
    """The songs' codes on a plane, coloured by genre and by density."""
    if report.codes is None or not report.codes.xy:
        return []
    songs = report.songs_of("corpus")
    genres = _genre_colours(songs)
    densities = [
        (f"{name} hits a bar", css, songs_in) for name, css, songs_in in _density_colours(songs)
    ]
    share = report.codes.distance.get("explained variance")
    axes = f"two main axes, {share:.0%} of the variance" if share else "two main axes"
    return [
        Plot(_map(report, genres, "genre"), f"Codes of first halves by genre ({axes})"),
        Plot(_map(report, densities, "density"), "The same, by how many hits a bar the song has"),
    ]


_Coloured = tuple[str, str, Sequence[int]]  # legend, CSS class, songs


def _genre_colours(songs: Sequence[SongFacts]) -> list[_Coloured]:
    groups = by_genre(songs)
    known = [group for group in groups if group.name not in (OTHER, UNKNOWN)][:NUM_COLOURS]
    rest = [i for group in groups if group not in known for i in group.songs]
    found: list[_Coloured] = [("other or unknown", "rest", rest)] if rest else []
    return [*found, *((one.name, f"c{k}", one.songs) for k, one in enumerate(known))]


def _density_colours(songs: Sequence[SongFacts]) -> list[_Coloured]:
    edges = (0, *DENSITY_EDGES, float("inf"))
    found: list[_Coloured] = []
    for place, (low, high) in enumerate(pairwise(edges)):
        inside = [
            i for i, s in enumerate(songs) if s.density is not None and low <= s.density < high
        ]
        name = f"{low:g} to {high:g}" if high < float("inf") else f"{low:g} and more"
        if inside:
            found.append((name, f"d{place}", inside))
    return found


def _map(report: Report, colours: Sequence[_Coloured], name: str) -> str:
    assert report.codes is not None
    songs, points = report.songs_of("corpus"), report.codes.xy
    known = [point for point in points if point is not None]
    side, width = 340, 520
    reach = max((abs(value) for point in known for value in point), default=1.0) * 1.08 or 1.0
    x, y = svg.Scale(-reach, reach, 0, side), svg.Scale(-reach, reach, side, 0)
    marks = [
        svg.rect(0, 0, side, side, "ground"),
        svg.line(x(0), 0, x(0), side, "grid"),
        svg.line(0, y(0), side, y(0), "grid"),
    ]
    for place, (legend, css, inside) in enumerate(colours):
        for i in inside:
            point = points[i]
            if point is not None:
                title = f"{song_label(songs[i])}, {legend}"
                marks.append(svg.dot(x(point[0]), y(point[1]), 3.5, f"point {css}", title))
        marks.append(svg.dot(side + 22, 16 + 22 * place, 5, f"full {css}"))
        marks.append(svg.text(side + 34, 20 + 22 * place, svg.short(legend, 24)))
    return svg.svg(width, side, f"Map of the codes by {name}", marks)

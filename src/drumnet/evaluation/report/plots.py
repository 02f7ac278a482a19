"""The plots of the report's page, as SVG: F1 in groups of songs, codes over tempo
and shift, overlapped areas.

In: a `Report`.  Out: `Plot`s, none of what the report does not have. Points have
their song's name as a tooltip; colours are CSS classes of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from drumnet import svg
from drumnet.evaluation.report.groups import GROUPINGS, Group
from drumnet.evaluation.report.model import MODEL_PLAYER, Report, Row, SongFacts
from drumnet.evaluation.report.words import score, song_label

#: The player that transfer is read against.
RIVAL = "copy-bar"
_GOLDEN = 0.6180339887  # its multiples fill an interval evenly: a jitter that repeats


@dataclass(frozen=True)
class Plot:
    """A picture and what stands under it."""

    picture: str
    caption: str


# ------------------------------------------------------------ F1 in groups


def group_plots(report: Report, section: str = "corpus") -> list[Plot]:
    """F1 of transfer per genre, tempo, density, metre and kind of song."""
    rows = [
        row
        for player in (MODEL_PLAYER, RIVAL)
        for row in [report.find(section, "transfer", player, "tick F1")]
        if row is not None and row.per_song is not None
    ]
    songs = report.songs_of(section)
    if not rows or rows[0].player != MODEL_PLAYER:
        return []
    return [
        Plot(_groups_picture(name, grouped(songs), rows, songs), f"F1 of transfer by {name}")
        for name, grouped in GROUPINGS.items()
        if len(grouped(songs)) > 1
    ]


def _groups_picture(
    name: str, groups: Sequence[Group], rows: Sequence[Row], songs: Sequence[SongFacts]
) -> str:
    strip, top, left, right, width = 13, 34, 190, 430, 520
    height = len(rows) * strip + 6
    x = svg.Scale(0, 1, left, right)
    bottom = top + len(groups) * height
    marks = list(_axis(x, top, bottom, (0, 0.25, 0.5, 0.75, 1)))
    marks += _legend([(row.player, _colour(row)) for row in rows], left, 12)
    marks += [svg.text(left - 8, 12, "songs", "note", "end"), svg.text(448, 12, "mean", "note")]
    for place, group in enumerate(groups):
        y = top + place * height
        marks.append(svg.line(0, y, width, y, "rule"))
        middle = y + height / 2 + 4
        marks.append(svg.text(0, middle, svg.short(group.name, 22)))
        marks.append(svg.text(left - 8, middle, str(len(group.songs)), "note", "end"))
        for at, row in enumerate(rows):
            marks += _strip(group, row, songs, x, y + 3 + (at + 0.5) * strip, strip)
    return svg.svg(width, bottom + 22, f"F1 of transfer by {name}", marks)


def _strip(
    group: Group, row: Row, songs: Sequence[SongFacts], x: svg.Scale, y: float, height: float
) -> Iterator[str]:
    """One player on one group: a point per song, the quartiles, the mean."""
    assert row.per_song is not None
    known = [(i, value) for i in group.songs if (value := row.per_song[i]) is not None]
    css = _colour(row)
    for i, value in known:
        wave = ((i * _GOLDEN) % 1 - 0.5) * (height - 5)
        title = f"{song_label(songs[i])}: {score(value)} ({row.player})"
        yield svg.dot(x(value), y + wave, 2, f"point {css}", title)
    if not known:
        return
    scores = np.array([value for _, value in known])
    low, middle, high = (float(one) for one in np.quantile(scores, (0.25, 0.5, 0.75)))
    if len(known) > 1:
        yield svg.line(x(low), y, x(high), y, f"quartiles {css}")
    yield svg.line(x(middle), y - 5, x(middle), y + 5, f"median {css}")
    yield svg.text(448, y + 4, f"{scores.mean():.2f}", f"small {css}")


# ------------------------------------------------------------ codes over tempo and shift


def invariance_plot(report: Report) -> Plot | None:
    """Code distance, top-1 and F1 for each change of the songs, with intervals."""
    rows = [row for row in report.rows_of("invariance") if row.player == MODEL_PLAYER]
    others = [row for row in report.rows_of("invariance") if row.player != MODEL_PLAYER]
    panels = list(dict.fromkeys(row.metric for row in rows))
    lines = list(dict.fromkeys((row.experiment, row.setting) for row in rows))
    if not rows:
        return None
    found = {(row.experiment, row.setting, row.metric): row for row in rows}
    left, top, step, gap = 250, 34, 20, 64
    panel = (1000 - left) / len(panels) - gap
    bottom = top + len(lines) * step
    marks: list[str] = []
    for at, metric in enumerate(panels):
        start = left + at * (panel + gap)
        x = svg.Scale(0, 1, start, start + panel)
        marks += _axis(x, top - 4, bottom, (0, 0.5, 1))
        marks.append(svg.text(start, 14, metric, "strong"))
        for place, (experiment, setting) in enumerate(lines):
            key, y = (experiment, setting, metric), top + (place + 0.5) * step
            for other in others:
                if (other.experiment, other.setting, other.metric) == key:
                    marks += _baseline(other, x, y)
            if key in found:
                marks += _interval(found[key], x, y)
    for place, (experiment, setting) in enumerate(lines):
        y = top + place * step
        if place == 0 or lines[place - 1][0] != experiment:
            marks.append(svg.line(0, y - 2, 1000, y - 2, "rule"))
            marks.append(svg.text(0, y + 14, svg.short(experiment, 14), "note"))
        marks.append(svg.text(left - 10, y + 14, svg.short(setting, 24), "", "end"))
    picture = svg.svg(1000, bottom + 22, "Codes over tempo and shift", marks)
    return Plot(picture, "Blue is the model; other colours are baselines, named where you point")


def _baseline(row: Row, x: svg.Scale, y: float) -> Iterator[str]:
    if row.value is not None:
        value = min(max(row.value, x.low), x.high)
        yield svg.dot(x(value), y, 3, f"full {_colour(row)}", f"{row.player}: {score(row.value)}")


def _interval(row: Row, x: svg.Scale, y: float) -> Iterator[str]:
    if row.value is None:
        return
    css = _colour(row)
    ends = [row.value if one is None else one for one in (row.low, row.value, row.high)]
    low, value, high = (x(min(max(one, x.low), x.high)) for one in ends)
    if row.low is not None:
        yield svg.line(low, y, high, y, f"quartiles {css}")
    yield svg.dot(value, y, 4, f"full {css}", f"{row.setting}: {score(row.value)}")
    yield svg.text(x.end + 10, y + 4, score(row.value), "small")


def interval_mark(row: Row, low: float, high: float) -> str:
    """A figure and its interval between two ends, to stand in a table."""
    if row.value is None:
        return ""
    x = svg.Scale(low, high, 5, 115)
    marks = [svg.line(5, 8, 115, 8, "grid")]
    if row.target is not None and low <= row.target <= high:
        marks.append(svg.line(x(row.target), 1, x(row.target), 15, "goal"))
    if row.low is not None and row.high is not None:
        marks.append(svg.line(x(row.low), 8, x(row.high), 8, f"quartiles {_colour(row)}"))
    marks.append(svg.dot(x(row.value), 8, 3.5, f"full {_colour(row)}"))
    return svg.svg(120, 16, f"{row.player}: {score(row.value)}", marks)


# ------------------------------------------------------------ overlapped areas


def overlap_plot(report: Report) -> Plot | None:
    """Overlapped areas as bars, a group for each feature, and the target."""
    rows = [row for row in report.rows_of("autonomous") if row.metric == "overlapped area"]
    rows = [row for row in rows if row.experiment == rows[0].experiment]
    settings = list(dict.fromkeys(row.setting for row in rows))
    players = list(dict.fromkeys(row.player for row in rows))
    if not rows:
        return None
    found = {(row.setting, row.player): row for row in rows}
    bar, left, right = 15, 330, 960
    x = svg.Scale(0, 1, left, right)
    height = len(players) * bar + 14
    bottom = 10 + len(settings) * height
    marks = list(_axis(x, 10, bottom, (0, 0.25, 0.5, 0.75, 1)))
    for place, setting in enumerate(settings):
        top, labels = 10 + place * height + 7, list[str]()
        marks.append(svg.text(0, top + 12, svg.short(setting, 24), "strong"))
        for at, player in enumerate(players):
            row, y = found.get((setting, player)), top + at * bar
            if row is None or row.value is None:
                continue
            marks.append(svg.text(left - 8, y + 11, svg.short(player, 20), "small", "end"))
            marks.append(svg.rect(left, y + 2, x(row.value) - left, bar - 4, f"bar {_colour(row)}"))
            labels.append(svg.text(x(row.value) + 5, y + 11, f"{row.value:.2f}", "halo"))
            if row.target is not None:
                goal = x(row.target)
                marks.append(svg.line(goal, top - 3, goal, top + height - 11, "goal"))
        marks += labels  # above the line of the target
    picture = svg.svg(1000, bottom + 22, "Overlapped areas", marks)
    return Plot(
        picture, f"Overlapped area with real drummers, {rows[0].experiment}; dashed: wanted"
    )


# ------------------------------------------------------------ parts


def _axis(x: svg.Scale, top: float, bottom: float, ticks: Sequence[float]) -> Iterator[str]:
    for tick in ticks:
        yield svg.line(x(tick), top, x(tick), bottom, "grid")
        yield svg.text(x(tick), bottom + 16, f"{tick:g}", "note", "middle")


def _legend(names: Sequence[tuple[str, str]], left: float, y: float) -> Iterator[str]:
    for place, (name, css) in enumerate(names):
        yield svg.dot(left + 5 + 110 * place, y - 4, 4, f"full {css}")
        yield svg.text(left + 14 + 110 * place, y, name, "small")


def _colour(row: Row) -> str:
    return {MODEL_PLAYER: "model", RIVAL: "rival"}.get(row.player, "rest")

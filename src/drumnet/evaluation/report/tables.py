"""The tables of the report's page, as HTML.

In: the rows of a `Report`.  Out: a table a section: a line for each player and
setting, a column for each metric, with intervals, targets, and how far the model
is above each other player, song by song.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TypeVar

from drumnet.evaluation.report.goals import goals
from drumnet.evaluation.report.model import MODEL_PLAYER, Report, Row, SongFacts
from drumnet.evaluation.report.plots import RIVAL, interval_mark
from drumnet.evaluation.report.words import (
    GIVEN_HEAD,
    METRIC_WORDS,
    difference,
    experiment_title,
    given_lines,
    interval,
    score,
    song_label,
    target,
)
from drumnet.evaluation.statistics import Difference, paired_difference

#: Fewer songs than this cannot say how far one player is above another.
MIN_PAIRED = 2
#: Up to so many songs stand in a table of their own.
MAX_COLUMNS = 20
#: So many metrics stand side by side.
MAX_METRICS = 3


def table(head: Sequence[str], lines: Iterable[str]) -> str:
    """A table of ready lines (`<tr>`) under a head of texts."""
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    return (
        f'<div class="wide"><table>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n'
        + "\n".join(lines)
        + "\n</tbody></table></div>\n"
    )


def target_table(report: Report) -> str:
    """Every target; empty where there is none."""
    lines = []
    for goal in goals(report.rows):
        row = goal.row
        spread = f'<span class="spread">{interval(row.low, row.high)}</span>'
        part = f" ({goal.num_reached} of {goal.num_rows})" if goal.num_rows > 1 else ""
        lines.append(
            f'<tr><th scope="row"><a href="#{row.section}">{row.section}</a>: '
            f'{escape(goal.name)}</th><td class="number">{escape(target(row))}</td>'
            f'<td class="number">{score(row.value)}{spread}</td>'
            f"<td>{verdict(goal.reached)}{part}</td></tr>"
        )
    return table(("", "wanted", "measured", ""), lines) if lines else ""


def verdict(reached: bool | None) -> str:
    """Whether a target is reached, in a word and not in colour alone."""
    if reached is None:
        return ""
    return (
        '<span class="reached">\N{CHECK MARK} reached</span>'
        if reached
        else '<span class="missed">\N{MULTIPLICATION SIGN} missed</span>'
    )


def given_table(report: Report, section: str) -> str:
    """What each experiment was given; empty where they do not differ in it."""
    experiments = {row.experiment for row in report.rows_of(section)}
    lines = [
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(given)}</td>" for given in rest)
        + "</tr>"
        for name, *rest in given_lines(section, experiments)
    ]
    return table(GIVEN_HEAD, lines) if lines else ""


def section_table(report: Report, section: str) -> str:
    """All rows of a section: a table for each metric that is of several players in
    several settings, and else for each set of metrics of much the same players."""
    found: dict[str, list[Row]] = {}
    for row in report.rows_of(section):
        found.setdefault(row.metric, []).append(row)
    wide = [rows for rows in found.values() if _is_wide(rows)]
    rest = [row for rows in found.values() if not _is_wide(rows) for row in rows]
    narrow = [[row for row in rest if row.metric in metrics] for metrics in _together(rest)]
    tables = [*map(_metrics_table, narrow), *map(_players_table, wide)]
    inner = "".join(f"<div>{one}</div>\n" for one in tables)
    return f'<div class="tables">\n{inner}</div>\n'


_Key = TypeVar("_Key", bound=tuple[str, ...])


def _by_experiment(keys: Iterable[_Key]) -> list[_Key]:
    """Each key once; those of one experiment (which they begin with) together."""
    found: dict[str, dict[_Key, None]] = {}
    for key in keys:
        found.setdefault(key[0], {})[key] = None
    return [key for some in found.values() for key in some]


def _is_wide(rows: Sequence[Row]) -> bool:
    lines = Counter((row.experiment, row.player) for row in rows)
    return len({row.player for row in rows}) > 1 and max(lines.values()) > 1


def _players_table(rows: Sequence[Row]) -> str:
    """One metric: a line for each setting, a column for each player."""
    players = list(dict.fromkeys(row.player for row in rows))
    found = {(row.experiment, row.setting, row.player): row for row in rows}
    lines, experiment = [], None
    for key in _by_experiment((row.experiment, row.setting) for row in rows):
        if key[0] != experiment and key[1]:
            title = escape(experiment_title(key[0]))
            lines.append(f'<tr><th scope="rowgroup" colspan="{len(players) + 1}">{title}</th></tr>')
        experiment = key[0]
        cells = "".join(_figure_cell(found.get((*key, player))) for player in players)
        lines.append(
            f'<tr><th scope="row">{escape(key[1] or experiment_title(key[0]))}</th>{cells}</tr>'
        )
    metric = rows[0].metric
    head = table(["", *players], lines)
    return f"<h3>{escape(metric)}</h3>\n{head}{metric_words([metric])}"


def _figure_cell(row: Row | None) -> str:
    if row is None:
        return "<td></td>"
    own = ' class="own"' if row.player == MODEL_PLAYER else ""
    return f"<td{own}>{score(row.value)} {verdict(row.reached)}{_spread(row, '<br>')}</td>"


def _spread(row: Row, between: str = "; ") -> str:
    """The interval, the pooled figure and the target, as far as there are any."""
    parts = [] if row.value is None else [interval(row.low, row.high)]
    parts += [] if row.pooled is None else [f"pooled {score(row.pooled)}"]
    parts += [] if row.target is None else [f"wanted {escape(target(row))}"]
    return f'<span class="spread">{between.join(filter(None, parts))}</span>'


def _together(rows: Sequence[Row]) -> list[list[str]]:
    """Metrics that share half of their lines with the first one of their table."""
    lines: dict[str, set[tuple[str, ...]]] = {}
    for row in rows:
        lines.setdefault(row.metric, set()).add((row.experiment, row.player, row.setting))
    parts: list[list[str]] = []
    for metric, own in lines.items():
        for part in parts:
            first = lines[part[0]]
            if len(part) < MAX_METRICS and 2 * len(own & first) >= len(own | first):
                part.append(metric)
                break
        else:
            parts.append([metric])
    return parts


def _metrics_table(rows: Sequence[Row]) -> str:
    metrics = list(dict.fromkeys(row.metric for row in rows))
    found = {(row.experiment, row.player, row.setting, row.metric): row for row in rows}
    lines_of = _by_experiment((row.experiment, row.player, row.setting) for row in rows)
    ends = {metric: _ends(row for row in rows if row.metric == metric) for metric in metrics}
    above = {key: _above(found, key, metrics[0]) for key in lines_of}
    head = ["", *metrics, *([f"drumnet minus it ({metrics[0]})"] if any(above.values()) else [])]
    alone = len({player for _, player, _ in lines_of}) == 1
    lines, experiment = [], None
    for key in lines_of:
        if key[0] != experiment:
            experiment = key[0]
            title = escape(experiment_title(experiment))
            lines.append(f'<tr><th scope="rowgroup" colspan="{len(head)}">{title}</th></tr>')
        cells = [_cell(found.get((*key, metric)), *ends[metric]) for metric in metrics]
        if any(above.values()):
            cells.append(_difference_cell(above[key]))
        own = ' class="own"' if key[1] == MODEL_PLAYER and not alone else ""
        name = escape(key[2]) if alone and key[2] else _line_name(key)
        lines.append(f'<tr{own}><th scope="row">{name}</th>{"".join(cells)}</tr>')
    return table(head, lines) + metric_words(metrics)


def metric_words(metrics: Iterable[str]) -> str:
    """What the metrics are, a sentence each."""
    known = [(name, METRIC_WORDS[name]) for name in metrics if name in METRIC_WORDS]
    return definitions(known)


def definitions(words: Iterable[tuple[str, str]]) -> str:
    inner = "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>\n" for name, said in words)
    return f'<dl class="words">\n{inner}</dl>\n' if inner else ""


def songs_table(report: Report, section: str) -> str:
    """The figures of each song, where a section has few."""
    songs = report.songs_of(section)
    rows = [row for row in report.rows_of(section) if row.per_song is not None]
    if not rows or not 0 < len(songs) <= MAX_COLUMNS:
        return ""
    lines = []
    for row in rows:
        cells = "".join(f'<td class="number">{score(value)}</td>' for value in row.per_song or ())
        name = f"{row.experiment}, {row.player}, {row.metric}"
        name += f" ({row.setting})" if row.setting else ""
        lines.append(f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>')
    inner = table(["", *(song_label(song) for song in songs)], lines)
    return f"<details><summary>Song by song</summary>{inner}</details>\n"


def all_songs(report: Report) -> str:
    """Every song of the corpus with its facts and F1, the worst first."""
    songs = report.songs_of("corpus")
    own = report.find("corpus", "transfer", MODEL_PLAYER, "tick F1")
    if own is None or own.per_song is None:
        return ""
    rival = report.find("corpus", "transfer", RIVAL, "tick F1")
    others = (None,) * len(songs) if rival is None or rival.per_song is None else rival.per_song
    scored = sorted(
        zip(own.per_song, others, songs, strict=True),
        key=lambda one: (one[0] is None, one[0] or 0.0, one[2].name),
    )
    lines = [_song_line(song, (f1, other)) for f1, other, song in scored]
    head = ("song", "genre", "kind", "bpm", "metre", "hits a bar", "beats", "transfer", RIVAL)
    summary = f"All {len(songs)} songs, the worst first"
    return f"<details><summary>{summary}</summary>{table(head, lines)}</details>\n"


def _song_line(song: SongFacts, scores: Iterable[float | None]) -> str:
    def plain(value: float | None) -> str:
        return "" if value is None else f"{value:.1f}".removesuffix(".0")

    words = (song_label(song), song.genre or "", song.kind or "", plain(song.bpm))
    rest = (song.metre or "", plain(song.density), plain(song.num_beats))
    numbers = "".join(f'<td class="number">{score(value)}</td>' for value in scores)
    cells = "".join(f"<td>{escape(word)}</td>" for word in (*words, *rest))
    return f'<tr title="{escape(song.name)}">{cells}{numbers}</tr>'


def _line_name(key: tuple[str, str, str]) -> str:
    _, player, setting = key
    inner = escape(player)
    return f'{inner} <span class="note">{escape(setting)}</span>' if setting else inner


def _cell(row: Row | None, low: float, high: float) -> str:
    if row is None:
        return "<td></td>"
    return (
        f'<td><span class="figure">{score(row.value)} {interval_mark(row, low, high)}'
        f"{verdict(row.reached)}</span>{_spread(row)}</td>"
    )


def _ends(rows: Iterable[Row]) -> tuple[float, float]:
    """Where the marks of a column begin and end: 0 to 1 where all fit."""
    known = [v for row in rows for v in (row.value, row.low, row.high) if v is not None]
    return min([0.0, *known]), max([1.0, *known])


def _above(
    found: Mapping[tuple[str, str, str, str], Row], key: tuple[str, str, str], metric: str
) -> Difference | None:
    """How far the model is above a player in the same experiment and setting."""
    experiment, player, setting = key
    own, other = found.get((experiment, MODEL_PLAYER, setting, metric)), found.get((*key, metric))
    if player == MODEL_PLAYER or own is None or other is None:
        return None
    if own.per_song is None or other.per_song is None:
        return None
    both = sum(
        a is not None and b is not None for a, b in zip(own.per_song, other.per_song, strict=True)
    )
    return paired_difference(own.per_song, other.per_song) if both >= MIN_PAIRED else None


def _difference_cell(above: Difference | None) -> str:
    if above is None:
        return "<td></td>"
    spread = f"{difference(above.low)} to {difference(above.high)}"
    return f'<td>{difference(above.mean)}<span class="spread">{spread}</span></td>'

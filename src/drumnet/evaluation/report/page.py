"""The page report.html: one file with all in it, that needs no network.

In: a `Report`.  Out: HTML for light and dark, with tables, plots, the best and
worst songs bar by bar, and a sentence on every section and metric. The same
report gives the same bytes. All names are escaped, and no script runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from drumnet.evaluation.report import maps, plots, tables
from drumnet.evaluation.report.goals import goals
from drumnet.evaluation.report.model import MODEL_PLAYER, Pattern, Report, sections_of
from drumnet.evaluation.report.patterns import pattern_picture, split_patterns
from drumnet.evaluation.report.plots import RIVAL, Plot
from drumnet.evaluation.report.words import (
    PLAYER_WORDS,
    SECTION_TITLES,
    SECTION_WORDS,
    interval,
    score,
    song_label,
)
from drumnet.files import atomic_path

PAGE_FILE = "report.html"
#: Percentile intervals of fewer songs hold the true figure in less than 95 % of cases.
FEW_SONGS = 20
#: Of what the first sentences are: how they begin, and a row but for its player.
_SUMMARY = (
    ("From files, with the style of the kick's sound in a recording's first half,", "files",
     "kick in the style of the kick stem", "micro F1", "beats given, stems, snare given"),
    ("With the style of a song's first half,", "corpus", "transfer", "tick F1", ""),
)  # fmt: skip
_STYLE = Path(__file__).with_name("page.css")
_NO_NETWORK = "default-src 'none'; style-src 'unsafe-inline'"


def write_page(path: Path | str, report: Report) -> None:
    """Write report.html, whole or not at all.

    Raises:
        OutputError: the place cannot be written to.
    """
    with atomic_path(path) as part:
        part.write_text(page(report), encoding="utf-8", newline="\n")


def page(report: Report) -> str:
    """The page as HTML."""
    title = f"DrumNet evaluation: {report.model['name']} on {report.data['name']}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_NO_NETWORK}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n"
        f"</head>\n<body>\n{''.join(_body(report))}</body>\n</html>\n"
    )


def _body(report: Report) -> Iterator[str]:
    yield _head(report)
    yield f"<main>\n{_targets(report)}"
    for section in sections_of(report):
        yield f'<section id="{section}">\n<h2>{SECTION_TITLES[section]}</h2>\n'
        yield f"<p>{escape(SECTION_WORDS[section])}</p>\n{_songs_note(report, section)}"
        yield tables.given_table(report, section)
        yield tables.section_table(report, section)
        yield tables.songs_table(report, section)
        yield from _pictures(report, section)
        yield "</section>\n"
    yield f"{_provenance(report)}</main>\n"


def _head(report: Report) -> str:
    data, made = report.data, report.made
    links = [(section, SECTION_TITLES[section]) for section in sections_of(report)]
    if report.patterns:
        after = 1 + sections_of(report).index("corpus")
        links.insert(after, ("patterns", "The best and the worst"))
    nav = "".join(f'<a href="#{to}">{escape(name)}</a>\n' for to, name in links)
    quick = (
        '<p class="warning">A quick run: on a part of the songs, to see that all works. '
        "Do not quote its figures.</p>\n"
        if made["quick"]
        else ""
    )
    return (
        "<header>\n<h1>DrumNet evaluation</h1>\n"
        f'<p class="about">{escape(str(report.model["name"]))} on {escape(str(data["name"]))}, '
        f"split {escape(str(data['split']))}, {escape(str(data['num_songs']))} songs; "
        f"{escape(str(made['date']))}, drumnet {escape(str(made['drumnet']))}</p>\n"
        f'{quick}<p class="lead">{escape(summary(report))}</p>\n<nav>\n{nav}'
        '<a href="#provenance">How it was made</a></nav>\n</header>\n'
    )


def summary(report: Report) -> str:
    """The report in two or three sentences."""
    said = []
    for how, section, experiment, metric, setting in _SUMMARY:
        own = report.find(section, experiment, MODEL_PLAYER, metric, setting)
        rival = report.find(section, experiment, RIVAL, metric, setting)
        if own is None or own.value is None:
            continue
        spread = interval(own.low, own.high)
        against = "" if rival is None else f"; copying a typical bar scores {score(rival.value)}"
        said.append(
            f"{how} the model plays its second half with a kick "
            f"{metric} of {score(own.value)}{f' ({spread})' if spread else ''}{against}."
        )
    reached = [goal.reached for goal in goals(report.rows)]
    if reached:
        said.append(f"It reaches {sum(reached)} of {len(reached)} targets.")
    return " ".join(said)


def _targets(report: Report) -> str:
    found = tables.target_table(report)
    return (
        f'<section id="targets">\n<h2>Wanted and measured</h2>\n{found}</section>\n'
        if found
        else ""
    )


def _songs_note(report: Report, section: str) -> str:
    num_songs = len(report.songs_of(section))
    note = "Intervals are 95 %, by bootstrap over songs; a dashed stroke is what is wanted."
    count = f"{num_songs} songs. " if num_songs else ""
    if 0 < num_songs < FEW_SONGS:
        note += " Of so few songs they are too narrow: take them for the least that is uncertain."
    players = list(dict.fromkeys(row.player for row in report.rows_of(section)))
    words = [(name, PLAYER_WORDS[name]) for name in players if name in PLAYER_WORDS]
    said = tables.definitions(words) if len(players) > 1 else ""
    return f'<p class="note">{count}{note}</p>\n{said}'


def _pictures(report: Report, section: str) -> Iterator[str]:
    """What a section has besides its table."""
    if section == "corpus":
        found = plots.group_plots(report)
        if found:
            yield "<h3>Where it is strong, and where weak</h3>\n"
            yield (
                '<p class="note">A point is a song, the thick line holds the middle half of them, '
                "the stroke is the median. Point at one to see its name.</p>\n"
            )
            yield _pair(found)
        yield tables.all_songs(report)
        yield _patterns(report)
    elif section == "invariance":
        yield from (_figure(one) for one in [plots.invariance_plot(report)] if one is not None)
        yield _pair(maps.code_maps(report))
    elif section == "autonomous":
        yield from (_figure(one) for one in [plots.overlap_plot(report)] if one is not None)


def _figure(plot: Plot) -> str:
    return f"<figure><figcaption>{escape(plot.caption)}</figcaption>\n{plot.picture}</figure>\n"


def _pair(found: Iterable[Plot]) -> str:
    inner = "".join(map(_figure, found))
    return f'<div class="pair">\n{inner}</div>\n' if inner else ""


def _patterns(report: Report) -> str:
    best, worst = split_patterns(report.patterns)
    if not best:
        return ""
    parts = [
        '<h3 id="patterns">The best and the worst, bar by bar</h3>\n'
        '<p class="note">From where the second half begins: on top what the drummer played, '
        "below it, in blue, what the model plays with the first half's style, then the bass and "
        "the snare. Red outlines are hits that only one of the two has.</p>\n"
    ]
    for title, some in ((f"The {len(best)} best", best), (f"The {len(worst)} worst", worst)):
        if some:
            parts.append(f"<h3>{title}</h3>\n" + "".join(_song(report, one) for one in some))
    return "".join(parts)


def _song(report: Report, pattern: Pattern) -> str:
    song = report.songs_of(pattern.section)[pattern.song]
    tempo = None if song.bpm is None else f"{song.bpm:.0f} bpm"
    facts = [fact for fact in (song.genre, tempo, song.metre) if fact]
    label = song_label(song)
    caption = (
        f"<b>{escape(label)}</b> &ensp; F1 {score(pattern.f1)} &ensp; {escape(', '.join(facts))}"
    )
    return (
        f'<figure class="song"><figcaption>{caption}</figcaption>\n'
        f"{pattern_picture(pattern, label)}</figure>\n"
    )


def _provenance(report: Report) -> str:
    parts = []
    for name, facts in (("made", report.made), ("model", report.model), ("data", report.data)):
        lines = [
            f'<tr><th scope="row">{escape(key)}</th><td>{_fact(value)}</td></tr>'
            for key, value in facts.items()
        ]
        parts.append(f"<h3>{name.capitalize()}</h3>\n{tables.table(('', ''), lines)}")
    return f'<section id="provenance">\n<h2>How it was made</h2>\n{"".join(parts)}</section>\n'


def _fact(value: Any) -> str:
    if isinstance(value, dict):
        inner = escape(json.dumps(value, indent=1, ensure_ascii=False))
        return f"<details><summary>{len(value)} facts</summary><pre>{inner}</pre></details>"
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "unknown"}[value]
    if isinstance(value, list):
        return escape(", ".join(map(str, value)))
    return f"<code>{escape(str(value))}</code>"

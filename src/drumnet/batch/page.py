"""The summary as a page: what went wrong, what to check by ear, and the songs.

In: `Line`s and what the run was.  Out: HTML in one file, which needs no network and runs no
script.  All names are escaped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from drumnet.batch.song import FAULT, Line

_STYLE = Path(__file__).with_name("page.css")
_NO_NETWORK = "default-src 'none'; style-src 'unsafe-inline'"
#: A browser shows a table of this length at once; all songs are in the other tables.
_MOST_ROWS = 2_000
_EMPTY = "\N{EN DASH}"

#: A column: its title, and what stands in it.
_Column = tuple[str, Callable[[Line], str]]


def page(lines: Sequence[Line], run: Mapping[str, Any]) -> bytes:
    """The page.

    Args:
        run: what is said of it, in words, by name.
    """
    faults = [line for line in lines if line.status == FAULT]
    well = [line for line in lines if line.status != FAULT]
    checks = [line for line in well if line.check]
    body = [
        "<header>\n<h1>DrumNet batch</h1>\n",
        f'<p class="lead">{escape(_lead(well, checks, faults))}</p>\n',
        _facts(run),
        "</header>\n<main>\n",
    ]
    if faults:
        body.append(_section("Faults", faults, (_SONG_ALONE, _WRONG), "faults"))
    if checks:
        body.append(_section("To check by ear", checks, (_SONG, _TEMPO, _WHY), "checks"))
    if well:
        body.append(_section("Songs", well, _ALL, "songs", _how_sure(well)))
    body.append("</main>\n")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_NO_NETWORK}">\n'
        f"<title>DrumNet batch: {len(lines)} songs</title>\n"
        f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        f"{''.join(body)}</body>\n</html>\n"
    ).encode()


def _lead(well: Sequence[Line], checks: Sequence[Line], faults: Sequence[Line]) -> str:
    minutes = sum(line.duration_s or 0.0 for line in well) / 60
    said = f"{len(well):,} songs, {minutes:,.0f} minutes of music."
    if checks:
        said += f" {len(checks):,} of them to check by ear."
    return f"{said} {len(faults):,} with faults." if faults else f"{said} No faults."


def _facts(run: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>\n" for name, value in run.items()
    )
    return f"<dl>\n{rows}</dl>\n"


def _how_sure(lines: Iterable[Line]) -> str:
    """Of the beats, of how many songs."""
    sure = Counter(line.beats_sure or "given" for line in lines)
    words = ("high", "fair", "low", "given")
    found = ", ".join(f"{word} {sure[word]:,}" for word in words if sure[word])
    return f'<p class="note">How sure the beats are: {escape(found)}.</p>\n'


def _section(
    title: str, lines: Sequence[Line], columns: Sequence[_Column], name: str, note: str = ""
) -> str:
    heads = "".join(f'<th scope="col">{escape(title)}</th>' for title, _ in columns)
    shown = lines[:_MOST_ROWS]
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell(line)}</td>' for _, cell in columns)}</tr>\n" for line in shown
    )
    more = (
        f'<p class="note">The first {_MOST_ROWS:,} of {len(lines):,}; all are in summary.csv.</p>\n'
        if len(lines) > len(shown)
        else ""
    )
    return (
        f'<section id="{name}">\n<h2>{escape(title)} <small>{len(lines):,}</small></h2>\n'
        f"{note}{more}"
        f'<div class="wide"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n'
        "</table></div>\n</section>\n"
    )


def _link(line: Line) -> str:
    """The song, with a way to its results, which lie beside the page."""
    return f'<a href="{escape(quote(line.name))}/">{escape(line.name)}</a>'


def _text(value: object) -> str:
    return _EMPTY if value is None else escape(str(value))


def _clock(line: Line) -> str:
    if line.duration_s is None:
        return _EMPTY
    minutes, seconds = divmod(round(line.duration_s), 60)
    return f"{minutes}:{seconds:02}"


def _sure(line: Line) -> str:
    if line.beats_sure is None:
        return "given"
    return f'<span class="{line.beats_sure}">{line.beats_sure}</span>, {_text(line.bars_sure)}'


_SONG: _Column = ("Song", _link)
_SONG_ALONE: _Column = ("Song", lambda line: escape(line.name))
_TEMPO: _Column = ("Tempo", lambda line: _EMPTY if not line.tempo_bpm else f"{line.tempo_bpm:.1f}")
_WRONG: _Column = ("What is wrong", lambda line: _text(line.fault))
_WHY: _Column = ("Why", lambda line: _text(line.check))
_ALL: Sequence[_Column] = (
    _SONG,
    ("Length", _clock),
    _TEMPO,
    ("Metre", lambda line: _text(line.metre)),
    ("Beats, bars", _sure),
    ("Plays", lambda line: _text(line.plays or line.own_plays)),
    (
        "Hits a bar",
        lambda line: _EMPTY if line.hits_per_bar is None else f"{line.hits_per_bar:.1f}",
    ),
    ("Style", lambda line: _text(line.style)),
)

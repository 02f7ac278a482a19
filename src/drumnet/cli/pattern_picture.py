"""Hits as text, to be seen in a terminal.

In: a `DrumTrack`, the `BeatGrid` that it belongs to, and, to compare, times of
what the song plays.  Out: one row per piece and line of bars, as drum machines
show it:

    bar    1                     2
    kick  |x...|....|x.x.|....| |x...|....|X...|...o|
    bass  |-...|..-.|-...|....| |-...|....|-...|..-.|

A beat has four places (16ths), or three where some hit of that beat lies on a
triplet.  `X` is a velocity from 112 on, `o` one below 64, `-` a time of the song.
A row without any of them is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from numpy.typing import ArrayLike

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack

_ACCENT, _GHOST = 112, 64
_STRAIGHT, _TRIPLET = 4, 3  # places in a beat

#: One row: the marks (tick in beat, character) of each beat, by beat index.
_Row = dict[int, list[tuple[int, str]]]


def pattern_picture(
    track: DrumTrack,
    grid: BeatGrid,
    heard: Mapping[str, ArrayLike] | None = None,
    *,
    first_bar: int = 0,
    num_bars: int | None = None,
    bars_per_line: int = 2,
) -> str:
    """The hits by bars, see the module.

    Args:
        heard: rows below the drums, by name: onset times in seconds.
        first_bar: index of the first bar that is shown (`grid.bar_of_beat`).
        num_bars: how many bars are shown, all from `first_bar` on if None.
        bars_per_line: bars side by side.
    """
    rows: dict[str, _Row] = {piece.value: {} for piece in track.pieces}
    for hit in track:
        mark = "X" if hit.velocity >= _ACCENT else "o" if hit.velocity < _GHOST else "x"
        _put(rows[hit.piece.value], hit.tick, mark)
    for name, times_s in (heard or {}).items():
        row = rows.setdefault(name, {})
        for tick in grid.nearest_ticks(times_s).tolist():
            _put(row, tick, "-")
    beats_of_bar: dict[int, list[int]] = {}
    for beat, bar in enumerate(grid.bar_of_beat[:-1].tolist()):  # the last beat ends the grid
        beats_of_bar.setdefault(bar, []).append(beat)
    stop = len(beats_of_bar) if num_bars is None else first_bar + num_bars
    bars = [bar for bar in beats_of_bar if first_bar <= bar < stop]
    seen = {beat for bar in bars for beat in beats_of_bar[bar]}
    rows = {name: row for name, row in rows.items() if seen & row.keys()}
    width = max((len(name) for name in ("bar", *rows)), default=3)
    lines: list[str] = []
    for start in range(0, len(bars), bars_per_line):
        shown = {
            int(grid.bar_number[beats_of_bar[bar][0]]): beats_of_bar[bar]
            for bar in bars[start : start + bars_per_line]
        }
        lines += _line_of_bars(rows, shown, width)
    return "\n".join(lines)


def _put(row: _Row, tick: int, mark: str) -> None:
    beat, inside = divmod(tick, TICKS_PER_BEAT)
    row.setdefault(beat, []).append((inside, mark))


def _line_of_bars(rows: dict[str, _Row], bars: dict[int, list[int]], width: int) -> list[str]:
    """The header with the bars' numbers, and a line for each row."""
    places = {
        beat: _places([tick for row in rows.values() for tick, _ in row.get(beat, [])])
        for beats in bars.values()
        for beat in beats
    }
    header = "".join(
        str(number).ljust(sum(places[beat] + 1 for beat in beats) + 2)
        for number, beats in bars.items()
    )
    lines = [f"{'bar':{width}}   {header}".rstrip()]
    for name, row in rows.items():
        cells = (
            "|" + "".join(_cell(row.get(beat, []), places[beat]) + "|" for beat in beats)
            for beats in bars.values()
        )
        lines.append(f"{name:{width}}  {' '.join(cells)}")
    return lines


def _places(ticks: list[int]) -> int:
    """The division that the ticks of one beat lie nearer to."""

    def distance(places: int) -> float:
        step = TICKS_PER_BEAT // places
        return float(sum(abs(tick - step * round(tick / step)) for tick in ticks))

    return _TRIPLET if distance(_TRIPLET) < distance(_STRAIGHT) else _STRAIGHT


def _cell(marks: list[tuple[int, str]], places: int) -> str:
    cell = ["."] * places
    for tick, mark in marks:
        cell[min(places - 1, round(tick * places / TICKS_PER_BEAT))] = mark
    return "".join(cell)

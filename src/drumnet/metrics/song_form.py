"""What a listener notices of drums along a song.

In: hits on ticks, bars, and what the band does.  Out: counts of bars, by which arranged drums
are compared with people's: bars left empty, bars ridden on the crash, kick figures that
vanish and come back, fills and crashes, and how far repeats agree.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import PIECES, Piece

#: A bar with so many crashes rides on them.
RIDDEN_CRASHES = 4
#: A kick figure is lost if bars that share less than this of their kicks (F1) come between.
_SHARED = 0.5
_LONGEST_GAP_BARS = 8
#: A fill: in the last two beats of a bar so many strokes more on snare and toms than usual.
_FILL_BEATS, _FILL_STROKES = 2, 3
_DRUMS = (Piece.SNARE, Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM)

Hits = NDArray[np.bool_]


def bar_spans(starts: NDArray[np.int64], num_beats: int) -> list[slice]:
    """The ticks of each bar.

    Args:
        starts: the beats on which bars begin.
    """
    ends = [*starts[1:].tolist(), num_beats]
    return [
        slice(int(start) * TICKS_PER_BEAT, int(end) * TICKS_PER_BEAT)
        for start, end in zip(starts, ends, strict=True)
    ]


def empty_bars(hits: Hits, band: NDArray[np.bool_], bars: Sequence[slice]) -> tuple[int, int]:
    """Bars in which the band begins something and nothing is hit, of those in which it does.

    Args:
        hits: (num_pieces, num_ticks).
        band: (num_ticks,) where any of it begins something.
    """
    playing = [bar for bar in bars if band[bar].any()]
    return sum(not hits[:, bar].any() for bar in playing), len(playing)


def ridden_bars(hits: Hits, bars: Sequence[slice]) -> int:
    """Bars that ride on the crash."""
    crash = hits[PIECES.index(Piece.CRASH)]
    return sum(int(crash[bar].sum()) >= RIDDEN_CRASHES for bar in bars)


def lost_figures(hits: Hits, bars: Sequence[slice], sections: Sequence[int]) -> int:
    """How often a bar's kick comes back after two to eight bars of another, in one section.

    Args:
        sections: the section of each bar.
    """
    kick = hits[PIECES.index(Piece.KICK)]
    figures = [frozenset(np.flatnonzero(kick[bar]).tolist()) for bar in bars]
    count, bar = 0, 1
    while bar < len(bars):
        if _alike(figures[bar - 1], figures[bar]) or not figures[bar - 1]:
            bar += 1
            continue
        for back in range(bar + 2, min(bar + _LONGEST_GAP_BARS + 1, len(bars))):
            if sections[back] != sections[bar - 1]:
                break
            if figures[back] == figures[bar - 1]:
                between = figures[bar:back]
                count += not any(_alike(one, figures[bar - 1]) for one in between)
                bar = back
                break
        bar += 1
    return count


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    both = len(one) + len(other)
    return not both or 2 * len(one & other) / both >= _SHARED


def marked_bars(hits: Hits, bars: Sequence[slice]) -> NDArray[np.bool_]:
    """(num_bars,) those that end in a fill, and those on whose first beat a crash is."""
    drums = hits[[PIECES.index(piece) for piece in _DRUMS]].sum(axis=0)
    crash = hits[PIECES.index(Piece.CRASH)]
    ends = np.array([drums[_ending(bar)].sum() for bar in bars])
    usual = np.median(ends) if len(ends) else 0
    crashed = [bool(crash[bar.start : bar.start + 2].any()) for bar in bars]
    return np.asarray((ends >= usual + _FILL_STROKES) | np.array(crashed, dtype=bool))


def _ending(bar: slice) -> slice:
    return slice(max(bar.start, bar.stop - _FILL_BEATS * TICKS_PER_BEAT), bar.stop)


def agreement(hits: Hits, pairs: Sequence[tuple[slice, slice]]) -> float:
    """F1 of the hits of passages with those of their repeats, all together; NaN of none."""
    both = matched = 0
    for one, other in pairs:
        length = min(one.stop - one.start, other.stop - other.start)
        first = hits[:, one.start : one.start + length]
        second = hits[:, other.start : other.start + length]
        matched += int((first & second).sum())
        both += int(first.sum() + second.sum())
    return 2 * matched / both if both else float("nan")

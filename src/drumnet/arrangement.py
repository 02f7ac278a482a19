"""Styles along a song.

In: where which style begins, and which of them move on to the next.  Out: spans
of one style each, and a drum track put together from those of the styles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.picking import MIN_DISTANCE_TICKS
from drumnet.style.code import StyleCode

#: A style moves to another in so many steps at most, each of them whole bars.
MORPH_STEPS = 8


@dataclass(frozen=True)
class StyleSpan:
    """A style from a beat of the grid on, up to the next span.

    Args:
        morphs: it moves towards the style of the next span, bar by bar.
    """

    start_beat: int
    style: StyleCode
    morphs: bool = False


def bar_by_bar(
    spans: Sequence[StyleSpan], grid: BeatGrid, most_steps: int = MORPH_STEPS
) -> list[StyleSpan]:
    """The spans, with those that morph cut into spans of bars.

    The first bar has the span's own style, the bar behind the last would have
    the next one's.  The last span has nothing to move to and stays as it is.
    """
    cut: list[StyleSpan] = []
    for span, following in pairwise([*spans, None]):
        assert span is not None
        if following is None or not span.morphs:
            cut.append(StyleSpan(span.start_beat, span.style))
            continue
        beats = np.arange(span.start_beat + 1, following.start_beat)
        bars = [span.start_beat, *beats[grid.is_downbeat[beats]].tolist()]
        num_steps = min(len(bars), most_steps)
        for step in range(num_steps):
            first = bars[step * len(bars) // num_steps]
            amount = step / num_steps
            style = span.style.interpolate(following.style, amount) if step else span.style
            cut.append(StyleSpan(first, style))
    return cut


def spliced(tracks: Sequence[DrumTrack], start_beats: Sequence[int]) -> DrumTrack:
    """Of each track the hits from its beat on, up to the beat of the next track.

    A hit that comes too soon before the first of the next track is left out.

    Args:
        start_beats: one for each track, increasing; what lies before the first
            beat belongs to the first track.
    """
    if len(tracks) == 1:
        return tracks[0]
    starts = [-np.inf, *(beat * TICKS_PER_BEAT for beat in start_beats[1:]), np.inf]
    hits: list[Hit] = []
    first_tick: dict[Piece, int] = {}
    for index in reversed(range(len(tracks))):
        own = [hit for hit in tracks[index] if starts[index] <= hit.tick < starts[index + 1]]
        free = [
            hit
            for hit in own
            if hit.piece not in first_tick or hit.tick + MIN_DISTANCE_TICKS <= first_tick[hit.piece]
        ]
        for hit in free:
            first_tick[hit.piece] = min(hit.tick, first_tick.get(hit.piece, hit.tick))
        hits += free
    return DrumTrack(tuple(hits))

"""Styles along a song.

In: where which style begins, and which of them move on to the next.  Out: spans
of one style each, and a drum pattern or track put together from their parts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.composition import Decode, Pattern, PickTicks, compose_with
from drumnet.features import Conditioning
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.network import GivenHits, OnsetActivations
from drumnet.picking import DEFAULT_PICKING
from drumnet.style import StyleCode

#: A style moves to another in so many steps at most, each of them whole bars.
MORPH_STEPS = 8
#: Beats to either side of a part that are decoded with it, which is as far as the
#: decoder sees: a song in parts of one code is as the song in one.
MARGIN_BEATS = 16


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
            if hit.piece not in first_tick
            or hit.tick + DEFAULT_PICKING.min_distance_ticks <= first_tick[hit.piece]
        ]
        for hit in free:
            first_tick[hit.piece] = min(hit.tick, first_tick.get(hit.piece, hit.tick))
        hits += free
    return DrumTrack(tuple(hits))


@dataclass(frozen=True, eq=False)
class Part:
    """Beats of a song that are decoded in their own way.

    Args:
        beats: (n,) of the song that are heard, increasing.
        own: (n,) bool, those of them that the part decides.
        decode: on those n beats.
        pick: of what was decoded on its own beats alone.
    """

    beats: NDArray[np.int64]
    own: NDArray[np.bool_]
    decode: Decode
    pick: PickTicks


def window(start_beat: int, end_beat: int, num_beats: int) -> tuple[NDArray, NDArray]:
    """`Part.beats` and `Part.own` of the beats from `start_beat` up to `end_beat`."""
    first, last = max(0, start_beat - MARGIN_BEATS), min(num_beats, end_beat + MARGIN_BEATS)
    beats = np.arange(first, last)
    return beats, (beats >= start_beat) & (beats < end_beat)


def ticks_of(beats: NDArray[np.int64]) -> NDArray[np.int64]:
    """(12 * n,) the ticks of n beats."""
    return np.asarray((beats[:, None] * TICKS_PER_BEAT + np.arange(TICKS_PER_BEAT)).reshape(-1))


def heard_at(heard: Conditioning, beats: NDArray[np.int64]) -> Conditioning:
    """What is heard on some beats."""
    return Conditioning(
        heard.strength[:, ticks_of(beats)],
        heard.present,
        heard.beat_in_bar[beats],
        heard.bar_length[beats],
        heard.bar[beats],
    )


def given_at(given: GivenHits, beats: NDArray[np.int64]) -> GivenHits:
    """What is known on some beats."""
    ticks = ticks_of(beats)
    return GivenHits(given.velocity[:, ticks], given.offset[:, ticks], given.known[:, beats])


def compose_parts(
    parts: Sequence[Part],
    pieces: tuple[Piece, ...],
    given: GivenHits,
    wanted: Collection[Piece],
) -> Pattern:
    """A song composed as a whole, each part of it in its own way.

    Every piece is decided in all parts before the next piece is, so what is
    played on one side of a seam is known on the other.

    Args:
        parts: no beat is decided by two; what none decides stays as it is given.
        pieces: the rows of what is decoded.
    """
    num_ticks = given.velocity.shape[1]

    def decode(group: Sequence[Piece], known: GivenHits) -> OnsetActivations:
        names = [one.name for one in fields(OnsetActivations)]
        whole = {name: np.zeros((len(pieces), num_ticks), dtype=np.float32) for name in names}
        for part in parts:
            found = part.decode(group, given_at(known, part.beats))
            own = ticks_of(np.flatnonzero(part.own))
            for name in names:
                whole[name][:, ticks_of(part.beats[part.own])] = getattr(found, name)[:, own]
        return OnsetActivations(**whole)

    def pick(piece: Piece, probability: NDArray[np.float32]) -> NDArray[np.int64]:
        played = np.zeros(num_ticks, dtype=bool)
        for part in parts:
            own = ticks_of(part.beats[part.own])
            played[own[part.pick(piece, probability[own])]] = True
        return _apart(np.flatnonzero(played), probability)

    return compose_with(decode, pieces, given, wanted, pick)


def _apart(ticks: NDArray[np.int64], probability: NDArray[np.float32]) -> NDArray[np.int64]:
    """Without the less likely one of two that come too soon after each other, as they
    may at a seam."""
    kept: list[int] = []
    for tick in ticks.tolist():
        if not kept or tick - kept[-1] >= DEFAULT_PICKING.min_distance_ticks:
            kept.append(tick)
        elif probability[tick] > probability[kept[-1]]:
            kept[-1] = tick
    return np.array(kept, dtype=np.int64)


def joined(patterns: Sequence[Pattern], start_beats: Sequence[int]) -> Pattern:
    """Of each pattern of the song what is from its beat on, up to that of the next;
    what lies before the first beat is of the first."""
    names = [one.name for one in fields(Pattern) if one.name != "pieces"]
    whole = {name: getattr(patterns[0], name).copy() for name in names}
    for pattern, beat in zip(patterns[1:], start_beats[1:], strict=True):
        for name in names:
            whole[name][:, beat * TICKS_PER_BEAT :] = getattr(pattern, name)[
                :, beat * TICKS_PER_BEAT :
            ]
    return replace(patterns[0], **whole)

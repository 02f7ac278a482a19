"""Drummers that play the next four bars of a song, having heard what came before or nothing.

A `SegmentPlayer` has a name and plays one `Segment` of a song whose drums are known.  The
task is the drum arrangement of Ou et al. (NeurIPS 2025, arXiv 2408.15176): four bars of
4/4 at a time, to the band, with the true drums of the bars before as history; bars in which
no drum is hit are not asked for.  Ours hears the band of the whole song, theirs that of the
four bars.

What the model plays is what `Drummer.play` plays: the style is that of the drums heard, and
the bars heard are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.baselines import TYPICAL
from drumnet.evaluation.players import HalfDrummer
from drumnet.evaluation.takes import tick_hits
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import DrumTrack
from drumnet.metrics.bars import whole_bars
from drumnet.playing.given import Keep
from drumnet.settings import Settings
from drumnet.style.code import StyleCode

SEGMENT_BARS, BEATS_PER_BAR = 4, 4
_BAR_TICKS = BEATS_PER_BAR * TICKS_PER_BEAT

#: (num_pieces, num_ticks) bool, of a segment; rows as in `PIECES`.
SegmentHits = NDArray[np.bool_]


@dataclass(frozen=True)
class Segment:
    """Four bars.

    Args:
        start_tick: the downbeat of the first.
    """

    start_tick: int

    @property
    def start_beat(self) -> int:
        return self.start_tick // TICKS_PER_BEAT

    @property
    def ticks(self) -> slice:
        return slice(self.start_tick, self.start_tick + SEGMENT_BARS * _BAR_TICKS)

    @property
    def before(self) -> Segment:
        """The four bars that lead to it."""
        return Segment(self.start_tick - SEGMENT_BARS * _BAR_TICKS)


def segments_of(song: HalvedSong, most: int | None = None) -> list[Segment]:
    """The segments of a song from its second on, evenly chosen.

    Bars are counted in fours from the first whole bar in four on, and anew where such bars
    break off. There are drums in each bar of a segment, and in the four bars before it.

    Args:
        most: take no more than these; None is all.
    """
    bars = whole_bars(song.conditioning)
    found: list[Segment] = []
    run: list[int] = []
    for start, length, follows in zip(bars.start_tick, bars.num_ticks, bars.follows, strict=True):
        if length != _BAR_TICKS or not follows:
            run = []
        if length == _BAR_TICKS:
            run.append(int(start))
        if len(run) >= 2 * SEGMENT_BARS and len(run) % SEGMENT_BARS == 0:
            segment = Segment(run[-SEGMENT_BARS])
            if _drums_in(song, segment).all() and _drums_in(song, segment.before).any():
                found.append(segment)
    if most is None or len(found) <= most:
        return found
    return [found[i] for i in np.linspace(0, len(found) - 1, most).astype(int)]


def wanted_segment(song: HalvedSong, segment: Segment) -> SegmentHits:
    """As it was played."""
    return np.asarray(song.velocity[:, segment.ticks] > 0)


class SegmentPlayer(Protocol):
    """A drummer."""

    @property
    def name(self) -> str: ...

    def play(self, song: HalvedSong, segment: Segment) -> SegmentHits:
        """The segment; of the song's drums, none from there on are looked at."""
        ...


@dataclass(frozen=True)
class Continued:
    """The style of the drums heard, and they themselves are kept: the next bars are played
    knowing them.

    Args:
        num_bars: that are heard, up to the segment; all if None.
        keeps: the bars heard; without, the style is all that is known of them.
        settings: in place of the drummer's.
    """

    drummer: HalfDrummer
    name: str
    num_bars: int | None = None
    keeps: bool = True
    settings: Settings | None = None

    def play(self, song: HalvedSong, segment: Segment) -> SegmentHits:
        heard = self.heard(segment)
        keep = self._keep(song, heard) if self.keeps else None
        style = self.drummer.extracted(song, heard)
        return _cut(song, self.drummer.whole(song, style, keep, self.settings), segment)

    def heard(self, segment: Segment) -> slice:
        """The beats before the segment of which the drums are known."""
        last = segment.start_beat
        first = 0 if self.num_bars is None else last - self.num_bars * BEATS_PER_BAR
        return slice(max(first, 0), last)

    @staticmethod
    def _keep(song: HalvedSong, heard: slice) -> Keep:
        inside = range(heard.start * TICKS_PER_BEAT, heard.stop * TICKS_PER_BEAT)
        track = DrumTrack(tuple(hit for hit in song.drums if hit.tick in inside))
        return Keep(track, bars=frozenset(song.grid.bar_number[heard].tolist()))


class Unheard:
    """A style of its own; nothing of the song's drums is heard.

    Args:
        style: that is played to a song.
        settings: in place of the drummer's.
    """

    def __init__(
        self,
        drummer: HalfDrummer,
        name: str,
        style: Callable[[HalvedSong], StyleCode],
        settings: Settings | None = None,
    ) -> None:
        self.drummer, self.name, self._style, self._settings = drummer, name, style, settings
        self._track = lru_cache(maxsize=16)(self._play)

    def play(self, song: HalvedSong, segment: Segment) -> SegmentHits:
        return _cut(song, self._track(song), segment)

    def _play(self, song: HalvedSong) -> DrumTrack:
        return self.drummer.whole(song, self._style(song), settings=self._settings)


@dataclass(frozen=True)
class Repeated:
    """The four bars before, once more."""

    name: str = "four bars repeated"

    def play(self, song: HalvedSong, segment: Segment) -> SegmentHits:
        return wanted_segment(song, segment.before)


@dataclass(frozen=True)
class TypicalBarBefore:
    """Of each piece the positions that more than 45 % of the bars before hit."""

    name: str = "typical bar"

    def play(self, song: HalvedSong, segment: Segment) -> SegmentHits:
        before = song.velocity[:, : segment.start_tick] > 0
        place = song.bar_position
        bars = [before[:, place[: segment.start_tick] == index] for index in range(_BAR_TICKS)]
        typical = [hit.mean(axis=1) > TYPICAL for hit in bars]
        return np.tile(np.stack(typical, axis=1), SEGMENT_BARS)


def _cut(song: HalvedSong, track: DrumTrack, segment: Segment) -> SegmentHits:
    return tick_hits(track, song.num_ticks)[:, segment.ticks]


def _drums_in(song: HalvedSong, segment: Segment) -> NDArray[np.bool_]:
    """Of each bar."""
    struck = wanted_segment(song, segment).any(axis=0)
    return np.asarray(struck.reshape(SEGMENT_BARS, -1).any(axis=1))

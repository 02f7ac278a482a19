"""The drums composed again while they play.

In: wishes, and where the song is.  Out: takes, first of the next bars alone, which are there
within a beat, then of the whole song; of a fill, of its beats.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from drumnet.drummer import Drummer
from drumnet.hits import DrumTrack, Piece
from drumnet.live.controls import Wish
from drumnet.live.plan import Plan, at, cut
from drumnet.live.score import Score, Take
from drumnet.midi.keys import MidiMap
from drumnet.midi.layout import Tempo
from drumnet.midi.timeline import Timeline
from drumnet.playing.fills import Fill, Filler
from drumnet.playing.listening import Listening
from drumnet.playing.passages import Passage

#: Beats of the first take after a wish: from so many before where the song is, for what they
#: have to say of it, up to so many after.
_BEFORE, _AFTER = 12, 28
#: Quarter notes before a beat in which strokes belong to it.
_EARLY = 1 / 8


@dataclass(frozen=True, eq=False)
class NextFill:
    """A fill that is played once.

    Args:
        start, end: what of the score it is, with the beat that it leads to.
    """

    score: Score
    start: float
    end: float


def take_of(score: Score, fill: NextFill | None) -> Take:
    """A score, with a fill that is still to come."""
    if fill is None:
        return Take(score)
    filled = score.with_part(fill.score, fill.start, fill.end)
    return Take(filled, until=fill.end, then=score)


@dataclass(frozen=True, eq=False)
class LiveSong:
    """A song that drums are composed to while it plays.

    Args:
        pieces: that are played.
        given: hits that are played to.
        plan: what a wish makes of it.
        keys: of the notes.
        first_bar: the bar of the DAW that the song's first whole bar is; None for that of
            drums.mid.
    """

    drummer: Drummer
    listening: Listening
    pieces: tuple[Piece, ...]
    given: DrumTrack
    plan: Plan
    keys: MidiMap
    first_bar: int | None = None

    @cached_property
    def timeline(self) -> Timeline:
        """Quarter notes, one to a beat."""
        return Timeline.of(self.listening.beats, Tempo.MAP)

    @cached_property
    def shift(self) -> float:
        """Quarter notes by which everything is later than in drums.mid."""
        grid = self.listening.beats
        first = np.flatnonzero(grid.is_downbeat & (grid.beats_s > -1e-6))
        if self.first_bar is None or not first.size:
            return 0.0
        bars = (self.first_bar - 1) * int(grid.bar_length[first[0]])
        return bars - float(self.timeline.quarters(grid.beats_s[first[0]]))

    @cached_property
    def quarters(self) -> NDArray[np.float64]:
        """(num_beats,) where the beats of the grid are."""
        return self.timeline.quarters(self.listening.beats.beats_s) + self.shift

    def beat(self, position: float) -> int:
        """The beat of the grid that a position is in."""
        found = int(np.searchsorted(self.quarters, position, side="right")) - 1
        return min(max(found, 0), self.listening.num_beats - 1)

    def composed(self, passages: Sequence[Passage]) -> Score:
        """The whole song."""
        return self._played(passages, 0, self.listening.num_beats)

    def next_bars(self, passages: Sequence[Passage], position: float) -> tuple[Score, float]:
        """The same from a position on, up to another."""
        here = self.beat(position)
        start = self._bar_before(here - _BEFORE)
        end = min(here + _AFTER, self.listening.num_beats)
        return self._played(passages, start, end), float(self.quarters[end])

    def next_fill(self, passages: Sequence[Passage], position: float) -> NextFill | None:
        """A fill to the next bar that is far enough; None where the song has no such bar."""
        here, grid = self.beat(position), self.listening.beats
        bars = np.flatnonzero(grid.is_downbeat[: self.listening.num_beats - 1])
        later = bars[bars > here + 1]
        if not later.size:
            return None
        end = int(later[0])
        fills = at(passages, end - 1).settings.fills
        fill = Fill(max(end - fills.length_beats, here + 1), end, fills.crash)
        start = self._bar_before(here - _BEFORE)
        stop = min(end + _BEFORE, self.listening.num_beats)
        filler = Filler((fill,), grid, self.drummer.checkpoint.fills)
        score = self._played(passages, start, stop, filler)
        # Strokes of its first beat may be early, those of the beat after it as well.
        first, last = self.quarters[[fill.start_beat, end + 1]] - _EARLY
        return NextFill(score, float(first), float(last))

    def _bar_before(self, beat: int) -> int:
        bars = np.flatnonzero(self.listening.beats.is_downbeat)
        before = bars[bars <= beat]
        return int(before[-1]) if before.size else 0

    def _played(
        self, passages: Sequence[Passage], start: int, end: int, filler: Filler | None = None
    ) -> Score:
        """The beats from `start` up to `end`, with a filler in place of that of the settings."""
        track = self.drummer.play(
            self.listening.cut(start, end),
            passages=list(cut(passages, start, end)),
            pieces=self.pieces,
            given=self.given,
            # Of the whole song, as sections and every fourth bar are counted in it.
            finish=filler or self.drummer.filler(self.listening, passages),
        )
        return Score.of(track, self.timeline, self.keys, self.shift)


class Recomposer:
    """Composes what is wished for last, in a thread of its own where `run` is.

    Args:
        tell: is called with each take, the first one at once.
        heard: is called with each wish that is composed.
    """

    def __init__(
        self,
        song: LiveSong,
        wish: Wish,
        tell: Callable[[Take], None],
        heard: Callable[[Wish], None] = lambda _wish: None,
    ) -> None:
        self._song, self._tell, self._heard, self._wish = song, tell, heard, wish
        self._score, self._is_whole = song.composed(song.plan.passages(wish)), True
        self._fill: NextFill | None = None
        self._changed = threading.Condition()
        self._asked: tuple[Wish, float] | None = None
        self._is_over = False
        tell(Take(self._score))

    def ask(self, wish: Wish, position: float) -> None:
        """Wish for something else, as the song is at a position; from any thread."""
        with self._changed:
            self._asked = (wish, position)
            self._changed.notify()

    def run(self) -> None:
        """Compose until `stop`."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._asked is not None or self._is_over)
                if self._is_over:
                    return
            self.compose()

    def stop(self) -> None:
        """End `run`; from any thread."""
        with self._changed:
            self._is_over = True
            self._changed.notify()

    def compose(self) -> None:
        """What was asked for last, if anything was."""
        with self._changed:
            asked, self._asked = self._asked, None
        if asked is None:
            return
        (wish, position), before = asked, self._wish
        self._wish, passages = wish, self._song.plan.passages(wish)
        if (wish.settings, wish.style) != (before.settings, before.style):
            part, end = self._song.next_bars(passages, position)
            self._score, self._is_whole = self._score.with_part(part, position, end), False
            self._tell_take(position)
        if wish.fills != before.fills:
            self._fill = self._song.next_fill(passages, position)
            self._tell_take(position)
        self._heard(wish)
        if not self._is_whole and not self._is_asked():
            self._score, self._is_whole = self._song.composed(passages), True
            self._tell_take(position)

    def _is_asked(self) -> bool:
        with self._changed:
            return self._asked is not None

    def _tell_take(self, position: float) -> None:
        if self._fill is not None and self._fill.end <= position:
            self._fill = None
        self._tell(take_of(self._score, self._fill))

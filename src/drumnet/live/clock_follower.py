"""The transport of a DAW, by its MIDI clock.

In: clock, start, continue, stop and song position, as they arrive.  Out: where the DAW is,
between its clocks as well; a clock that is late, or lost, does not change that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drumnet.live.clock_line import ClockLine
from drumnet.live.transport import CLOCKS_PER_QUARTER, CLOCKS_PER_STEP, NEVER, Moment

if TYPE_CHECKING:
    import mido

#: What is on a clock waits for it so long, in clocks, as the DAW may jump there.
_GRACE = 0.25
_JUST_BEFORE = 1 - 1e-6
#: Without clocks the song goes on for so many, waits, and after a beat falls silent.
_ALONE = 6.0


class ClockFollower:
    """Args:
    bpm: until the clock says another.
    """

    def __init__(self, bpm: float) -> None:
        self._line = ClockLine(60.0 / bpm / CLOCKS_PER_QUARTER)
        self._is_started = False
        self._is_running = False  # from the first clock after a start on
        self._clock = 0  # the last one, in the song
        self._next: int | None = 0  # where the next clock is, if not one further
        self._jumps, self._landed = 0, 0

    @property
    def bpm(self) -> float:
        """The DAW's tempo."""
        return 60.0 / (self._line.period_s * CLOCKS_PER_QUARTER)

    def receive(self, message: mido.Message, now_s: float) -> None:
        """Any message; those that say nothing of the transport are passed over."""
        match message.type:
            case "clock":
                self._tick(now_s)
            case "start":
                self._next, self._is_started = 0, True
            case "continue":
                self._is_started = True
            case "stop":
                if self._is_running and self._next is None:
                    self._next = self._clock + 1
                self._is_started = self._is_running = False
            case "songpos":
                self._next = message.pos * CLOCKS_PER_STEP

    def _tick(self, now_s: float) -> None:
        steps = self._line.tick(now_s)
        if not self._is_started:
            return
        if self._next is None:
            self._clock += steps
            return
        self._line.land(now_s)
        self._clock = self._landed = self._next
        self._next, self._is_running = None, True
        self._jumps += 1

    def at(self, now_s: float) -> Moment:
        """Where the DAW is; without its clock it does not play."""
        clock, is_playing = float(self._clock), self._is_running
        since = self._since(now_s)
        if is_playing and since < CLOCKS_PER_QUARTER:
            clock += self._ahead(since)
        else:
            is_playing, clock = False, float(self._clock if self._next is None else self._next)
        landed = self._landed / CLOCKS_PER_QUARTER
        return Moment(is_playing, clock / CLOCKS_PER_QUARTER, self._jumps, landed)

    def _since(self, now_s: float) -> float:
        """Clocks since the last one, by the time that has passed."""
        if self._line.time_s is None:
            return NEVER
        return max(0.0, (now_s - self._line.time_s) / self._line.period_s)

    def _ahead(self, since: float) -> float:
        """How many of them the song is further."""
        is_awaited = self._next is not None or since < 1 + _GRACE
        return min(since, _JUST_BEFORE if is_awaited else _ALONE)

    def time_of(self, position: float) -> float:
        """When the DAW will be there, at its tempo."""
        if self._line.time_s is None:
            return NEVER
        ahead = position * CLOCKS_PER_QUARTER - self._clock
        return self._line.time_s + ahead * self._line.period_s

    def outgoing(self, now_s: float) -> list[mido.Message]:
        """Nothing: the DAW leads."""
        return []

    def next_outgoing_s(self) -> float:
        """Never."""
        return NEVER

    def start_or_stop(self, now_s: float) -> None:
        """The DAW's own buttons do that."""

    def jump(self, position: float, now_s: float) -> None:
        """The DAW's own buttons do that."""

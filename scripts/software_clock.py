"""A DAW's transport in software: the MIDI messages that it sends, with their times.

In: what somebody does at the DAW.  Out: its messages, and where the song truly is at any time.
Tests follow it in time that is handed in, `live_jitter.py` in real time.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field

from mido import Message

from drumnet.live.transport import CLOCKS_PER_QUARTER, CLOCKS_PER_STEP


@dataclass
class SoftwareClock:
    """A DAW that stands at the beginning.

    Args:
        time_s: now.
        events: what was sent, by time.
    """

    bpm: float = 120.0
    time_s: float = 1.0
    events: list[tuple[float, Message]] = field(default_factory=list)
    _clock: int = 0
    _truth: list[tuple[float, int, float]] = field(default_factory=list)

    def start(self) -> SoftwareClock:
        """From the beginning."""
        self._clock = 0
        return self._send(Message("start"))

    def stop(self) -> SoftwareClock:
        """Stop here."""
        return self._send(Message("stop"))

    def go_on(self) -> SoftwareClock:
        """Continue from here."""
        return self._send(Message("continue"))

    def locate(self, quarter: float) -> SoftwareClock:
        """Go to a sixteenth; also while it plays, as a DAW that loops does."""
        steps = round(quarter * CLOCKS_PER_QUARTER / CLOCKS_PER_STEP)
        self._clock = steps * CLOCKS_PER_STEP
        return self._send(Message("songpos", pos=steps))

    def play(self, clocks: int, bpm: float | None = None) -> SoftwareClock:
        """Send so many clocks."""
        self.bpm = bpm or self.bpm
        period_s = 60.0 / self.bpm / CLOCKS_PER_QUARTER
        for _ in range(clocks):
            self._truth.append((self.time_s, self._clock, period_s))
            self._send(Message("clock"))
            self.time_s += period_s
            self._clock += 1
        return self

    def wait(self, seconds: float) -> SoftwareClock:
        """Send nothing."""
        self.time_s += seconds
        return self

    def loop(self, start: float, end: float, times: int) -> SoftwareClock:
        """From where it is to `end`, then again from `start`, in quarter notes."""
        for _ in range(times):
            self.play(round(end * CLOCKS_PER_QUARTER) - self._clock)
            self.locate(start)
        return self

    def position(self, time_s: float) -> float:
        """Where the song is at a time, in quarter notes."""
        at = bisect.bisect_right(self._truth, time_s, key=lambda known: known[0]) - 1
        known_s, clock, period_s = self._truth[at]
        return (clock + min((time_s - known_s) / period_s, 1.0)) / CLOCKS_PER_QUARTER

    def passes(self, quarter: float) -> list[float]:
        """The times at which the song is at a position."""
        return self.all_passes([quarter])[0]

    def all_passes(self, quarters: list[float]) -> list[list[float]]:
        """The same, of several positions."""
        known: dict[int, list[tuple[float, float]]] = {}
        for known_s, clock, period_s in self._truth:
            known.setdefault(clock, []).append((known_s, period_s))
        found = []
        for quarter in quarters:
            clock, part = divmod(quarter * CLOCKS_PER_QUARTER, 1)
            at = known.get(int(clock), [])
            found.append([known_s + part * period_s for known_s, period_s in at])
        return found

    def _send(self, message: Message) -> SoftwareClock:
        self.events.append((self.time_s, message))
        return self

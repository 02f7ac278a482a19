"""MIDI clocks as a straight line: when each was due, and how long one takes.

In: the times at which clocks arrive, with jitter, some of them lost.  Out: a line through them,
and how many clocks the song went on with each.

The line is the least-squares one through the clocks since the tempo changed, made step by step
(the expanding-memory g-h filter; Brookner, "Tracking and Kalman Filtering Made Easy", 1998,
section 1.2.10), with a memory of a beat.
"""

from __future__ import annotations

from dataclasses import dataclass

from drumnet.live.transport import CLOCKS_PER_QUARTER

#: Clocks that the line is made of, at most.
_MEMORY = CLOCKS_PER_QUARTER
#: So late, in clocks, is either late or the next one; the line has to be of so many to tell.
_GAP, _SETTLED = 1.5, 4
#: A beat of steady clocks after it tells which; two beats without, and it was another tempo.
_SURE, _PATIENCE = CLOCKS_PER_QUARTER, 2 * CLOCKS_PER_QUARTER
#: So soon after the one before, in clocks, was that one late.
_CAUGHT_UP = 0.25
#: After so many clocks without one, the transport stood still.
_STALL = CLOCKS_PER_QUARTER
#: Two clocks that are as far from the line, on one side, are another tempo: in seconds, and in
#: mean deviations.
_OFF_S, _OFF_DEVIATIONS = 1e-3, 4.0
_DEVIATION_MEMORY = 0.05
#: A clock at 400 and at 20 bpm: no tempo is beyond.
_SHORTEST_S, _LONGEST_S = (60 / bpm / CLOCKS_PER_QUARTER for bpm in (400, 20))


@dataclass
class _Doubt:
    """A gap in the clocks: were some lost, was one late, or is it another tempo?

    Args:
        since_s: when the last one before it was due.
        arrived: clocks since then.
        lost: clocks that were taken for lost.
        steady: clocks since then that came neither late nor at once.
    """

    since_s: float
    arrived: int = 0
    lost: int = 0
    steady: int = 0


class ClockLine:
    """Args:
    period_s: of a clock, until two have been heard.
    """

    def __init__(self, period_s: float) -> None:
        self.period_s = period_s
        #: When the last clock was due; None before the first.
        self.time_s: float | None = None
        self._arrived_s = 0.0
        self._heard = 0
        self._deviation_s = 0.0
        self._off = 0
        self._doubt: _Doubt | None = None

    def tick(self, now_s: float) -> int:
        """A clock arrives.

        Returns:
            By how many clocks the song is further: 1, more where clocks were lost, less where
            some had been taken for lost that were not.
        """
        gap_s, self._arrived_s = now_s - self._arrived_s, now_s
        if self.time_s is None or gap_s > _STALL * self.period_s:
            taken_back = 0 if self._doubt is None else self._doubt.lost
            self._begin(now_s, heard=1)
            return 1 - taken_back
        if self._doubt is None and self._heard >= _SETTLED and gap_s > _GAP * self.period_s:
            self._doubt = _Doubt(self.time_s)
        if self._doubt is not None:
            return self._resolve(self._doubt, now_s, gap_s)
        is_soon = self._heard >= _SETTLED and gap_s < _CAUGHT_UP * self.period_s
        if is_soon and self.time_s < now_s + self.period_s:
            self.time_s += self.period_s
        else:
            self._go_on(now_s, gap_s)
        return 1

    def land(self, now_s: float) -> None:
        """The song went elsewhere with the last clock: a gap before it says nothing."""
        if self._doubt is not None:
            self._begin(now_s, heard=_SETTLED)

    def _resolve(self, doubt: _Doubt, now_s: float, gap_s: float) -> int:
        assert self.time_s is not None
        doubt.arrived += 1
        is_late = gap_s > _GAP * self.period_s
        if doubt.arrived == 2 and is_late:  # a slower tempo: none was lost
            self._begin(now_s, heard=2, period_s=gap_s)
            return 1 - doubt.lost
        lost = max(0, round((now_s - doubt.since_s) / self.period_s) - doubt.arrived)
        is_steady = lost == doubt.lost and not is_late and gap_s > _CAUGHT_UP * self.period_s
        doubt.steady = doubt.steady + 1 if is_steady else 0
        steps, doubt.lost = 1 + lost - doubt.lost, lost
        self.time_s += steps * self.period_s
        if doubt.steady == _SURE:
            self._doubt = None
        elif doubt.arrived == _PATIENCE:
            self._begin(now_s, heard=1)
            return steps - lost
        return steps

    def _begin(self, now_s: float, heard: int, period_s: float | None = None) -> None:
        self.time_s, self._heard, self._off, self._doubt = now_s, heard, 0, None
        self._set_period(self.period_s if period_s is None else period_s)

    def _set_period(self, period_s: float) -> None:
        self.period_s = min(max(period_s, _SHORTEST_S), _LONGEST_S)

    def _go_on(self, now_s: float, gap_s: float) -> None:
        assert self.time_s is not None
        due_s = self.time_s + self.period_s
        error_s = now_s - due_s
        if self._is_another_tempo(error_s):
            self._begin(now_s, heard=2, period_s=gap_s)
            return
        self._heard = min(self._heard + 1, _MEMORY)
        n = self._heard - 1
        self.time_s = due_s + error_s * 2 * (2 * n + 1) / ((n + 1) * (n + 2))
        self._set_period(self.period_s + error_s * 6 / ((n + 1) * (n + 2)))

    def _is_another_tempo(self, error_s: float) -> bool:
        if self._heard < 2:
            return False
        if abs(error_s) <= max(_OFF_S, _OFF_DEVIATIONS * self._deviation_s):
            self._deviation_s += _DEVIATION_MEMORY * (abs(error_s) - self._deviation_s)
            self._off = 0
            return False
        side = 1 if error_s > 0 else -1
        is_again, self._off = self._off == side, side
        return is_again

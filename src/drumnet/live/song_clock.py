"""Our own transport, which leads: the song's tempo, with all its changes, as MIDI clock.

In: start, stop and jumps, by hand.  Out: where the song is, and clock, start, continue, stop and
song position for others to follow.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from drumnet.live.transport import (
    CLOCKS_PER_QUARTER,
    MAX_STEP,
    NEVER,
    STEPS_PER_QUARTER,
    Moment,
)
from drumnet.midi.tempo_map import TempoMap

if TYPE_CHECKING:
    import mido


class SongClock:
    """Stands at the beginning of the song, until it is started."""

    def __init__(self, tempo: TempoMap) -> None:
        self._tempo = tempo
        self._is_playing = False
        self._position = 0.0  # where it stands, or where it was started
        self._began_s = 0.0
        self._clock = 0  # the next one to send
        self._jumps = 0
        self._said: list[mido.Message] = []

    def start_or_stop(self, now_s: float) -> None:
        """Start where it stands, or stop; what is said of it goes out with the next clocks."""
        from mido import Message

        if self._is_playing:
            # Song positions are whole steps: it stops at the next one.
            self._position = _step(self.at(now_s).position) / STEPS_PER_QUARTER
            self._is_playing = False
            self._said.append(Message("stop"))
        else:
            self._is_playing = True
            self._set_out(now_s)
            step = _step(self._position)
            goes_on = [Message("songpos", pos=step), Message("continue")]
            self._said += goes_on if step else [Message("start")]

    def jump(self, position: float, now_s: float) -> None:
        """To the step that follows a position, or is there; from 0:00 on."""
        from mido import Message

        step = _step(position)
        self._position = step / STEPS_PER_QUARTER
        if self._is_playing:
            self._said += [Message("stop"), Message("songpos", pos=step), Message("continue")]
            self._set_out(now_s)
        else:
            self._said.append(Message("songpos", pos=step))

    def _set_out(self, now_s: float) -> None:
        self._began_s = now_s
        self._clock = round(self._position * CLOCKS_PER_QUARTER)
        self._jumps += 1

    def receive(self, message: mido.Message, now_s: float) -> None:
        """It follows nobody."""

    def at(self, now_s: float) -> Moment:
        """Where the song is."""
        if not self._is_playing:
            return Moment(False, self._position, self._jumps, self._position)
        played_s = float(self._tempo.seconds(self._position)) + now_s - self._began_s
        position = float(self._tempo.quarters(played_s))
        return Moment(True, position, self._jumps, self._position)

    def time_of(self, position: float) -> float:
        """When the song will be there."""
        if not self._is_playing:
            return NEVER
        ahead_s = self._tempo.seconds(position) - self._tempo.seconds(self._position)
        return self._began_s + float(ahead_s)

    def outgoing(self, now_s: float) -> list[mido.Message]:
        """What was said since, and the clocks that are due."""
        from mido import Message

        messages, self._said = self._said, []
        while self.next_outgoing_s() <= now_s:
            messages.append(Message("clock"))
            self._clock += 1
        return messages

    def next_outgoing_s(self) -> float:
        """The time of the next clock."""
        return self.time_of(self._clock / CLOCKS_PER_QUARTER)


def _step(position: float) -> int:
    """The step of a song position, from it on."""
    return min(max(0, math.ceil(position * STEPS_PER_QUARTER - 1e-6)), MAX_STEP)

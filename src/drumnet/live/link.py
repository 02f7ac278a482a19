"""Ableton Link as a transport: the tempo, the beat and start and stop of all who take part.

In: a session of the library `link`.  Out: where the song is.  Link shares a beat, and no
position in a song: the song begins when the session starts, or where one jumps to by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drumnet.live.transport import NEVER, Moment

if TYPE_CHECKING:
    import mido


class LinkTransport:
    """Args:
    link: a `link.Link`, enabled.
    now_s: of the player's clock, the same moment as the session's now.
    beats_per_bar: where everybody's bars begin together.
    """

    def __init__(self, link: Any, now_s: float, beats_per_bar: int) -> None:
        self._link, self._quantum = link, float(beats_per_bar)
        self._offset_us: float = link.clock().micros() - now_s * 1e6
        self._is_playing = False
        self._position = 0.0  # where it stands, or where it set out
        self._began_beat = 0.0  # of the session, at that position
        self._jumps = 0

    def _micros(self, now_s: float) -> int:
        return int(self._offset_us + now_s * 1e6)

    def receive(self, message: mido.Message, now_s: float) -> None:
        """Link is not heard over MIDI."""

    def at(self, now_s: float) -> Moment:
        """Where the song is; it sets out with the bar that the session starts on."""
        state = self._link.captureSessionState()
        beat = state.beatAtTime(self._micros(now_s), self._quantum)
        if state.isPlaying() != self._is_playing:
            self._is_playing = state.isPlaying()
            if self._is_playing:
                started = state.beatAtTime(state.timeForIsPlaying(), self._quantum)
                self._began_beat = round(started / self._quantum) * self._quantum
                self._jumps += 1
            else:
                self._position = max(self._position, self._position + beat - self._began_beat)
                self._position -= self._position % self._quantum
        position = self._position
        if self._is_playing:
            position += beat - self._began_beat
        has_set_out = self._is_playing and position >= self._position
        return Moment(has_set_out, position, self._jumps, self._position)

    def time_of(self, position: float) -> float:
        """When the song will be there."""
        if not self._is_playing:
            return NEVER
        beat = self._began_beat + position - self._position
        state = self._link.captureSessionState()
        return float((state.timeAtBeat(beat, self._quantum) - self._offset_us) / 1e6)

    def outgoing(self, now_s: float) -> list[mido.Message]:
        """Nothing over MIDI."""
        return []

    def next_outgoing_s(self) -> float:
        """Never."""
        return NEVER

    def start_or_stop(self, now_s: float) -> None:
        """For all who share start and stop: with the next bar, or at once."""
        state = self._link.captureSessionState()
        at_us = self._micros(now_s)
        if state.isPlaying():
            state.setIsPlaying(False, at_us)
        else:
            beat = state.beatAtTime(at_us, self._quantum)
            bar = -(-beat // self._quantum) * self._quantum
            state.setIsPlaying(True, state.timeAtBeat(bar, self._quantum))
        self._link.commitSessionState(state)

    def jump(self, position: float, now_s: float) -> None:
        """To the bar of a position, in this program alone; the beat stays the session's."""
        here = self.at(now_s)
        bar = max(0.0, position - position % self._quantum)
        if here.is_playing:
            beat = self._began_beat + here.position - self._position
            self._began_beat = beat - beat % self._quantum
            self._jumps += 1
        self._position = bar

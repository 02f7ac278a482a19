"""What is due: notes of a score, when a transport gets to them.

In: a score, and moments of a transport.  Out: MIDI messages, to be sent at once.  Each note is
played once as the transport passes it, and every note that begins ends: with time, with the next
of its key, at a jump, and when the transport stops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drumnet.live.score import Score, Take
from drumnet.live.transport import NEVER, Moment
from drumnet.midi.notes import DRUM_CHANNEL

if TYPE_CHECKING:
    import mido

#: Quarter notes after the score has changed in which a key is not struck again that was struck
#: as little before: both scores have the stroke, and one was earlier.
_SAME_STROKE = 1 / 12


class Sequencer:
    """Plays a take."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._score = take.score
        self._position = 0.0
        self._changed_at = -NEVER
        self._index = 0
        self._jumps: int | None = None
        self._sounding: dict[int, float] = {}  # key -> its end
        self._struck: dict[int, float] = {}  # key -> its last start

    @property
    def score(self) -> Score:
        """What is played."""
        return self._score

    def play(self, take: Take) -> None:
        """Go on with another take, from here on; what sounds ends as it would have."""
        self._take = take
        self._change_to(take.score)

    def follow(self, moment: Moment) -> list[mido.Message]:
        """What is due by this moment, in order."""
        if not moment.is_playing:
            return self.silence()
        messages: list[mido.Message] = []
        if moment.jumps != self._jumps:
            messages += self.silence()
            self._jump(moment)
        if moment.position >= self._take.until:
            messages += self._up_to(self._take.until)
            self._end_part()
        return messages + self._up_to(moment.position)

    def next_position(self) -> float:
        """Where something is due next."""
        starts = self._score.starts
        on = float(starts[self._index]) if self._index < len(starts) else NEVER
        return min([on, *self._sounding.values()])

    def silence(self) -> list[mido.Message]:
        """The ends of all that sounds."""
        from mido import Message

        keys = list(self._sounding)
        self._sounding.clear()
        return [Message("note_off", channel=DRUM_CHANNEL, note=key, velocity=0) for key in keys]

    def _jump(self, moment: Moment) -> None:
        is_away, self._jumps = self._jumps is not None, moment.jumps
        self._position, self._changed_at = moment.landed, -NEVER
        self._struck.clear()
        if is_away and self._take.then is not None:
            self._take = Take(self._take.then)
            self._score = self._take.score
        self._index = self._score.index(moment.landed)

    def _end_part(self) -> None:
        self._take = Take(self._take.then or self._take.score)
        self._change_to(self._take.score)

    def _change_to(self, score: Score) -> None:
        self._score, self._changed_at = score, self._position
        self._index = score.index(self._position)

    def _up_to(self, position: float) -> list[mido.Message]:
        """Ends up to and with a position, starts up to it as well."""
        score, due = self._score, []
        while self._index < len(score) and score.starts[self._index] <= position:
            due.append(self._index)
            self._index += 1
        messages: list[mido.Message] = []
        for index in due:
            start = float(score.starts[index])
            messages += self._ended(start)
            messages += self._strike(index, start)
        messages += self._ended(position)
        self._position = max(self._position, position)
        return messages

    def _ended(self, position: float) -> list[mido.Message]:
        from mido import Message

        over = [key for key, end in self._sounding.items() if end <= position]
        for key in over:
            del self._sounding[key]
        return [Message("note_off", channel=DRUM_CHANNEL, note=key, velocity=0) for key in over]

    def _strike(self, index: int, start: float) -> list[mido.Message]:
        from mido import Message

        key, velocity = int(self._score.keys[index]), int(self._score.velocities[index])
        is_new = start - self._changed_at < _SAME_STROKE
        if is_new and start - self._struck.get(key, -NEVER) < _SAME_STROKE:
            return []
        messages = []
        if self._sounding.pop(key, None) is not None:
            messages.append(Message("note_off", channel=DRUM_CHANNEL, note=key, velocity=0))
        self._struck[key] = start
        self._sounding[key] = float(self._score.ends[index])
        on = Message("note_on", channel=DRUM_CHANNEL, note=key, velocity=velocity)
        return [*messages, on]

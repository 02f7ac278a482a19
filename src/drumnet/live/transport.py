"""What a transport is: something that says where in the song it is.

Positions are in quarter notes from the start of the song's timeline, as in drums.mid; times in
seconds of the clock that the player reads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import mido

#: MIDI clocks in a quarter note, and in a step of the song position (Complete MIDI 1.0
#: Detailed Specification, 1996, System Real Time and Song Position Pointer).
CLOCKS_PER_QUARTER = 24
CLOCKS_PER_STEP = 6
STEPS_PER_QUARTER = CLOCKS_PER_QUARTER // CLOCKS_PER_STEP
#: What the 14 bits of a song position hold.
MAX_STEP = 2**14 - 1

NEVER = math.inf


@dataclass(frozen=True)
class Moment:
    """Where a transport is.

    Args:
        position: quarter notes; up to it everything is due.
        jumps: how often it set out, or went elsewhere than on.
        landed: where it went then, and from where on everything is due.
    """

    is_playing: bool
    position: float
    jumps: int
    landed: float


class Transport(Protocol):
    """Of the player's thread alone."""

    def receive(self, message: mido.Message, now_s: float) -> None:
        """Hear what a DAW says of its transport."""

    def at(self, now_s: float) -> Moment:
        """Where it is."""

    def time_of(self, position: float) -> float:
        """When it will be there, going on as it does."""

    def outgoing(self, now_s: float) -> list[mido.Message]:
        """What others have to be told by now."""

    def next_outgoing_s(self) -> float:
        """When there is more to tell."""

    def start_or_stop(self, now_s: float) -> None:
        """As the player's own key says; what follows another does not listen."""

    def jump(self, position: float, now_s: float) -> None:
        """Go elsewhere; what follows another does not listen."""

"""The drums of a song as notes on its timeline, in quarter notes.

In: a drum track.  Out: a `Score`, in order; the notes are those of drums.mid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import DrumTrack
from drumnet.midi.keys import MidiMap
from drumnet.midi.notes import notes_of
from drumnet.midi.timeline import Timeline


@dataclass(frozen=True, eq=False)
class Score:
    """Notes in the order of their starts, (num_notes,) each.

    Args:
        starts, ends: in quarter notes, from 0 on.
        keys, velocities: of MIDI.
    """

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    keys: NDArray[np.int64]
    velocities: NDArray[np.int64]

    @staticmethod
    def of(track: DrumTrack, timeline: Timeline, keys: MidiMap, shift: float = 0.0) -> Score:
        """The notes of a track.

        Args:
            shift: quarter notes by which everything is later; what comes before 0 is left out.
        """
        notes = sorted(notes_of(track, timeline), key=lambda note: note.start)
        times = np.array([(note.start, note.end) for note in notes], float).reshape(-1, 2)
        times = times / timeline.ticks_per_quarter + shift
        own = [(keys[note.hit.piece], note.hit.velocity) for note in notes]
        struck = np.array(own, np.int64).reshape(-1, 2)
        inside = times[:, 0] >= 0
        times, struck = times[inside], struck[inside]
        return Score(times[:, 0], times[:, 1], struck[:, 0], struck[:, 1])

    @staticmethod
    def nothing() -> Score:
        """Silence."""
        none = np.zeros(0)
        return Score(none, none, none.astype(np.int64), none.astype(np.int64))

    def __len__(self) -> int:
        return len(self.starts)

    def index(self, position: float) -> int:
        """The first note from a position on."""
        return int(np.searchsorted(self.starts, position))

    def with_part(self, part: Score, start: float, end: float) -> Score:
        """With what another plays from `start` up to `end` in place of the own."""
        before, after = slice(0, self.index(start)), slice(self.index(end), None)
        inside = slice(part.index(start), part.index(end))

        def joined(name: str) -> NDArray[np.float64]:
            own, other = getattr(self, name), getattr(part, name)
            return np.concatenate([own[before], other[inside], own[after]])

        starts, ends = joined("starts"), joined("ends")
        keys, velocities = joined("keys").astype(int), joined("velocities").astype(int)
        return Score(starts, ends, keys, velocities)


@dataclass(frozen=True, eq=False)
class Take:
    """What is to be played from now on.

    Args:
        until: in quarter notes; from there on, and after a jump, `then` is played.
    """

    score: Score
    until: float = float("inf")
    then: Score | None = None

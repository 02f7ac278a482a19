"""A song that was listened to: what any number of styles may be played to.

In: the beats of a song, its conditioning on their ticks, the context that the network made of
it, and its form.  Out: the same, or a part of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import Conditioning
from drumnet.hearing.form import SongForm
from drumnet.hearing.sections import Section


@dataclass(frozen=True, eq=False)
class Listening:
    """A song that has been listened to.

    Args:
        duration_s: of the song; what is played ends with it.
        beats: the grid, from before 0:00 to beyond the song's end.
        conditioning: what is heard, on the ticks of the grid.
        context: (width, num_beats) what the network made of it.
        sections: of the whole song.
        form: of what it is of; None if it is not known.
    """

    duration_s: float
    beats: BeatGrid
    conditioning: Conditioning
    context: NDArray[np.float32]
    sections: tuple[Section, ...] = ()
    form: SongForm | None = None

    @property
    def num_beats(self) -> int:
        return self.conditioning.num_beats

    def cut(self, start: int, stop: int) -> Listening:
        """The beats from `start` up to `stop`."""
        if start == 0 and stop == self.num_beats:
            return self
        beats = self.beats.part(start, stop)
        conditioning = self.conditioning.cut(start, stop)
        form = self.form.cut(start, stop) if self.form else None
        context = self.context[:, start:stop]
        return Listening(self.duration_s, beats, conditioning, context, self.sections, form)

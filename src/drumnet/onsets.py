"""Onsets: a stem given as events instead of sound.

In: times and strengths, from MIDI notes, hits or annotations.  Out: the same,
checked once and in order of time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import SongError

#: How long the last onset is taken to sound.
_LAST_ONSET_S = 1.0


@dataclass(frozen=True, eq=False)
class Onsets:
    """Onsets of one stem.

    Args:
        times_s: (n,) seconds from 0:00; put in order here.
        strengths: (n,) from 0 to 1.

    Raises:
        SongError: times that are negative or not finite, strengths outside
            0-1, or not one strength for each time.
    """

    times_s: NDArray[np.float64]
    strengths: NDArray[np.float32]

    def __post_init__(self) -> None:
        times = np.asarray(self.times_s, dtype=np.float64).reshape(-1)
        strengths = np.asarray(self.strengths, dtype=np.float32).reshape(-1)
        if len(times) != len(strengths):
            raise SongError(f"{len(times)} onset times but {len(strengths)} strengths: give both")
        if not (np.isfinite(times) & (times >= 0)).all():
            raise SongError("onset times must be seconds from 0:00, finite and not negative")
        if not ((strengths >= 0) & (strengths <= 1)).all():
            raise SongError("onset strengths must lie between 0 and 1")
        order = np.argsort(times, kind="stable")
        for name, values in (("times_s", times[order]), ("strengths", strengths[order])):
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    def __len__(self) -> int:
        return len(self.times_s)

    @property
    def duration_s(self) -> float:
        """A second after the last onset; 0 without onsets."""
        return float(self.times_s[-1]) + _LAST_ONSET_S if len(self) else 0.0

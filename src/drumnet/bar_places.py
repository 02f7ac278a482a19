"""Where ticks lie in their bars: what figures, and bars that vary, are told by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT


@dataclass(frozen=True, eq=False)
class BarPlaces:
    """Where each tick of a song lies, (num_ticks,) each.

    Args:
        bar: number of the bar, the first whole one's 0; a pickup belongs to it.
        tick: from the downbeat on.
        beats_per_bar: of its bar.
    """

    bar: NDArray[np.int64]
    tick: NDArray[np.int64]
    beats_per_bar: NDArray[np.int64]

    @staticmethod
    def of(
        bar: NDArray[np.int64],
        first_bar: int,
        beat_in_bar: NDArray[np.int64],
        bar_length: NDArray[np.int64],
    ) -> BarPlaces:
        """Of (num_beats,) each, as `Conditioning` has them."""
        step = np.arange(TICKS_PER_BEAT)
        return BarPlaces(
            np.repeat(np.maximum(bar - first_bar, 0), TICKS_PER_BEAT),
            (beat_in_bar[:, None] * TICKS_PER_BEAT + step).reshape(-1),
            np.repeat(bar_length, TICKS_PER_BEAT),
        )

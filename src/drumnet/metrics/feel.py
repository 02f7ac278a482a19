"""How near the loudness and the timing of hits are to a person's.

Of the hits that people played, whether or not the same are played, the mean
absolute differences

    velocity = mean |played - wanted|, of velocities from 0 to 1
    timing_ms = mean |played - wanted| of their offsets, in milliseconds

as Haki et al., "Real-Time Drum Accompaniment Using Transformer Architecture"
(AIMC 2022), have them of each window; here they are of all hits alike.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class FeelErrors(NamedTuple):
    """Sums over hits; added over songs for a pooled mean.

    Args:
        velocity: of velocities from 0 to 1; timing_ms: in milliseconds.
        num_hits: that were wanted.
    """

    velocity: float = 0.0
    timing_ms: float = 0.0
    num_hits: int = 0


def validate(
    wanted_velocity: ArrayLike,
    wanted_offset: ArrayLike,
    played_velocity: ArrayLike,
    played_offset: ArrayLike,
) -> None:
    """
    Args:
        wanted_velocity, played_velocity: of one shape, 0-1; wanted ones are 0
            where nothing is hit.
        wanted_offset, played_offset: of that shape, in steps.

    Raises:
        ValueError: other shapes, velocities beyond 0-1, or values that are not
            finite.
    """
    _checked(wanted_velocity, wanted_offset, played_velocity, played_offset)


def feel_errors(
    wanted_velocity: ArrayLike,
    wanted_offset: ArrayLike,
    played_velocity: ArrayLike,
    played_offset: ArrayLike,
    step_ms: float,
) -> FeelErrors:
    """Sums over the hits that were wanted.

    Args:
        step_ms: of an offset of 1.

    Raises:
        ValueError: as `validate`.
    """
    loud, late, own_loud, own_late = _checked(
        wanted_velocity, wanted_offset, played_velocity, played_offset
    )
    hit = loud > 0
    return FeelErrors(
        float(np.abs(own_loud - loud)[hit].sum()),
        float(np.abs(own_late - late)[hit].sum() * step_ms),
        int(hit.sum()),
    )


def evaluate(
    wanted_velocity: ArrayLike,
    wanted_offset: ArrayLike,
    played_velocity: ArrayLike,
    played_offset: ArrayLike,
    step_ms: float,
) -> dict[str, float]:
    """`velocity` and `timing_ms`, means over the hits that were wanted; NaN
    without any.

    >>> evaluate([0.5, 0.0], [0.1, 0.0], [0.75, 0.9], [-0.1, 0.3], step_ms=100)
    {'velocity': 0.25, 'timing_ms': 20.0}
    """
    found = feel_errors(wanted_velocity, wanted_offset, played_velocity, played_offset, step_ms)
    if not found.num_hits:
        return {"velocity": float("nan"), "timing_ms": float("nan")}
    return {
        "velocity": found.velocity / found.num_hits,
        "timing_ms": found.timing_ms / found.num_hits,
    }


def _checked(*arrays: ArrayLike) -> list[NDArray[np.float64]]:
    found = [np.asarray(array, dtype=np.float64) for array in arrays]
    shapes = [array.shape for array in found]
    if len(set(shapes)) > 1:
        raise ValueError(f"the shapes {shapes} differ: a velocity and an offset for each cell")
    if not all(np.isfinite(array).all() for array in found):
        raise ValueError("values that are not finite: has every cell a velocity and an offset?")
    if any(((array < 0) | (array > 1)).any() for array in found[::2]):
        raise ValueError("velocities beyond 0 to 1: are they of MIDI, up to 127?")
    return found

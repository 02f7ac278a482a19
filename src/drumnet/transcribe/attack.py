"""Where an attack starts, in a level over time: what leaves the floor on its way to the top."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def attack_start(
    level: NDArray[np.floating], first: int, here: int, last: int, share: float
) -> int:
    """The step at which an attack starts.

    Args:
        level: (n,), not negative.
        first, last: it is looked for from the one to before the other, ...
        here: ... around this step.
        share: it has started where the level is this share of the way from the floor before
            the top to the top.
    """
    part = level[first:last]
    near = here - first
    top = near + int(np.argmax(part[near:]))
    floor = part[: top + 1].min()
    sounds = part > floor + share * (part[top] - floor)
    if not sounds[near]:
        return here + int(np.argmax(sounds[near:]))
    quiet = np.flatnonzero(~sounds[:near])
    return first + int(quiet[-1]) + 1 if len(quiet) else here

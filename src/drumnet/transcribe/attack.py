"""Where an attack starts, in a level over time: the kick's in the peak level of a sound, those
of hats and rides in that of its treble, where other strokes sound on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def attack_start(
    level: NDArray[np.floating], first: int, here: int, last: int, share: float
) -> int:
    """The step at which a level leaves the floor on its way to the top.

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


def attack_step(
    level: NDArray[np.floating], first: int, here: int, last: int, width: int, least: float
) -> int:
    """The step from which on a level is most above what it was, in the mean of `width` steps.

    Args:
        level: (n,), not negative.
        first, last: it is looked for from the one to before the other.
        here: where it is if it is nowhere `least` times what it was.
    """
    first, last = max(first, width), min(last, len(level) - width + 1)
    if last <= first:
        return here
    total = np.concatenate([[0.0], np.cumsum(level[first - width : last + width - 1], dtype=float)])
    sums = total[width:] - total[:-width]
    before, after = sums[: last - first], sums[width:]
    step = int(np.argmax(after - before))
    return first + step if after[step] >= least * before[step] else here

"""A tempo that sways, made even.

In: beats that are not even.  Out: `Sway`, which maps the song onto a time in which its
tempo is one, and back.  So what is heard of a song at one tempo, all of it together,
is heard of a song that sways, too: where beats slip onto the off-beat for a while, the
rest of the song says so.

The tempo curve is a smooth one near most of the beats' intervals: Whittaker's smoother
("On a new method of graduation", 1923), beats that are far from it counting less, by
iteratively reweighted least squares with Cauchy weights (Holland & Welsch 1977).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]

#: Below this deviation (of the logarithm) a tempo does not sway, it is played by people,
#: and the beats are trusted as they are.
LEAST_SWAY = 0.03
_LEAST_BEATS = 12


@dataclass(frozen=True)
class SwayConfig:
    """Args:
    stiffness: weight of the curve's bends; 24 smooths what is faster than 14 beats.
    far: an interval that is this much off the curve (of the logarithm) counts half;
        in the first round `widest`, in each that follows `narrowing` times as much.
    rounds: of reweighting.
    """

    stiffness: float = 24.0
    far: float = 0.03
    widest: float = 0.1
    narrowing: float = 0.75
    rounds: int = 25


@dataclass(frozen=True, eq=False)
class Sway:
    """Where the frames of an even song lie in the song that sways.

    Args:
        source: (num_even_frames,) frames of the song, fractional, rising.
        num_frames: of the song.
    """

    source: Curve
    num_frames: int

    def evened(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """(num_even_frames, n) of (num_frames, n): the nearest of each frame."""
        nearest = np.clip(np.round(self.source).astype(np.int64), 0, self.num_frames - 1)
        return rows[nearest]

    def back(self, frames: Curve) -> Curve:
        """Frames of the song, of frames of the even one."""
        return np.interp(frames, np.arange(len(self.source)), self.source)

    def curve_back(self, curve: Curve) -> Curve:
        """(num_frames,) of a (num_even_frames,) curve."""
        return np.interp(np.arange(self.num_frames), self.source, curve)


def sway_of(frames: Curve, num_frames: int, config: SwayConfig = SwayConfig()) -> Sway | None:
    """How the tempo of beats (fractional frames) sways; None where it hardly does, or
    beats are few."""
    if len(frames) < _LEAST_BEATS:
        return None
    curve = smooth_tempo(np.log(np.diff(frames)), config)
    if curve.std() < LEAST_SWAY:
        return None
    middle = (frames[1:] + frames[:-1]) / 2
    interval = np.interp(np.arange(num_frames), middle, np.exp(curve))
    passed = np.exp(curve.mean()) * np.concatenate([[0.0], np.cumsum(1 / interval)[:-1]])
    even = np.arange(int(passed[-1]) + 1)
    return Sway(np.interp(even, passed, np.arange(num_frames)), num_frames)


def smooth_tempo(intervals: Curve, config: SwayConfig = SwayConfig()) -> Curve:
    """(n,) a smooth curve near most of (n,) logarithms of intervals.

    >>> slip = np.zeros(40); slip[20:23] = 0.2  # half a beat is lost on the way
    >>> bool(np.abs(smooth_tempo(slip)).max() < 0.01)
    True
    """
    weights, far = np.ones(len(intervals)), config.widest
    for _ in range(config.rounds):
        curve = _whittaker(intervals, weights, config.stiffness)
        weights = 1 / (1 + ((intervals - curve) / far) ** 2)
        far = max(config.far, far * config.narrowing)
    return curve


def _whittaker(values: Curve, weights: Curve, stiffness: float) -> Curve:
    """The curve x of least `sum w (values - x)^2 + stiffness sum (second difference)^2`:
    five diagonals, solved by their LDL decomposition."""
    n = len(values)
    diagonal = np.full(n, 6.0)
    diagonal[[0, -1]], diagonal[[1, -2]] = 1.0, 5.0
    beside = np.full(n - 1, -4.0)
    beside[[0, -1]] = -2.0
    main = (weights + stiffness * diagonal).tolist()
    near, far = (stiffness * beside).tolist(), stiffness
    right = (weights * values).tolist()
    d, one, two = [0.0] * n, [0.0] * (n + 1), [0.0] * (n + 2)
    for i in range(n):
        d[i] = main[i]
        if i > 0:
            d[i] -= one[i - 1] ** 2 * d[i - 1]
            right[i] -= one[i - 1] * right[i - 1]
        if i > 1:
            d[i] -= two[i - 2] ** 2 * d[i - 2]
            right[i] -= two[i - 2] * right[i - 2]
        if i < n - 1:
            crossed = d[i - 1] * one[i - 1] * two[i - 1] if i > 0 else 0.0
            one[i] = (near[i] - crossed) / d[i]
        if i < n - 2:
            two[i] = far / d[i]
    x = [value / below for value, below in zip(right, d, strict=True)]
    for i in range(n - 2, -1, -1):
        x[i] -= one[i] * x[i + 1] + (two[i] * x[i + 2] if i < n - 2 else 0.0)
    return np.array(x)

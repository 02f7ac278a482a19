"""Probabilities and their log odds: what steers a probability moves its logit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: No probability is taken to be nearer to 0 or 1.
_LEAST = 1e-6


def logit(probability: ArrayLike) -> NDArray[np.float64]:
    """Log odds.

    >>> float(logit(0.5)), float(sigmoid(logit(0.25)).round(6))
    (0.0, 0.25)
    """
    clipped = np.clip(np.asarray(probability, np.float64), _LEAST, 1 - _LEAST)
    return np.asarray(np.log(clipped / (1 - clipped)))


def sigmoid(logit: ArrayLike) -> NDArray[np.float64]:
    """The probability of log odds."""
    return np.asarray((1 + np.tanh(np.asarray(logit, np.float64) / 2)) / 2)


def moved(probability: NDArray[np.float32], by: NDArray[np.float64] | float) -> NDArray[np.float32]:
    """Probabilities whose logits are moved."""
    return sigmoid(logit(probability) + by).astype(np.float32)

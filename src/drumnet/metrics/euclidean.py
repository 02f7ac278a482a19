"""Euclidean distances between the rows of two tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def euclidean(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """(num_first, num_second) distances of (num_first, d) to (num_second, d);
    equal rows are exactly 0 apart.

    >>> euclidean(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[5., 0.]])
    """
    squares = np.zeros((len(first), len(second)))
    # Column by column, so that memory does not grow with d.
    for one, other in zip(first.T, second.T, strict=True):
        squares += np.subtract.outer(one, other) ** 2
    return np.asarray(np.sqrt(squares))

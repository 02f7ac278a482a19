"""Matrix products that are the same, to the bit, on any number of cores.

BLAS, which NumPy's `@` calls, shares a large product among its threads; where it is parted, its
sums are taken in another order, and the last bit changes with the number of cores or with
`OMP_NUM_THREADS`.  `einsum` takes each sum in one order, on one core.  What decides what is
played or how it sounds is multiplied with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]


def product(left: Numbers, right: Numbers) -> NDArray[Any]:
    """(m, n) of (m, k) and (k, n).

    >>> product(np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return np.asarray(np.einsum("ik,kj->ij", left, right))


def banded_product(left: Numbers, right: Numbers) -> NDArray[Any]:
    """The same where each column of `right` is 0 outside a narrow band, as filters are."""
    out = np.zeros((len(left), right.shape[1]), dtype=left.dtype)
    for column in range(right.shape[1]):
        (used,) = np.nonzero(right[:, column])
        if len(used):
            band = slice(used[0], used[-1] + 1)
            np.einsum("ik,k->i", left[:, band], right[band, column], out=out[:, column])
    return out


def inner(left: Numbers, right: Numbers) -> float:
    """The sum of the products of two rows of numbers.

    >>> inner(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    return float(np.einsum("i,i->", left, right))

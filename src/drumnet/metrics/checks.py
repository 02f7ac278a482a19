"""What the input of metrics must be: each check gives the array, or raises
ValueError with what is wrong with it and a guess why."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def checked_ticks(name: str, ticks: ArrayLike) -> NDArray[np.int64]:
    """(n,) ticks, in any order.

    Raises:
        ValueError: not one row of whole numbers from 0 on.

    >>> checked_ticks("wanted", [12.0, 0.0])
    array([12,  0])
    """
    array = np.asarray(ticks)
    if array.ndim != 1:
        raise ValueError(
            f"{name} has the shape {array.shape}, not (n,): is it a row of ticks, not of flags?"
        )
    if array.dtype == bool:
        raise ValueError(f"{name} is boolean: np.flatnonzero gives the ticks of a row of flags")
    if array.size and not np.issubdtype(array.dtype, np.number):
        raise ValueError(f"{name} is of type {array.dtype}: ticks are numbers")
    whole = array.astype(np.int64, copy=False) if _all_finite(array) else None
    if whole is None or (whole != array).any():
        raise ValueError(f"{name} has ticks that are not whole numbers: are they seconds?")
    if array.size and whole.min() < 0:
        raise ValueError(
            f"{name} has the tick {whole.min()}: ticks count from 0; were they moved to a passage?"
        )
    return whole


def checked_times(name: str, times_s: ArrayLike, latest_s: float) -> NDArray[np.float64]:
    """(n,) seconds, in any order.

    Raises:
        ValueError: not one row of finite numbers up to `latest_s`.
    """
    array = np.asarray(times_s, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(
            f"{name} has the shape {array.shape}, not (n,): onsets without their ends are wanted"
        )
    if not _all_finite(array):
        raise ValueError(f"{name} has times that are not finite: is a beat missing?")
    if array.size and array.max() > latest_s:
        raise ValueError(
            f"{name} reaches {array.max():g} s, beyond {latest_s:g} s: "
            "are these milliseconds, ticks or samples?"
        )
    return array


def checked_table(
    name: str, table: ArrayLike, *, least_rows: int = 1, missing: bool = False
) -> NDArray[np.float64]:
    """(num_rows, num_columns); a row of numbers is taken as one column.

    Args:
        missing: NaN is allowed.

    Raises:
        ValueError: of another shape, too few rows, or not finite.
    """
    array = np.asarray(table, dtype=np.float64)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(f"{name} has the shape {array.shape}, not (rows, columns)")
    if len(array) < least_rows:
        raise ValueError(f"{name} has {len(array)} rows, {least_rows} are needed at least")
    bad = np.isinf(array) if missing else ~np.isfinite(array)
    if bad.any():
        row = int(np.flatnonzero(bad.any(axis=1))[0])
        raise ValueError(
            f"{name} is not finite in {int(bad.any(axis=1).sum())} rows, row {row} first: "
            "leave out songs for which the measure is undefined"
        )
    return array


def check_columns(name: str, first: NDArray[np.float64], second: NDArray[np.float64]) -> None:
    """
    Raises:
        ValueError: the two have different numbers of columns.
    """
    if first.shape[1] != second.shape[1]:
        raise ValueError(
            f"{name} have {first.shape[1]} and {second.shape[1]} columns: "
            "are they of the same measure, and of the same model?"
        )


def _all_finite(array: NDArray[np.generic]) -> bool:
    return bool(np.isfinite(array.astype(np.float64)).all())

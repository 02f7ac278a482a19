"""Played hits against wanted hits on 16ths, each with so many 16ths of tolerance.

Hits go to the nearest 16th of their segment, those after its last one to the last; a
piece that is hit twice on a 16th is hit once.  Hits of a piece that lie within the
tolerance match, one to one, as many as can be.

With a tolerance of 0 this is the note F1 of Ou et al., "Unifying Symbolic Music
Arrangement: Track-Aware Reconstruction and Structured Tokenization", NeurIPS 2025
(arXiv 2408.15176), as their released code counts it: the F1 of two rolls of pitches by
16ths.  Their pitches are General MIDI's keys, ours the nine pieces.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.metrics.hits import Counts

TICKS_PER_SIXTEENTH = TICKS_PER_BEAT // 4


def validate(wanted: ArrayLike, played: ArrayLike, tolerance: int = 0) -> None:
    """
    Args:
        wanted, played: (num_pieces, num_16ths) bool, of one segment.

    Raises:
        ValueError: other shapes or types, or a tolerance below 0.
    """
    for name, struck in (("wanted", wanted), ("played", played)):
        _checked(name, struck)
    if np.shape(wanted) != np.shape(played):
        raise ValueError(
            f"wanted and played have the shapes {np.shape(wanted)} and {np.shape(played)}: "
            "are they of the same segment?"
        )
    if tolerance < 0:
        raise ValueError(f"the tolerance is {tolerance}: give 0 or more 16ths")


def on_sixteenths(struck: ArrayLike) -> NDArray[np.bool_]:
    """Hits on ticks as hits on 16ths.

    Args:
        struck: (num_pieces, num_ticks) bool, of whole beats.

    Returns:
        (num_pieces, num_ticks / 3) bool.

    Raises:
        ValueError: another shape or type, or ticks that are no whole beats.

    >>> on_sixteenths([[True, False, True, False, True, *7 * [False]]]).tolist()
    [[True, True, False, False]]
    """
    hits = _checked("struck", struck)
    if hits.shape[1] % TICKS_PER_BEAT:
        raise ValueError(
            f"{hits.shape[1]} ticks are no whole beats of {TICKS_PER_BEAT}: cut at beats"
        )
    found = np.zeros((len(hits), hits.shape[1] // TICKS_PER_SIXTEENTH), dtype=bool)
    rows, ticks = np.nonzero(hits)
    nearest = np.round(ticks / TICKS_PER_SIXTEENTH).astype(np.int64)
    found[rows, np.minimum(nearest, found.shape[1] - 1)] = True
    return found


def sixteenth_counts(wanted: ArrayLike, played: ArrayLike, tolerance: int = 0) -> Counts:
    """Hits of the same piece within `tolerance` 16ths, matched one to one.

    Args:
        wanted, played: (num_pieces, num_16ths) bool, as of `on_sixteenths`.

    Raises:
        ValueError: as `validate`.
    """
    validate(wanted, played, tolerance)
    rows = zip(np.asarray(wanted), np.asarray(played), strict=True)
    places = [(np.flatnonzero(want), np.flatnonzero(play)) for want, play in rows]
    matched = sum(_matched(*pair, tolerance) for pair in places)
    return Counts(matched, int(np.sum(wanted)), int(np.sum(played)))


def evaluate(wanted: ArrayLike, played: ArrayLike, tolerance: int = 0) -> dict[str, float]:
    """`precision`, `recall` and `f_measure`, each 0-1.

    Raises:
        ValueError: as `validate`.
    """
    return sixteenth_counts(wanted, played, tolerance).scores


def _matched(want: NDArray[np.int64], play: NDArray[np.int64], tolerance: int) -> int:
    """The most pairs: in order of time, each wanted hit takes the first that is still
    free; no other choice leaves more to those after it."""
    found, free = 0, 0
    for place in want:
        while free < len(play) and play[free] < place - tolerance:
            free += 1
        if free < len(play) and play[free] <= place + tolerance:
            found, free = found + 1, free + 1
    return found


def _checked(name: str, struck: ArrayLike) -> NDArray[np.bool_]:
    array = np.asarray(struck)
    if array.ndim != 2 or array.dtype != bool:
        raise ValueError(
            f"{name} is of shape {array.shape} and type {array.dtype}, "
            "not (num_pieces, places) of bool"
        )
    return array

"""Annotated drums in five classes, as drum transcribers are compared.

In: a recording's `drums.tsv` (seconds, KD kick, SD snare, HH hat, TT tom, CY
cymbal, OT other: the classes of MDB Drums), and strokes as (seconds, piece).
Out: times by class, and counts of what matches within 50 ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import Piece
from drumnet.metrics.hits import Counts
from drumnet.metrics.onsets import onset_counts

Times = NDArray[np.float64]
CLASSES: Mapping[str, tuple[Piece, ...]] = {
    "KD": (Piece.KICK,),
    "SD": (Piece.SNARE,),
    "HH": (Piece.CLOSED_HAT, Piece.OPEN_HAT),
    "TT": (Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM),
    "CY": (Piece.CRASH, Piece.RIDE),
}
CLASS_OF_PIECE = {piece: name for name, pieces in CLASSES.items() for piece in pieces}
#: Annotated, but in none of the classes: side stick, tambourine, claps.
OTHER = "OT"
#: Strokes of one class nearer than this are one: two toms, or crash and ride.
ONE_STROKE_S = 0.03
ANNOTATION = "drums.tsv"


def song_folders(root: Path) -> list[Path]:
    """The annotated recordings in a folder."""
    return [path.parent for path in sorted(root.glob(f"*/{ANNOTATION}"))]


def read_classes(path: Path) -> dict[str, Times]:
    """Times of each class, and of `OT`, of lines `seconds class`."""
    rows = [line.split() for line in path.read_text().splitlines()]
    return {
        name: np.array(sorted(float(at) for at, label in rows if label == name))
        for name in (*CLASSES, OTHER)
    }


def annotated(folder: Path) -> dict[str, Times]:
    """What a recording's annotation has, by class."""
    return read_classes(folder / ANNOTATION)


def by_class(
    strokes: Iterable[tuple[float, Piece]], one_stroke_s: float = ONE_STROKE_S
) -> dict[str, Times]:
    """Times of each class, of strokes in any order.

    Args:
        one_stroke_s: of a class, what follows another so soon is the same; 0 keeps all.

    >>> by_class([(1.0, Piece.CRASH), (1.01, Piece.RIDE), (0.5, Piece.KICK)])["CY"]
    array([1.])
    """
    heard = list(strokes)
    return {
        name: merged(
            np.array([at for at, piece in heard if piece in pieces], dtype=np.float64), one_stroke_s
        )
        for name, pieces in CLASSES.items()
    }


def merged(times: Times, one_stroke_s: float = ONE_STROKE_S) -> Times:
    """The times in order, without those right after another."""
    times = np.sort(times)
    return times[np.diff(times, prepend=-np.inf) >= one_stroke_s]


def class_counts(wanted: Mapping[str, Times], heard: Mapping[str, Times]) -> dict[str, Counts]:
    """Strokes of each class within 50 ms of an annotated one, of what both have."""
    return {name: onset_counts(wanted[name], heard[name]) for name in CLASSES if name in heard}


def micro(counts: Iterable[Counts]) -> Counts:
    """All classes, or songs, together: each stroke counts the same."""
    return sum(counts, Counts())

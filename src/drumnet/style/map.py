"""The map behind the pad: two of a style's traits as axes, and back to its code.

In: `map.npz` beside the weights, fitted when they are exported
(`training.drummer.style_map`).  Out: the code at a place, and the place of any code.

The place of a code is linear in it: how syncopated, and how dense, a regression
on the training songs' codes expects it to be played.  On the lattice lie the
codes of these places that are most like those of songs nearby, so that the way
from a place to its code and back ends where it began.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.arrays import as_numbers, load_npz
from drumnet.errors import CheckpointError, StyleError
from drumnet.files import atomic_path
from drumnet.limits import parsed_json
from drumnet.style.code import CODE_SIZE

_FIELDS = ("lattice", "density", "slopes", "origin")


@dataclass(frozen=True)
class MapAxis:
    """What a side of the map means.

    Args:
        name: the measured trait, as in `Preset.measures`.
        low, high: in a word, where it is 0 and where it is 1.
    """

    name: str
    low: str
    high: str


@dataclass(frozen=True, eq=False)
class StyleMap:
    """Places (x, y) from 0 to 1, y upwards.

    Args:
        x, y: what the axes mean.
        lattice: (size, size, 16) codes, by rows of y, then columns of x.
        density: (size, size) of the training songs' codes, the highest 1.
        slopes: (2, 16) of a place by the numbers of a code.
        origin: (2,) the place of the code 0.

    Raises:
        CheckpointError: arrays of other shapes, or not finite.
    """

    x: MapAxis
    y: MapAxis
    lattice: NDArray[np.float32]
    density: NDArray[np.float32]
    slopes: NDArray[np.float32]
    origin: NDArray[np.float32]

    def __post_init__(self) -> None:
        size = self.lattice.shape[0] if self.lattice.ndim else 0
        wanted = ((size, size, CODE_SIZE), (size, size), (2, CODE_SIZE), (2,))
        for field, shape in zip(_FIELDS, wanted, strict=True):
            values: NDArray[np.float32] = getattr(self, field)
            if values.shape != shape or size < 2 or not np.isfinite(values).all():
                raise CheckpointError(f"the style map's {field} is damaged: export it again")

    @property
    def size(self) -> int:
        """Points of the lattice along a side."""
        return len(self.lattice)

    def code_at(self, x: float, y: float) -> NDArray[np.float32]:
        """(16,) the code at a place, between those of the lattice around it.

        Raises:
            StyleError: a place outside the map.
        """
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise StyleError(f"the place ({x:g}, {y:g}) is not on the map: give 0 to 1 each")
        across, up = x * (self.size - 1), y * (self.size - 1)
        column, row = min(int(across), self.size - 2), min(int(up), self.size - 2)
        along, above = across - column, up - row
        near = self.lattice[row : row + 2, column : column + 2]
        low, high = near[:, 0] + along * (near[:, 1] - near[:, 0])
        return np.asarray(low + above * (high - low), dtype=np.float32)

    def place_of(self, code: ArrayLike) -> tuple[float, float]:
        """(x, y) of a code; what lies outside the map is put on its border."""
        place = self.slopes @ np.asarray(code, dtype=np.float32) + self.origin
        x, y = np.clip(place, 0.0, 1.0).tolist()
        return x, y

    def save(self, path: Path) -> None:
        """Write `map.npz`."""
        arrays = {field: getattr(self, field).astype(np.float32) for field in _FIELDS}
        axes = json.dumps([asdict(axis) for axis in (self.x, self.y)])
        with atomic_path(path) as part, part.open("wb") as file:
            np.savez_compressed(file, axes=np.array(axes), **arrays)

    @staticmethod
    def load(path: Path) -> StyleMap:
        """Read `map.npz`.

        Raises:
            CheckpointError: it cannot be read.
        """
        try:
            stored = load_npz(path)
            axes: Sequence[dict[str, str]] = parsed_json(str(stored["axes"]))
            arrays = {field: as_numbers(stored[field]) for field in _FIELDS}
            x, y = (MapAxis(**axis) for axis in axes)
            if not all(isinstance(text, str) for axis in (x, y) for text in astuple(axis)):
                raise ValueError("an axis is named in words")
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise CheckpointError(
                f"'{path}' cannot be read as a style map ({fault}): export the weights again"
            ) from fault
        return StyleMap(x, y, **arrays)

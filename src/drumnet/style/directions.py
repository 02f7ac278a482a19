"""The ways in a style's code along which drums measurably change.

In: `controls.npz` beside the weights, fitted when they are exported
(`training.drummer.controls`).  Out: a code moved towards simple or complex, soft or loud.

Moving along one of the pad's directions leaves the trait of the other as a
regression expects it to be, and no code is led out of where codes of songs lie.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import as_numbers, load_npz
from drumnet.errors import CheckpointError
from drumnet.files import atomic_path
from drumnet.style.code import CODE_SIZE

Code = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Controls:
    """Args:
    complexity: (16,) what is added to a code to play as complex as can be; as much
        is taken away for the simplest.
    intensity: (16,) likewise from soft to loud.
    piece_complexity: (num_pieces, 16) the complexity of a single piece.
    typical: () the norm that most codes of songs stay below.

    Raises:
        CheckpointError: arrays of other shapes, or not finite.
    """

    complexity: Code
    intensity: Code
    piece_complexity: Code
    typical: Code

    def __post_init__(self) -> None:
        num_pieces = len(np.atleast_1d(self.piece_complexity))
        wanted = ((CODE_SIZE,), (CODE_SIZE,), (num_pieces, CODE_SIZE), ())
        for field, shape in zip(fields(self), wanted, strict=True):
            values: Code = getattr(self, field.name)
            if values.shape != shape or not np.isfinite(values).all():
                raise CheckpointError(f"the controls' {field.name} is damaged: export it again")

    @staticmethod
    def none(num_pieces: int) -> Controls:
        """Of weights that were exported before there were any: nothing moves."""
        zero = np.zeros(CODE_SIZE, np.float32)
        pieces = np.zeros((num_pieces, CODE_SIZE), np.float32)
        return Controls(zero, zero, pieces, np.array(np.sqrt(CODE_SIZE), np.float32))

    def moved(
        self, code: Code, complexity: float, intensity: float, row: int = 0, of_piece: float = 0.0
    ) -> Code:
        """The code, moved.

        Args:
            code: (16,).
            complexity, intensity, of_piece: from -1 to 1; 0 changes nothing.
            row: the piece whose own complexity is meant by `of_piece`.
        """
        step = complexity * self.complexity + intensity * self.intensity
        step = step + of_piece * self.piece_complexity[row]
        length = float(np.linalg.norm(step))
        if length == 0:
            return code
        return self._kept_typical(code, step / length, length)

    def _kept_typical(self, code: Code, way: Code, length: float) -> Code:
        """As far along the way as is wanted; where that leads too far out, what the
        code has besides gives way."""
        along = float(code @ way)
        beside = code - along * way
        most = max(float(self.typical), float(np.linalg.norm(code)))
        reached = float(np.clip(along + length, -most, most))
        room = float(np.sqrt(max(most**2 - reached**2, 0.0)))
        width = float(np.linalg.norm(beside))
        beside = beside * min(1.0, room / width) if width > 0 else beside
        return np.asarray(beside + reached * way, dtype=np.float32)

    def save(self, path: str | Path) -> None:
        """Write `controls.npz`."""
        with atomic_path(path) as part, open(part, "wb") as file:
            np.savez_compressed(file, **{f.name: getattr(self, f.name) for f in fields(self)})

    @staticmethod
    def load(path: str | Path) -> Controls:
        """Read `controls.npz`.

        Raises:
            CheckpointError: the file is missing or damaged.
        """
        try:
            arrays = load_npz(path)
            return Controls(*(as_numbers(arrays[field.name]) for field in fields(Controls)))
        except (OSError, ValueError, KeyError) as fault:
            raise CheckpointError(f"'{path}' cannot be read ({fault}): export it again") from fault

"""How drummers fill: strokes on snare and toms before a bar line.

In: `fills.npz` beside the weights, written by `drumnet export` from performances
(`training.drummer.fills`).  Out: the last beats of a fill, as loud and as early or late as
they were played.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import as_numbers, load_npz
from drumnet.errors import CheckpointError
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import MAX_VELOCITY, Piece

#: What fills are played on, the rows of a bank.
DRUMS = (Piece.SNARE, Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM)
#: The file in a folder of weights.
FILLS_FILE = "fills.npz"
#: Offsets are kept in this many steps a tick.
OFFSET_STEPS = 254


@dataclass(frozen=True, eq=False)
class FillBank:
    """How drummers fill, beside the weights in `fills.npz` (`training.drummer.fills`).

    Args:
        velocity: (num_fills, 4, num_ticks) uint8 0-127 of `DRUMS`; a fill ends with
            the last tick.
        offset: the same shape, int8 in 1/254 ticks.

    Raises:
        CheckpointError: arrays of other shapes.
    """

    velocity: NDArray[np.uint8]
    offset: NDArray[np.int8]

    def __post_init__(self) -> None:
        shape = self.velocity.shape
        fits = len(shape) == 3 and shape[1] == len(DRUMS) and shape[2] % TICKS_PER_BEAT == 0
        if not fits or self.offset.shape != shape:
            raise CheckpointError("the fills of the weights are damaged: export them again")

    def __len__(self) -> int:
        return len(self.velocity)

    def last_beats(self, num_beats: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(num_fills, 4, ticks) velocity 0-1, and offset in ticks, of the last beats;
        where more are wanted than fills are long, they begin again."""
        times = -(-num_beats * TICKS_PER_BEAT // self.velocity.shape[2])
        kept = slice(-num_beats * TICKS_PER_BEAT, None)
        level, offset = (np.tile(a, times)[..., kept] for a in (self.velocity, self.offset))
        return (
            (level / MAX_VELOCITY).astype(np.float32),
            (offset / OFFSET_STEPS).astype(np.float32),
        )

    def save(self, path: Path) -> None:
        """Write `fills.npz`."""
        np.savez_compressed(path, velocity=self.velocity, offset=self.offset)

    @staticmethod
    def none() -> FillBank:
        """Of weights that have none."""
        empty = np.zeros((0, len(DRUMS), TICKS_PER_BEAT))
        return FillBank(empty.astype(np.uint8), empty.astype(np.int8))

    @staticmethod
    def load(path: Path) -> FillBank:
        """Read `fills.npz`; `none` where the weights have no such file.

        Raises:
            CheckpointError: the file is damaged.
        """
        if not path.is_file():
            return FillBank.none()
        try:
            arrays = load_npz(path)
            velocity, offset = (as_numbers(arrays[name]) for name in ("velocity", "offset"))
            if velocity.min(initial=0) < 0 or velocity.max(initial=0) > MAX_VELOCITY:
                raise ValueError("a velocity is 0-127")
            if np.abs(offset).max(initial=0) > OFFSET_STEPS / 2:
                raise ValueError("an offset is half a tick at most")
            return FillBank(velocity.astype(np.uint8), offset.astype(np.int8))
        except (OSError, ValueError, KeyError) as fault:
            raise CheckpointError(f"'{path}' cannot be read ({fault}): export it again") from fault

"""Styles at random: each is like that of some song.

In: `styles.npz` beside the weights, the codes of training songs, written by `drumnet
export` (`training.style_bank`).  Out: codes drawn from their density.

Codes of songs are no Gaussian: between them lies much that nobody plays.  So a style
is drawn from a kernel density estimate (Parzen 1962), which is to say near the code
of a song.  Weights that have no songs' codes give 16 independent standard Gaussians.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import CheckpointError
from drumnet.npz import load_npz
from drumnet.style import CODE_SIZE

#: The file in a folder of weights.
STYLES_FILE = "styles.npz"
#: Standard deviation of each number around a song's; between songs' codes lie 3 to 6.
_SPREAD = 0.2


@dataclass(frozen=True, eq=False)
class StyleBank:
    """The styles of songs.

    Args:
        codes: (num_songs, 16) float16.

    Raises:
        CheckpointError: another shape, or numbers that are not finite.
    """

    codes: NDArray[np.float16]

    def __post_init__(self) -> None:
        shape = self.codes.shape
        if len(shape) != 2 or shape[1] != CODE_SIZE or not np.isfinite(self.codes).all():
            raise CheckpointError("the styles of the weights are damaged: export them again")

    def __len__(self) -> int:
        return len(self.codes)

    def draw(self, rng: np.random.Generator) -> NDArray[np.float32]:
        """(16,) a code at random."""
        noise = rng.standard_normal(CODE_SIZE).astype(np.float32)
        if not len(self):
            return noise
        song = self.codes[rng.integers(len(self))].astype(np.float32)
        return np.asarray(song + _SPREAD * noise, dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write `styles.npz`."""
        np.savez_compressed(path, codes=self.codes)

    @staticmethod
    def none() -> StyleBank:
        """Of weights that know no songs'."""
        return StyleBank(np.zeros((0, CODE_SIZE), np.float16))

    @staticmethod
    def load(path: Path) -> StyleBank:
        """Read `styles.npz`; no song's where the weights have no such file.

        Raises:
            CheckpointError: the file is damaged.
        """
        if not path.is_file():
            return StyleBank.none()
        try:
            return StyleBank(load_npz(path)["codes"])
        except (OSError, ValueError, KeyError) as fault:
            raise CheckpointError(f"'{path}' cannot be read ({fault}): export it again") from fault

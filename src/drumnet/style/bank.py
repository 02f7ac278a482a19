"""Styles at random: each is like that of some song.

In: `styles.npz` beside the weights, the codes and passages of training songs, written by
`drumnet export` (`training.drummer.style_bank`).  Out: codes drawn from their density, each with
the passages of the song that it is near.

Codes of songs are no Gaussian: between them lies much that nobody plays.  So a style
is drawn from a kernel density estimate (Parzen 1962), which is to say near the code
of a song; where it is known what the style is for, of songs that sound alike (`prior`).
Weights that have no songs' codes give 16 independent standard Gaussians.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import as_numbers, load_npz
from drumnet.errors import CheckpointError, StyleError
from drumnet.style.code import CODE_SIZE
from drumnet.style.passages import Passages
from drumnet.style.prior import StylePrior

#: The file in a folder of weights.
STYLES_FILE = "styles.npz"
#: Standard deviation of each number around a song's; between songs' codes lie 3 to 6.
_SPREAD = 0.2
#: Around a song's code, those that are as likely: what the prior's training found.
_NEAR, _NONE = 0.62, 1e-12
#: Kept in `styles.npz`: of all songs' passages one after the other, and how many each has.
_HEARD, _DEPARTURES, _NUM_PASSAGES = "heard", "departures", "num_passages"
#: And of the prior.
_PROJECTION, _KEYS = "projection", "keys"


class Drawn(NamedTuple):
    """A style at random.

    Args:
        code: (16,).
        passages: of the song that it is near, if they are known.
    """

    code: NDArray[np.float32]
    passages: Passages | None


@dataclass(frozen=True, eq=False)
class StyleBank:
    """The styles of songs.

    Args:
        codes: (num_songs, 16) float16.
        passages: of each song, or None; of none if empty.
        prior: which of them fit a song; None: each fits as well.

    Raises:
        CheckpointError: another shape, or numbers that are not finite.
    """

    codes: NDArray[np.float16]
    passages: Sequence[Passages | None] = ()
    prior: StylePrior | None = None

    def __post_init__(self) -> None:
        shape = self.codes.shape
        if len(shape) != 2 or shape[1] != CODE_SIZE or not np.isfinite(self.codes).all():
            raise CheckpointError("the styles of the weights are damaged: export them again")
        if self.passages and len(self.passages) != len(self):
            raise CheckpointError(
                "the passages of the weights are of other songs: export them again"
            )
        if self.prior and len(self.prior.keys) != len(self):
            raise CheckpointError("what chooses the styles is of other songs: export them again")

    def __len__(self) -> int:
        return len(self.codes)

    def draw(self, rng: np.random.Generator, features: NDArray[np.float32] | None = None) -> Drawn:
        """A style at random.

        Args:
            features: of the song that it is for, from `prior.song_features`.
        """
        noise = rng.standard_normal(CODE_SIZE).astype(np.float32)
        if not len(self):
            return Drawn(noise, None)
        index = int(rng.choice(len(self), p=self.weights(features)))
        code = self.codes[index].astype(np.float32) + np.float32(_SPREAD) * noise
        return Drawn(code, self.passages[index] if self.passages else None)

    def weights(self, features: NDArray[np.float32] | None) -> NDArray[np.float64]:
        """(num_songs,) how likely a style like each song's is drawn, 1 together."""
        if self.prior is None or features is None:
            return np.full(len(self), 1 / len(self))
        return self.prior.weights(features)

    def log_density(
        self, code: NDArray[np.float32], features: NDArray[np.float32] | None = None
    ) -> float:
        """How likely a code is for a song, but for a constant."""
        if not len(self):
            return float(-(code.astype(np.float64) ** 2).sum() / 2)
        gap = ((self.codes.astype(np.float64) - code) ** 2).sum(axis=1)
        return float(np.log((self.weights(features) * np.exp(-gap / (2 * _NEAR**2))).sum() + _NONE))

    def save(self, path: Path) -> None:
        """Write `styles.npz`."""
        arrays: dict[str, NDArray[Any]] = {"codes": self.codes}
        known = [one for one in self.passages if one is not None]
        if known:
            # A tenth of a standard unit is nothing beside what tells phrases apart.
            arrays[_HEARD] = np.concatenate([one.heard for one in known]).round(1)
            arrays[_DEPARTURES] = np.concatenate([one.departures for one in known])
            arrays = {name: array.astype(np.float16) for name, array in arrays.items()}
            count = [0 if one is None else len(one) for one in self.passages]
            arrays[_NUM_PASSAGES] = np.array(count, dtype=np.uint8)
        if self.prior:
            arrays |= {_PROJECTION: self.prior.projection, _KEYS: self.prior.keys}
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]

    @staticmethod
    def none() -> StyleBank:
        """Of weights that know no songs'."""
        return StyleBank(np.zeros((0, CODE_SIZE), np.float16))

    @staticmethod
    def load(path: Path) -> StyleBank:
        """Read `styles.npz`; no song's where the weights have no such file, and no passages
        where the file has none.

        Raises:
            CheckpointError: the file is damaged.
        """
        if not path.is_file():
            return StyleBank.none()
        try:
            arrays = load_npz(path)
            with np.errstate(over="ignore"):  # what is too large is not finite
                codes = as_numbers(arrays["codes"]).astype(np.float16)
            prior = None
            if _KEYS in arrays:
                projection, keys = (
                    as_numbers(arrays[name]).astype(np.float32) for name in (_PROJECTION, _KEYS)
                )
                prior = StylePrior(projection, keys)
            if _NUM_PASSAGES not in arrays:
                return StyleBank(codes, (), prior)
            count = as_numbers(arrays[_NUM_PASSAGES]).astype(np.int64)
            end = np.cumsum(count)
            heard, departures = (
                as_numbers(arrays[name]).astype(np.float64) for name in (_HEARD, _DEPARTURES)
            )
            if count.min() < 0 or not end[-1] == len(heard) == len(departures):
                raise ValueError("its passages are not those of its songs")
            if departures.shape[1] != CODE_SIZE or heard.ndim != 2:
                raise ValueError("its passages are not those of its songs")
            rows = list(zip(heard, departures, strict=True))
            found = [rows[i:j] for i, j in pairwise([0, *end])]
            passages = [Passages.of(own) if own else None for own in found]
            return StyleBank(codes, passages, prior)
        except (OSError, ValueError, LookupError, TypeError, StyleError) as fault:
            raise CheckpointError(f"'{path}' cannot be read ({fault}): export it again") from fault

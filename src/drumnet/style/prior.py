"""Which songs' styles fit a song: p(style | song).

In: what the network hears of a song, its tempo and its metre.  Out: of each song of a bank,
how likely its style is to be played here.

A drummer who hears a song thinks of songs that sound like it.  What is heard is projected so
that songs whose drummers play alike lie near each other (neighbourhood components analysis;
Goldberger et al. 2004, here for codes in place of classes); a song of the bank counts the
less the farther away it lies.  The projection is learned by `training.drummer.style_prior`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import CheckpointError
from drumnet.products import product

#: Metres that are told apart; the others count as none of them.
_METRES = (3, 4, 6)
#: A usual tempo, in bpm; an octave of tempo counts as so many standard units of what is heard.
_USUAL_BPM, _OCTAVE = 128.0, 2.0


def song_features(
    context: NDArray[np.float32], bar_length: NDArray[np.int64], bpm: float
) -> NDArray[np.float32]:
    """(2 * width + 4,) of a song: mean and standard deviation of what is heard over its beats,
    tempo in octaves, and the usual metre.

    Args:
        context: (width, num_beats) from `Network.listen`.
        bar_length: (num_beats,) beats in the bar of each.
        bpm: its tempo.
    """
    metre = int(np.bincount(bar_length).argmax())
    tempo = _OCTAVE * np.log2(max(bpm, 1.0) / _USUAL_BPM)
    rest = [tempo, *(float(metre == one) for one in _METRES)]
    return np.concatenate([context.mean(axis=1), context.std(axis=1), rest]).astype(np.float32)


@dataclass(frozen=True, eq=False)
class StylePrior:
    """Of the songs of a bank.

    Args:
        projection: (num_features, size), of features as they come.
        keys: (num_songs, size) the projected features of the bank's songs.

    Raises:
        CheckpointError: shapes that do not fit, or numbers that are not finite.
    """

    projection: NDArray[np.float32]
    keys: NDArray[np.float32]

    def __post_init__(self) -> None:
        sizes = [array.shape[1:] for array in (self.projection, self.keys)]
        finite = all(np.isfinite(array).all() for array in (self.projection, self.keys))
        if sizes[0] != sizes[1] or len(sizes[0]) != 1 or not finite:
            raise CheckpointError("what chooses the styles is damaged: export the weights again")

    def weights(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """(num_songs,) how likely the style of each is, 1 together.

        Args:
            features: (num_features,) from `song_features`.

        Raises:
            CheckpointError: of another network.
        """
        if len(features) != len(self.projection):
            raise CheckpointError("what chooses the styles is of other weights: export them again")
        query = product(features[None].astype(np.float64), self.projection)[0]
        gap = ((self.keys - query) ** 2).mean(axis=1)
        weight = np.exp(gap.min() - gap)
        return np.asarray(weight / weight.sum())

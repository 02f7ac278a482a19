"""The drums at the level that they have in a mix.

In: a `DrumTrack`, a `Kit` and a factor.  Out: float32 blocks of the drums or of some of their
pieces, no sample of the drums beyond `limiter.PEAK_LIMIT`.  What the limiter does to the drums
it does to each piece, so that the pieces add up to the drums.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import DrumTrack, Piece
from drumnet.kits.kit import KIT_RATE_HZ, Kit
from drumnet.rendering.limiter import Factors, applied, limiter_factors
from drumnet.rendering.render import Rendering


@dataclass(frozen=True, eq=False)
class DrumBus:
    """The drums of a mix at `KIT_RATE_HZ`.

    Args:
        gain: factor before the limiter, that of `mixdown.MixLevels`.
    """

    track: DrumTrack
    kit: Kit
    duration_s: float
    gain: float = 1.0

    def blocks(self, pieces: Collection[Piece] | None = None) -> Iterator[NDArray[np.float32]]:
        """The drums, in blocks as `render_blocks` makes them.

        Args:
            pieces: the stems to be heard, all if None.

        Raises:
            KitError: the kit lacks a piece that is to be heard.
        """
        for block, factors in zip(self._unlimited(pieces), self.factors, strict=True):
            yield applied(block, factors)

    @property
    def sounding(self) -> frozenset[Piece]:
        """The pieces that are not silent throughout."""
        return self._rendering.sounding

    @cached_property
    def factors(self) -> list[Factors | None]:
        """What the limiter does, block by block."""
        return list(limiter_factors(self._unlimited(None), KIT_RATE_HZ))

    @cached_property
    def _rendering(self) -> Rendering:
        return Rendering(self.track, self.kit, self.duration_s)

    def _unlimited(self, pieces: Collection[Piece] | None) -> Iterator[NDArray[np.float32]]:
        return self._rendering.blocks(pieces, self.gain)

"""The one-shots of the embedded kits, synthesised: three characters, nine pieces.

In: a character, a piece, how hard it is struck, and a seed.  Out: (n,) float32
at `SYNTH_RATE_HZ`, peak 1, starting and ending at zero, free of DC.

`acoustic`, `tr808` and `tr909` hold the numbers and their sources;
`acoustic_kick`, `skin`, `metal`, `squares` and `sixbit` are the models that
they are played with, made of `signals`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import Piece
from drumnet.kits.synth import acoustic, tr808, tr909
from drumnet.kits.synth.acoustic_kick import strike_kick
from drumnet.kits.synth.metal import strike_metal
from drumnet.kits.synth.signals import SYNTH_RATE_HZ
from drumnet.kits.synth.sixbit import strike_stored
from drumnet.kits.synth.skin import strike_skin
from drumnet.kits.synth.squares import strike_squares

__all__ = ["SYNTH_RATE_HZ", "Character", "strike"]


class Character(Enum):
    """Which drums; `value` is the name of the kit."""

    ACOUSTIC = "acoustic"
    TR808 = "808"
    TR909 = "909"


_Strike = Callable[[float, np.random.Generator], NDArray[np.float32]]

_STRIKES: Mapping[Character, Mapping[Piece, _Strike]] = {
    Character.ACOUSTIC: {
        Piece.KICK: strike_kick,
        Piece.SNARE: partial(strike_skin, acoustic.SNARE),
        Piece.CLOSED_HAT: partial(strike_metal, acoustic.CLOSED_HAT),
        Piece.OPEN_HAT: partial(strike_metal, acoustic.OPEN_HAT),
        Piece.LOW_TOM: partial(strike_skin, acoustic.LOW_TOM),
        Piece.MID_TOM: partial(strike_skin, acoustic.MID_TOM),
        Piece.HIGH_TOM: partial(strike_skin, acoustic.HIGH_TOM),
        Piece.CRASH: partial(strike_metal, acoustic.CRASH),
        Piece.RIDE: partial(strike_metal, acoustic.RIDE),
    },
    Character.TR808: {
        Piece.KICK: partial(strike_skin, tr808.KICK),
        Piece.SNARE: partial(strike_skin, tr808.SNARE),
        Piece.CLOSED_HAT: partial(strike_squares, tr808.CLOSED_HAT),
        Piece.OPEN_HAT: partial(strike_squares, tr808.OPEN_HAT),
        Piece.LOW_TOM: partial(strike_skin, tr808.LOW_TOM),
        Piece.MID_TOM: partial(strike_skin, tr808.MID_TOM),
        Piece.HIGH_TOM: partial(strike_skin, tr808.HIGH_TOM),
        Piece.CRASH: partial(strike_squares, tr808.CRASH),
        Piece.RIDE: partial(strike_squares, tr808.RIDE),
    },
    Character.TR909: {
        Piece.KICK: partial(strike_skin, tr909.KICK),
        Piece.SNARE: partial(strike_skin, tr909.SNARE),
        Piece.CLOSED_HAT: partial(strike_stored, tr909.CLOSED_HAT),
        Piece.OPEN_HAT: partial(strike_stored, tr909.OPEN_HAT),
        Piece.LOW_TOM: partial(strike_skin, tr909.LOW_TOM),
        Piece.MID_TOM: partial(strike_skin, tr909.MID_TOM),
        Piece.HIGH_TOM: partial(strike_skin, tr909.HIGH_TOM),
        Piece.CRASH: partial(strike_stored, tr909.CRASH),
        Piece.RIDE: partial(strike_stored, tr909.RIDE),
    },
}


def strike(
    piece: Piece, hardness: float, seed: int, character: Character = Character.ACOUSTIC
) -> NDArray[np.float32]:
    """One stroke; the same seed gives the same samples.

    Args:
        hardness: 0 (softest) to 1 (hardest).
    """
    index = list(Piece).index(piece)
    return _STRIKES[character][piece](hardness, np.random.default_rng((index, seed)))

"""The one-shots of the embedded kits, synthesised: three characters, nine pieces.

In: a character, a piece, how hard it is struck, and a seed.  Out: (n,) float32
at `SYNTH_RATE_HZ`, peak 1, starting and ending at zero, free of DC.

`acoustic`, `tr808` and `tr909` hold the numbers and their sources;
`acoustic_kick`, `skin`, `metal`, `squares` and `sixbit` are the models that
they are played with, made of `signals`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

__all__ = ["SYNTH_RATE_HZ", "VOICES", "Character", "strike"]


class Character(Enum):
    """Which drums; `value` is the name of the kit."""

    ACOUSTIC = "acoustic"
    TR808 = "808"
    TR909 = "909"


_Strike = Callable[[float, np.random.Generator], NDArray[np.float32]]


@dataclass(frozen=True)
class Voice:
    """How a piece of an embedded kit sounds.

    Args:
        strike: hardness from 0 to 1, and what makes one stroke differ from another.
        level_db: at velocity 127, in dBFS of its loudest 50 ms (RMS): hats and ride 12 dB and
            more below the kick, the crash between.  The kick of the 808 has little above
            50 Hz, where the ear is deaf, and so is louder.
        num_layers: velocity layers; what rings long has fewer, as each stroke takes more memory.
    """

    strike: _Strike
    level_db: float
    num_layers: int


#: What each character plays; it lacks a piece that is not named.
VOICES: Mapping[Character, Mapping[Piece, Voice]] = {
    Character.ACOUSTIC: {
        Piece.KICK: Voice(strike_kick, -18, 5),
        Piece.SNARE: Voice(partial(strike_skin, acoustic.SNARE), -21, 5),
        Piece.CLOSED_HAT: Voice(partial(strike_metal, acoustic.CLOSED_HAT), -31, 4),
        Piece.OPEN_HAT: Voice(partial(strike_metal, acoustic.OPEN_HAT), -31, 3),
        Piece.LOW_TOM: Voice(partial(strike_skin, acoustic.LOW_TOM), -21, 4),
        Piece.MID_TOM: Voice(partial(strike_skin, acoustic.MID_TOM), -21, 4),
        Piece.HIGH_TOM: Voice(partial(strike_skin, acoustic.HIGH_TOM), -21, 4),
        Piece.CRASH: Voice(partial(strike_metal, acoustic.CRASH), -26, 3),
        Piece.RIDE: Voice(partial(strike_metal, acoustic.RIDE), -31, 3),
    },
    Character.TR808: {
        Piece.KICK: Voice(partial(strike_skin, tr808.KICK), -14, 5),
        Piece.SNARE: Voice(partial(strike_skin, tr808.SNARE), -20, 5),
        Piece.CLOSED_HAT: Voice(partial(strike_squares, tr808.CLOSED_HAT), -31, 4),
        Piece.OPEN_HAT: Voice(partial(strike_squares, tr808.OPEN_HAT), -31, 3),
        Piece.LOW_TOM: Voice(partial(strike_skin, tr808.LOW_TOM), -18, 4),
        Piece.MID_TOM: Voice(partial(strike_skin, tr808.MID_TOM), -18, 4),
        Piece.HIGH_TOM: Voice(partial(strike_skin, tr808.HIGH_TOM), -18, 4),
        Piece.CRASH: Voice(partial(strike_squares, tr808.CRASH), -27, 3),
        Piece.RIDE: Voice(partial(strike_squares, tr808.RIDE), -30, 3),
    },
    Character.TR909: {
        Piece.KICK: Voice(partial(strike_skin, tr909.KICK), -20, 5),
        Piece.SNARE: Voice(partial(strike_skin, tr909.SNARE), -21, 5),
        Piece.CLOSED_HAT: Voice(partial(strike_stored, tr909.CLOSED_HAT), -31, 4),
        Piece.OPEN_HAT: Voice(partial(strike_stored, tr909.OPEN_HAT), -31, 3),
        Piece.LOW_TOM: Voice(partial(strike_skin, tr909.LOW_TOM), -21, 4),
        Piece.MID_TOM: Voice(partial(strike_skin, tr909.MID_TOM), -21, 4),
        Piece.HIGH_TOM: Voice(partial(strike_skin, tr909.HIGH_TOM), -21, 4),
        Piece.CRASH: Voice(partial(strike_stored, tr909.CRASH), -27, 3),
        Piece.RIDE: Voice(partial(strike_stored, tr909.RIDE), -31, 3),
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
    return VOICES[character][piece].strike(hardness, np.random.default_rng((index, seed)))

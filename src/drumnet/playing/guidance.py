"""How settings are brought about: what the network is asked, and what is picked.

In: `Settings`, the `Controls` of the weights, and a network that has listened.
Out: activations in which the settings are contained already, for
`composing` to pick from.

Complexity and intensity move the code along measured directions, and more or
fewer hits are picked along with it.  How closely the kick follows the bass is
guided through the network, which is asked twice, with the bass and without it:

    logit = without + follow * (with - without)

after Ho & Salimans, "Classifier-free diffusion guidance" (2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning
from drumnet.hits import Piece
from drumnet.logits import logit, moved
from drumnet.model.network import GivenHits, Network, OnsetActivations
from drumnet.settings import Settings
from drumnet.song.roles import Role
from drumnet.style.code import CodePath
from drumnet.style.directions import Controls

#: What follows what: pieces, and the roles that are hidden from them.
_BASS, _STRUMMING = (Role.BASS,), (Role.GUITAR, Role.KEYS)
_HATS = (Piece.CLOSED_HAT, Piece.OPEN_HAT)
#: At either end of the complexity, hits are picked that many octaves more or less often.
_DENSITY_OCTAVES = 0.5


def complexity_of(settings: Settings, piece: Piece) -> float:
    """From -1 to 1: that of the pad and of the piece together."""
    both = 2 * settings.complexity - 1 + 2 * settings.of(piece).complexity - 1
    return float(np.clip(both, -1.0, 1.0))


def density_of(settings: Settings, piece: Piece) -> float:
    """So many times the hits of a piece are wanted."""
    wanted = settings.density * settings.of(piece).amount
    return float(wanted * 2 ** (_DENSITY_OCTAVES * complexity_of(settings, piece)))


@dataclass(frozen=True, eq=False)
class Guide:
    """What a piece follows.

    Args:
        context: (width, num_beats) of the song without it.
        follow: 0 not at all, 1 as learned.
    """

    context: NDArray[np.float32]
    follow: float


def guides(network: Network, conditioning: Conditioning, settings: Settings) -> dict[Piece, Guide]:
    """Of the pieces that are to follow otherwise than they learned."""
    found: dict[Piece, Guide] = {}
    for pieces, roles, follow in (
        ((Piece.KICK,), _BASS, settings.follow_bass),
        (_HATS, _STRUMMING, settings.follow_strumming),
    ):
        rows = [HEARD_ROLES.index(role) for role in roles]
        if follow != 1 and conditioning.present[rows].any():
            guide = Guide(network.listen(_without(conditioning, rows)), follow)
            found.update(dict.fromkeys(pieces, guide))
    return found


def _without(conditioning: Conditioning, rows: Sequence[int]) -> Conditioning:
    strength, present = conditioning.strength.copy(), conditioning.present.copy()
    strength[rows], present[rows] = 0, False
    return replace(conditioning, strength=strength, present=present)


@dataclass(frozen=True, eq=False)
class GuidedDecoder:
    """Decodes pieces of a code as settings say.

    Args:
        context: (width, num_beats) from `Network.listen`.
        code: along the song.
        leans: (num_pieces, num_ticks) by which logits are moved, as the style's figure does.
        guides: from `guides`.
    """

    network: Network
    context: NDArray[np.float32]
    code: CodePath
    leans: NDArray[np.float32]
    settings: Settings
    controls: Controls
    guides: Mapping[Piece, Guide]

    def __call__(self, pieces: Sequence[Piece], known: GivenHits) -> OnsetActivations:
        """What is played; only the rows of these pieces count."""
        codes = [self._code(piece) for piece in pieces]
        decoded: dict[bytes, OnsetActivations] = {}
        for code in codes:
            if code.tobytes() not in decoded:
                decoded[code.tobytes()] = self.network.decode(self.context, code, known)
        whole = [decoded[code.tobytes()] for code in codes]
        fields = {name: array.copy() for name, array in vars(whole[0]).items()}
        order = self.network.checkpoint.pieces
        for piece, code, one in zip(pieces, codes, whole, strict=True):
            row = order.index(piece)
            for name, array in vars(one).items():
                fields[name][row] = array[row]
            if piece in self.guides:
                guide = self.guides[piece]
                without = self.network.decode(guide.context, code, known).probability[row]
                fields["probability"][row] = guided(one.probability[row], without, guide.follow)
            if self.leans[row].any():
                fields["probability"][row] = moved(fields["probability"][row], self.leans[row])
        return OnsetActivations(**fields)

    def _code(self, piece: Piece) -> NDArray[np.float32]:
        row = self.network.checkpoint.pieces.index(piece)
        whole, own = 2 * self.settings.complexity - 1, self.settings.of(piece).complexity
        force = 2 * self.settings.intensity - 1
        code = self.controls.moved(self.code.code, whole, force, row, 2 * own - 1)
        return self.code.from_code(code).by_beat


def guided(
    heard: NDArray[np.float32], without: NDArray[np.float32], follow: float
) -> NDArray[np.float32]:
    """Probabilities on the way from those without hearing something to those with it,
    and beyond.

    >>> guided(np.array([0.5, 0.9]), np.array([0.5, 0.5]), 2.0).round(2)
    array([0.5 , 0.99], dtype=float32)
    """
    return moved(without, follow * (logit(heard) - logit(without)))

"""Whole patterns that belong together, piece by piece.

In: a network, what it heard, a code, and what of the drums is known.  Out: a
`Pattern` on ticks.  Where several answers are right, choosing each piece by
itself gives mush; so each piece is decoded knowing the hits of those before it
(a kit's likelihood by the chain rule, as in NADE; Uria et al. 2016), and the
limits of a drummer's body hold: two hands, two feet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import Piece
from drumnet.logits import moved
from drumnet.model.network import GivenHits, Network, OnsetActivations
from drumnet.playing.guidance import SteeredDecoder, freedoms, guides
from drumnet.playing.listening import Listening
from drumnet.playing.peak_picking import Freedom, picked_ticks
from drumnet.settings import Settings
from drumnet.style.habits import departing

#: Decoded one after the other: first what carries a pattern, then what departs
#: from it (fills, accents), last what goes on where nothing else is played.
PIECE_GROUPS: tuple[tuple[Piece, ...], ...] = (
    (Piece.KICK,),
    (Piece.SNARE,),
    (Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM),
    (Piece.CRASH,),
    (Piece.RIDE,),
    (Piece.OPEN_HAT,),
    (Piece.CLOSED_HAT,),
)
#: What is struck with a stick; the kick has a foot of its own.
_HANDS = 2
_FOOT = frozenset({Piece.KICK})
#: Pieces that one thing sounds, in one way at a time.
_ONE_AT_A_TIME = ((Piece.CLOSED_HAT, Piece.OPEN_HAT),)


@dataclass(frozen=True, eq=False)
class Pattern:
    """What is played on ticks, (num_pieces, num_ticks) float32 each.

    Args:
        pieces: the rows.
        velocity: 0-1; 0 where nothing is hit.
        offset: in ticks from the tick.
        velocity_spread, offset_spread: mean deviations of people from those.
        chance: the probability of each tick, when its piece was decided.
    """

    pieces: tuple[Piece, ...]
    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]
    velocity_spread: NDArray[np.float32]
    offset_spread: NDArray[np.float32]
    chance: NDArray[np.float32]

    def ticks(self, piece: Piece) -> NDArray[np.int64]:
        """Where the piece is hit."""
        return np.flatnonzero(self.velocity[self.pieces.index(piece)])


#: Of a piece, its row of probabilities: the ticks that are played.
PickTicks = Callable[[Piece, NDArray[np.float32]], NDArray[np.int64]]
#: Of pieces, and of what is known: what is likely; only the rows of the pieces count.
Decode = Callable[[Sequence[Piece], GivenHits], OnsetActivations]


def compose(
    network: Network,
    listened: NDArray[np.float32],
    code: NDArray[np.float32],
    given: GivenHits,
    wanted: Collection[Piece],
    pick: PickTicks,
) -> Pattern:
    """The pieces that are wanted where they are not known, to what is known.

    Args:
        listened: (width, num_beats) from `Network.listen`.
        code: (16,).
        given: what is known; it is part of the pattern.
        pick: chooses a piece's ticks.
    """

    def decode(_: Sequence[Piece], known: GivenHits) -> OnsetActivations:
        return network.decode(listened, code, known)

    return compose_with(decode, network.checkpoint.pieces, given, wanted, pick)


def compose_with(
    decode: Decode,
    pieces: tuple[Piece, ...],
    given: GivenHits,
    wanted: Collection[Piece],
    pick: PickTicks,
) -> Pattern:
    """The same, however the pieces are decoded.

    Args:
        pieces: the rows of what is decoded.
    """
    known = GivenHits(given.velocity.copy(), given.offset.copy(), given.known.copy())
    spreads = np.zeros((2, *known.velocity[:-1].shape), dtype=np.float32)
    chance = (known.velocity[:-1] > 0).astype(np.float32)
    for group in PIECE_GROUPS:
        rows = {piece: pieces.index(piece) for piece in group if piece in wanted}
        rows = {piece: row for piece, row in rows.items() if not known.known[row].all()}
        if not rows:
            continue
        found = decode(list(rows), known)
        for piece, row in rows.items():
            free = np.repeat(~known.known[row], TICKS_PER_BEAT)
            probability = np.where(free, found.probability[row], 0).astype(np.float32)
            probability[~_playable(piece, pieces, known.velocity)] = 0
            ticks = pick(piece, probability)
            ticks = ticks[probability[ticks] > 0]
            _play(known, row, ticks, found)
            chance[row, free] = probability[free]
            spreads[:, row, ticks] = (
                found.velocity_spread[row, ticks],
                found.offset_spread[row, ticks],
            )
        for row in rows.values():
            known.known[row] = True
    return Pattern(pieces, known.velocity[:-1], known.offset[:-1], spreads[0], spreads[1], chance)


def with_tapped(pattern: Pattern, given: GivenHits, floors: Mapping[Piece, float]) -> Pattern:
    """The pattern with every stroke of the tap that no piece plays given to the one that
    would most readily, as hard and as late as it was tapped.

    Args:
        floors: of the pieces that may play it.
    """
    struck = pattern.velocity > 0
    near = struck.any(axis=0)
    near = near | np.roll(near, 1) | np.roll(near, -1)
    missed = np.flatnonzero((given.velocity[-1] > 0) & ~near)
    rows = [pattern.pieces.index(piece) for piece in floors]
    if not (len(missed) and rows):
        return pattern
    ready = pattern.chance[rows] / np.array(list(floors.values()), np.float32)[:, None]
    open_to = ~np.repeat(given.known[rows], TICKS_PER_BEAT, axis=1)
    row = np.array(rows)[np.where(open_to, ready, -1.0)[:, missed].argmax(axis=0)]
    velocity, offset = pattern.velocity.copy(), pattern.offset.copy()
    velocity[row, missed] = np.maximum(given.velocity[-1, missed], _SOFTEST)
    offset[row, missed] = given.offset[-1, missed]
    return replace(pattern, velocity=velocity, offset=offset)


#: A stroke is never so soft that it is none.
_SOFTEST = 1 / 127


def _play(known: GivenHits, row: int, ticks: NDArray[np.int64], found: OnsetActivations) -> None:
    known.velocity[row, ticks] = np.clip(found.velocity[row, ticks], _SOFTEST, 1.0)
    known.offset[row, ticks] = found.offset[row, ticks]


def _playable(
    piece: Piece, pieces: tuple[Piece, ...], velocity: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """(num_ticks,) where a hand is free, and nothing that excludes the piece plays."""
    struck = velocity[:-1] > 0
    if piece in _FOOT:
        return np.ones(struck.shape[1], dtype=bool)
    own = pieces.index(piece)
    hands = [row for row, other in enumerate(pieces) if other not in _FOOT and row != own]
    playable = struck[hands].sum(axis=0) < _HANDS
    for pair in _ONE_AT_A_TIME:
        if piece in pair:
            others = [row for row in hands if pieces[row] in pair]
            playable &= ~struck[others].any(axis=0)
    return np.asarray(playable)


def freely(
    floors: Mapping[Piece, float],
    heard: Conditioning,
    freedom: Freedom | Mapping[Piece, Freedom],
    seed: int,
) -> PickTicks:
    """The usual choice: what is likely, as freely as is wanted.

    Args:
        floors: the least probability of a hit of each piece.
    """

    def pick(piece: Piece, probability: NDArray[np.float32]) -> NDArray[np.int64]:
        free = freedom if isinstance(freedom, Freedom) else freedom.get(piece, Freedom())
        return picked_ticks(probability, floors[piece], heard, free, seed, piece)

    return pick


#: At either end of the intensity, the logit of a velocity is moved so far.
_FORCE = 0.8


def in_force(pattern: Pattern, settings: Settings, known: GivenHits) -> Pattern:
    """The pattern, struck softer or harder as the intensity says, but for what is known."""
    if settings.intensity == 0.5:
        return pattern
    free = ~np.repeat(known.known[:-1], TICKS_PER_BEAT, axis=1)
    struck = (pattern.velocity > 0) & free
    level = np.clip(pattern.velocity, 1e-3, 1 - 1e-3)
    struck_so = moved(level, _FORCE * (2 * settings.intensity - 1))
    return replace(pattern, velocity=np.where(struck, struck_so, pattern.velocity))


@dataclass(frozen=True, eq=False)
class Composer:
    """What composes a pattern; may be asked again, for other settings or for what is
    left open in what is known.

    Args:
        listening: on the beats of the pulse that the drums keep to.
        code: (16,).
        wanted: the pieces that are played.
        departures: (num_beats, 16) of the code along the song, if it does depart.
    """

    network: Network
    listening: Listening
    code: NDArray[np.float32]
    wanted: tuple[Piece, ...]
    departures: NDArray[np.float32] | None = None

    @property
    def codes(self) -> NDArray[np.float32]:
        """(16,), or (num_beats, 16) where it departs along the song."""
        return departing(self.code, self.departures)

    def compose(self, settings: Settings, known: GivenHits) -> Pattern:
        """The pattern of these settings where nothing is known; what is known is in it."""
        weights, heard = self.network.checkpoint, self.listening.heard
        decoder = SteeredDecoder(
            self.network,
            self.listening.listened,
            self.code,
            settings,
            weights.controls,
            guides(self.network, heard, settings),
            self.departures,
        )
        floors = dict(zip(weights.pieces, weights.floors, strict=True))
        pick = freely(floors, heard, freedoms(settings, self.wanted), settings.seed)
        pattern = compose_with(decoder, weights.pieces, known, self.wanted, pick)
        pattern = with_tapped(pattern, known, {piece: floors[piece] for piece in self.wanted})
        return in_force(pattern, settings, known)


#: Changes a pattern before it is performed, as by fills, knowing what was given.
#: Ticks are those of the composer's beats.
Finish = Callable[[Pattern, Composer, Settings, GivenHits], Pattern]

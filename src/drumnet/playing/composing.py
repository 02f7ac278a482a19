"""Whole patterns that belong together, piece by piece.

In: a song that was listened to, a code, settings, and what of the drums is known.  Out: a
`Pattern` on ticks.  Where several answers are right, choosing each piece by
itself gives mush; so each piece is decoded knowing the hits of those before it
(a kit's likelihood by the chain rule, as in NADE; Uria et al. 2016), and the
limits of a drummer's body hold: two hands, two feet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import Piece
from drumnet.logits import moved
from drumnet.model.network import PIECE_GROUPS, GivenHits, Network, OnsetActivations
from drumnet.playing.arrangement import Arrangement
from drumnet.playing.guidance import GuidedDecoder, density_of, guides
from drumnet.playing.listening import Listening
from drumnet.playing.pattern import SOFTEST, Pattern, playable
from drumnet.playing.peak_picking import picked_ticks
from drumnet.playing.tapping import tapped_pattern
from drumnet.playing.variation import variation_of
from drumnet.settings import Settings
from drumnet.style.code import CodePath
from drumnet.style.habits import Habits

#: At either end of the intensity, the logit of a velocity is moved so far.
_FORCE = 0.8

#: Of a piece, its row of probabilities: the ticks that are played.
PickTicks = Callable[[Piece, NDArray[np.float32]], NDArray[np.int64]]
#: Of pieces, and of what is known: what is likely; only the rows of the pieces count.
Decode = Callable[[Sequence[Piece], GivenHits], OnsetActivations]


@dataclass(frozen=True, eq=False)
class Composer:
    """What composes a pattern; may be asked again, for other settings or for what is
    left open in what is known.

    Args:
        listening: on the beats of the pulse that the drums keep to.
        code: along these beats.
        habits: what the style's drummer does besides.
        wanted: the pieces that are played.
        arrangement: of the song; None plays the plain pattern.
    """

    network: Network
    listening: Listening
    code: CodePath
    habits: Habits
    wanted: tuple[Piece, ...]
    arrangement: Arrangement | None = None

    def compose(self, settings: Settings, known: GivenHits) -> Pattern:
        """The pattern of these settings where nothing is known; what is known is in it.
        Where a rhythm is tapped, it is that."""
        weights, conditioning = self.network.checkpoint, self.listening.conditioning
        found = guides(self.network, conditioning, settings)
        decode = GuidedDecoder(
            self.network,
            self.listening.context,
            self.code,
            self._leans(),
            settings,
            weights.controls,
            found,
        )
        if known.known[-1].any():
            pattern = tapped_pattern(
                decode, weights.pieces, known, self.wanted, conditioning, settings
            )
        else:
            pick = partial(self._pick, settings)
            pattern = compose(decode, weights.pieces, known, self.wanted, pick)
        return in_force(pattern, settings, known)

    def likely(self, known: GivenHits) -> OnsetActivations:
        """What the code itself finds likely, to what is known."""
        return self.network.decode(self.listening.context, self.code.by_beat, known)

    def _leans(self) -> NDArray[np.float32]:
        """(num_pieces, num_ticks)."""
        pieces, places = self.network.checkpoint.pieces, self.listening.conditioning.places
        leans = np.zeros((len(pieces), len(places.tick)), dtype=np.float32)
        if self.habits.figure is not None:
            leans += self.habits.figure.along(pieces, places)
        if self.arrangement is not None:
            leans += self.arrangement.leans
        return leans

    def _pick(
        self, settings: Settings, piece: Piece, probability: NDArray[np.float32]
    ) -> NDArray[np.int64]:
        weights = self.network.checkpoint
        if self.arrangement is not None:
            probability = self.arrangement.shared(probability)
        return picked_ticks(
            probability,
            weights.min_probabilities[weights.pieces.index(piece)],
            self.listening.conditioning,
            piece,
            temperature=settings.temperature,
            variation=variation_of(settings.variation, self.habits.variation),
            density=density_of(settings, piece),
            seed=settings.seed,
            fills=1.0 if self.arrangement is None else self.arrangement.small_fills,
        )


#: Changes a pattern before it is performed, as by fills, knowing what was given.
#: Ticks are those of the composer's beats.
Finish = Callable[[Pattern, Composer, Settings, GivenHits], Pattern]


def compose(
    decode: Decode,
    pieces: tuple[Piece, ...],
    given: GivenHits,
    wanted: Collection[Piece],
    pick: PickTicks,
) -> Pattern:
    """The pieces that are wanted where they are not known, to what is known.

    Args:
        pieces: the rows of what is decoded.
        given: what is known; it is part of the pattern.
        pick: chooses a piece's ticks.
    """
    known = given.copy()
    spreads = np.zeros((2, *known.velocity[:-1].shape), dtype=np.float32)
    for group in PIECE_GROUPS:
        rows = {piece: pieces.index(piece) for piece in group if piece in wanted}
        rows = {piece: row for piece, row in rows.items() if not known.known[row].all()}
        if not rows:
            continue
        found = decode(list(rows), known)
        for piece, row in rows.items():
            free = np.repeat(~known.known[row], TICKS_PER_BEAT)
            probability = np.where(free, found.probability[row], 0).astype(np.float32)
            probability[~playable(piece, pieces, known.velocity[:-1])] = 0
            ticks = pick(piece, probability)
            ticks = ticks[probability[ticks] > 0]
            known.velocity[row, ticks] = np.clip(found.velocity[row, ticks], SOFTEST, 1.0)
            known.offset[row, ticks] = found.offset[row, ticks]
            spreads[:, row, ticks] = (
                found.velocity_spread[row, ticks],
                found.offset_spread[row, ticks],
            )
        for row in rows.values():
            known.known[row] = True
    return Pattern(pieces, known.velocity[:-1], known.offset[:-1], spreads[0], spreads[1])


def in_force(pattern: Pattern, settings: Settings, known: GivenHits) -> Pattern:
    """The pattern, struck softer or harder as the intensity says, but for what is known."""
    if settings.intensity == 0.5:
        return pattern
    free = ~np.repeat(known.known[:-1], TICKS_PER_BEAT, axis=1)
    struck = (pattern.velocity > 0) & free
    level = np.clip(pattern.velocity, 1e-3, 1 - 1e-3)
    struck_so = moved(level, _FORCE * (2 * settings.intensity - 1))
    return replace(pattern, velocity=np.where(struck, struck_so, pattern.velocity))

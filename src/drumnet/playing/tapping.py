"""A tapped rhythm to a pattern: every stroke of it is played, by the pieces that people
would play it on.

In: what is likely on ticks, and a tap among what is known.  Out: a `Pattern`.  Where it is
tapped something is hit for certain, so the probabilities are taken given that one of the
pieces is:

    q_i = p_i / (1 - product over j of (1 - p_j))

Pieces are hit where q reaches a threshold, and the likeliest piece wherever none
would be.  How loud somebody taps is chance, and with nothing else to hear so is where they
begin: every tap is heard softer and louder, and with its second half first as well; the log
odds are averaged.  To decode piece by piece, as whole patterns are composed, was measured
too and scored lower.

Variation and fills have no part in it: a tapped rhythm varies as it is tapped.

The tap is the loudest piece's.  No piece is louder, and a piece is as loud as
the tap if no other is likely to be louder.  What is struck at one moment is one
gesture, so every piece is as early or late as the tap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import PIECES, Piece
from drumnet.logits import logit, sigmoid
from drumnet.model.network import GivenHits, OnsetActivations
from drumnet.playing.guidance import density_of
from drumnet.playing.pattern import BOTH_FEET, SOFTEST, Pattern, playable
from drumnet.playing.peak_picking import disturbed
from drumnet.settings import Settings

#: Of pieces, and of what is known: what is likely; only the rows of the pieces count.
Decode = Callable[[Sequence[Piece], GivenHits], OnsetActivations]

#: A stroke is heard on the nearest 16th, as the network learned to hear taps.
_STEP_TICKS = TICKS_PER_BEAT // 4
_LEAST = 1e-6


@dataclass(frozen=True)
class TapConfig:
    """Args:
    levels: a tap is heard at each of these.
    thresholds: of the pieces, of the highest F1 over all hits of performances of the Groove
        MIDI Dataset's validation split (`scripts/tune_taps.py`); 0.5 of one that is not named.
    """

    levels: tuple[float, ...] = (0.7, 0.85, 1.0, 1.15, 1.3)
    thresholds: Mapping[Piece, float] = field(
        default_factory=lambda: {
            Piece.KICK: 0.42,
            Piece.SNARE: 0.28,
            Piece.CLOSED_HAT: 0.34,
            Piece.OPEN_HAT: 0.62,
            Piece.LOW_TOM: 0.46,
            Piece.MID_TOM: 0.70,
            Piece.HIGH_TOM: 0.56,
            Piece.CRASH: 0.36,
            Piece.RIDE: 0.68,
        }
    )

    def threshold(self, piece: Piece) -> float:
        """Of a piece."""
        return self.thresholds.get(piece, 0.5)


DEFAULT_TAPPING = TapConfig()


@dataclass(frozen=True, eq=False)
class TapOdds:
    """What is likely where it is tapped, rows as in the order of the pieces.

    Args:
        tick: (num_strokes,) where each stroke is played.
        velocity, offset: (num_strokes,) of the stroke; the offset in ticks from its tick.
        probability: (num_pieces, num_strokes) of a hit, given that one is hit at least; 0
            where a piece is not open to be played.
        loudness: (num_pieces, num_strokes) velocity of a hit, if there is one.
        is_played: (num_strokes,) whether a piece that is known plays the stroke already.
    """

    tick: NDArray[np.int64]
    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]
    probability: NDArray[np.float64]
    loudness: NDArray[np.float64]
    is_played: NDArray[np.bool_]

    @property
    def levels(self) -> NDArray[np.float64]:
        """(num_pieces, num_strokes) how loud each piece is if it is hit.

        The probability that no other is louder is `alone`; its square root, not it, weighs
        the tap against the piece's own velocity, as of performances that is nearer.
        """
        louder = self.loudness[None] > self.loudness[:, None]
        alone = np.prod(np.where(louder, 1 - self.probability[None], 1), axis=1)
        weight = np.sqrt(alone)
        own = np.minimum(self.loudness, self.velocity)
        return np.asarray(weight * self.velocity + (1 - weight) * own)


def tapped_pattern(
    decode: Decode,
    pieces: tuple[Piece, ...],
    known: GivenHits,
    wanted: Sequence[Piece],
    conditioning: Conditioning,
    settings: Settings,
    config: TapConfig = DEFAULT_TAPPING,
) -> Pattern:
    """The tap, played on the pieces that are wanted, to what is known.

    Args:
        pieces: the rows of what is decoded.
        known: its last row is the tap.
    """
    velocity, offset = known.velocity[:-1].copy(), known.offset[:-1].copy()
    still = np.zeros_like(velocity)
    if not wanted:
        return Pattern(pieces, velocity, offset, still, still)
    odds = tap_odds(decode, pieces, known, wanted, conditioning, config)
    levels = np.clip(odds.levels, SOFTEST, 1.0)
    struck = _struck(odds, pieces, wanted, conditioning, settings, config)
    for piece in sorted(wanted, key=lambda one: -float(odds.probability[pieces.index(one)].sum())):
        row = pieces.index(piece)
        at = struck[row] & playable(piece, pieces, velocity, BOTH_FEET)[odds.tick]
        velocity[row, odds.tick[at]] = levels[row, at]
        offset[row, odds.tick[at]] = odds.offset[at]
    return Pattern(pieces, velocity, offset, still, still)


def tap_odds(
    decode: Decode,
    pieces: tuple[Piece, ...],
    known: GivenHits,
    wanted: Sequence[Piece],
    conditioning: Conditioning,
    config: TapConfig = DEFAULT_TAPPING,
) -> TapOdds:
    """Hear the tap, softer, louder and from elsewhere on."""
    tick = np.flatnonzero(known.velocity[-1])
    velocity, offset = known.velocity[-1, tick], known.offset[-1, tick]
    last = known.velocity.shape[1] - _STEP_TICKS
    step = (_STEP_TICKS * np.round((tick + offset) / _STEP_TICKS)).astype(int).clip(0, last)
    rows = [pieces.index(piece) for piece in wanted]
    is_open = ~known.known[:-1, tick // TICKS_PER_BEAT]
    is_open &= np.isin(np.arange(len(pieces)), rows)[:, None]
    is_played = np.asarray((known.velocity[:-1, tick] > 0).any(axis=0))
    log_odds, loudness = np.zeros((2, len(pieces), len(tick)))
    hearings = list(_hearings(known, conditioning, config))
    for level, turn in hearings:
        heard = known.copy()
        heard.velocity[-1], heard.offset[-1] = 0, 0
        order = np.argsort(velocity, kind="stable")  # of strokes on one 16th, the strongest
        at = (step[order] + turn) % heard.velocity.shape[1]
        heard.velocity[-1, at] = np.minimum(level * velocity[order], 1)
        heard.offset[-1, at] = (tick + offset - step)[order]
        found = decode(tuple(wanted), heard)
        at = (step + turn) % heard.velocity.shape[1]
        likely = np.where(is_open, found.probability[:, at], 0)
        log_odds += logit(np.where(is_played, likely, given_one(likely)))
        loudness += found.velocity[:, at] / level
    probability = np.where(is_open, sigmoid(log_odds / len(hearings)), 0)
    return TapOdds(tick, velocity, offset, probability, loudness / len(hearings), is_played)


def _hearings(
    known: GivenHits, conditioning: Conditioning, config: TapConfig
) -> Iterator[tuple[float, int]]:
    """Levels, and by how many ticks the tap is turned round: by half of the bars, where
    there is nothing else to hear or to play to."""
    bars = TICKS_PER_BEAT * np.flatnonzero(conditioning.beat_in_bar == 0)
    turns = [0]
    if len(bars) > 1 and not (conditioning.present.any() or known.known[:-1].any()):
        turns.append(int(bars[len(bars) // 2] - bars[0]))
    yield from product(config.levels, turns)


def given_one(probability: NDArray[np.floating]) -> NDArray[np.float64]:
    """Probabilities given that one of the pieces is hit at least, as if they were
    independent.

    Args:
        probability: (num_pieces, num_strokes).

    >>> given_one(np.array([[0.5], [0.5]])).round(3).tolist()
    [[0.667], [0.667]]
    """
    any_hit = 1 - np.prod(1 - probability.astype(np.float64), axis=0)
    return np.asarray(np.minimum(probability / np.maximum(any_hit, _LEAST), 1.0))


def struck_at(
    probability: NDArray[np.float64],
    thresholds: NDArray[np.float64],
    is_played: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """(num_pieces, num_strokes) what is hit; one piece at least of those that are open,
    which have a probability above 0.

    Args:
        thresholds: (num_pieces,), infinite of a piece that has to play nothing.
        is_played: (num_strokes,) where another piece plays already, and none has to.
    """
    struck = (probability >= thresholds[:, None]) & (probability > 0)
    willing = np.where(np.isfinite(thresholds)[:, None], probability, 0)
    has_to = ~struck.any(axis=0) & (willing > 0).any(axis=0)
    if is_played is not None:
        has_to &= ~is_played
    alone = np.flatnonzero(has_to)
    struck[willing.argmax(axis=0)[alone], alone] = True
    return np.asarray(struck)


def _struck(
    odds: TapOdds,
    pieces: tuple[Piece, ...],
    wanted: Sequence[Piece],
    conditioning: Conditioning,
    settings: Settings,
    config: TapConfig,
) -> NDArray[np.bool_]:
    """What is hit, as freely and as often as settings say."""
    likely = odds.probability.copy()
    thresholds = np.ones(len(pieces))
    for piece in wanted:
        row = pieces.index(piece)
        thresholds[row] = config.threshold(piece)
        if settings.temperature:
            rng = np.random.default_rng([settings.seed, PIECES.index(piece)])
            on_ticks = np.zeros(conditioning.num_ticks, np.float32)
            on_ticks[odds.tick] = likely[row]
            moved = disturbed(on_ticks, conditioning, settings.temperature, rng)[odds.tick]
            likely[row] = np.where(likely[row] > 0, moved, 0)
        density = density_of(settings, piece)
        if density != 1:
            wanted_hits = round(density * int((likely[row] >= thresholds[row]).sum()))
            ranked = np.sort(likely[row])[::-1]
            most = min(wanted_hits, len(ranked))
            thresholds[row] = ranked[most - 1] if most else np.inf
    return struck_at(likely, thresholds, odds.is_played)

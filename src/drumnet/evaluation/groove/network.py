"""A network plays a kit to a tapped rhythm.

In: a network, windows to tune on, and taps.  Out: a `TapPlayer`.  The network
tells every piece's chance on every 16th that is tapped; there something is hit
for certain, so the chances are taken given that one of the pieces is:

    q_i = p_i / (1 - product over j of (1 - p_j))

How loud somebody taps and in which bar they begin is chance, so every tap is heard
softer and louder, and with its second bar first as well; the log odds are averaged.

Pieces are hit where q reaches a threshold, and the likeliest piece wherever none
would be.  What is best by F1 over all hits of all windows is to decide each hit
by its own chance: to decode piece by piece, as whole patterns are composed, was
measured too and scored lower.

The tap is the loudest piece's.  No piece is louder, and a piece is as loud as
the tap if no other is likely to be louder.  What is struck at one moment is one
gesture, so every piece is as early or late as the tap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.ticksong import PIECES
from drumnet.evaluation.groove.players import KitTake
from drumnet.evaluation.groove.windows import NUM_STEPS, STEP_TICKS, WINDOW_BEATS, Tap, Window
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning
from drumnet.logits import chance, logit
from drumnet.model.network import GivenHits, Network
from drumnet.style.code import CODE_SIZE

_BAR_BEATS = 4
#: Thresholds that are tried, and how often all pieces are gone through.
CANDIDATES = np.arange(0.1, 0.72, 0.02)
_ROUNDS = 3
_LEAST = 1e-6
#: A tap is heard at each of these levels, from either bar on.
_LEVELS = (0.7, 0.85, 1.0, 1.15, 1.3)
_FIRST_STEPS = (0, NUM_STEPS // 2)


class TapChances(NamedTuple):
    """What a network tells of taps.

    Args:
        tap: (num_taps, 32) velocities.
        offset: (num_taps, 32) of the tap.
        hit: (num_taps, num_pieces, 32) the chance that a piece is hit; 0 where
            nothing is tapped.
        velocity: (num_taps, num_pieces, 32) if it is, and its own.
    """

    tap: NDArray[np.float32]
    offset: NDArray[np.float32]
    hit: NDArray[np.float32]
    velocity: NDArray[np.float32]


def tap_chances(network: Network, taps: Sequence[Tap], workers: int = 2) -> TapChances:
    """Listen to taps alone: no band, no style."""
    loud = np.stack([tap.velocity for tap in taps])
    late = np.stack([tap.offset for tap in taps])
    tapped = loud > 0
    odds, velocity = np.zeros((2, len(taps), len(PIECES), NUM_STEPS))
    for level, first in product(_LEVELS, _FIRST_STEPS):
        heard = [
            Tap(np.roll(np.minimum(level * one, 1), first), np.roll(other, first))
            for one, other in zip(loud, late, strict=True)
        ]
        found = [np.roll(part, -first, axis=2) for part in _told(network, heard, workers)]
        odds += logit(given_one(found[0], tapped))
        velocity += found[1] / level
    count = len(_LEVELS) * len(_FIRST_STEPS)
    hit = np.where(tapped[:, None], chance(odds / count), 0)
    return TapChances(loud, late, hit.astype(np.float32), (velocity / count).astype(np.float32))


def _told(
    network: Network, taps: Sequence[Tap], workers: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(num_taps, num_pieces, 32) each: chances of hits, and velocities, of taps as they
    are."""
    listened = network.listen(_silence())
    code = np.zeros(CODE_SIZE, dtype=np.float32)
    rows = [network.checkpoint.pieces.index(piece) for piece in PIECES]

    def one(tap: Tap) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        known = GivenHits.nothing(len(rows), WINDOW_BEATS)
        known.velocity[-1, ::STEP_TICKS] = tap.velocity
        known.offset[-1, ::STEP_TICKS] = tap.offset * STEP_TICKS
        known.known[-1] = True
        found = network.decode(listened, code, known)
        return found.probability[rows, ::STEP_TICKS], found.velocity[rows, ::STEP_TICKS]

    with ThreadPoolExecutor(max_workers=workers) as pool:
        hit, velocity = zip(*pool.map(one, taps), strict=True)
    return np.stack(hit), np.stack(velocity)


def _silence() -> Conditioning:
    """Two bars in four without a band."""
    beats = np.arange(WINDOW_BEATS)
    num_ticks = NUM_STEPS * STEP_TICKS
    return Conditioning(
        np.zeros((len(HEARD_ROLES), num_ticks), dtype=np.float32),
        np.zeros(len(HEARD_ROLES), dtype=bool),
        beats % _BAR_BEATS,
        np.full(WINDOW_BEATS, _BAR_BEATS),
        beats // _BAR_BEATS,
    )


def given_one(chance: NDArray[np.float32], tapped: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The chances given that one of the pieces is hit at least, as if they were
    independent; 0 where nothing is tapped.

    Args:
        chance: (num_taps, num_pieces, 32); tapped: (num_taps, 32).
    """
    any_hit = 1 - np.prod(1 - chance, axis=1, keepdims=True)
    given = np.minimum(chance / np.maximum(any_hit, _LEAST), 1)
    return np.asarray(np.where(tapped[:, None], given, 0), dtype=np.float32)


def struck_at(chances: TapChances, thresholds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(num_taps, num_pieces, 32) what is hit; one piece at least wherever it is
    tapped.

    Args:
        thresholds: (num_pieces,).
    """
    struck = (chances.hit >= thresholds[:, None]) & (chances.tap > 0)[:, None]
    tap, step = np.nonzero((chances.tap > 0) & ~struck.any(axis=1))
    struck[tap, chances.hit.argmax(axis=1)[tap, step], step] = True
    return struck


def best_thresholds(chances: TapChances, wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(num_pieces,) of the highest F1 over all hits: one for all pieces at first,
    then one piece's after the other; of equals, the lowest.

    Args:
        wanted: (num_taps, num_pieces, 32) what people hit.
    """

    def f_measure(thresholds: NDArray[np.float64]) -> float:
        struck = struck_at(chances, thresholds)
        return float(2 * (struck & wanted).sum() / max(struck.sum() + wanted.sum(), 1))

    def best(tried: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
        return max(tried, key=f_measure)

    num_pieces = wanted.shape[1]
    found = best(np.full(num_pieces, value) for value in CANDIDATES)
    for _ in range(_ROUNDS):
        for piece in range(num_pieces):
            found = best(np.where(np.arange(num_pieces) == piece, v, found) for v in CANDIDATES)
    return found


def velocities(chances: TapChances) -> NDArray[np.float32]:
    """(num_taps, num_pieces, 32) how loud each piece is if it is hit.

    The chance that no other is louder is `alone`; its square root, not it, weighs
    the tap against the piece's own velocity, as of the valid split that is nearer.
    """
    tap = chances.tap[:, None]
    louder = chances.velocity[:, None] > chances.velocity[:, :, None]
    alone = np.prod(np.where(louder, 1 - chances.hit[:, None], 1), axis=2)
    weight = np.sqrt(alone)
    return np.asarray(weight * tap + (1 - weight) * np.minimum(chances.velocity, tap), np.float32)


class NetworkTaps:
    """A network to whom a rhythm is tapped.

    Args:
        tuned_on: windows whose hits set the thresholds; none that are measured.
    """

    def __init__(
        self, network: Network, tuned_on: Sequence[Window], name: str, workers: int = 2
    ) -> None:
        self.name = name
        self._network, self._workers = network, workers
        chances = tap_chances(network, [window.tap for window in tuned_on], workers)
        wanted = np.stack([window.struck for window in tuned_on])
        self.thresholds = best_thresholds(chances, wanted)

    def play(self, taps: Sequence[Tap]) -> list[KitTake]:
        chances = tap_chances(self._network, taps, self._workers)
        struck, loud = struck_at(chances, self.thresholds), velocities(chances)
        late = np.repeat(chances.offset[:, None], struck.shape[1], axis=1)
        return [KitTake(*take) for take in zip(struck, loud, late, strict=True)]

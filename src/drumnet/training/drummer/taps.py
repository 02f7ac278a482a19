"""From which probability on a piece plays a tap, of people's performances.

In: a network, and windows of the Groove MIDI Dataset's validation split.  Out: a threshold
for each piece, of the highest F1 over all hits (`playing.tapping.TapConfig`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.grooves import Tap, Window, silent_window, tap_onsets
from drumnet.hits import PIECES, DrumTrack
from drumnet.model.network import GivenHits, Network, OnsetActivations
from drumnet.playing.given import known_hits
from drumnet.playing.tapping import DEFAULT_TAPPING, TapConfig, struck_at, tap_odds
from drumnet.style.code import CODE_SIZE

#: Thresholds that are tried, and how often all pieces are gone through.
CANDIDATES = np.arange(0.1, 0.72, 0.02)
_ROUNDS = 3


class Strokes(NamedTuple):
    """All strokes of many taps.

    Args:
        probability: (num_pieces, num_strokes) of a hit, by the network.
        wanted: (num_pieces, num_strokes) whether it was hit.
    """

    probability: NDArray[np.float64]
    wanted: NDArray[np.bool_]


def heard_strokes(
    network: Network,
    windows: Sequence[Window],
    config: TapConfig = DEFAULT_TAPPING,
    workers: int = 2,
) -> Strokes:
    """What the network finds likely where it is tapped."""
    conditioning, grid = silent_window()
    context, code = network.listen(conditioning), np.zeros(CODE_SIZE, np.float32)

    def decode(_: Sequence[object], known: GivenHits) -> OnsetActivations:
        return network.decode(context, code, known)

    def one(tap: Tap) -> NDArray[np.float64]:
        rhythm = tap_onsets(tap, grid)
        known = known_hits(PIECES, grid, grid, DrumTrack(), rhythm=rhythm)
        return tap_odds(decode, PIECES, known, PIECES, conditioning, config).probability

    with ThreadPoolExecutor(max_workers=workers) as pool:
        found = list(pool.map(one, [window.tap for window in windows]))
    wanted = [window.struck[:, window.tap.struck] for window in windows]
    # Two strokes halfway between their 16ths are one; such a tap is left out.
    pairs = [(a, b) for a, b in zip(found, wanted, strict=True) if a.shape == b.shape]
    probability, hit = zip(*pairs, strict=True)
    return Strokes(np.concatenate(probability, axis=1), np.concatenate(hit, axis=1))


def best_thresholds(strokes: Strokes) -> NDArray[np.float64]:
    """(num_pieces,) of the highest F1 over all hits: one for all pieces at first,
    then one piece's after the other; of equals, the lowest."""

    def best(tried: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
        return max(tried, key=lambda thresholds: f_measure(strokes, thresholds))

    num_pieces = len(strokes.wanted)
    found = best(np.full(num_pieces, value) for value in CANDIDATES)
    for _ in range(_ROUNDS):
        for piece in range(num_pieces):
            found = best(np.where(np.arange(num_pieces) == piece, v, found) for v in CANDIDATES)
    return found


def f_measure(strokes: Strokes, thresholds: NDArray[np.float64]) -> float:
    """Over all hits of all pieces."""
    struck = struck_at(strokes.probability, thresholds)
    return float(2 * (struck & strokes.wanted).sum() / max(struck.sum() + strokes.wanted.sum(), 1))

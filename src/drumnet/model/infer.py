"""The code that explains given drums best, starting from the encoder's guess.

In: what is heard of a passage, and the drums played to it.  Out: their code.

The encoder sees a whole passage through one average; what it misses can be
read off the decoder.  The code's posterior is maximised by Fisher scoring
(iteratively reweighted least squares; McCullagh & Nelder 1989): the hits are
Bernoulli given the decoder's logits, whose derivatives by the 16 numbers are
finite differences, and the prior is a Gaussian around the encoder's code.
Closing this "amortisation gap" is after Kim et al., "Semi-Amortized
Variational Autoencoders", ICML 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.bar_places import BarPlaces
from drumnet.grid import TICKS_PER_BEAT
from drumnet.logits import logit, sigmoid
from drumnet.model.network import PIECE_GROUPS, GivenHits, Network
from drumnet.products import product
from drumnet.style.figure import Figure, found_figure, unexplained
from drumnet.style.passages import Passages, passages_heard

#: Of fewer beats no code is taken.
_LEAST_PASSAGE_BEATS = 8
#: Of a drummer of whom nothing is explained.
_VARIATION = 0.5


@dataclass(frozen=True)
class RefineConfig:
    """Args:
    rounds: most scoring steps.
    difference: of the finite differences.
    precision: of the prior around the encoder's code.
    shares: of a step that are tried; the best is taken.
    least_gain: in nats, below which the search ends.
    """

    rounds: int = 5
    difference: float = 0.05
    precision: float = 4.0
    shares: tuple[float, ...] = (1.0, 0.5, 0.2)
    least_gain: float = 0.1


def extracted_code(
    network: Network,
    context: NDArray[np.float32],
    velocity: NDArray[np.float32],
    seen: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """(16,) the code of a passage: the encoder's, refined.

    Args:
        context: (width, num_beats) from `Network.listen`.
        velocity: (num_pieces, num_ticks) 0-1, 0 where nothing is hit.
        seen: (num_pieces,) the pieces that are known.
    """
    start = network.encode(context, velocity, seen)
    return refine_code(network, context, velocity, seen, start)


def extracted_passages(
    network: Network,
    context: NDArray[np.float32],
    bar: NDArray[np.int64],
    velocity: NDArray[np.float32],
    seen: NDArray[np.bool_],
    code: NDArray[np.float32],
    beats: slice = slice(None),
) -> Passages | None:
    """How the codes of a song's passages depart from that of the whole; None of a song
    of one passage, and of a network that cannot follow.

    Args:
        context, bar, velocity: of the whole song.
        code: (16,) of the song.
        beats: where its drums are known.
    """
    if not network.follows_habits:
        return None
    passage, heard = passages_heard(context, bar)
    known = np.arange(len(bar))[beats]
    found = []
    for index in np.unique(passage[known]):
        own = known[passage[known] == index]
        part = slice(int(own[0]), int(own[-1]) + 1)
        hits = velocity[:, part.start * TICKS_PER_BEAT : part.stop * TICKS_PER_BEAT]
        if len(own) < _LEAST_PASSAGE_BEATS or not hits[seen].any():
            continue
        departed = extracted_code(network, context[:, part], hits, seen) - code
        found.append((heard[index], departed))
    return Passages.of(found) if len(found) > 1 else None


def extracted_figure(
    network: Network,
    context: NDArray[np.float32],
    places: BarPlaces,
    velocity: NDArray[np.float32],
    seen: NDArray[np.bool_],
    codes: NDArray[np.float32],
) -> tuple[Figure, float]:
    """What is played again and again beyond what the codes tell, and how much bars differ
    by themselves.

    Args:
        context: (width, num_beats) of what the drums are known of.
        places: of its ticks.
        velocity: (num_pieces, num_ticks) 0 where nothing is hit.
        seen: (num_pieces,) the pieces that are known.
        codes: (16,) or (num_beats, 16), as the drums are played again.
    """
    pieces = network.checkpoint.pieces
    known = [piece for piece, is_seen in zip(pieces, seen, strict=True) if is_seen]
    given = GivenHits.nothing(len(pieces), context.shape[1])
    likely = np.zeros(velocity.shape)
    for group in PIECE_GROUPS:
        rows = [pieces.index(piece) for piece in group if piece in known]
        if rows:
            likely[rows] = logit(network.decode(context, codes, given).probability[rows])
            given.velocity[rows], given.known[rows] = velocity[rows], True
    likely, struck = likely[seen], velocity[seen] > 0
    figure = found_figure(known, likely, struck, places)
    left = unexplained(likely + figure.along(known, places), struck)
    return figure, _VARIATION * left


def refine_code(
    network: Network,
    context: NDArray[np.float32],
    velocity: NDArray[np.float32],
    seen: NDArray[np.bool_],
    start: NDArray[np.float32],
    config: RefineConfig = RefineConfig(),
) -> NDArray[np.float32]:
    """(16,) the code near `start` that makes these drums most probable.

    Args:
        context: (width, num_beats) from `Network.listen`.
        velocity: (num_pieces, num_ticks) 0 where nothing is hit.
        seen: (num_pieces,) the pieces that count.
        start: (16,) from `Network.encode`.
    """
    hit = (velocity[seen] > 0).reshape(-1)
    origin = start.astype(np.float64)

    def posterior(codes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(n, all ticks) logits, and (n,) log posterior, of (n, 16) codes."""
        found = network.probabilities(context, codes)[:, seen].reshape(len(codes), -1)
        likely = np.clip(found.astype(np.float64), 1e-6, 1 - 1e-6)
        fit = np.where(hit, np.log(likely), np.log1p(-likely)).sum(axis=1)
        gap = ((codes - origin) ** 2).sum(axis=1)
        return logit(likely), fit - 0.5 * config.precision * gap

    code = origin
    moves = config.difference * np.vstack([np.zeros(len(code)), np.eye(len(code))])
    for _ in range(config.rounds):
        logits, values = posterior(code + moves)
        likely = sigmoid(logits[0])
        slopes = (logits[1:] - logits[0]) / config.difference
        gradient = product(slopes, (hit - likely)[:, None])[:, 0] - config.precision * (
            code - origin
        )
        fisher = product(slopes * (likely * (1 - likely)), slopes.T)
        fisher[np.diag_indices_from(fisher)] += config.precision
        step = np.linalg.solve(fisher, gradient)
        tried = code + np.outer(config.shares, step)
        _, reached = posterior(tried)
        best = int(reached.argmax())
        if reached[best] < values[0] + config.least_gain:
            break
        code = tried[best]
    return code.astype(np.float32)

"""The floors under which nothing is played, tuned on songs not used to report.

In: a network and valid songs.  Out: the floors of the highest F1 of transfer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.hits import PIECES, Piece
from drumnet.metrics import Counts, tick_counts
from drumnet.model.infer import extracted_code
from drumnet.model.network import PIECE_GROUPS, GivenHits, Network, OnsetActivations
from drumnet.playing.peak_picking import likely_ticks

CANDIDATES = np.arange(0.1, 0.5, 0.02)


def transferred(network: Network, songs: Iterable[HalvedSong]) -> list[OnsetActivations]:
    """What the code of the kick of each song's first half plays to the whole song."""
    found = []
    for song in songs:
        context = network.listen(song.conditioning)
        code = _first_half_code(network, song, context, (Piece.KICK,))
        found.append(network.decode(context, code))
    return found


def mean_f1(songs: Sequence[HalvedSong], played: Sequence[OnsetActivations], floor: float) -> float:
    """Exact-tick F1 of the second halves, mean over songs."""
    scores = []
    for song, one in zip(songs, played, strict=True):
        start = song.half_tick
        ticks = start + likely_ticks(one.probability[0, start:], floor)
        scores.append(tick_counts(song.second_half_hits, ticks).f_measure)
    return float(np.mean(scores))


def best_floor(songs: Sequence[HalvedSong], played: Sequence[OnsetActivations]) -> float:
    """The floor of the highest mean F1; of equals, the lowest."""
    means = [mean_f1(songs, played, float(floor)) for floor in CANDIDATES]
    return float(CANDIDATES[int(np.argmax(means))])


def kit_floors(
    network: Network, songs: Sequence[HalvedSong], kick_floor: float
) -> dict[Piece, float]:
    """The floors of the pieces, each tuned on what was played before it, in the
    order in which pieces are decoded.

    Args:
        songs: of which the band alone is heard.
        kick_floor: the kick's, which is tuned by itself.
    """
    pieces = network.checkpoint.pieces
    context = [network.listen(song.conditioning) for song in songs]
    codes = [
        _first_half_code(network, song, heard) for song, heard in zip(songs, context, strict=True)
    ]
    known = [GivenHits.nothing(len(pieces), song.conditioning.num_beats) for song in songs]
    floors: dict[Piece, float] = {}
    for group in PIECE_GROUPS:
        rows = {piece: pieces.index(piece) for piece in group if piece in pieces}
        found = [
            network.decode(heard, code, given)
            for heard, code, given in zip(context, codes, known, strict=True)
        ]
        for piece, row in rows.items():
            likely = [one.probability[row] for one in found]
            floors[piece] = (
                kick_floor if piece is Piece.KICK else _piece_floor(piece, songs, likely)
            )
            for given, one, probability in zip(known, found, likely, strict=True):
                ticks = likely_ticks(probability, floors[piece])
                given.velocity[row, ticks] = one.velocity[row, ticks]
                given.offset[row, ticks] = one.offset[row, ticks]
                given.known[row] = True
    return floors


def _first_half_code(
    network: Network,
    song: HalvedSong,
    context: NDArray[np.float32],
    seen_pieces: Collection[Piece] = PIECES,
) -> NDArray[np.float32]:
    """(16,) the code of pieces of the first half."""
    rows = [PIECES.index(piece) for piece in network.checkpoint.pieces]
    velocity = song.velocity[rows, : song.half_tick]
    seen = np.array([piece in seen_pieces for piece in network.checkpoint.pieces])
    velocity = np.where(seen[:, None], velocity, np.float32(0))
    return extracted_code(network, context[:, : song.half_beat], velocity, seen)


def _piece_floor(
    piece: Piece, songs: Sequence[HalvedSong], likely: Sequence[NDArray[np.float32]]
) -> float:
    """The floor of the highest F1 of all songs' second halves together."""
    row = PIECES.index(piece)
    totals = []
    for floor in CANDIDATES:
        counts = Counts(0, 0, 0)
        for song, probability in zip(songs, likely, strict=True):
            start = song.half_tick
            ticks = start + likely_ticks(probability[start:], float(floor))
            wanted = np.flatnonzero(song.velocity[row])
            counts = counts + tick_counts(wanted[wanted >= start], ticks)
        totals.append(counts.f_measure)
    return float(CANDIDATES[int(np.argmax(totals))])

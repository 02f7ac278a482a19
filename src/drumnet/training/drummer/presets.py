"""The named styles: spread-out, typical codes of the training songs.

Each candidate code is played to the same few songs and measured; the
candidates are clustered by what their kick does.  Of those near each cluster's
middle, the one whose kit is most like a drummer's becomes a preset; `preset_names`
names it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.hits import PIECES, Piece
from drumnet.metrics.patterns import PatternMeasures, measure_pattern, num_bars
from drumnet.model.network import Network
from drumnet.playing.peak_picking import likely_ticks

NUM_PRESETS = 12
_MEASURES = tuple(field.name for field in fields(PatternMeasures))
#: Codes farther out than this share of all are not typical.
_TYPICAL = 0.8
#: Of a cluster, the share nearest to its middle that a preset is chosen from.
_NEAR = 1 / 3
#: A kit is as strange as it is far from the so manieth nearest of drummers'.
_NEIGHBOUR = 5
_ROUNDS = 50
#: A measure that is the same for every code tells none apart.
_LEAST_SPREAD = 1e-6


def make_presets(
    network: Network,
    codes: NDArray[np.float32],
    songs: Sequence[HalvedSong],
    floor: float,
    kits: NDArray[np.float64],
    *,
    num_candidates: int = 300,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """The entries of `presets.json` without their names, from sparse to dense.

    Args:
        codes: (num_songs, 16) codes of training songs.
        songs: what every candidate is played to.
        kits: (num_drummers, num_pieces) hits per bar of each piece, as drummers play.
    """
    rng = np.random.default_rng(seed)
    length = np.linalg.norm(codes, axis=1)
    typical = codes[length <= np.quantile(length, _TYPICAL)]
    candidates = typical[rng.permutation(len(typical))[:num_candidates]]
    measured, played = _measured(network, candidates, songs, floor)
    spread = np.maximum(measured.std(axis=0), _LEAST_SPREAD)
    others = [piece is not Piece.KICK for piece in network.checkpoint.pieces]
    strange = strangeness(played[:, others], kits[:, others])
    chosen = _medoids(measured / spread, min(NUM_PRESETS, len(candidates)), strange)
    chosen = chosen[np.argsort(measured[chosen, 0], kind="stable")]
    entries = []
    for index in chosen:
        values = dict(zip(_MEASURES, measured[index].round(3).tolist(), strict=True))
        entries.append(
            {
                "measures": values,
                "code": [round(float(value), 5) for value in candidates[index]],
            }
        )
    return entries


def measured_patterns(
    network: Network, codes: NDArray[np.float32], songs: Sequence[HalvedSong], floor: float
) -> NDArray[np.float64]:
    """(num_codes, num_measures) what each code's kick does in the songs, on average, in
    the order of `PatternMeasures`."""
    return _measured(network, codes, songs, floor)[0]


def _measured(
    network: Network, codes: NDArray[np.float32], songs: Sequence[HalvedSong], floor: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`measured_patterns`, and (num_codes, num_pieces) hits to be expected in a bar."""
    pieces = network.checkpoint.pieces
    total, hits = np.zeros((len(codes), len(_MEASURES))), np.zeros((len(codes), len(pieces)))
    kick = pieces.index(Piece.KICK)
    for song in songs:
        context, bars = network.listen(song.conditioning), num_bars(song.conditioning)
        for row, code in enumerate(codes):
            probability = network.decode(context, code).probability
            total[row] += astuple(
                measure_pattern(likely_ticks(probability[kick], floor), song.conditioning)
            )
            hits[row] += probability.sum(axis=1) / bars
    return total / len(songs), hits / len(songs)


def drummers_kits(songs: Sequence[HalvedSong], pieces: Sequence[Piece]) -> NDArray[np.float64]:
    """(num_songs, num_pieces) hits per bar of what drummers play in songs."""
    rows = [PIECES.index(piece) for piece in pieces]
    found = [(song.velocity[rows] > 0).sum(axis=1) / num_bars(song.conditioning) for song in songs]
    return np.array(found, dtype=np.float64).reshape(len(songs), len(rows))


def strangeness(kits: NDArray[np.float64], drummers: NDArray[np.float64]) -> NDArray[np.float64]:
    """(num_kits,) how far each kit is from its fifth nearest drummer, by hits per bar on
    a scale that is logarithmic for many, in standard deviations of the drummers.

    Args:
        kits: (num_kits, num_pieces); drummers: (num_drummers, num_pieces).
    """
    if not len(drummers):
        return np.zeros(len(kits))
    own, others = np.log1p(kits), np.log1p(drummers)
    spread = np.maximum(others.std(axis=0), _LEAST_SPREAD)
    gap = np.linalg.norm((own[:, None] - others) / spread, axis=2)
    return np.asarray(np.sort(gap, axis=1)[:, min(_NEIGHBOUR, len(drummers)) - 1])


def _medoids(
    points: NDArray[np.float64], count: int, strange: NDArray[np.float64]
) -> NDArray[np.int64]:
    """k-means from the farthest-first points (Gonzalez 1985), each centre then
    moved to the least strange of the points near it."""
    chosen = [int(np.linalg.norm(points - points.mean(axis=0), axis=1).argmin())]
    while len(chosen) < count:
        gap = np.linalg.norm(points[:, None] - points[chosen], axis=2).min(axis=1)
        chosen.append(int(gap.argmax()))
    centres = points[chosen]
    for _ in range(_ROUNDS):
        nearest = np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)
        centres = np.stack(
            [
                points[nearest == k].mean(axis=0) if (nearest == k).any() else centres[k]
                for k in range(count)
            ]
        )
    free = np.linalg.norm(points[:, None] - centres, axis=2)
    medoids = []
    for k in range(count):
        size = int((nearest == k).sum())
        near = np.argsort(free[:, k], kind="stable")[: max(1, round(_NEAR * size))]
        near = near[np.isfinite(free[near, k])]
        medoids.append(int(near[strange[near].argmin()]))
        free[medoids[-1]] = np.inf
    return np.array(medoids)


def kick_description(measures: Mapping[str, float]) -> str:
    """What the kick does."""
    return (
        f"{measures['density']:.1f} kicks a bar, {measures['on_beat']:.0%} on the beat, "
        f"{measures['with_bass']:.0%} with the bass, {measures['syncopation']:.0%} syncopated"
    )

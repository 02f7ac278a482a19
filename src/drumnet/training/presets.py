"""The named styles: spread-out, typical codes of the training songs.

Each candidate code is played to the same few songs and measured; the
candidates are clustered by what they do, and the one nearest to each
cluster's middle becomes a preset, named and described by its measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.evaluation.passages import HalvedSong
from drumnet.evaluation.patterns import PatternMeasures, measure_pattern
from drumnet.hits import Piece
from drumnet.network import Network
from drumnet.picking import likely_ticks

NUM_PRESETS = 12
_MEASURES = tuple(field.name for field in fields(PatternMeasures))
#: Codes farther out than this share of all are not typical.
_TYPICAL = 0.8
_ROUNDS = 50
#: A measure that is the same for every code tells none apart.
_LEAST_SPREAD = 1e-6


def make_presets(
    network: Network,
    codes: NDArray[np.float32],
    songs: Sequence[HalvedSong],
    floor: float,
    *,
    num_candidates: int = 300,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """The entries of `presets.json`, from sparse to dense.

    Args:
        codes: (num_songs, 16) codes of training songs.
        songs: what every candidate is played to.
    """
    rng = np.random.default_rng(seed)
    length = np.linalg.norm(codes, axis=1)
    typical = codes[length <= np.quantile(length, _TYPICAL)]
    candidates = typical[rng.permutation(len(typical))[:num_candidates]]
    measured = measured_patterns(network, candidates, songs, floor)
    spread = np.maximum(measured.std(axis=0), _LEAST_SPREAD)
    chosen = _medoids(measured / spread, min(NUM_PRESETS, len(candidates)))
    chosen = chosen[np.argsort(measured[chosen, 0], kind="stable")]
    levels = np.quantile(measured, (1 / 3, 2 / 3), axis=0)
    taken: dict[str, int] = {}
    entries = []
    for index in chosen:
        values = dict(zip(_MEASURES, measured[index].round(3).tolist(), strict=True))
        entries.append(
            {
                "name": _unique(_name(measured[index], levels), taken),
                "description": _description(values),
                "measures": values,
                "code": [round(float(value), 5) for value in candidates[index]],
            }
        )
    return entries


def measured_patterns(
    network: Network, codes: NDArray[np.float32], songs: Sequence[HalvedSong], floor: float
) -> NDArray[np.float64]:
    """(num_codes, num_measures) what each code plays to the songs, on average, in
    the order of `PatternMeasures`."""
    total = np.zeros((len(codes), len(_MEASURES)))
    kick = network.checkpoint.pieces.index(Piece.KICK)
    for song in songs:
        listened = network.listen(song.heard)
        for row, code in enumerate(codes):
            ticks = likely_ticks(network.decode(listened, code).probability[kick], floor)
            total[row] += astuple(measure_pattern(ticks, song.heard))
    return total / len(songs)


def _medoids(points: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """k-means from the farthest-first points (Gonzalez 1985), each centre then
    moved to its nearest point."""
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
        medoids.append(int(free[:, k].argmin()))
        free[medoids[-1]] = np.inf
    return np.array(medoids)


def _name(measures: NDArray[np.float64], levels: NDArray[np.float64]) -> str:
    """Two words: how much is played, and what stands out most."""
    low, high = levels
    amount = "sparse" if measures[0] < low[0] else "busy" if measures[0] > high[0] else "steady"
    spread = np.maximum(high - low, 1e-6)
    outstanding = (measures - (low + high) / 2) / spread
    words = {1: ("straight", "off-beat"), 2: ("bass-led", "independent"), 3: ("pushing", "square")}
    which = max(words, key=lambda index: abs(outstanding[index]))
    return f"{amount}-{words[which][0 if outstanding[which] > 0 else 1]}"


def _unique(name: str, taken: dict[str, int]) -> str:
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else f"{name}-{taken[name]}"


def _description(measures: dict[str, float]) -> str:
    return (
        f"{measures['density']:.1f} hits a bar, {measures['on_beat']:.0%} on the beat, "
        f"{measures['with_bass']:.0%} with the bass, {measures['syncopation']:.0%} syncopated"
    )

"""The floor under which nothing is played, tuned on songs not used to report.

In: a network and valid songs.  Out: the floor of the highest F1 of transfer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from drumnet.evaluation.metrics import tick_counts
from drumnet.evaluation.passages import HalvedSong
from drumnet.evaluation.players import Ear
from drumnet.network import Network, OnsetActivations
from drumnet.picking import likely_ticks

CANDIDATES = np.arange(0.1, 0.5, 0.02)


def transferred(network: Network, songs: Iterable[HalvedSong]) -> list[OnsetActivations]:
    """What the code of each song's first half plays to the whole song."""
    ear = Ear(network, floor=0.0)
    return [ear.activations(song, ear.half_code(song)) for song in songs]


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

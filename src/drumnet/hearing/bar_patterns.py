"""The bars of a song as patterns, and how alike they are.

In: what is heard of a song.  Out: where its bars begin, the onsets of each stem in each bar
as a pattern of as many cells in any metre, and the likeness of any two bars.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.products import product

#: A bar's pattern has so many cells, whatever its metre.
_CELLS = 16
#: What is weaker than this is no onset.
LEAST_STRENGTH = 0.1
_NONE = 1e-6


def bar_starts(heard: Conditioning) -> NDArray[np.int64]:
    """(num_bars,) the beats on which bars begin; a pickup is part of the first bar."""
    starts = np.flatnonzero(heard.beat_in_bar == 0)
    return starts if len(starts) else np.zeros(1, dtype=np.int64)


def bar_patterns(heard: Conditioning, starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """(num_bars, num_present, 16) onset strengths of the stems that there are."""
    strength = heard.strength[heard.present].astype(np.float64)
    strength[strength < LEAST_STRENGTH] = 0
    cells = np.zeros((len(starts), len(strength), _CELLS))
    ends = np.append(starts[1:], heard.num_beats)
    for bar, (start, end) in enumerate(zip(starts, ends, strict=True)):
        first, last = int(start) * TICKS_PER_BEAT, int(end) * TICKS_PER_BEAT
        edges = np.round(np.linspace(first, last, _CELLS + 1)).astype(int)[:-1]
        ended = strength[:, :last]
        cells[bar] = np.maximum.reduceat(ended, edges, axis=1) if len(strength) else 0
    return cells


def bar_similarity(bars: NDArray[np.float64]) -> NDArray[np.float64]:
    """(num_bars, num_bars) 0-1: the cosine of the patterns, mean over the stems; two
    rests are alike."""
    stems = bars.transpose(1, 0, 2)
    norm = np.linalg.norm(stems, axis=2)
    unit = stems / np.maximum(norm, _NONE)[:, :, None]
    rests = (norm < _NONE).astype(np.float64)
    return np.asarray(
        (sum(product(each, each.T) for each in unit) + product(rests.T, rests)) / len(stems)
    )

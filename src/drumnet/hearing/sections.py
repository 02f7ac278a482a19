"""Sections of a song: where its parts begin, and which of them are alike.

In: what is heard of a song (`Conditioning`), and if there is a network, how
likely it finds a crash.  Out: `Section`s on downbeats, named A, B, C ... where
parts of one name play alike.

A bar is a pattern of onsets for each stem.  Bars where something new begins
are told by novelty along the diagonal of the self-similarity matrix (Foote,
"Automatic audio segmentation using a measure of audio novelty", ICME 2000) and
a few other measures, weighed as drummers mark sections: by a crash after a fill
(a logistic regression, `scripts/measure_sections.py`).  Of all ways to cut the
song, the best is found by dynamic programming; sections of 8, 4, 2 bars are
likelier in this order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.products import product

Curve = NDArray[np.float64]

#: A bar's pattern has so many cells, whatever its metre.
_CELLS = 16
#: What is weaker than this is no onset.
_LEAST_STRENGTH = 0.1
_NONE = 1e-6
#: Bars to either side that the novelty looks at.
_NOVELTY_BARS = 2
#: Bars that a bar is compared with, before and behind.
_NEAR_BARS = 4
#: Two sections are compared in so many bars from their beginnings at most.
_COMPARED_BARS = 8


@dataclass(frozen=True)
class Section:
    """A part of a song, up to the next section.

    Args:
        start_beat: of the grid, a downbeat; what comes before the first section
            belongs to it.
        name: sections alike have the same name.
        style: what `generate` takes as a style; empty: as the first section of
            that name, or else the song's.
        changes: settings that differ from the song's, as text.
    """

    start_beat: int
    name: str
    style: str = ""
    changes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class SectionConfig:
    """How sections are found; weights of a logistic regression on measures that
    have mean 0 and deviation 1 within the song.

    Args:
        novelty: checkerboard novelty of the bars before and after.
        steady: how alike the following bars are.
        together: share of the stems that play on the downbeat.
        unlike: how unlike the bar is to those before.
        density: how much the number of onsets changes.
        crash: log probability of a crash on the downbeat, if there is a network.
        cost: of a section more.
        odd_lengths: cost of a section of 4, 2, 1 bars more than a multiple of 8.
        short: cost of a section shorter than 4 bars, besides.
        most_bars: a section is not longer.
        alike: sections of one name are as similar as typical bars of the song, plus
            that many deviations.
    """

    novelty: float = 0.74
    steady: float = 0.48
    together: float = 0.44
    unlike: float = -0.32
    density: float = 0.24
    crash: float = 0.75
    cost: float = 1.0
    odd_lengths: tuple[float, float, float] = (0.0, 0.5, 1.0)
    short: float = 2.0
    most_bars: int = 64
    alike: float = 1.0


def find_sections(
    heard: Conditioning,
    crash: NDArray[np.float32] | None = None,
    config: SectionConfig = SectionConfig(),
) -> tuple[Section, ...]:
    """The sections of a song; one, where nothing is heard or it is too short.

    Args:
        crash: (num_ticks,) the probability of a crash, by a network that plays
            without a style.
    """
    starts = bar_starts(heard)
    bars = bar_patterns(heard, starts)
    if len(starts) < 2 or not bars.any():
        return (Section(int(starts[0]), "A"),)
    similarity = bar_similarity(bars)
    score = boundary_score(bars, similarity, config)
    if crash is not None:
        score = score + config.crash * _standard(np.log(crash[starts * TICKS_PER_BEAT] + 1e-4))
    first = best_cut(score, config)
    names = _names(similarity, first, config)
    return tuple(Section(int(starts[bar]), name) for bar, name in zip(first, names, strict=True))


def bar_starts(heard: Conditioning) -> NDArray[np.int64]:
    """(num_bars,) the beats on which bars begin; a pickup is part of the first bar."""
    starts = np.flatnonzero(heard.beat_in_bar == 0)
    return starts if len(starts) else np.zeros(1, dtype=np.int64)


def bar_patterns(heard: Conditioning, starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """(num_bars, num_present, 16) onset strengths of the stems that there are."""
    strength = heard.strength[heard.present].astype(np.float64)
    strength[strength < _LEAST_STRENGTH] = 0
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


def novelty(similarity: NDArray[np.float64], num_bars: int) -> Curve:
    """(num_bars,) how much each bar begins something new, by a checkerboard with
    Gaussian taper over so many bars to either side."""
    padded = np.pad(similarity, num_bars, mode="edge")
    place = np.arange(-num_bars, num_bars) + 0.5
    side = np.sign(place) * np.exp(-0.5 * (place / (0.5 * num_bars)) ** 2)
    kernel = np.outer(side, side)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * num_bars, 2 * num_bars))
    bar = np.arange(len(similarity))
    return np.asarray((windows[bar, bar] * kernel).sum(axis=(1, 2)) / np.abs(kernel).sum())


def boundary_score(
    bars: NDArray[np.float64], similarity: NDArray[np.float64], config: SectionConfig
) -> Curve:
    """(num_bars,) how likely a section begins at each bar, in log odds but for a
    constant."""
    density = bars.sum(axis=2)
    density = density / np.maximum(density.mean(axis=0), _NONE)
    change = np.abs(np.diff(density, axis=0, prepend=density[:1])).mean(axis=1)
    before = [_to_earlier(similarity, lag) for lag in range(1, _NEAR_BARS + 1)]
    behind = [np.roll(_to_earlier(similarity, lag), -lag) for lag in range(1, _NEAR_BARS)]
    measures = (
        (config.novelty, novelty(similarity, _NOVELTY_BARS)),
        (config.steady, np.mean(behind, axis=0)),
        (config.together, (bars[:, :, 0] > 0).mean(axis=1)),
        (config.unlike, 1 - np.mean(before, axis=0)),
        (config.density, change),
    )
    return np.asarray(sum(weight * _standard(values) for weight, values in measures))


def _to_earlier(similarity: NDArray[np.float64], lag: int) -> Curve:
    """(num_bars,) each bar's similarity to the one `lag` bars earlier."""
    found = np.ones(len(similarity))
    found[lag:] = np.diagonal(similarity, -lag)
    return found


def _standard(values: Curve) -> Curve:
    return np.asarray((values - values.mean()) / max(float(values.std()), _NONE))


def best_cut(score: Curve, config: SectionConfig) -> list[int]:
    """The bars on which sections begin, the first among them, by Viterbi decoding."""
    num_bars = len(score)
    lengths = np.arange(num_bars + 1)
    costs = np.where(lengths % 2, config.odd_lengths[2], config.odd_lengths[1])
    costs[lengths % 4 == 0] = config.odd_lengths[0]
    costs[lengths % 8 == 0] = 0
    costs[: min(4, num_bars)] += config.short
    best, came_from = np.zeros(num_bars + 1), np.zeros(num_bars + 1, dtype=np.int64)
    for end in range(1, num_bars + 1):
        starts = np.arange(max(0, end - config.most_bars), end)
        # The song may end anywhere.
        ways = best[starts] - (costs[end - starts] if end < num_bars else 0)
        came_from[end] = starts[ways.argmax()]
        best[end] = ways.max() + (score[end] - config.cost if end < num_bars else 0)
    cut = [num_bars]
    while cut[-1] > 0:
        cut.append(int(came_from[cut[-1]]))
    return cut[:0:-1]


def _names(
    similarity: NDArray[np.float64], first: Sequence[int], config: SectionConfig
) -> list[str]:
    """A letter for each section: that of the most similar one before it, if they are alike."""
    num_bars = len(similarity)
    apart = similarity[np.triu_indices(num_bars, 1)]
    least = apart.mean() + config.alike * apart.std()
    ends = [*first[1:], num_bars]
    names: list[int] = []
    for index, (start, end) in enumerate(zip(first, ends, strict=True)):
        alike = []
        for other, other_end in zip(first[:index], ends[:index], strict=True):
            bars = np.arange(min(end - start, other_end - other, _COMPARED_BARS))
            alike.append(float(similarity[start + bars, other + bars].mean()))
        nearest = int(np.argmax(alike)) if alike else -1
        new = max(names, default=-1) + 1
        names.append(names[nearest] if alike and alike[nearest] >= least else new)
    return [_letter(name) for name in names]


def _letter(number: int) -> str:
    """A, B, ... Z, A2, B2, ..."""
    turn, letter = divmod(number, 26)
    return chr(ord("A") + letter) + (str(turn + 1) if turn else "")

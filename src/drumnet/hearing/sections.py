"""Sections of a song: where its parts begin, and which of them are alike.

In: what is heard of a song (`Conditioning`), and if there is a network, how
likely it finds a crash.  Out: `Section`s on downbeats, named A, B, C ... where
parts of one name play alike.

Bars where something new begins are told by novelty along the diagonal of the
self-similarity matrix (Foote, "Automatic audio segmentation using a measure of audio
novelty", ICME 2000) and a few other measures, weighed as drummers mark sections: by a
crash after a fill (a logistic regression, `scripts/measure_sections.py`).  Of all ways to
cut the song into sections of four bars or more, the best is found by dynamic programming;
multiples of 8, 4, 2 bars are likelier in this order.  Names are clusters of sections, by
average linkage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.bar_patterns import bar_patterns, bar_similarity, bar_starts
from drumnet.hearing.conditioning import Conditioning

Curve = NDArray[np.float64]

_NONE = 1e-6
#: Bars to either side that the novelty looks at, and that of what is farther away.
_NOVELTY_BARS, _FAR_NOVELTY_BARS = 2, 4
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

    def __reduce__(self) -> tuple[type[Section], tuple[int, str, str, dict[str, str]]]:
        """They go to other processes, which a read-only mapping does not by itself."""
        return Section, (self.start_beat, self.name, self.style, dict(self.changes))


@dataclass(frozen=True)
class SectionConfig:
    """How sections are found; weights of a logistic regression on measures that
    have mean 0 and deviation 1 within the song.

    Args:
        novelty: checkerboard novelty of the bars before and after.
        far_novelty: the same of twice as many.
        steady: how alike the following bars are.
        together: share of the stems that play on the downbeat.
        density: how much the number of onsets changes.
        crash: log probability of a crash on the downbeat, if there is a network.
        spread: deviation that their sum is brought to, so that a song has as many sections
            whatever is known of it.
        cost: of a section more.
        odd_lengths: cost of a section of 4, 2, 1 bars more than a multiple of 8.
        least_bars, most_bars: a section is not shorter, but for the last, and not longer.
        alike: sections are joined under one name while they are as similar on average as any
            two of the song and so many deviations more,
        least_alike, surely_alike: but as much at least, and no more than that.
    """

    novelty: float = 0.4
    far_novelty: float = 0.4
    steady: float = 0.4
    together: float = 0.4
    density: float = 0.2
    crash: float = 1.94
    spread: float = 2.2
    cost: float = 1.4
    odd_lengths: tuple[float, float, float] = (1.0, 2.0, 2.5)
    least_bars: int = 4
    most_bars: int = 32
    alike: float = 0.5
    least_alike: float = 0.6
    surely_alike: float = 0.9


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
    first = best_cut(config.spread * _standard(score), config)
    names = _names(section_similarity(bars, similarity, first), config)
    return tuple(Section(int(starts[bar]), name) for bar, name in zip(first, names, strict=True))


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
    behind = [np.roll(_to_earlier(similarity, lag), -lag) for lag in range(1, _NEAR_BARS)]
    measures = (
        (config.novelty, novelty(similarity, _NOVELTY_BARS)),
        (config.far_novelty, novelty(similarity, _FAR_NOVELTY_BARS)),
        (config.steady, np.mean(behind, axis=0)),
        (config.together, (bars[:, :, 0] > 0).mean(axis=1)),
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
    costs = np.where(lengths % 2, config.odd_lengths[2], config.odd_lengths[1]).astype(float)
    costs[lengths % 4 == 0] = config.odd_lengths[0]
    costs[lengths % 8 == 0] = 0
    costs[: config.least_bars] = np.inf
    best, came_from = np.full(num_bars + 1, -np.inf), np.zeros(num_bars + 1, dtype=np.int64)
    best[0] = 0
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


def section_similarity(
    bars: NDArray[np.float64], similarity: NDArray[np.float64], first: Sequence[int]
) -> NDArray[np.float64]:
    """(num_sections, num_sections) 0-1: how alike sections are, bar by bar from their
    beginnings and, half of it, in their mean bar.

    Args:
        first: (num_sections,) the bars on which they begin.
    """
    lengths = np.diff([*first, len(bars)])
    mean = np.add.reduceat(bars, first, axis=0) / lengths[:, None, None]
    of_mean = bar_similarity(mean)
    aligned = np.ones_like(of_mean)
    for one, other in combinations(range(len(first)), 2):
        bar = np.arange(min(lengths[one], lengths[other], _COMPARED_BARS))
        alike = similarity[first[one] + bar, first[other] + bar].mean()
        aligned[one, other] = aligned[other, one] = alike
    return np.asarray((of_mean + aligned) / 2)


def _names(similarity: NDArray[np.float64], config: SectionConfig) -> list[str]:
    """A letter for each section, in the order of their first; the same for those that are
    joined, the most similar groups first, while they are alike on average (UPGMA)."""
    pairs = similarity[np.triu_indices(len(similarity), 1)]
    usual = pairs.mean() + config.alike * pairs.std() if len(pairs) else 0.0
    least = np.clip(usual, config.least_alike, config.surely_alike)
    size = np.ones(len(similarity))
    group = np.arange(len(similarity))
    between = similarity.copy()
    np.fill_diagonal(between, -np.inf)
    while between.max() >= least:
        kept, gone = sorted(np.unravel_index(between.argmax(), between.shape))
        weight = size[[kept, gone]] / size[[kept, gone]].sum()
        joined = weight[0] * between[kept] + weight[1] * between[gone]
        between[kept], between[:, kept] = joined, joined
        between[gone], between[:, gone] = -np.inf, -np.inf
        between[kept, kept] = -np.inf
        size[kept] += size[gone]
        group[group == gone] = kept
    order = list(dict.fromkeys(group.tolist()))
    return [_letter(order.index(one)) for one in group.tolist()]


def _letter(number: int) -> str:
    """A, B, ... Z, A2, B2, ..."""
    turn, letter = divmod(number, 26)
    return chr(ord("A") + letter) + (str(turn + 1) if turn else "")

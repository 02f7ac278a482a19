"""Which of many takes a listener would keep.

In: candidates for a song: how likely each style is for it, what each would play.  Out: some of
them, the best first, each unlike those before it, and none that breaks a rule that everyone
knows: no bar is empty where the band plays, nobody rides on the crash, a figure of the kick
that is begun is kept up.

A candidate is worth its log-likelihood less what it shares with those that were chosen:
maximal marginal relevance (Carbonell & Goldstein 1998).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import PIECES, DrumTrack, Piece
from drumnet.metrics import song_form as measures
from drumnet.playing.listening import Listening
from drumnet.style.code import StyleCode

#: A stem that begins something with that strength plays.
_LEAST_STRENGTH = 0.1
#: So many takes are played for each that is chosen, at most.
_MOST_TRIED = 3


@dataclass(frozen=True)
class ChoiceConfig:
    """Args:
    candidates: styles that are drawn, and more for more takes than a fifth of them.
    likeness: of a candidate to the nearest that was chosen, in standard deviations, counts so
        much as a standard deviation of its log-likelihood.
    most_empty, most_ridden, most_lost: share of bars that a take may leave empty, ride on the
        crash in, or lose a kick figure in: as people's (docs/arrangement.md).
    """

    candidates: int = 40
    likeness: float = 1.5
    most_empty: float = 0.01
    most_ridden: float = 0.02
    most_lost: float = 0.02


@dataclass(frozen=True, eq=False)
class Chosen:
    """A take of several.

    Args:
        minded: what a listener would mind, in words.
    """

    style: StyleCode
    track: DrumTrack
    minded: tuple[str, ...] = ()


def best_of(
    tried: Iterable[tuple[StyleCode, DrumTrack]],
    listening: Listening,
    num_takes: int,
    config: ChoiceConfig = ChoiceConfig(),
) -> tuple[Chosen, ...]:
    """So many takes that break no rule, the first of them first; where there are too few, those
    that break least.

    Args:
        tried: what is played, the best first; no more of it is asked for than is needed.
    """
    chosen: list[Chosen] = []
    spare: list[Chosen] = []
    for style, track in tried:
        one = Chosen(style, track, tuple(broken_rules(track, listening, config)))
        (spare if one.minded else chosen).append(one)
        if len(chosen) == num_takes or len(chosen) + len(spare) == _MOST_TRIED * num_takes:
            break
    spare.sort(key=lambda one: len(one.minded))
    return (*chosen, *spare[: num_takes - len(chosen)])


def in_order(
    likelihood: NDArray[np.float64],
    played: NDArray[np.float32],
    config: ChoiceConfig = ChoiceConfig(),
) -> Iterator[int]:
    """The candidates, each the best that is left, given those that were chosen before.

    Args:
        likelihood: (n,) logarithms.
        played: (n, width) what each plays, by which they are alike or not.
    """
    worth = _standard(likelihood)
    apart = np.sqrt(((played[:, None] - played[None]) ** 2).mean(axis=2)).astype(np.float64)
    apart /= max(float(apart.sum()) / max(len(apart) * (len(apart) - 1), 1), 1e-9)
    left, nearest = list(range(len(worth))), np.full(len(worth), np.inf)
    while left:
        value = worth + config.likeness * np.minimum(nearest, 1.0)
        best = max(left, key=lambda index: float(value[index]))
        left.remove(best)
        nearest = np.minimum(nearest, apart[best])
        yield best


def broken_rules(
    track: DrumTrack, listening: Listening, config: ChoiceConfig = ChoiceConfig()
) -> list[str]:
    """What a listener would mind, in words."""
    heard = listening.conditioning
    hits = np.zeros((len(PIECES), heard.num_ticks), dtype=bool)
    for hit in track:
        if 0 <= hit.tick < heard.num_ticks:
            hits[PIECES.index(hit.piece), hit.tick] = True
    downbeats = np.flatnonzero(heard.beat_in_bar == 0)
    bars = measures.bar_spans(downbeats, heard.num_beats)
    if not bars:
        return []
    band = np.asarray((heard.strength[heard.present] >= _LEAST_STRENGTH).any(axis=0))
    part = listening.form.part if listening.form else np.zeros(heard.num_beats, dtype=np.int64)
    empty, playing = measures.empty_bars(hits, band, bars)
    ridden = measures.ridden_bars(hits, bars)
    lost = measures.lost_figures(hits, bars, part[downbeats].tolist())
    found = []
    if empty > config.most_empty * playing:
        found.append(f"{empty} bars empty where the band plays")
    if ridden > config.most_ridden * len(bars):
        found.append(f"rides on the crash in {ridden} bars")
    if lost > max(config.most_lost * len(bars), 1):
        found.append(f"loses its kick figure {lost} times")
    return found


def differences(tracks: Sequence[DrumTrack], num_bars: int) -> list[str]:
    """A line for each take: how busy it is, also beside the others."""
    strokes = np.array([len(track) for track in tracks]) / max(num_bars, 1)
    kicks = [len(track.of(Piece.KICK)) / max(num_bars, 1) for track in tracks]
    return [
        f"{own:.0f} strokes a bar, {kick:.1f} of them kicks{_beside(own, strokes)}"
        for own, kick in zip(strokes.tolist(), kicks, strict=True)
    ]


def _beside(own: float, all_of: NDArray[np.float64]) -> str:
    if len(all_of) == 1 or all_of.min() < own < all_of.max():
        return ""
    return ", the plainest" if own == all_of.min() else ", the busiest"


def excerpt(listening: Listening, num_beats: int = 64) -> slice:
    """The beats by which candidates are compared: those in which most of the band plays."""
    if listening.num_beats <= num_beats or listening.form is None:
        return slice(0, listening.num_beats)
    energy = np.cumsum(np.append(0, listening.form.energy))
    start = int((energy[num_beats:] - energy[:-num_beats]).argmax())
    return slice(start, start + num_beats)


def excerpt_hits(probability: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, width) of (n, num_pieces, num_ticks): likely strokes, on eighths and between."""
    count, pieces, ticks = probability.shape
    half = TICKS_PER_BEAT // 2
    cells = probability.reshape(count, pieces, ticks // half, half).max(axis=3)
    return np.asarray(cells.reshape(count, -1))


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9))

"""A pattern on ticks to hits in time, played by a person or by a machine.

In: a `Pattern` and the beats.  Out: a `DrumTrack`.  The network tells where and
how loud a person would play each hit, and how far people are from that (the
spread of a Laplace distribution); a performance is drawn from it.  People differ
from each other more than from themselves, so most of a deviation is a habit: the
same in every bar.  And what is played at one moment is one gesture, so a part of
its timing is common.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import MAX_VELOCITY, DrumTrack, Hit, Piece
from drumnet.playing.pattern import Pattern

#: Share of the variance of timing that all pieces of a moment have in common.
_COMMON = 0.5
#: Share of the variance of any deviation that is alike in every bar.
_HABIT = 0.7
#: Share of the spread of timing that is played.  The spread is learned of people who play
#: alone (Groove MIDI Dataset, 28 ms off the 16ths); in a band drummers are 7 ms off their own
#: mean (docs/experiments/kit.md, 2026-11-30), which is this much of it.
_IN_A_BAND = 0.35
#: A stroke is never softer than this share of what is typical of its place.
_SOFTEST = 0.3
#: A deviation farther out than this many spreads is a slip, not a style.
_MOST_SPREADS = 2.0


def perform(
    pattern: Pattern,
    grid: BeatGrid,
    pieces: Collection[Piece],
    *,
    humanize: float = 1.0,
    seed: int = 0,
    late_s: float | None = None,
    late_ticks: NDArray[np.float64] | None = None,
) -> DrumTrack:
    """The hits of these pieces.

    Args:
        late_s: how late all is played, in the middle; None as the pattern is.
        late_ticks: (num_pieces, num_ticks) how much later hits are played besides, as
            by swing.
        humanize: 0 plays on the ticks, each piece with the velocity that is typical of
            its place; 1 as a person; more exaggerates.
    """
    place = _places(grid)
    common = _deviations(np.random.default_rng([seed, 0]), place)
    middle = 0.0 if late_s is None else _middle_offset(pattern, pieces)
    hits: list[Hit] = []
    for row, piece in enumerate(pattern.pieces):
        if piece not in pieces:
            continue
        ticks = pattern.ticks(piece)
        # What is as good as at 0:00 sounds there, however early it is played.
        ticks = ticks[grid.ticks_to_seconds(ticks + 0.5) > 0]
        own = np.random.default_rng([seed, 1 + list(Piece).index(piece)])
        timing, force = (_deviations(own, place)[ticks] for _ in range(2))
        late = _no_slip(np.sqrt(_COMMON) * common[ticks] + np.sqrt(1 - _COMMON) * timing)
        late = _IN_A_BAND * late
        offset = pattern.offset[row, ticks] + late * pattern.offset_spread[row, ticks] - middle
        besides = 0.0 if late_ticks is None else late_ticks[row, ticks]
        onsets = grid.ticks_to_seconds(ticks + humanize * offset + besides)
        onsets = (onsets + (late_s or 0.0)).clip(min=0.0)
        typical = pattern.velocity[row, ticks]
        level = typical + humanize * _no_slip(force) * pattern.velocity_spread[row, ticks]
        level = np.maximum(level, _SOFTEST * typical)
        velocities = np.clip(np.round(level * MAX_VELOCITY), 1, MAX_VELOCITY).astype(int)
        hits += [
            Hit(float(onset), int(tick), piece, int(velocity))
            for onset, tick, velocity in zip(onsets, ticks, velocities, strict=True)
        ]
    return DrumTrack(tuple(hits))


def _middle_offset(pattern: Pattern, pieces: Collection[Piece]) -> float:
    """How late these pieces are by themselves, in ticks."""
    rows = [row for row, piece in enumerate(pattern.pieces) if piece in pieces]
    offsets = pattern.offset[rows][pattern.velocity[rows] > 0]
    return float(np.median(offsets)) if len(offsets) else 0.0


def _places(grid: BeatGrid) -> NDArray[np.int64]:
    """(num_ticks,) each tick's place in its bar."""
    beats = grid.beat_in_bar[:-1, None] - 1
    return (beats * TICKS_PER_BEAT + np.arange(TICKS_PER_BEAT)).reshape(-1)


def _deviations(rng: np.random.Generator, place: NDArray[np.int64]) -> NDArray[np.float64]:
    """(num_ticks,) of mean absolute deviation near 1, mostly alike in every bar."""
    habit = rng.laplace(size=int(place.max()) + 1)[place]
    free = rng.laplace(size=len(place))
    return np.asarray(np.sqrt(_HABIT) * habit + np.sqrt(1 - _HABIT) * free)


def _no_slip(deviation: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.clip(deviation, -_MOST_SPREADS, _MOST_SPREADS))


#: The notes that may swing, and how many ticks two of them take.
_PAIR_TICKS = {8: TICKS_PER_BEAT, 16: TICKS_PER_BEAT // 2}


def swing_ticks(
    pattern: Pattern, amount: float, division: int, humanize: float = 1.0
) -> NDArray[np.float64]:
    """(num_pieces, num_ticks) how much later each place is played, in ticks.

    Args:
        amount: 0 as composed, 1 in triplets.
        division: 8 swings the eighths, 16 the sixteenths.
        humanize: by which the style's own timing is scaled.
    """
    if amount == 0:
        return np.zeros(pattern.velocity.shape)
    struck = pattern.velocity > 0
    place = np.arange(struck.shape[1]) % TICKS_PER_BEAT
    late = amount * _latest(division)[place] * ~np.repeat(_in_triplets(struck), TICKS_PER_BEAT)
    own = humanize * _own_lateness(pattern, struck, place)[place]
    return np.broadcast_to(np.maximum(late - np.clip(own, 0, late), 0.0), struck.shape).copy()


def _latest(division: int) -> NDArray[np.float64]:
    """(12,) how far each place of the beat moves at full swing."""
    pair = _PAIR_TICKS[division]
    along = np.arange(TICKS_PER_BEAT) % pair
    moved = np.interp(along, (0, pair / 2, pair), (0, pair * 2 / 3, pair))
    return np.asarray(moved - along)


def _in_triplets(struck: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(num_beats,) whether more is played on triplets than on sixteenths."""
    hits = struck.sum(axis=0).reshape(-1, TICKS_PER_BEAT)
    step = np.arange(TICKS_PER_BEAT)
    triplet, straight = (step % 4 == 0) & (step > 0), (step % 3 == 0) & (step > 0)
    return np.asarray(hits[:, triplet].sum(axis=1) > hits[:, straight].sum(axis=1))


def _own_lateness(
    pattern: Pattern, struck: NDArray[np.bool_], place: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(12,) how late the style plays each place of the beat, against the beat itself."""

    def typical(where: NDArray[np.bool_]) -> float:
        played = pattern.offset[struck & where]
        return float(np.median(played)) if len(played) else 0.0

    on_beat = typical(place == 0)
    return np.array([typical(place == step) - on_beat for step in range(TICKS_PER_BEAT)])

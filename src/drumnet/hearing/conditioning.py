"""What the drummer hears of a song: stems and beats in, conditioning on ticks out.

A tick's onset strength is the maximum of the stem's curve around the tick's time, after
what the stem lies beside the grid all along was taken out (`lateness`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.level import EVERYWHERE, Span
from drumnet.bar_places import BarPlaces
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.lateness import LEAST_SURE, lateness_s
from drumnet.hearing.onset_strength import OnsetCurve, onset_times, stem_curve
from drumnet.song.roles import Role

if TYPE_CHECKING:
    from drumnet.song.song import Song, Stem

#: The rows of the conditioning, in this order.  Frozen: weights name them.
HEARD_ROLES = (
    Role.BASS,
    Role.GUITAR,
    Role.KEYS,
    Role.VOCALS,
    Role.OTHER,
    Role.SNARE,
    Role.HAT,
    Role.TOMS,
    Role.CYMBALS,
)

#: A band sounds where it is so loud, of its loudest (-40 dB).
_SOUNDS = 0.01


@dataclass(frozen=True, eq=False)
class Conditioning:
    """What the model is given of the song, on ticks.

    Args:
        strength: (num_roles, num_ticks) float32 from 0 to 1, rows as in
            `HEARD_ROLES`.
        present: (num_roles,) which of them the song has.
        beat_in_bar: (num_beats,) 0 = downbeat; num_ticks = 12 * num_beats.
        bar_length: (num_beats,) beats in the bar.
        bar: (num_beats,) index of the bar, a pickup's included.
        first_bar: index of the first whole bar of the song: 1 after a pickup.
        late_s: by how much the band is late all along, its stems together; each stem's own
            lateness was taken out.
        span: where any of what is heard sounds.
        sounding: (num_ticks,) float32 how loud the band is, of its usual level; None where
            that is not known, as of onsets that have no ends.
    """

    strength: NDArray[np.float32]
    present: NDArray[np.bool_]
    beat_in_bar: NDArray[np.int64]
    bar_length: NDArray[np.int64]
    bar: NDArray[np.int64]
    first_bar: int = 0
    late_s: float = 0.0
    span: Span = EVERYWHERE
    sounding: NDArray[np.float32] | None = None

    @property
    def num_ticks(self) -> int:
        return int(self.strength.shape[1])

    @property
    def num_beats(self) -> int:
        return self.num_ticks // TICKS_PER_BEAT

    @property
    def places(self) -> BarPlaces:
        """Where its ticks lie in their bars."""
        return BarPlaces.of(self.bar, self.first_bar, self.beat_in_bar, self.bar_length)

    def cut(self, start: int, stop: int) -> Conditioning:
        """The beats from `start` up to `stop`; bars keep their indices."""
        beats, ticks = slice(start, stop), slice(start * TICKS_PER_BEAT, stop * TICKS_PER_BEAT)
        return Conditioning(
            self.strength[:, ticks],
            self.present,
            self.beat_in_bar[beats],
            self.bar_length[beats],
            self.bar[beats],
            self.first_bar,
            self.late_s,
            self.span,
            None if self.sounding is None else self.sounding[ticks],
        )


def tick_strength(curve: OnsetCurve, grid: BeatGrid, late_s: float = 0.0) -> NDArray[np.float32]:
    """(num_ticks,) the maximum of the curve from half a tick before each tick
    to half a tick after it.

    Args:
        late_s: by how much the stem is late all along.
    """
    edges_s = late_s + grid.ticks_to_seconds(np.arange(grid.num_ticks + 1) - 0.5)
    num_frames = len(curve.strength)
    # Frames belong to the tick that they are nearest to; a tick shorter than
    # a frame takes the nearest frame.
    first = np.ceil(edges_s * curve.frame_rate_hz).astype(np.int64)
    bounds = np.clip(first, 0, num_frames)
    padded = np.append(curve.strength, np.float32(0.0))
    strength = np.maximum.reduceat(padded, bounds[:-1])
    empty = bounds[1:] <= bounds[:-1]
    if empty.any():
        centre_s = late_s + grid.ticks_to_seconds(np.flatnonzero(empty))
        nearest = np.round(centre_s * curve.frame_rate_hz).astype(np.int64)
        inside = (nearest >= 0) & (nearest < num_frames)
        strength[empty] = padded[np.where(inside, nearest, num_frames)]
    # reduceat runs the last segment to the end of the array.
    last = curve.strength[bounds[-2] : bounds[-1]]
    if last.size:
        strength[-1] = last.max()
    return np.asarray(strength, dtype=np.float32)


def conditioning_of(
    song: Song, grid: BeatGrid, curves: Mapping[Stem, OnsetCurve] | None = None
) -> Conditioning:
    """What the model is given of the song; stems of one role are joined by
    their maximum.

    Args:
        curves: of the stems that are heard, where they were listened to before.
    """
    heard = (
        (stem.role, stem_curve(stem) if curves is None else curves[stem]) for stem in song.heard
    )
    return conditioning_of_curves(heard, grid)


def conditioning_of_curves(
    curves: Iterable[tuple[Role, OnsetCurve]], grid: BeatGrid
) -> Conditioning:
    """The same, of the roles and onset strength curves of the stems that are heard."""
    strength = np.zeros((len(HEARD_ROLES), grid.num_ticks), dtype=np.float32)
    present = np.zeros(len(HEARD_ROLES), dtype=bool)
    onsets: list[tuple[NDArray[np.float64], NDArray[np.float32]]] = []
    spans: list[Span] = []
    levels: list[NDArray[np.float32] | None] = []
    for role, curve in curves:
        row = HEARD_ROLES.index(role)
        onsets.append(onset_times(curve))
        late_s = lateness_s(*onsets[-1], grid)
        strength[row] = np.maximum(strength[row], tick_strength(curve, grid, late_s))
        present[row] = True
        spans += [] if curve.span is None else [curve.span]
        levels.append(_tick_level(curve, grid, late_s))
    times_s, weights = np.concatenate([np.zeros((2, 0)), *map(np.stack, onsets)], axis=1)
    late_s = lateness_s(times_s, weights, grid, LEAST_SURE)
    span = reduce(Span.joined, spans) if spans else EVERYWHERE
    sounding = _together(levels)
    return replace(on_grid(strength, present, grid), late_s=late_s, span=span, sounding=sounding)


def _tick_level(curve: OnsetCurve, grid: BeatGrid, late_s: float) -> NDArray[np.float32] | None:
    """(num_ticks,) the peak of a stem at each tick, where its loudness is known."""
    if curve.loudness is None:
        return None
    peaks = OnsetCurve(curve.loudness.peaks, curve.loudness.steps_per_s)
    return tick_strength(peaks, grid, late_s)


def _together(levels: Sequence[NDArray[np.float32] | None]) -> NDArray[np.float32] | None:
    """(num_ticks,) how loud stems are together, of the level that they have or exceed in half of
    the ticks in which they sound; None where that of any is not known."""
    known = [level for level in levels if level is not None]
    if not known or len(known) < len(levels):
        return None
    level = np.sqrt(np.sum(np.square(known), axis=0))
    sounds = level[level > _SOUNDS * level.max()]
    return np.asarray(level / np.median(sounds) if sounds.size else level, dtype=np.float32)


def on_grid(
    strength: NDArray[np.float32], present: NDArray[np.bool_], grid: BeatGrid
) -> Conditioning:
    """Conditioning of (num_roles, num_ticks) strengths on the grid's beats."""
    beats = slice(0, grid.num_beats - 1)
    return Conditioning(
        strength,
        present,
        grid.beat_in_bar[beats] - 1,
        grid.bar_length[beats],
        grid.bar_of_beat[beats],
        first_bar=int(not grid.is_downbeat[0]),
    )

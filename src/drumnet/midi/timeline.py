"""A song's beats on the timeline of a DAW: bars, tempos, and where a time is among them.

In: a beat grid.  Out: a `Timeline`, whose time 0 is 0:00 of the recording, which counts
in quarter notes, as many to a beat as its metre says, and on which every bar of the song
begins a bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.midi.layout import Tempo
from drumnet.midi.tempo_map import TempoMap, fewest_tempos
from drumnet.products import inner

#: No hit is farther from its time in the song, but where it is played on the beats of
#: another tempo (`Tempo.NONE`).
MAX_ERROR_S = 1e-3
#: Ticks in a quarter note, and, for very slow songs, the most there are.
_PPQ, _MOST_PPQ = 960, 15_360
#: Before the first beat at or after 0:00, more of a beat than this becomes beats
#: of their own, less a bar of an eighth or a sixteenth, the least joins that beat.
_OWN_BEAT, _OWN_EIGHTH, _OWN_SIXTEENTH = 0.5, 0.35, 0.1


class Signature(NamedTuple):
    """A metre, from a quarter note on."""

    quarter: float
    numerator: int
    denominator: int


class FirstBar(NamedTuple):
    """The first bar of the song that begins in the recording.

    Args:
        number: in the song, as in `hits.csv`.
        daw_number: in the DAW, whose first bar is 1.
    """

    number: int
    daw_number: int
    start_s: float

    @property
    def said(self) -> str:
        """For people: `bar 1 of the song, at 0:00.412, is bar 2 of the DAW`."""
        minutes, seconds = divmod(self.start_s, 60)
        at = f"{int(minutes)}:{seconds:06.3f}"
        return f"bar {self.number} of the song, at {at}, is bar {self.daw_number} of the DAW"


@dataclass(frozen=True, eq=False)
class Timeline:
    """Args:
    tempo: when the quarter notes are.
    signatures: each change of the metre.
    ticks_per_quarter: so many that rounding to one costs at most half of `MAX_ERROR_S`.
    first_bar: None where the grid has no downbeat.
    """

    tempo: TempoMap
    signatures: tuple[Signature, ...]
    ticks_per_quarter: int
    first_bar: FirstBar | None
    _bars: _Bars
    _by_beats: bool

    @staticmethod
    def of(grid: BeatGrid, tempo: Tempo = Tempo.MAP) -> Timeline:
        """The timeline of a song.

        Args:
            tempo: of `constant`, quarter notes keep one tempo, a lead-in apart, and may leave
                the beats; else they keep to the beats.
        """
        bars = _bars_of(grid)
        slowest_s = float((np.diff(bars.beats_s) / np.diff(bars.quarters)).max())
        ppq = _PPQ
        while slowest_s / ppq > MAX_ERROR_S and ppq < _MOST_PPQ:
            ppq *= 2
        if tempo is Tempo.CONSTANT:
            map_ = _one_tempo(bars)
        else:
            rounding_s = min(slowest_s / ppq, MAX_ERROR_S) / 2
            map_ = fewest_tempos(*_on_ticks(bars, ppq), MAX_ERROR_S - rounding_s)
        by_beats = tempo is not Tempo.CONSTANT
        return Timeline(map_, bars.signatures, ppq, bars.first_bar, bars, by_beats)

    @property
    def end(self) -> float:
        """The last beat, in quarter notes."""
        return float(self._bars.quarters[-1])

    def quarters(self, times_s: ArrayLike) -> NDArray[np.float64]:
        """Where times of the song are, in quarter notes from 0 on: between the beats that they
        are between, or, of `constant`, wherever it is that time."""
        at = np.maximum(np.asarray(times_s, dtype=np.float64), 0.0)
        in_time = self.tempo.quarters(at)
        if not self._by_beats:
            return in_time
        quarters, seconds = self._bars.knots
        return np.where(at <= seconds[-1], np.interp(at, seconds, quarters), in_time)

    def beats(self, times_s: ArrayLike) -> NDArray[np.float64]:
        """The beats that are nearest to times of the song, in quarter notes, or, of `constant`,
        wherever it is that time."""
        if not self._by_beats:
            return self.quarters(times_s)
        beats_s = self._bars.beats_s
        nearest = np.searchsorted((beats_s[1:] + beats_s[:-1]) / 2, times_s)
        return self._bars.quarters[nearest]


@dataclass(frozen=True, eq=False)
class _Bars:
    """Beats from 0:00 on.

    Args:
        beats_s: (num_beats,) seconds, the first 0.
        quarters: (num_beats,) where they are, in quarter notes.
        lead: beats that belong to the lead-in, whose tempo is its own.
        knots: (num_knots,) quarters and seconds of the beats, and of where the tempo changes
            inside them.
    """

    beats_s: NDArray[np.float64]
    quarters: NDArray[np.float64]
    signatures: tuple[Signature, ...]
    lead: int
    first_bar: FirstBar | None
    knots: tuple[NDArray[np.float64], NDArray[np.float64]]


def _bars_of(grid: BeatGrid) -> _Bars:
    start = int(np.searchsorted(grid.beats_s, -1e-9))
    start = min(start, grid.num_beats - 2)
    beats, numbers = grid.beats_s[start:].copy(), grid.beat_in_bar[start:]
    units = grid.unit[start:]
    length = int(grid.bar_length[start])
    part = beats[0] / (beats[1] - beats[0])  # of a beat, before the first one
    lead, lead_in = 0, 0.0
    if part > _OWN_BEAT:
        lead = max(1, round(part))
        beats = np.concatenate([np.arange(lead) * (beats[0] / lead), beats])
        head = (numbers[0] - 1 - np.arange(lead, 0, -1)) % length + 1
        numbers, units = np.concatenate([head, numbers]), np.pad(units, (lead, 0), mode="edge")
    elif part >= _OWN_SIXTEENTH:
        lead_in = (0.5 if part > _OWN_EIGHTH else 0.25) * 4 / int(units[0])
    else:
        lead = int(beats[0] > 0)
        beats[0] = 0.0
    quarters = np.append(0.0, np.cumsum(4 / units[:-1])) + lead_in
    metre = [
        Signature(float(quarters[at]), in_bar, int(units[at]))
        for at, in_bar in _metre(numbers, units, length)
    ]
    first_bar = _first_bar(grid, start, numbers, bool(lead_in))
    if lead_in:
        lead = 1
        beats, quarters = np.append(0.0, beats), np.append(0.0, quarters)
        metre.insert(0, Signature(0.0, 1, round(4 / lead_in)))
    knots = _knots(grid, beats, quarters)
    return _Bars(beats, quarters, tuple(metre), lead, first_bar, knots)


def _knots(
    grid: BeatGrid, beats_s: NDArray[np.float64], quarters: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The beats, whose last are those of the grid, and its bends among them."""
    if not len(grid.bends):
        return quarters, beats_s
    beat = grid.bends[:, 0] / TICKS_PER_BEAT + len(beats_s) - grid.num_beats
    first = len(beats_s) - grid.num_beats + int(np.searchsorted(grid.beats_s, -1e-9))
    kept = beat > first
    at = np.interp(beat[kept], np.arange(len(quarters)), quarters)
    order = np.argsort(np.concatenate([quarters, at]), kind="stable")
    return (
        np.concatenate([quarters, at])[order],
        np.concatenate([beats_s, grid.bends[kept, 1]])[order],
    )


def _on_ticks(bars: _Bars, ppq: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The knots, those inside beats on the ticks of a MIDI file, where tempos can change."""
    quarters, seconds = bars.knots
    inside = ~np.isin(quarters, bars.quarters)
    if not inside.any():
        return bars.quarters, bars.beats_s
    rounded = np.unique(np.concatenate([bars.quarters, np.round(quarters[inside] * ppq) / ppq]))
    return rounded, np.interp(rounded, quarters, seconds)


def _first_bar(
    grid: BeatGrid, start: int, numbers: NDArray[np.int64], has_short_bar: bool
) -> FirstBar | None:
    """Of the beats from `start` on, which have the last of `numbers`."""
    downbeats = np.flatnonzero(grid.is_downbeat[start:])
    if not downbeats.size:
        return None
    beat = start + int(downbeats[0])
    ahead = len(numbers) - grid.num_beats + beat
    bars_before = int((numbers[:ahead] == 1).sum()) + int(ahead > 0 and numbers[0] != 1)
    number = int(grid.bar_number[beat])
    return FirstBar(number, bars_before + has_short_bar + 1, float(grid.beats_s[beat]))


def _metre(
    numbers: NDArray[np.int64], units: NDArray[np.int64], length: int
) -> list[tuple[int, int]]:
    """The changes of metre, as (beat, beats in bar); `length` is the first bar's."""
    downbeats = np.flatnonzero(numbers == 1)
    if not downbeats.size:
        return [(0, int(numbers.max()))]
    starts = downbeats if downbeats[0] == 0 else np.concatenate([[0], downbeats])
    lengths = np.diff(np.append(starts, len(numbers)))
    # The last bar may be cut short by the end of the grid.
    lengths[-1] = max(lengths[-1], lengths[-2] if len(lengths) > 1 else length)
    return [
        (int(at), int(beats_in_bar))
        for i, (at, beats_in_bar) in enumerate(zip(starts, lengths, strict=True))
        if i == 0 or beats_in_bar != lengths[i - 1] or units[at] != units[starts[i - 1]]
    ]


def _one_tempo(bars: _Bars) -> TempoMap:
    """The straight line that is nearest to the beats, by least squares; a lead-in gets there."""
    quarters, beats_s = bars.quarters[bars.lead :], bars.beats_s[bars.lead :]
    if bars.lead and len(quarters) > 1:
        after = quarters - quarters[0]
        step_s, start_s = np.polynomial.Polynomial.fit(after, beats_s, 1).convert().coef[::-1]
        lead_step_s = float(start_s / quarters[0])
        if abs(lead_step_s - step_s) * quarters[0] > MAX_ERROR_S and lead_step_s > 0:
            lead_in, song = (TempoMap.constant(s * 1e6) for s in (lead_step_s, step_s))
            tempos = np.concatenate([lead_in.tempo_us, song.tempo_us])
            return TempoMap(np.array([0.0, quarters[0]]), tempos)
    through_0 = inner(quarters, beats_s) / inner(quarters, quarters)
    return TempoMap.constant(through_0 * 1e6)

"""The beat grid: where the beats and bars of a song lie in time.

In: beat times in seconds and each beat's number in its bar (1 = downbeat).
Out: the map between seconds and ticks, `TICKS_PER_BEAT` to a beat, on which
everything between the beats and the hits is computed.  Ticks are spread
evenly inside a beat, so a drifting tempo costs nothing; where the tempo is known
to change inside a beat, on either side of that.

Tick 0 is the first beat of the grid.  Before the first and after the last
beat, time runs on at the tempo of the nearest beats.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.errors import BeatError
from drumnet.limits import MAX_BEATS, MAX_SONG_S

#: 16ths (3 ticks) and eighth triplets (4 ticks) both fall on ticks.  Frozen:
#: the weights were trained on this resolution.
TICKS_PER_BEAT = 12

#: The metre where nothing is known of it.
DEFAULT_BEATS_PER_BAR = 4
MAX_BEATS_PER_BAR = 32
_SLOWEST_BPM, _FASTEST_BPM = 20.0, 400.0
#: The notes that may be the beat of a metre, and what it is unless it is said.
BEAT_UNITS = (1, 2, 4, 8, 16)
QUARTER = 4

#: Beats whose median interval carries the tempo beyond the ends of the grid.
_EDGE_BEATS = 4


@dataclass(frozen=True, eq=False)
class BeatGrid:
    """Beats of a song, strictly increasing in time.

    Args:
        beats_s: (num_beats,) times in seconds, at least two; may be negative
            where a grid was extrapolated to before the song's start.
        beat_in_bar: (num_beats,) the beat's number in its bar, 1 = downbeat.
        unit: (num_beats,) the note that a beat is, as the lower number of a metre: 8 of 6/8;
            or one for all of them.
        bends: (num_bends, 2) tick and time of each change of the tempo inside a beat.

    Raises:
        BeatError: fewer than two beats, times that do not increase or are not
            finite, or beat numbers below 1.
    """

    beats_s: NDArray[np.float64]
    beat_in_bar: NDArray[np.int64]
    unit: NDArray[np.int64] = field(default_factory=lambda: np.array(QUARTER))
    bends: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))

    def __post_init__(self) -> None:
        beats = np.array(self.beats_s, dtype=np.float64)
        numbers = np.array(self.beat_in_bar, dtype=np.int64)
        if beats.ndim != 1 or len(beats) < 2:
            raise BeatError(f"a beat grid needs at least two beats, got {beats.size}")
        if numbers.shape != beats.shape:
            raise BeatError(
                f"{len(beats)} beats but {numbers.size} beat numbers: give one for each"
            )
        if not np.isfinite(beats).all():
            raise BeatError("beat times must be finite numbers of seconds")
        late = np.flatnonzero(np.diff(beats) <= 0)
        if late.size:
            at = int(late[0])
            raise BeatError(
                f"beat times must increase: beat {at + 2} at {beats[at + 1]:.3f} s does not come "
                f"after beat {at + 1} at {beats[at]:.3f} s"
            )
        units = np.array(np.broadcast_to(self.unit, beats.shape), dtype=np.int64)
        if not np.isin(units, BEAT_UNITS).all():
            raise BeatError(f"the beat of a metre is one of {', '.join(map(str, BEAT_UNITS))}")
        if (numbers < 1).any():
            raise BeatError("beats in a bar are counted from 1 (the downbeat)")
        bends = np.array(self.bends, dtype=np.float64).reshape(-1, 2)
        kept = {"beats_s": beats, "beat_in_bar": numbers, "unit": units, "bends": bends}
        for name, values in kept.items():
            values.setflags(write=False)
            object.__setattr__(self, name, values)
        if len(bends) and any((np.diff(knots) <= 0).any() for knots in self._knots):
            raise BeatError("a tempo changes inside a beat before the beat, or behind it")

    @staticmethod
    def constant(
        bpm: float,
        duration_s: float,
        *,
        beats_per_bar: int = DEFAULT_BEATS_PER_BAR,
        first_downbeat_s: float = 0.0,
    ) -> BeatGrid:
        """A grid of one tempo that covers 0 to `duration_s`, and one whole bar at least.

        Raises:
            BeatError: a tempo outside 20-400 bpm, or a bar of no beats.
        """
        if not _SLOWEST_BPM <= bpm <= _FASTEST_BPM:
            raise BeatError(
                f"a tempo of {bpm:g} bpm is outside {_SLOWEST_BPM:g}-{_FASTEST_BPM:g}: check --bpm"
            )
        check_metre(beats_per_bar)
        if not np.isfinite(first_downbeat_s):
            raise BeatError("the first downbeat must be a finite number of seconds")
        period = 60.0 / bpm
        if abs(first_downbeat_s) > MAX_SONG_S:
            raise BeatError(f"a first downbeat at {first_downbeat_s:g} s is in no song")
        first = -int(np.ceil(first_downbeat_s / period - 1e-9))
        whole_bar = (-(-first // beats_per_bar) + 1) * beats_per_bar  # so that the metre shows
        last = max(int(np.ceil((duration_s - first_downbeat_s) / period - 1e-9)), whole_bar)
        index = np.arange(first, last + 1)
        beats_s = np.asarray(first_downbeat_s + index * period, dtype=np.float64)
        return BeatGrid(beats_s, index % beats_per_bar + 1)

    @property
    def num_beats(self) -> int:
        return len(self.beats_s)

    @property
    def num_ticks(self) -> int:
        """Ticks from the first beat up to, and without, the last beat."""
        return (self.num_beats - 1) * TICKS_PER_BEAT

    @property
    def is_downbeat(self) -> NDArray[np.bool_]:
        """(num_beats,) true where a bar begins."""
        return np.asarray(self.beat_in_bar == 1)

    @cached_property
    def bar_of_beat(self) -> NDArray[np.int64]:
        """(num_beats,) bar index; a pickup before the first downbeat is bar 0,
        and the first full bar is then bar 1; without a pickup it is bar 0."""
        bar = np.cumsum(self.is_downbeat, dtype=np.int64)
        return np.asarray(bar - int(self.is_downbeat[0]), dtype=np.int64)

    @cached_property
    def bar_number(self) -> NDArray[np.int64]:
        """(num_beats,) the bar's number for people: a pickup is 0, the first full bar 1."""
        return np.cumsum(self.is_downbeat, dtype=np.int64)

    @cached_property
    def bar_length(self) -> NDArray[np.int64]:
        """(num_beats,) beats in the bar that each beat belongs to.

        A pickup, and a bar that the end of the grid cuts short, take the
        length of their neighbour where that is longer.
        """
        counts = np.bincount(self.bar_of_beat)
        np.maximum.at(counts, self.bar_of_beat, self.beat_in_bar)
        if len(counts) > 1:
            if not self.is_downbeat[0]:
                counts[0] = max(counts[0], counts[1])
            counts[-1] = max(counts[-1], counts[-2])
        return counts[self.bar_of_beat]

    @property
    def tempo_bpm(self) -> float:
        """The median tempo."""
        return float(60.0 / np.median(np.diff(self.beats_s)))

    def _edge_steps_s(self) -> tuple[float, float]:
        """The lengths of a beat before the first and after the last one."""
        steps = np.diff(self.beats_s)
        return float(np.median(steps[:_EDGE_BEATS])), float(np.median(steps[-_EDGE_BEATS:]))

    @cached_property
    def _knots(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Beats, with one more far out on either side, as (ticks, seconds)."""
        lead, tail = self._edge_steps_s()
        reach = 1e6  # beats
        ticks = np.arange(self.num_beats, dtype=np.float64) * TICKS_PER_BEAT
        seconds, last = self.beats_s, float(ticks[-1])
        if len(self.bends):
            ticks = np.concatenate([ticks, self.bends[:, 0]])
            order = np.argsort(ticks, kind="stable")
            ticks, seconds = ticks[order], np.concatenate([seconds, self.bends[:, 1]])[order]
        return (
            np.concatenate([[-reach * TICKS_PER_BEAT], ticks, [last + reach * TICKS_PER_BEAT]]),
            np.concatenate(
                [[self.beats_s[0] - reach * lead], seconds, [self.beats_s[-1] + reach * tail]]
            ),
        )

    def nearest_ticks(self, times_s: ArrayLike) -> NDArray[np.int64]:
        """The tick that each time is nearest to, on the grid or beyond it."""
        return np.round(self.seconds_to_ticks(times_s)).astype(np.int64)

    def seconds_to_ticks(self, times_s: ArrayLike) -> NDArray[np.float64]:
        """Fractional ticks of the given times."""
        ticks, seconds = self._knots
        return np.interp(np.asarray(times_s, dtype=np.float64), seconds, ticks)

    def ticks_to_seconds(self, ticks: ArrayLike) -> NDArray[np.float64]:
        """Times in seconds of (fractional) ticks."""
        knots, seconds = self._knots
        return np.interp(np.asarray(ticks, dtype=np.float64), knots, seconds)

    def covering(self, duration_s: float) -> BeatGrid:
        """This grid with beats added until its ticks span 0 to `duration_s`.

        Added beats keep the tempo of the nearest beats and count on in bars of
        the nearest bar's length; beats that are there stay as they are.
        """
        lead, tail = self._edge_steps_s()
        # What sounds less than half a tick before the first beat is on it.
        before = max(0, int(np.ceil(self.beats_s[0] / lead - 0.5 / TICKS_PER_BEAT)))
        after = max(0, int(np.ceil((duration_s - self.beats_s[-1]) / tail - 1e-6)))
        if self.num_beats + before + after > MAX_BEATS:
            raise BeatError(
                f"{self.tempo_bpm:.4g} bpm from {self.beats_s[0]:.4g} s on would be more than "
                f"{MAX_BEATS} beats: give times in seconds"
            )
        first_bar, last_bar = int(self.bar_length[0]), int(self.bar_length[-1])
        head = (self.beat_in_bar[0] - 1 - np.arange(before, 0, -1)) % first_bar + 1
        rest = (self.beat_in_bar[-1] - 1 + np.arange(1, after + 1)) % last_bar + 1
        return BeatGrid(
            np.concatenate(
                [
                    self.beats_s[0] - np.arange(before, 0, -1) * lead,
                    self.beats_s,
                    self.beats_s[-1] + np.arange(1, after + 1) * tail,
                ]
            ),
            np.concatenate([head, self.beat_in_bar, rest]),
            np.pad(self.unit, (before, after), mode="edge"),
            self.bends + np.array([before * TICKS_PER_BEAT, 0.0]),
        )

    def part(self, first_beat: int, end_beat: int) -> BeatGrid:
        """The beats from one up to another, which is the last."""
        beats = slice(first_beat, end_beat + 1)
        low, high = (beat * TICKS_PER_BEAT for beat in (first_beat, end_beat))
        inside = self.bends[(self.bends[:, 0] > low) & (self.bends[:, 0] < high)]
        return BeatGrid(
            self.beats_s[beats],
            self.beat_in_bar[beats],
            self.unit[beats],
            inside - np.array([low, 0.0]),
        )

    def later(self, seconds: float) -> BeatGrid:
        """The same beats, all of them that much later."""
        return replace(
            self, beats_s=self.beats_s + seconds, bends=self.bends + np.array([0.0, seconds])
        )

    def double_time(self) -> BeatGrid:
        """Twice the tempo: a beat is added half-way between any two; bars keep
        their number of beats, so each bar becomes two (4/4 stays 4/4).

        A downbeat stays a downbeat.
        """
        halves = np.arange(2 * self.num_beats - 1)
        beat = halves // 2
        position = (self.beat_in_bar[beat] - 1) * 2 + halves % 2
        times_s = self.ticks_to_seconds(halves * (TICKS_PER_BEAT / 2))
        return BeatGrid(times_s, position % self.bar_length[beat] + 1, self.unit[beat])

    def half_time(self) -> BeatGrid:
        """Half the tempo: every second beat stays, from the first downbeat on,
        and two bars become one (4/4 stays 4/4; a bar that then begins between
        two beats begins at the later one).

        Raises:
            BeatError: too few beats to leave two.
        """
        lengths = self.bar_length
        starts = np.flatnonzero(self.is_downbeat)
        if not starts.size:
            starts = np.array([int(lengths[0] - self.beat_in_bar[0] + 1)])
        first = int(starts[0])
        kept = np.arange(first % 2, self.num_beats, 2)
        if len(kept) < 2:
            raise BeatError(f"half time needs more than the {self.num_beats} beats of this grid")
        half_starts = (starts[::2] - first + 1) // 2  # in kept beats from the first downbeat
        position = (kept - first) // 2
        bar = np.searchsorted(half_starts, position, side="right") - 1
        since = position - half_starts[np.maximum(bar, 0)]
        pickup_length = int(lengths[min(first, self.num_beats - 1)])
        numbers = np.where(bar < 0, since % pickup_length, since) + 1
        return BeatGrid(self.beats_s[kept], numbers, self.unit[kept])


def check_metre(beats_per_bar: int) -> None:
    """Raises:
    BeatError: a bar of no beats, or of more than `MAX_BEATS_PER_BAR`.
    """
    if not 1 <= beats_per_bar <= MAX_BEATS_PER_BAR:
        raise BeatError(
            f"a bar of {beats_per_bar} beats is outside 1-{MAX_BEATS_PER_BAR}: check --meter"
        )

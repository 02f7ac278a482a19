"""Songs on ticks put into seconds, to be played otherwise there.

In: a song on ticks.  Out: `TimedSong`, which can be played faster, slower, with
a drifting tempo, begun later or with its bars misread, and put on ticks again in
the way that every song takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import BENCHMARK_ROLES, constant_grid
from drumnet.corpus.ticksong import TickSong, tick_song
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hearing.onset_strength import onset_pulses
from drumnet.hits import MAX_VELOCITY, PIECES, DrumTrack, Hit, Piece
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem

_KICK = PIECES.index(Piece.KICK)
#: The drift of the design: a sine of +-10 % over 30 s.
BEND_DEPTH, BEND_PERIOD_S = 0.1, 30.0


def bent(times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where times lie when a beat's length swings by a sine: the integral of
    1 + depth * sin(2 pi t / period).

    >>> bent(np.array([0.0, 15.0, 30.0])).round(3).tolist()
    [0.0, 15.955, 30.0]
    """
    turn = 2 * np.pi / BEND_PERIOD_S
    return np.asarray(times_s + BEND_DEPTH * (1 - np.cos(turn * times_s)) / turn)


@dataclass(frozen=True, eq=False)
class TimedSong:
    """A song in seconds, its stems and its kick given as events."""

    about: Mapping[str, Any]
    stems: Mapping[Role, Onsets]
    kick: DrumTrack
    grid: BeatGrid

    def moved(self, move: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> TimedSong:
        """Every time t becomes move(t); what then comes before 0 is lost, but
        for the half tick that belongs to tick 0."""
        grid = BeatGrid(move(self.grid.beats_s), self.grid.beat_in_bar)
        start_s = min(0.0, float(grid.ticks_to_seconds(-0.5)))
        stems = {}
        for role, onsets in self.stems.items():
            times = move(onsets.times_s)
            kept = times >= start_s
            stems[role] = Onsets(np.maximum(times[kept], 0.0), onsets.strengths[kept])
        times = move(np.array([hit.onset_s for hit in self.kick]))
        hits = [
            replace(hit, onset_s=max(float(time), 0.0))
            for hit, time in zip(self.kick, times, strict=True)
            if time >= start_s
        ]
        return TimedSong(self.about, stems, DrumTrack(tuple(hits)), grid)

    def at_tempo(self, factor: float) -> TimedSong:
        """Played `factor` times as fast."""
        return self.moved(lambda times: times / factor)

    def bent(self) -> TimedSong:
        """Its tempo drifts, see `bent`."""
        return self.moved(bent)

    def delayed(self, delay_s: float) -> TimedSong:
        """The sound and its beats begin later."""
        return self.moved(lambda times: times + delay_s)

    def without_start(self, num_beats: int) -> TimedSong:
        """The first beats are cut off; 0:00 is then the beat after them."""
        grid = BeatGrid(self.grid.beats_s[num_beats:], self.grid.beat_in_bar[num_beats:])
        start_s = float(grid.beats_s[0])
        return replace(self, grid=grid).moved(lambda times: times - start_s)

    def without_bars(self, num_bars: int) -> TimedSong:
        """The first bars, and a pickup before them, are cut off."""
        return self.without_start(int(np.flatnonzero(self.grid.is_downbeat)[num_bars]))

    def late_downbeats(self) -> TimedSong:
        """The same music, its bars read as if they began a beat later."""
        numbers = self.grid.beat_in_bar
        first = (numbers[0] - 2) % self.grid.bar_length[0] + 1
        late = BeatGrid(self.grid.beats_s, np.concatenate([[first], numbers[:-1]]))
        return replace(self, grid=late)

    def as_song(self) -> Song:
        """What a drummer is given of it: its stems."""
        stems = (Stem(role.value, role, onsets) for role, onsets in self.stems.items())
        return Song(tuple(stems))

    def on_ticks(self) -> TickSong:
        """On ticks from 0:00 on, as `Drummer.listen` and `prepare` do it."""
        grid = self.grid.covering(float(self.grid.beats_s[-1]))
        curves = {role: onset_pulses(onsets) for role, onsets in self.stems.items()}
        return tick_song(self.about, curves, self.kick, grid)


def in_seconds(song: TickSong, roles: Sequence[Role] = BENCHMARK_ROLES) -> TimedSong:
    """A prepared song at a constant `bpm`, that of its `about`."""
    grid = constant_grid(song)
    dense = song.dense_song()
    stems = {}
    for role in roles:
        row = HEARD_ROLES.index(role)
        if song.present[row]:
            ticks = np.flatnonzero(dense.strength[row])
            stems[role] = Onsets(grid.ticks_to_seconds(ticks), dense.strength[row, ticks])
    ticks = np.flatnonzero(dense.velocity[_KICK])
    onsets = np.maximum(grid.ticks_to_seconds(ticks + dense.offset[_KICK, ticks]), 0.0)
    velocities = np.round(dense.velocity[_KICK, ticks] * MAX_VELOCITY).astype(int)
    hits = tuple(
        Hit(float(onset), int(tick), Piece.KICK, int(velocity))
        for onset, tick, velocity in zip(onsets, ticks, velocities, strict=True)
    )
    return TimedSong(song.about, stems, DrumTrack(hits), grid)

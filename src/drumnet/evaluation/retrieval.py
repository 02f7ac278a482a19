"""Are codes the same at another tempo, or when the song is shifted?

In: prepared songs.  Each is put into seconds at its own tempo, varied there
(faster, slower, cut at its start, delayed, its bars misread), and put on ticks
again in the way that every song takes.  Out: how often the varied song's code
is nearest to its own among the codes of all songs as they are, and how far it
has moved compared with the distance between songs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.corpus.ticksong import PIECES, TickSong, tick_song
from drumnet.evaluation.passages import BENCHMARK_ROLES, halved
from drumnet.features import HEARD_ROLES, Conditioning, onset_pulses
from drumnet.hits import MAX_VELOCITY, DrumTrack, Hit, Piece
from drumnet.network import Network
from drumnet.onsets import Onsets
from drumnet.refinement import extracted_code
from drumnet.roles import Role

#: Shorter songs are left out: little of them would be left after four bars.
LEAST_BARS = 16
_KICK = PIECES.index(Piece.KICK)


#: What is heard and the (1, num_ticks) velocities of the kick to their code.
ReadCode = Callable[[Conditioning, NDArray[np.float32]], NDArray[np.float32]]


def encoder(network: Network) -> ReadCode:
    """The code that the network's encoder gives."""
    return lambda heard, velocity: network.encode(network.listen(heard), velocity)


def extractor(network: Network) -> ReadCode:
    """The refined code, as `Drummer.extract_style` gives it; a hundred times
    slower."""
    return lambda heard, velocity: extracted_code(network, network.listen(heard), velocity)


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

    def on_ticks(self) -> TickSong:
        """On ticks from 0:00 on, as `Drummer.listen` and `prepare` do it."""
        grid = self.grid.covering(float(self.grid.beats_s[-1]))
        curves = {role: onset_pulses(onsets) for role, onsets in self.stems.items()}
        return tick_song(self.about, curves, self.kick, grid)


def in_seconds(song: TickSong, roles: Sequence[Role] = BENCHMARK_ROLES) -> TimedSong:
    """A prepared song at a constant `bpm`, that of its `about`."""
    after = int(song.beat_in_bar[-1]) + 1
    numbers = np.append(song.beat_in_bar, after % max(int(song.bar_length[-1]), 1)) + 1
    period_s = 60.0 / float(song.about["bpm"])
    grid = BeatGrid(
        np.asarray(np.arange(len(numbers)) * period_s, dtype=np.float64), numbers.astype(np.int64)
    )
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


def third_of_a_tick_later(song: TimedSong) -> TimedSong:
    """Less than the tick domain can tell."""
    return song.delayed(60.0 / song.grid.tempo_bpm / TICKS_PER_BEAT / 3)


class Variation(NamedTuple):
    """A change that leaves the song the same song."""

    kind: str
    name: str
    vary: Callable[[TimedSong], TimedSong]


VARIATIONS = (
    Variation("tempo", "80 %", lambda song: song.at_tempo(0.8)),
    Variation("tempo", "90 %", lambda song: song.at_tempo(0.9)),
    Variation("tempo", "110 %", lambda song: song.at_tempo(1.1)),
    Variation("tempo", "120 %", lambda song: song.at_tempo(1.2)),
    Variation("shift", "1 beat", lambda song: song.without_start(1)),
    Variation("shift", "2 beats", lambda song: song.without_start(2)),
    Variation("shift", "1 bar", lambda song: song.without_bars(1)),
    Variation("shift", "2 bars", lambda song: song.without_bars(2)),
    Variation("shift", "4 bars", lambda song: song.without_bars(4)),
    Variation("shift", "0.1 s", lambda song: song.delayed(0.1)),
    Variation("shift", "a third of a tick", third_of_a_tick_later),
    Variation("wrong grid", "downbeats a beat late", TimedSong.late_downbeats),
)


@dataclass(frozen=True)
class Retrieval:
    """Args:
    top_1: share of songs whose varied code is nearest to its own; a tie
        counts as its share.
    distance: mean distance that codes have moved, over the mean distance
        between the codes of two songs; NaN where all songs have one code.
    """

    kind: str
    name: str
    num_songs: int
    top_1: float
    distance: float


def nearest_is_own(codes: NDArray[np.float32], varied: NDArray[np.float32]) -> tuple[float, float]:
    """`top_1` and `distance` of `Retrieval`.

    Args:
        codes: (num_codes, code_size), two at least.
        varied: (num_songs, code_size), the first songs of `codes`, varied.

    >>> nearest_is_own(np.eye(4), 0.9 * np.eye(4))[0]
    1.0
    """
    gaps = np.linalg.norm(varied[:, None] - codes[None], axis=2)
    nearest = gaps == gaps.min(axis=1, keepdims=True)
    top_1 = float((np.diagonal(nearest) / nearest.sum(axis=1)).mean())
    count = len(codes)
    between = np.linalg.norm(codes[:, None] - codes[None], axis=2).sum() / (count * (count - 1))
    distance = float(np.diagonal(gaps).mean() / between) if between > 0 else float("nan")
    return top_1, distance


def fit_for_retrieval(songs: Iterable[TickSong]) -> list[TickSong]:
    """The songs that are long enough and have a kick in either half."""
    long = (song for song in songs if (song.beat_in_bar == 0).sum() >= LEAST_BARS)
    return [song for song in long if halved(song) is not None]


def song_codes(read: ReadCode, songs: Iterable[TickSong]) -> NDArray[np.float32]:
    """(num_songs, code_size) codes of whole songs as they are."""
    halves = [half for song in songs if (half := halved(song)) is not None]
    return np.array([read(half.heard, half.velocity) for half in halves])


def retrievals(
    read: ReadCode,
    songs: Sequence[TickSong],
    codes: NDArray[np.float32],
    variations: Iterable[Variation] = VARIATIONS,
) -> Iterator[Retrieval]:
    """Every variation of the songs.

    Args:
        songs: as `fit_for_retrieval` gives them.
        codes: of those songs, from `song_codes`, and of any others after them.
    """
    timed = [in_seconds(song) for song in songs]
    for variation in variations:
        varied = [variation.vary(song).on_ticks() for song in timed]
        scores = nearest_is_own(codes, np.array([code_of(read, song) for song in varied]))
        yield Retrieval(variation.kind, variation.name, len(songs), *scores)


def code_of(read: ReadCode, song: TickSong) -> NDArray[np.float32]:
    """The code of a whole song, all its stems being heard."""
    return read(song.conditioning(), song.dense_song().velocity[[_KICK]])

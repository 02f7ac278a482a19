"""Is a song the same song at another tempo, or shifted?

In: songs on ticks, each put into seconds and varied there.  Out: how often the
varied song's code is nearest to its own among the codes of all songs, how far
it has moved, and the F1 of transfer on the varied song.  The bar's histogram of
hits (what copy-bar plays from) is the baseline of the codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong, halved
from drumnet.corpus.ticksong import TickSong
from drumnet.evaluation.baselines import COPY_BAR
from drumnet.evaluation.experiments.scores import TICK_F1, f1_rows
from drumnet.evaluation.players import HalfDrummer, Transfer
from drumnet.evaluation.report.model import HIGHER, LOWER, MODEL_PLAYER, NEITHER, Row
from drumnet.evaluation.statistics import mean_interval
from drumnet.evaluation.takes import take_all
from drumnet.evaluation.timed import TimedSong, in_seconds
from drumnet.grid import TICKS_PER_BEAT
from drumnet.metrics import codes as code_metrics

TOP_1, DISTANCE = "top-1", "code distance"
HISTOGRAM_CODES = "bar histogram"
#: Shorter songs are left out: little of them would be left after four bars.
LEAST_BARS = 16
_BAR_TICKS = 4 * TICKS_PER_BEAT

#: A whole song to its code.
ReadCode = Callable[[HalvedSong], NDArray[np.floating]]


def encoder(drummer: HalfDrummer) -> ReadCode:
    """The code that the network's encoder gives; what `style extract` then
    refines, a hundred times slower."""
    return drummer.encoded


def histogram(song: HalvedSong) -> NDArray[np.float64]:
    """(48,) how often each tick of a bar of four is hit, of all times it comes."""
    place = song.bar_position
    hits = np.bincount(place[song.hits], minlength=_BAR_TICKS)[:_BAR_TICKS]
    seen = np.bincount(place, minlength=_BAR_TICKS)[:_BAR_TICKS]
    return np.asarray(hits / np.maximum(seen, 1))


class Variation(NamedTuple):
    """A change that leaves the song the same song (but for the kind "wrong grid",
    which does not)."""

    kind: str
    name: str
    vary: Callable[[TimedSong], TimedSong]


def third_of_a_tick_later(song: TimedSong) -> TimedSong:
    """Less than the tick domain can tell."""
    return song.delayed(60.0 / song.grid.tempo_bpm / TICKS_PER_BEAT / 3)


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


def fit_for_retrieval(songs: Iterable[TickSong]) -> list[TickSong]:
    """The songs that are long enough and have a kick in either half."""
    long = (song for song in songs if (song.beat_in_bar == 0).sum() >= LEAST_BARS)
    return [song for song in long if halved(song).has_both_halves]


@dataclass(frozen=True)
class Retrieval:
    """The codes of songs, and of the same songs varied.

    Args:
        player: whose codes they are.
        own: (num_codes, size); varied: (num_songs, size) of the first of those.
    """

    player: str
    own: NDArray[np.floating]
    varied: NDArray[np.floating]

    def rows(self, section: str, kind: str, setting: str) -> list[Row]:
        found = code_metrics.per_song(self.own, self.varied)
        wanted = kind != "wrong grid"

        def row(metric: str, values: NDArray[np.float64], better: str) -> Row:
            known = [None if np.isnan(value) else float(value) for value in values]
            filled = Row(section, kind, self.player, metric, setting, per_song=known)
            filled = replace(filled, better=better if wanted else NEITHER)
            if all(value is None for value in known):
                return filled
            mean = mean_interval(known)
            return replace(filled, value=mean.value, low=mean.low, high=mean.high)

        return [row(TOP_1, found["top_1"], HIGHER), row(DISTANCE, found["distance"], LOWER)]


def invariance_rows(
    section: str,
    drummer: HalfDrummer,
    songs: Sequence[TickSong],
    num_played: int,
    variations: Sequence[Variation] = VARIATIONS,
) -> Iterator[list[Row]]:
    """The rows of one variation after the other, those of the songs as they are
    first.

    Args:
        songs: as `fit_for_retrieval` gives them.
        num_played: transfer is played to this many of them, evenly chosen.
    """
    readers: dict[str, ReadCode] = {MODEL_PLAYER: encoder(drummer), HISTOGRAM_CODES: histogram}
    as_they_are = _halves(songs, lambda song: song)
    own = {name: _codes(read, as_they_are) for name, read in readers.items()}
    chosen = np.unique(np.linspace(0, len(songs) - 1, min(num_played, len(songs))).astype(int))
    yield _played_rows(section, drummer, [as_they_are[i] for i in chosen], "as it is", "")
    for kind, name, vary in variations:
        varied = _halves(songs, vary)
        rows = []
        for player, read in readers.items():
            rows += Retrieval(player, own[player], _codes(read, varied)).rows(section, kind, name)
        yield rows + _played_rows(section, drummer, [varied[i] for i in chosen], kind, name)


def _halves(songs: Sequence[TickSong], vary: Callable[[TimedSong], TimedSong]) -> list[HalvedSong]:
    return [halved(vary(in_seconds(song)).on_ticks()) for song in songs]


def _codes(read: ReadCode, songs: Iterable[HalvedSong]) -> NDArray[np.float64]:
    return np.array([read(song) for song in songs], dtype=np.float64)


def _played_rows(
    section: str, drummer: HalfDrummer, songs: Sequence[HalvedSong], kind: str, setting: str
) -> list[Row]:
    """F1 of transfer; without values per song, as these are some of the songs."""
    takes = take_all(songs, (Transfer(drummer), COPY_BAR))
    return without_songs(f1_rows(section, kind, takes, setting, (TICK_F1,)))


def without_songs(rows: Iterable[Row]) -> list[Row]:
    """The rows without their values per song."""
    return [replace(row, per_song=None) for row in rows]

"""Do sampled styles give different kicks?

In: something that plays a track for a seed, and the song's beats.  Out: how
many bar patterns dominate, how sparse and how dense it gets, and whether the
same seed gives the same `hits.csv`, byte by byte.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.files import read_beats
from drumnet.corpus.halves import BEATS_FILE
from drumnet.demo.song import demo_song
from drumnet.drummer import Drummer
from drumnet.evaluation.report.model import HIGHER, MODEL_PLAYER, NEITHER, Row
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack, Piece
from drumnet.hits_csv import write_hits
from drumnet.playing.listening import Listening
from drumnet.song.song import Song, load_song

Play = Callable[[int], DrumTrack]

#: Ticks of the hits in one bar, from its downbeat.
BarPattern = tuple[int, ...]

NUM_SAMPLES = 50
#: Beats are found to a millisecond or so; a bar is whole within this.
_SLACK_S = 0.01


@dataclass(frozen=True)
class Variety:
    """Samples on one song.

    Args:
        num_samples: how many were played.
        num_patterns: distinct bar patterns that dominate a sample, each the
            most frequent of its sample's bars; an empty bar is no pattern.
        num_silent: samples that play nothing in whole bars; these are left
            out of the densities.
        num_mostly_silent: samples, silent ones included, whose most frequent
            bar is empty.
        least_density, most_density: hits per bar.
        tenth_density, ninetieth_density: those percentiles.
        same_bytes: the same seed gave the same bytes, for every sample.
    """

    num_samples: int
    num_patterns: int
    num_silent: int
    num_mostly_silent: int
    least_density: float
    most_density: float
    tenth_density: float
    ninetieth_density: float
    same_bytes: bool

    @property
    def density_factor(self) -> float:
        """Densest over sparsest; 1 where nothing is played."""
        return self.most_density / self.least_density if self.least_density else 1.0


def variety(
    play: Play,
    play_again: Play,
    grid: BeatGrid,
    duration_s: float,
    num_samples: int = NUM_SAMPLES,
) -> Variety:
    """Play the seeds from 0 on.

    Args:
        play, play_again: a seed to its track; two, so that they may be of
            different `Drummer`s.
        grid: the beats that hits' ticks belong to; it has a whole bar.
        duration_s: of the song.
    """
    dominating: list[BarPattern] = []
    densities: list[float] = []
    same = True
    for seed in range(num_samples):
        track = play(seed)
        same = same and hits_bytes(track, grid) == hits_bytes(play_again(seed), grid)
        bars = bar_patterns(track, grid, duration_s)
        dominating.append(Counter(bars).most_common(1)[0][0])
        densities.append(sum(map(len, bars)) / len(bars))
    heard = [value for value in densities if value > 0] or [0.0]
    tenth, ninetieth = np.quantile(heard, (0.1, 0.9))
    return Variety(
        num_samples,
        len(set(dominating) - {()}),
        sum(value == 0 for value in densities),
        sum(not pattern for pattern in dominating),
        min(heard),
        max(heard),
        float(tenth),
        float(ninetieth),
        same,
    )


def bar_patterns(track: DrumTrack, grid: BeatGrid, duration_s: float) -> list[BarPattern]:
    """The pattern of every bar that lies whole within the song."""
    bars = [np.flatnonzero(grid.bar_of_beat == bar) for bar in _whole_bars(grid, duration_s)]
    ticks = np.unique(np.array([hit.tick for hit in track], dtype=np.int64))
    patterns = []
    for beats in bars:
        first, last = int(beats[0]) * TICKS_PER_BEAT, int(beats[-1] + 1) * TICKS_PER_BEAT
        inside = ticks[(ticks >= first) & (ticks < last)] - first
        patterns.append(tuple(int(tick) for tick in inside))
    return patterns


def _whole_bars(grid: BeatGrid, duration_s: float) -> NDArray[np.int64]:
    """Bars that begin after 0:00 on a downbeat and end before the next one
    within the song."""
    starts = np.flatnonzero(grid.is_downbeat)
    whole = (grid.beats_s[starts[:-1]] >= -_SLACK_S) & (
        grid.beats_s[starts[1:]] <= duration_s + _SLACK_S
    )
    return grid.bar_of_beat[starts[:-1][whole]]


def hits_bytes(track: DrumTrack, grid: BeatGrid) -> bytes:
    """What `hits.csv` would hold."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hits.csv"
        write_hits(path, track, grid)
        return path.read_bytes()


def variety_rows(
    model: str, folders: Sequence[Path], num_samples: int = NUM_SAMPLES
) -> Iterator[list[Row]]:
    """Sampled styles on the built-in song and on recordings; the rows of one song
    after the other.

    Args:
        model: the weights, as `Drummer` takes them.
        folders: of recordings, with their `beats.tsv`.
    """
    built_in = demo_song()
    songs: list[tuple[str, Song, BeatGrid]] = [("built-in song", built_in.song, built_in.beats)]
    for folder in folders:
        stems = [path for path in sorted(folder.glob("*.flac")) if path.stem != "drums"]
        songs.append((folder.name, load_song(stems), read_beats(folder / BEATS_FILE)))
    drummers = (Drummer(model), Drummer(model))
    for name, song, grid in songs:
        first, second = (drummer.listen(song, grid) for drummer in drummers)
        plays = _player(drummers[0], first), _player(drummers[1], second)
        yield _rows(name, variety(*plays, first.beats, song.duration_s, num_samples))


def _player(drummer: Drummer, listening: Listening) -> Play:
    return lambda seed: drummer.play(listening, seed=seed, pieces=(Piece.KICK,))


def _rows(song: str, found: Variety) -> list[Row]:
    figures = (
        ("dominating patterns", found.num_patterns, HIGHER),
        ("densest over sparsest", found.density_factor, HIGHER),
        ("hits a bar, tenth percentile", found.tenth_density, NEITHER),
        ("hits a bar, ninetieth percentile", found.ninetieth_density, NEITHER),
        ("silent samples", found.num_silent, NEITHER),
        ("same seed, same bytes", float(found.same_bytes), HIGHER),
    )
    return [
        Row("variety", "sampled", MODEL_PLAYER, metric, song, float(value), better=better)
        for metric, value, better in figures
    ]

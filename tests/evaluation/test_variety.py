"""Fifty samples on one song: patterns, densities and bytes with a known answer."""

from __future__ import annotations

import pytest

from drumnet.evaluation.experiments.variety import bar_patterns, hits_bytes, variety
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack, Hit

NUM_BARS = 8
GRID = BeatGrid.constant(120, NUM_BARS * 2.0)
BAR_TICKS = 4 * TICKS_PER_BEAT


def hits_on(*ticks: int, grid: BeatGrid = GRID) -> DrumTrack:
    return DrumTrack(tuple(Hit(float(grid.ticks_to_seconds(tick)), tick) for tick in ticks))


def looped(*pattern: int) -> DrumTrack:
    return hits_on(*(bar * BAR_TICKS + tick for bar in range(NUM_BARS) for tick in pattern))


def sixteenths(num_hits: int) -> DrumTrack:
    return looped(*range(0, 3 * num_hits, 3))


def test_one_pattern_for_every_seed_is_one_pattern() -> None:
    found = variety(lambda seed: looped(0, 24), lambda seed: looped(0, 24), GRID, 16.0, 10)
    assert (found.num_patterns, found.num_samples) == (1, 10)
    assert found.least_density == found.most_density == 2.0
    assert found.density_factor == 1.0
    assert found.same_bytes


def test_a_pattern_for_each_seed_and_densities_from_one_to_eight() -> None:
    def play(seed: int) -> DrumTrack:
        return sixteenths(seed + 1)

    found = variety(play, play, GRID, 16.0, 8)
    assert found.num_patterns == 8
    assert (found.least_density, found.most_density) == (1.0, 8.0)
    assert found.density_factor == 8.0
    assert found.num_silent == found.num_mostly_silent == 0


def test_a_fill_now_and_then_does_not_dominate() -> None:
    def play(seed: int) -> DrumTrack:
        fill = hits_on(3 * BAR_TICKS + 36 + seed)
        return DrumTrack((*looped(0, 24), *fill))

    assert variety(play, play, GRID, 16.0, 5).num_patterns == 1


def test_silence_is_counted_and_is_neither_a_pattern_nor_a_density() -> None:
    tracks = [DrumTrack(), hits_on(0), looped(0), looped(0, 12, 24, 36)]
    found = variety(tracks.__getitem__, tracks.__getitem__, GRID, 16.0, 4)
    assert found.num_silent == 1
    assert found.num_mostly_silent == 2
    assert found.num_patterns == 2
    assert found.least_density == pytest.approx(1 / NUM_BARS)
    assert found.most_density == 4.0


def test_nothing_at_all_has_no_factor() -> None:
    found = variety(lambda seed: DrumTrack(), lambda seed: DrumTrack(), GRID, 16.0, 3)
    assert (found.num_silent, found.num_patterns, found.density_factor) == (3, 0, 1.0)


def test_a_single_seed_that_plays_otherwise_is_noticed() -> None:
    def again(seed: int) -> DrumTrack:
        return looped(0) if seed != 4 else looped(1)

    assert not variety(lambda seed: looped(0), again, GRID, 16.0, 5).same_bytes
    assert variety(lambda seed: looped(0), again, GRID, 16.0, 4).same_bytes


def test_bars_that_the_song_cuts_are_left_out() -> None:
    grid = BeatGrid.constant(120, 9.0, first_downbeat_s=1.0)  # bars from 1 s, pickup before
    downbeat = int(grid.is_downbeat.argmax()) * TICKS_PER_BEAT
    track = hits_on(0, downbeat, downbeat + BAR_TICKS + 6, downbeat + 3 * BAR_TICKS, grid=grid)
    assert bar_patterns(track, grid, 9.0) == [(0,), (6,), (), (0,)]
    assert bar_patterns(track, grid, 8.9) == [(0,), (6,), ()]


def test_bytes_are_those_of_hits_csv() -> None:
    lines = hits_bytes(hits_on(0, 30), GRID).decode().splitlines()
    assert lines == [
        "time_s,bar,beat,tick,piece,velocity",
        "0.000000,1,1,0,kick,100",
        "1.250000,1,3,6,kick,100",
    ]

"""The beat grid: seconds and ticks, bars, and the beats beyond its ends."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.errors import BeatError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid


def drifting_grid(
    seed: int, metres: tuple[int, ...] = (4, 4, 4, 3, 3, 7), pickup: int = 0
) -> BeatGrid:
    """Bars of the given lengths at a tempo that wanders, a pickup before them."""
    numbers = [n for metre in metres for n in range(1, metre + 1)]
    numbers = list(range(metres[0] - pickup + 1, metres[0] + 1)) + numbers
    rng = np.random.default_rng(seed)
    steps = 0.5 * np.exp(np.cumsum(rng.normal(0.0, 0.03, len(numbers))))
    return BeatGrid(rng.uniform(0, 3) + np.cumsum(steps), np.array(numbers))


def numbered(*numbers: int) -> BeatGrid:
    return BeatGrid(np.arange(len(numbers)) * 0.5, np.array(numbers))


def as_lists(grid: BeatGrid) -> tuple[list[float], list[int]]:
    return np.round(grid.beats_s, 9).tolist(), grid.beat_in_bar.tolist()


# ------------------------------------------------------------------ ticks


@pytest.mark.parametrize("seed", range(5))
def test_seconds_to_ticks_and_back_is_the_same_time(seed: int) -> None:
    grid = drifting_grid(seed)
    times = np.random.default_rng(seed).uniform(-20.0, 60.0, 500)
    np.testing.assert_allclose(
        grid.ticks_to_seconds(grid.seconds_to_ticks(times)), times, atol=1e-7, rtol=0
    )
    ticks = np.arange(-100, grid.num_ticks + 100)
    np.testing.assert_allclose(
        grid.seconds_to_ticks(grid.ticks_to_seconds(ticks)), ticks, atol=1e-6, rtol=0
    )


def test_every_beat_is_a_multiple_of_the_ticks_per_beat() -> None:
    grid = drifting_grid(0)
    expected = np.arange(grid.num_beats) * TICKS_PER_BEAT
    np.testing.assert_allclose(grid.seconds_to_ticks(grid.beats_s), expected, atol=1e-6)


def test_ticks_are_spread_evenly_between_two_beats() -> None:
    grid = BeatGrid(np.array([0.0, 1.0, 1.6]), np.array([1, 2, 3]))
    np.testing.assert_allclose(np.diff(grid.ticks_to_seconds(np.arange(13))), 1.0 / 12, atol=1e-9)
    np.testing.assert_allclose(np.diff(grid.ticks_to_seconds(np.arange(12, 25))), 0.05, atol=1e-9)


def test_at_120_bpm_tick_12_k_lies_at_half_a_second_times_k() -> None:
    grid = BeatGrid.constant(120, 10.0)
    k = np.arange(21)
    np.testing.assert_allclose(grid.ticks_to_seconds(12 * k), 0.5 * k, atol=1e-9)
    assert grid.tempo_bpm == pytest.approx(120.0)


def test_time_beyond_the_ends_runs_on_at_the_tempo_of_the_nearest_beats() -> None:
    slow_then_fast = BeatGrid(
        np.concatenate([np.arange(5) * 1.0, 4.0 + np.arange(1, 6) * 0.25]), np.ones(10, int)
    )
    assert slow_then_fast.ticks_to_seconds(-12) == pytest.approx(-1.0)
    assert slow_then_fast.ticks_to_seconds(slow_then_fast.num_ticks + 12) == pytest.approx(5.5)


# ------------------------------------------------------------------ bars


def test_a_pickup_takes_the_length_of_the_first_bar() -> None:
    grid = numbered(3, 4, 1, 2, 3, 4, 1, 2, 3, 4)
    assert grid.bar_of_beat.tolist() == [0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
    assert grid.bar_length.tolist() == [4] * 10


def test_bars_are_numbered_for_people_from_1_and_a_pickup_is_0() -> None:
    assert numbered(3, 4, 1, 2, 3, 4, 1).bar_number.tolist() == [0, 0, 1, 1, 1, 1, 2]
    assert numbered(1, 2, 3, 4, 1).bar_number.tolist() == [1, 1, 1, 1, 2]


def test_bars_of_seven_and_a_metre_change_keep_their_lengths() -> None:
    grid = numbered(*range(1, 8), *range(1, 8), 1, 2, 3, 4, 1)
    assert grid.bar_length.tolist() == [7] * 14 + [4] * 5


def test_a_short_first_bar_that_begins_on_its_downbeat_is_whole() -> None:
    assert numbered(1, 2, 1, 2, 3, 4, 1).bar_length.tolist() == [2, 2, 4, 4, 4, 4, 4]


def test_a_piece_of_one_bar_is_as_long_as_its_highest_beat() -> None:
    assert numbered(1, 2, 3, 4).bar_length.tolist() == [4] * 4
    assert numbered(3, 4).bar_length.tolist() == [4, 4]
    assert numbered(2, 3, 4, 1).bar_length.tolist() == [4] * 4


def test_a_song_shorter_than_a_bar_still_has_its_metre() -> None:
    grid = BeatGrid.constant(60, 1.0, beats_per_bar=4)
    assert grid.covering(9.0).beat_in_bar.tolist()[:9] == [1, 2, 3, 4, 1, 2, 3, 4, 1]


@pytest.mark.parametrize("first_downbeat_s", [-3.7, -0.5, 0.0, 0.3, 1.9, 100.0])
@pytest.mark.parametrize("beats_per_bar", [1, 3, 4, 7])
def test_constant_has_its_downbeats_where_asked_and_covers_the_song(
    first_downbeat_s: float, beats_per_bar: int
) -> None:
    grid = BeatGrid.constant(
        93, 20.0, beats_per_bar=beats_per_bar, first_downbeat_s=first_downbeat_s
    )
    assert grid.beats_s[0] <= 1e-6 and grid.beats_s[-1] >= 20.0 - 1e-6
    bars = (grid.beats_s[grid.is_downbeat] - first_downbeat_s) / (beats_per_bar * 60 / 93)
    np.testing.assert_allclose(bars, np.round(bars), atol=1e-6)
    assert (grid.bar_length == beats_per_bar).all()


# ------------------------------------------------------------------ covering


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("pickup", [0, 1, 3])
def test_covering_keeps_the_beats_that_are_there(seed: int, pickup: int) -> None:
    grid = drifting_grid(seed, pickup=pickup)
    covered = grid.covering(40.0)
    start = int(np.argmin(np.abs(covered.beats_s - grid.beats_s[0])))
    inside = slice(start, start + grid.num_beats)
    np.testing.assert_array_equal(covered.beats_s[inside], grid.beats_s)
    np.testing.assert_array_equal(covered.beat_in_bar[inside], grid.beat_in_bar)
    assert covered.beats_s[0] <= 1e-5 and covered.beats_s[-1] >= 40.0 - 1e-5
    assert covered.beats_s[min(1, start)] > 0 or start == 0, "no more beats than needed"


def test_covering_counts_on_in_bars_of_the_nearest_length() -> None:
    grid = BeatGrid(2.0 + np.arange(7) * 0.5, np.array([1, 2, 3, 1, 2, 3, 4]))
    covered = grid.covering(7.0)
    assert covered.beat_in_bar.tolist() == [3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 1, 2, 3, 4]
    np.testing.assert_allclose(covered.beats_s, np.arange(15) * 0.5)


def test_covering_what_is_covered_changes_nothing() -> None:
    grid = BeatGrid.constant(120, 8.0)
    assert as_lists(grid.covering(8.0)) == as_lists(grid)
    assert as_lists(grid.covering(3.0)) == as_lists(grid)


# ------------------------------------------------------------------ half and double


def bars_starting_on_one() -> list[BeatGrid]:
    return [
        drifting_grid(1, (4,) * 6),
        drifting_grid(2, (3,) * 5),
        drifting_grid(3, (7, 7, 7)),
        drifting_grid(4, (4, 4, 3, 3, 3, 2, 4, 7)),
        drifting_grid(5, (4, 4, 4), pickup=1),
        numbered(1, 2, 3, 4),
    ]


@pytest.mark.parametrize("grid", bars_starting_on_one())
def test_half_of_double_is_the_grid_itself(grid: BeatGrid) -> None:
    assert as_lists(grid.double_time().half_time()) == as_lists(grid)


@pytest.mark.parametrize("grid", bars_starting_on_one())
def test_a_downbeat_stays_a_downbeat_in_double_time(grid: BeatGrid) -> None:
    double = grid.double_time()
    np.testing.assert_array_equal(double.beats_s[::2], grid.beats_s)
    assert double.is_downbeat[::2][grid.is_downbeat].all()
    assert double.tempo_bpm == pytest.approx(2 * grid.tempo_bpm, rel=0.05)


def test_double_time_makes_two_bars_of_each() -> None:
    assert numbered(1, 2, 3, 1, 2, 3).double_time().beat_in_bar.tolist() == [
        1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2,
    ]  # fmt: skip


def test_half_time_makes_one_bar_of_two_from_the_first_downbeat_on() -> None:
    half = numbered(4, 1, 2, 3, 4, 1, 2, 3, 4, 1).half_time()
    np.testing.assert_allclose(half.beats_s, [0.5, 1.5, 2.5, 3.5, 4.5])
    assert half.beat_in_bar.tolist() == [1, 2, 3, 4, 1]


def test_half_time_of_an_even_pickup_counts_back_from_the_downbeat() -> None:
    half = numbered(3, 4, 1, 2, 3, 4, 1, 2, 3, 4).half_time()
    assert half.beat_in_bar.tolist() == [4, 1, 2, 3, 4]


def test_half_time_follows_a_metre_change() -> None:
    half = numbered(*[1, 2, 3, 4] * 2, *[1, 2, 3] * 4, 1).half_time()
    assert half.beat_in_bar.tolist() == [1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 1]


def test_half_time_without_a_downbeat_keeps_the_count() -> None:
    assert numbered(3, 4).covering(2.0).half_time().beat_in_bar[0] == 4


def test_half_time_of_too_few_beats_is_a_fault() -> None:
    with pytest.raises(BeatError, match="more than the 2 beats"):
        numbered(1, 2).half_time()


# ------------------------------------------------------------------ faults


@pytest.mark.parametrize(
    ("beats", "numbers", "message"),
    [
        ([1.0], [1], "at least two beats, got 1"),
        ([1.0, 2.0], [1], "2 beats but 1 beat numbers"),
        ([1.0, np.nan], [1, 2], "finite"),
        ([1.0, 3.0, 2.0], [1, 2, 3], "beat 3 at 2.000 s does not come after beat 2"),
        ([1.0, 2.0], [0, 1], "counted from 1"),
    ],
)
def test_a_grid_that_makes_no_sense_is_one_line(
    beats: list[float], numbers: list[int], message: str
) -> None:
    with pytest.raises(BeatError, match=message):
        BeatGrid(np.array(beats), np.array(numbers))


@pytest.mark.parametrize("bpm", [0.0, -1.0, 19.0, 401.0, np.nan, np.inf])
def test_an_impossible_tempo_is_one_line(bpm: float) -> None:
    with pytest.raises(BeatError, match="--bpm"):
        BeatGrid.constant(bpm, 10.0)


def test_the_arrays_of_a_grid_cannot_be_changed() -> None:
    beats: NDArray[np.float64] = np.array([0.0, 1.0])
    grid = BeatGrid(beats, np.array([1, 2]))
    beats[0] = 5.0
    assert grid.beats_s[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        grid.beats_s[0] = 5.0

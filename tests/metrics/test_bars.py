"""What bars do, on patterns for which it can be said."""

from __future__ import annotations

import time

import numpy as np
import pytest

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning, on_grid
from drumnet.metrics import bars as bars_metric
from drumnet.metrics.bars import FEATURE_NAMES, Bars, bar_features, song_features, whole_bars
from drumnet.metrics.patterns import measure_pattern
from drumnet.song.roles import Role


def heard(bass_ticks: list[int] | None, num_bars: int = 4, beats: int = 4) -> Conditioning:
    num_beats = num_bars * beats
    strength = np.zeros((len(HEARD_ROLES), num_beats * TICKS_PER_BEAT), np.float32)
    present = np.zeros(len(HEARD_ROLES), bool)
    if bass_ticks is not None:
        present[HEARD_ROLES.index(Role.BASS)] = True
        strength[HEARD_ROLES.index(Role.BASS), bass_ticks] = 0.8
    index = np.arange(num_beats)
    return Conditioning(strength, present, index % beats, np.full(num_beats, beats), index // beats)


def regular(num_bars: int, beats: int = 4) -> Bars:
    size = beats * TICKS_PER_BEAT
    return Bars(np.arange(num_bars) * size, np.full(num_bars, size))


# ------------------------------------------------------------------ bars


def on_beats(beat_in_bar: list[int]) -> Conditioning:
    """`beat_in_bar` counts from 1, and the last one ends the grid."""
    grid = BeatGrid(np.arange(len(beat_in_bar)) * 0.5, np.array(beat_in_bar))
    num_ticks = (len(beat_in_bar) - 1) * TICKS_PER_BEAT
    roles = len(HEARD_ROLES)
    return on_grid(np.zeros((roles, num_ticks), np.float32), np.zeros(roles, bool), grid)


def test_only_whole_bars_count() -> None:
    """A pickup of two beats, 4/4, 3/4, 2/4, and three beats of 4/4."""
    song = on_beats([3, 4, 1, 2, 3, 4, 1, 2, 3, 1, 2, 1, 2, 3, 4])
    found = whole_bars(song)
    assert found.start_tick.tolist() == [24, 72, 108]
    assert found.num_ticks.tolist() == [48, 36, 24]
    assert found.follows.tolist() == [False, True, True]
    assert found.since(72).start_tick.tolist() == [72, 108]
    assert len(found.since(109)) == 0


def test_each_bar_is_measured() -> None:
    ticks = [0, 24, 42, 48, 72, 96, 97, 144 + 6]
    found = bar_features(ticks, regular(5), bass_ticks=[0, 42, 96])
    nan = np.nan
    assert found.density.tolist() == [3, 2, 2, 1, 0]
    # 42 leads to the beat at 48; 97 and 150 lead to nothing.
    np.testing.assert_allclose(found.syncopation, [0, 0, 1 / 2, 1, nan])
    # {0 24 42}, {0 24}, {0 1}, {6}, {}: what two share over what either has.
    np.testing.assert_allclose(found.repetition, [nan, 2 / 3, 1 / 3, 0, 0])
    np.testing.assert_allclose(found.on_beat, [2 / 3, 1, 1 / 2, 0, nan])
    np.testing.assert_allclose(found.with_bass, [2 / 3, 0, 1 / 2, 0, nan])
    np.testing.assert_allclose(found.shortest_interval, [18, 24, 1, nan, nan])
    np.testing.assert_allclose(
        found.quarters,
        [[1 / 3, 0, 1 / 3, 1 / 3], [1 / 2, 0, 1 / 2, 0], [1, 0, 0, 0], [1, 0, 0, 0], [nan] * 4],
    )


def test_a_loop_repeats_exactly_and_silence_too() -> None:
    loop = (np.arange(8)[:, None] * 36 + [0, 12, 30]).reshape(-1)
    assert bar_features(loop, regular(8, beats=3)).repetition[1:].tolist() == [1.0] * 7
    assert bar_features([], regular(8)).repetition[1:].tolist() == [1.0] * 7
    assert song_features(loop, regular(8, beats=3)).repetition == 1.0


def test_after_a_gap_nothing_is_repeated() -> None:
    apart = Bars(np.array([0, 96, 144]), np.array([48, 48, 48]))
    np.testing.assert_array_equal(bar_features([0, 96], apart).repetition, [np.nan, np.nan, 0.0])


def test_bars_of_different_lengths_share_places() -> None:
    mixed = Bars(np.array([0, 36]), np.array([36, 48]))
    found = bar_features([0, 30, 36, 66, 76], mixed)
    np.testing.assert_allclose(found.repetition, [np.nan, 2 / 3])
    np.testing.assert_allclose(found.quarters[0], [1 / 2, 0, 0, 1 / 2])


def test_hits_outside_the_bars_are_left_out_but_resolve() -> None:
    one = Bars(np.array([48]), np.array([48]))
    assert bar_features([47, 48, 90, 96], one).density.tolist() == [2.0]
    assert bar_features([47, 48, 90, 96], one).syncopation.tolist() == [0.0]
    assert bar_features([47, 48, 90], one).syncopation.tolist() == [0.5]


def test_the_table_has_a_named_column_for_each_measure() -> None:
    found = bar_features([0, 12, 30], regular(3), [0])
    table = dict(zip(FEATURE_NAMES, found.table.T, strict=True))
    np.testing.assert_array_equal(table["density"], found.density)
    np.testing.assert_array_equal(table["shortest interval"], found.shortest_interval)
    np.testing.assert_array_equal(table["quarter 3"], found.quarters[:, 2])
    assert len(found) == len(found.table) == 3
    assert np.isnan(bar_features([0], regular(3)).with_bass).all(), "without a bass"


# ------------------------------------------------------------------ songs


@pytest.mark.parametrize("seed", range(5))
def test_a_song_of_whole_bars_has_the_measures_of_its_pattern(seed: int) -> None:
    rng = np.random.default_rng(seed)
    band = heard(None, num_bars=12)
    ticks = np.flatnonzero(rng.random(band.num_ticks) < 0.15)
    song, pattern = song_features(ticks, whole_bars(band)), measure_pattern(ticks, band)
    assert song.density == pytest.approx(pattern.density)
    assert song.syncopation == pytest.approx(pattern.syncopation)
    evaluated = bars_metric.evaluate(ticks, whole_bars(band))
    assert list(evaluated.values()) == [song.density, song.syncopation, song.repetition]


def test_the_histogram_is_of_sixteenths_and_triplets_go_to_the_nearer() -> None:
    found = song_features([0, 1, 4, 48, 57, 143], regular(3)).histogram
    assert found is not None and found.shape == (16,)
    # 0, 1, 48 and 143, a tick before the barline: the 1st; 4: the 2nd; 57: the 4th.
    np.testing.assert_allclose(found[[0, 1, 3]], [4 / 6, 1 / 6, 1 / 6])
    assert found.sum() == pytest.approx(1.0)


def test_the_histogram_is_of_bars_in_four_alone() -> None:
    assert song_features([0, 36], regular(4, beats=3)).histogram is None
    mostly_four = Bars(np.array([0, 48, 72]), np.array([48, 24, 48]))
    found = song_features([12, 54, 84], mostly_four).histogram
    assert found is not None and found[4] == 1.0


def test_a_silent_song() -> None:
    found = song_features([], regular(4))
    assert (found.density, found.syncopation, found.repetition) == (0.0, 0.0, 1.0)
    assert found.histogram is not None and not found.histogram.any()
    assert np.isnan(song_features([], regular(1)).repetition)


def test_three_hundred_songs_take_seconds() -> None:
    rng = np.random.default_rng(0)
    songs = [np.flatnonzero(rng.random(100 * 48) < 0.1) for _ in range(300)]
    start = time.process_time()
    for ticks in songs:
        song_features(ticks, regular(100))
    assert time.process_time() - start < 5.0, "0.3 s on an idle core"


@pytest.mark.parametrize(
    ("ticks", "bars", "message"),
    [
        ([0.5], regular(2), "ticks has ticks that are not whole"),
        ([0], regular(0), "no whole bar: are downbeats known"),
        ([0], Bars(np.array([0, 24]), np.array([48, 48])), "empty or overlap"),
        ([0], Bars(np.array([0, 48]), np.array([48, 0])), "empty or overlap"),
    ],
)
def test_what_are_no_bars_is_refused(ticks: list[float], bars: Bars, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bars_metric.validate(ticks, bars)
    with pytest.raises(ValueError, match=message):
        bars_metric.evaluate(ticks, bars)


def test_the_bass_is_checked_too() -> None:
    with pytest.raises(ValueError, match="bass_ticks has ticks that are not whole"):
        bar_features([0], regular(2), [0.5])


# ------------------------------------------------------------------ patterns


def test_density_is_hits_per_bar_whatever_the_bar() -> None:
    for beats in (3, 4, 7):
        every_beat = np.arange(0, 4 * beats * 12, 12)
        assert measure_pattern(every_beat, heard(None, beats=beats)).density == pytest.approx(beats)


def test_hits_with_the_bass() -> None:
    band = heard([0, 18, 48, 66])
    assert measure_pattern(np.array([0, 18, 48, 66]), band).with_bass == 1.0
    assert measure_pattern(np.array([0, 12, 24, 48]), band).with_bass == 0.5
    assert measure_pattern(np.array([1, 13]), band).with_bass == 0.0
    assert np.isnan(measure_pattern(np.array([0]), heard(None)).with_bass)


def test_an_off_beat_is_syncopated_unless_the_next_beat_is_hit() -> None:
    band = heard([])
    pushing = measure_pattern(np.array([0, 18, 30]), band)  # 18 and 30: beats 24, 36 silent
    assert (pushing.on_beat, pushing.syncopation) == pytest.approx((1 / 3, 2 / 3))
    leading = measure_pattern(np.array([0, 21, 24]), band)  # 21 leads to the beat at 24
    assert (leading.on_beat, leading.syncopation) == pytest.approx((2 / 3, 0.0))


def test_no_hits_have_no_density() -> None:
    nothing = measure_pattern(np.zeros(0, int), heard([0]))
    assert (nothing.density, nothing.on_beat, nothing.with_bass) == (0.0, 0.0, 0.0)

"""A song's tempo is written with few events, and every beat keeps its time."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.midi.tempo_map import MAX_TEMPO_US, TempoMap, fewest_tempos

BOUND_S = 7e-4


def beats_of(steps_s: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Quarter notes and their times, of the lengths of beats."""
    return np.arange(len(steps_s) + 1.0), np.concatenate([[0.0], np.cumsum(steps_s)])


def least_pieces(quarters: NDArray[np.float64], times_s: NDArray[np.float64]) -> int:
    """No tempo map within the bound has fewer tempos: lines that need not meet, each as
    long as two of its beats do not contradict each other."""
    count, start = 0, 0
    while start < len(quarters) - 1:
        end = start + 1
        while end < len(quarters):
            part = slice(start, end + 1)
            apart = quarters[part][:, None] - quarters[part][None, :]
            rise = times_s[part][:, None] - times_s[part][None, :]
            later = apart > 0
            steepest = ((rise - 2 * BOUND_S)[later] / apart[later]).max()
            if steepest > ((rise + 2 * BOUND_S)[later] / apart[later]).min():
                break
            end += 1
        count, start = count + 1, end - 1
    return count


@pytest.mark.parametrize("bpm", [60, 97.3, 120, 123.456789, 174, 200])
def test_a_constant_tempo_is_one_tempo(bpm: float) -> None:
    quarters, times_s = beats_of(np.full(1_000, 60 / bpm))
    found = fewest_tempos(quarters, times_s, BOUND_S)
    assert found.starts.tolist() == [0.0]
    assert found.tempo_us.tolist() == [round(60e6 / bpm)]


def test_each_tempo_of_a_song_is_written_where_it_begins() -> None:
    quarters, times_s = beats_of(np.repeat([0.5, 0.4, 0.55], [64, 33, 200]))
    found = fewest_tempos(quarters, times_s, BOUND_S)
    assert found.starts.tolist() == [0, 64, 97]
    np.testing.assert_allclose(found.tempo_us, [500_000, 400_000, 550_000], atol=60)


def drifting(seed: int) -> NDArray[np.float64]:
    """Beats of a tempo that wanders, as a band's does."""
    rng = np.random.default_rng(seed)
    return np.asarray(0.5 * np.exp(np.cumsum(rng.normal(0, 2e-4, 600))))


def swaying(seed: int) -> NDArray[np.float64]:
    """Beats of a tempo that sways by 10 % over 60 beats."""
    return np.asarray(0.5 + 0.05 * np.sin(np.arange(600) * 2 * np.pi / 60 + seed))


def jittery(seed: int) -> NDArray[np.float64]:
    """Beats of one tempo, each struck 3 ms early or late."""
    rng = np.random.default_rng(seed)
    times = np.arange(601) * 0.5 + rng.normal(0, 3e-3, 601)
    return np.diff(times)


@pytest.mark.parametrize("song", [drifting, swaying, jittery])
@pytest.mark.parametrize("seed", range(4))
def test_every_beat_is_in_time_with_hardly_more_tempos_than_that_needs(song, seed) -> None:  # type: ignore[no-untyped-def]
    quarters, times_s = beats_of(song(seed))
    found = fewest_tempos(quarters, times_s, BOUND_S)
    assert np.abs(found.seconds(quarters) - times_s).max() <= BOUND_S + 1e-9
    assert (np.diff(found.tempo_us) != 0).all()
    assert len(found.starts) <= 1.5 * least_pieces(quarters, times_s)


def test_beats_too_slow_for_midi_are_met_again_behind_the_pause() -> None:
    quarters, times_s = beats_of(np.array([0.5, 0.5, 30.0, 20.0, *[0.5] * 200]))
    found = fewest_tempos(quarters, times_s, BOUND_S)
    assert found.tempo_us.max() <= MAX_TEMPO_US
    np.testing.assert_allclose(found.seconds(quarters)[-150:], times_s[-150:], atol=BOUND_S)


def test_times_and_quarter_notes_are_two_names_of_a_place() -> None:
    quarters, times_s = beats_of(drifting(1))
    found = fewest_tempos(quarters, times_s, BOUND_S)
    at = np.linspace(0, 700, 999)  # beyond the last tempo, too
    np.testing.assert_allclose(found.quarters(found.seconds(at)), at, atol=1e-9)
    assert TempoMap.constant(500_000).bpm().tolist() == [120.0]

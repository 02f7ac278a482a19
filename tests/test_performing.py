"""A pattern is played on its ticks by a machine, and around them by a person."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.beats.grid import BeatGrid
from drumnet.composition import Pattern
from drumnet.hits import DrumTrack, Piece
from drumnet.performing import perform

NUM_BARS = 40
GRID = BeatGrid.constant(120.0, 2.0 * NUM_BARS)
TICK_S = 0.5 / 12


def pattern(spread: float = 0.3) -> Pattern:
    """Kick and hat on every eighth."""
    shape = (2, GRID.num_ticks)
    velocity = np.zeros(shape, np.float32)
    velocity[:, ::6] = 0.6
    wide = np.full(shape, spread, np.float32)
    offset = np.where(velocity > 0, np.float32(0.2), np.float32(0))
    return Pattern((Piece.KICK, Piece.CLOSED_HAT), velocity, offset, 0.3 * wide, wide, velocity)


def deviations(track: DrumTrack, piece: Piece) -> np.ndarray:
    """In ticks from where each hit belongs, (num_bars, eighths); the first bar, which
    may begin at 0:00 at the earliest, is left out."""
    hits = track.of(piece).hits
    ticks = np.array([hit.tick for hit in hits])
    late = GRID.seconds_to_ticks([hit.onset_s for hit in hits]) - ticks
    return late[np.argsort(ticks)].reshape(-1, 8)[1:]


def test_at_0_everything_is_on_its_tick() -> None:
    track = perform(pattern(), GRID, tuple(Piece), humanize=0.0, seed=3)
    ticks = np.array([hit.tick for hit in track])
    onsets = np.array([hit.onset_s for hit in track])
    np.testing.assert_array_equal(onsets, GRID.ticks_to_seconds(ticks))
    assert {hit.velocity for hit in track} == {round(0.6 * 127)}


def test_at_1_the_timing_is_as_far_off_as_people_are() -> None:
    """Mean deviations from the typical place, over many seeds."""
    found = []
    for seed in range(60):
        track = perform(pattern(), GRID, tuple(Piece), humanize=1.0, seed=seed)
        found.append(deviations(track, Piece.KICK) - 0.2)
    assert np.mean(np.abs(found)) == pytest.approx(0.3, rel=0.15)
    assert np.mean(found) == pytest.approx(0.0, abs=0.05)


def test_more_is_farther() -> None:
    spreads = []
    for humanize in (0.0, 0.5, 1.0, 2.0):
        track = perform(pattern(), GRID, tuple(Piece), humanize=humanize, seed=1)
        spreads.append(float(np.std(deviations(track, Piece.KICK))))
    assert spreads[0] < 1e-9
    np.testing.assert_allclose(spreads[2:], [2 * spreads[1], 4 * spreads[1]], rtol=1e-6)


def test_a_drummer_has_habits() -> None:
    """The same eighth is late in most bars, and no two bars are the same."""
    late = deviations(perform(pattern(), GRID, tuple(Piece), seed=5), Piece.KICK)
    assert late.mean(axis=0).std() > late.std(axis=0).mean()
    assert len(np.unique(late.round(6), axis=0)) == len(late)


def test_what_is_played_at_one_moment_is_one_gesture() -> None:
    track = perform(pattern(), GRID, tuple(Piece), seed=5)
    both = [deviations(track, piece).reshape(-1) for piece in (Piece.KICK, Piece.CLOSED_HAT)]
    assert np.corrcoef(*both)[0, 1] > 0.3


def test_no_stroke_is_lost() -> None:
    """However far people are apart, a hit stays one that is heard."""
    wild = perform(pattern(spread=3.0), GRID, tuple(Piece), humanize=2.0, seed=1)
    assert len(wild) == 2 * 8 * NUM_BARS
    assert min(hit.velocity for hit in wild) >= 0.3 * 0.6 * 127 - 1


def test_what_is_played_late_besides_is_late_at_any_humanize() -> None:
    late = np.zeros((2, GRID.num_ticks))
    late[:, 6::12] = 1.5
    track = perform(pattern(), GRID, tuple(Piece), humanize=0.0, late_ticks=late)
    np.testing.assert_allclose(deviations(track, Piece.KICK)[:, 1::2], 1.5, atol=1e-6)
    np.testing.assert_allclose(deviations(track, Piece.KICK)[:, ::2], 0.0, atol=1e-6)

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


# ------------------------------------------------------------------ any hits

PIECES = tuple(Piece)
NUM_BEATS = 256


def grid_of(num_beats: int = NUM_BEATS, start_s: float = 0.0) -> BeatGrid:
    index = np.arange(num_beats + 1)
    return BeatGrid(start_s + index * 0.5, index % 4 + 1)


def pattern_of(
    hits: dict[Piece, list[int]],
    *,
    velocity: float = 0.5,
    offset: float = 0.0,
    velocity_spread: float = 0.0,
    offset_spread: float = 0.0,
    num_beats: int = NUM_BEATS,
) -> Pattern:
    """These hits, all alike."""
    hit = np.zeros((len(PIECES), 12 * num_beats), np.float32)
    for piece, ticks in hits.items():
        hit[PIECES.index(piece), ticks] = 1.0
    parts = (velocity, offset, velocity_spread, offset_spread, 1.0)
    return Pattern(PIECES, *(np.asarray(hit * part, np.float32) for part in parts))


#: A kick and a hat together on every 8th, and a snare between.
EIGHTHS, BETWEEN = list(range(6, 3000, 6)), list(range(9, 3000, 6))
LOOSE = pattern_of(
    {Piece.KICK: EIGHTHS, Piece.CLOSED_HAT: EIGHTHS, Piece.SNARE: BETWEEN},
    velocity_spread=0.05,
    offset_spread=0.2,
)


def test_hits_lie_at_their_ticks_and_offsets() -> None:
    pattern = pattern_of({Piece.KICK: [0, 12, 30, 51]}, offset=0.25)
    track = perform(pattern, grid_of(), PIECES)
    assert [hit.tick for hit in track] == [0, 12, 30, 51]
    assert [hit.onset_s for hit in track] == pytest.approx(
        [(tick + 0.25) * TICK_S for tick in (0, 12, 30, 51)]
    )


def test_a_machine_plays_exactly_on_the_ticks() -> None:
    """Between beats that drift too, to the last bit."""
    rng = np.random.default_rng(0)
    steps_s = 0.5 * np.exp(rng.normal(0, 0.05, NUM_BEATS))
    drifting = BeatGrid(np.append(0.0, np.cumsum(steps_s)), np.arange(NUM_BEATS + 1) % 4 + 1)
    pattern = pattern_of(
        {Piece.KICK: EIGHTHS, Piece.RIDE: BETWEEN},
        velocity=100 / 127,
        offset=0.4,
        velocity_spread=0.2,
        offset_spread=0.3,
    )
    track = perform(pattern, drifting, PIECES, humanize=0.0, seed=5)
    wanted_s = drifting.ticks_to_seconds(np.array(sorted([*EIGHTHS, *BETWEEN])))
    assert [hit.onset_s for hit in track] == wanted_s.tolist()
    assert {hit.velocity for hit in track} == {100}


def test_what_would_sound_before_the_recording_is_left_out() -> None:
    grid = grid_of(16, start_s=-0.75)
    hits = {Piece.KICK: [0, 12, 18, 24]}  # at -0.75, -0.25, 0.0 and 0.25 s
    track = perform(pattern_of(hits, num_beats=16), grid, PIECES)
    assert [hit.onset_s for hit in track] == pytest.approx([0.0, 0.25], abs=1e-6)
    track = perform(pattern_of(hits, offset=-0.1, num_beats=16), grid, PIECES)
    assert [hit.tick for hit in track] == [18, 24], "the stroke on the first beat is kept"
    assert track.hits[0].onset_s == 0.0


@pytest.mark.parametrize(
    ("level", "midi"), [(1.0, 127), (0.5, 64), (10 / 127, 10), (0.001, 1), (1.4, 127)]
)
def test_velocities_are_the_networks_own(level: float, midi: int) -> None:
    track = perform(pattern_of({Piece.KICK: [0, 24]}, velocity=level), grid_of(), PIECES)
    assert [hit.velocity for hit in track] == [midi, midi]


def test_the_same_seed_gives_the_same_performance_and_another_seed_another() -> None:
    one, same, other = (perform(LOOSE, grid_of(), PIECES, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert [hit.onset_s for hit in one] != [hit.onset_s for hit in other]
    assert sorted(hit.tick for hit in one) == sorted(hit.tick for hit in other)


def test_a_piece_that_is_left_out_changes_none_of_the_others() -> None:
    whole = perform(LOOSE, grid_of(), PIECES, seed=4)
    less = perform(LOOSE, grid_of(), [Piece.KICK, Piece.SNARE], seed=4)
    assert less == DrumTrack(tuple(hit for hit in whole if hit.piece is not Piece.CLOSED_HAT))


def test_what_is_certain_is_played_alike_with_any_seed() -> None:
    """Known hits have no spread."""
    pattern = pattern_of({Piece.KICK: EIGHTHS}, velocity=0.7, offset=0.2)
    assert perform(pattern, grid_of(), PIECES, seed=1) == perform(
        pattern, grid_of(), PIECES, seed=2
    )

"""A pattern is played on its beats, as exactly or as loosely as is wanted."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Piece
from drumnet.playing.pattern import Pattern
from drumnet.playing.performing import perform

PIECES = tuple(Piece)
NUM_BEATS = 256
TICK_S = 0.5 / 12


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
    parts = (velocity, offset, velocity_spread, offset_spread)
    return Pattern(PIECES, *(np.asarray(hit * part, np.float32) for part in parts))


def late(track: DrumTrack, piece: Piece, grid: BeatGrid | None = None) -> NDArray[np.float64]:
    """How many ticks after its own each hit of the piece is."""
    hits = track.of(piece).hits
    places = (grid or grid_of()).seconds_to_ticks([hit.onset_s for hit in hits])
    return np.asarray(places - [hit.tick for hit in hits])


#: A kick and a hat together on every 8th, and a snare between.
EIGHTHS, BETWEEN = list(range(6, 3000, 6)), list(range(9, 3000, 6))
LOOSE = pattern_of(
    {Piece.KICK: EIGHTHS, Piece.CLOSED_HAT: EIGHTHS, Piece.SNARE: BETWEEN},
    velocity_spread=0.05,
    offset_spread=0.2,
)

# ------------------------------------------------------------------ time


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


def test_people_are_as_far_off_as_the_spread_says() -> None:
    """Mean deviations over many drummers: a third of those of people who play alone."""
    for spread in (0.1, 0.2):
        pattern = pattern_of({Piece.KICK: EIGHTHS}, offset=0.1, offset_spread=spread)
        found = np.concatenate(
            [late(perform(pattern, grid_of(), PIECES, seed=s), Piece.KICK) for s in range(40)]
        )
        assert found.mean() == pytest.approx(0.1, abs=0.02)
        assert np.abs(found - 0.1).mean() == pytest.approx(0.35 * spread, rel=0.2)
        assert np.abs(found - 0.1).max() <= 0.7 * spread + 1e-6, "no slips"


def test_a_drummer_has_habits() -> None:
    """The same eighth is late in most bars, and no two bars are the same."""
    off = late(perform(LOOSE, grid_of(), PIECES, seed=5), Piece.KICK)[7:487].reshape(-1, 8)
    assert off.mean(axis=0).std() > off.std(axis=0).mean()
    assert len(np.unique(off.round(6), axis=0)) == len(off)


def test_what_is_late_besides_is_late_at_any_humanize() -> None:
    swing = np.zeros((len(PIECES), 12 * NUM_BEATS))
    swing[:, 6::12] = 1.5
    track = perform(LOOSE, grid_of(), PIECES, humanize=0.0, late_ticks=swing)
    off_beat = np.array([hit.tick % 12 == 6 for hit in track.of(Piece.KICK)])
    np.testing.assert_allclose(late(track, Piece.KICK), np.where(off_beat, 1.5, 0), atol=1e-6)


def test_more_than_human_is_the_same_way_further() -> None:
    """Early hits are earlier and late ones later, in proportion."""
    once, twice = (perform(LOOSE, grid_of(), PIECES, humanize=h, seed=3) for h in (1.0, 2.0))
    for piece in (Piece.KICK, Piece.SNARE):
        np.testing.assert_allclose(late(twice, piece), 2 * late(once, piece), atol=1e-5)


def test_deviations_of_one_moment_go_together() -> None:
    """One gesture: half of the variance of timing is common, of loudness none."""
    alike, apart, each, loud = [], [], [], []
    for seed in range(60):
        track = perform(LOOSE, grid_of(), PIECES, seed=seed)
        kick, hat, snare = (late(track, p) for p in (Piece.KICK, Piece.CLOSED_HAT, Piece.SNARE))
        count = min(len(kick), len(snare))
        alike.append(np.mean(kick * hat))
        each.append(np.mean(kick**2))
        apart.append(np.mean(kick[:count] * snare[:count]))
        levels = [[hit.velocity for hit in track.of(p)] for p in (Piece.KICK, Piece.CLOSED_HAT)]
        loud.append(np.corrcoef(levels)[0, 1])
    variance = np.mean(each)
    assert np.mean(alike) / variance == pytest.approx(0.5, abs=0.15)
    assert np.mean(apart) / variance == pytest.approx(0.0, abs=0.15), "other moments are others"
    assert np.mean(loud) == pytest.approx(0.0, abs=0.15)


# ------------------------------------------------------------------ loudness


@pytest.mark.parametrize(
    ("level", "midi"), [(1.0, 127), (0.5, 64), (10 / 127, 10), (0.001, 1), (1.4, 127)]
)
def test_velocities_are_the_networks_own(level: float, midi: int) -> None:
    track = perform(pattern_of({Piece.KICK: [0, 24]}, velocity=level), grid_of(), PIECES)
    assert [hit.velocity for hit in track] == [midi, midi]


def test_loudness_varies_by_its_spread_around_what_is_typical() -> None:
    pattern = pattern_of({Piece.KICK: EIGHTHS}, velocity=0.5, velocity_spread=0.05)
    tracks = [perform(pattern, grid_of(), PIECES, seed=seed) for seed in range(40)]
    found = np.array([hit.velocity for track in tracks for hit in track]) / 127
    assert found.mean() == pytest.approx(0.5, abs=0.015)
    assert np.abs(found - 0.5).mean() == pytest.approx(0.05, rel=0.2)


def test_no_stroke_is_lost() -> None:
    """However far people are apart, a hit stays one that is heard."""
    wild = pattern_of({Piece.KICK: EIGHTHS}, velocity=0.5, velocity_spread=0.3)
    hot = perform(wild, grid_of(), PIECES, humanize=2.0)
    assert len(hot) == len(EIGHTHS)
    assert all(0.3 * 0.5 * 127 - 1 <= hit.velocity <= 127 for hit in hot)


# ------------------------------------------------------------------ seeds


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

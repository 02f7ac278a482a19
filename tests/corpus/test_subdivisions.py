"""Played hits lie on the subdivisions that were meant, and sound when they were played."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from drumnet.corpus.subdivisions import as_meant, on_sixteenths
from drumnet.corpus.ticksong import TickSong, tick_song
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hearing.onset_strength import onset_pulses
from drumnet.hits import PIECES, DrumTrack, Hit, Piece
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role

GRID = BeatGrid.constant(120, 16.0)
TICK_S = 0.5 / 12
BASS = HEARD_ROLES.index(Role.BASS)


def played(ticks: Sequence[float], piece: Piece = Piece.SNARE, velocity: int = 90) -> TickSong:
    """Hits at these places in ticks, and a bass on every tick that is a multiple of 7."""
    hits = tuple(Hit(at * TICK_S, 0, piece, velocity) for at in ticks)
    times = GRID.ticks_to_seconds(np.arange(0, GRID.num_ticks, 7))
    bass = onset_pulses(Onsets(times, np.ones(len(times), np.float32)))
    return tick_song({"name": "a"}, {Role.BASS: bass}, DrumTrack(hits), GRID)


def hits_of(song: TickSong, piece: Piece = Piece.SNARE) -> dict[int, float]:
    """Of every hit, its tick and its offset."""
    dense, row = song.dense_song(), PIECES.index(piece)
    ticks = np.flatnonzero(dense.velocity[row])
    return {int(tick): round(float(dense.offset[row, tick]), 2) for tick in ticks}


@pytest.mark.parametrize(
    ("late_s", "offset"), [(0.020, 0.48), (-0.020, -0.48), (0.030, 0.72), (-0.030, -0.72), (0, 0)]
)
@pytest.mark.parametrize("meant", [on_sixteenths, as_meant])
def test_a_16th_played_late_at_120_bpm_is_that_16th(
    meant: Callable[[TickSong], TickSong], late_s: float, offset: float
) -> None:
    """20 ms are 0.48 of the 41.7 ms of a tick, 30 ms nearly the next tick."""
    places = [3 * index + late_s / TICK_S for index in range(8, 24)]
    found = hits_of(meant(played(places)))
    assert list(found) == [3 * index for index in range(8, 24)]
    assert list(found.values()) == pytest.approx([offset] * 16, abs=0.01)


def test_a_shuffled_beat_is_on_triplets() -> None:
    """Every beat and its third triplet, played a little early and late."""
    rng = np.random.default_rng(0)
    meant = sorted([*range(0, 192, 12), *range(8, 192, 12)])[1:]
    places = np.array(meant) + rng.normal(0, 0.25, len(meant))
    found = hits_of(as_meant(played(places.tolist())))
    assert list(found) == meant
    np.testing.assert_allclose(list(found.values()), places - meant, atol=0.01)


def test_a_straight_beat_stays_straight_and_its_triplet_fill_a_triplet() -> None:
    straight = [*range(0, 144, 6), *range(147, 180, 6)]
    fill = [180, 184, 188]
    assert list(hits_of(as_meant(played(straight + fill)))) == straight + fill


def test_a_straight_8th_of_a_shuffle_stays_an_8th() -> None:
    shuffle = sorted([*range(0, 180, 12), *range(8, 180, 12)])
    assert list(hits_of(as_meant(played([*shuffle, 180, 186])))) == [*shuffle, 180, 186]


def test_on_16ths_even_a_shuffle_is_nearest_to_a_16th() -> None:
    found = hits_of(on_sixteenths(played([0, 8, 12, 20])))
    assert found == {0: 0.0, 9: -1.0, 12: 0.0, 21: -1.0}


def test_nothing_is_played_at_another_time_or_loudness() -> None:
    rng = np.random.default_rng(3)
    places = np.sort(3 * rng.choice(np.arange(1, 100), 40, replace=False) + rng.uniform(-1, 1, 40))
    for meant in (as_meant, on_sixteenths):
        song = meant(played(places.tolist(), velocity=77))
        found = hits_of(song)
        np.testing.assert_allclose([tick + off for tick, off in found.items()], places, atol=0.01)
        assert set(song.dense_song().velocity[PIECES.index(Piece.SNARE)]) == {
            0.0,
            np.float32(77 / 127),
        }


def test_what_is_heard_stays_where_it_is() -> None:
    song = played([1, 5, 7, 14.4])
    for meant in (as_meant, on_sixteenths):
        strength = meant(song).dense_song().strength
        np.testing.assert_array_equal(strength, song.dense_song().strength)
        assert strength[BASS].any()


def test_of_two_strokes_of_a_piece_on_one_16th_the_louder_is_kept() -> None:
    flam = (Hit(11.2 * TICK_S, 0, Piece.SNARE, 30), Hit(12.3 * TICK_S, 0, Piece.SNARE, 110))
    both = tick_song({"name": "a"}, {}, DrumTrack((*flam, Hit(0.5, 0, Piece.KICK, 20))), GRID)
    song = on_sixteenths(both)
    assert hits_of(song) == {12: pytest.approx(0.3, abs=0.01)}
    assert hits_of(song, Piece.KICK) == {12: 0.0}, "another piece is another hand"
    assert song.dense_song().velocity[PIECES.index(Piece.SNARE), 12] * 127 == pytest.approx(110)


def test_an_early_downbeat_after_the_last_bar_is_beyond_the_song() -> None:
    end = GRID.num_ticks
    for meant in (as_meant, on_sixteenths):
        assert list(hits_of(meant(played([end - 12, end - 0.8])))) == [end - 12]


def test_without_drums_there_is_nothing_to_move() -> None:
    assert hits_of(as_meant(played([]))) == hits_of(on_sixteenths(played([]))) == {}

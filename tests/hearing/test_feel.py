"""To half the pulse the drums take twice the time; the song's tempo stays."""

from __future__ import annotations

import numpy as np

from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import conditioning_of
from drumnet.hearing.feel import felt_beats, heard_on, on_beats_of, on_ticks_of
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.settings import Feel
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem

RNG = np.random.default_rng(0)
GRID = BeatGrid.constant(120.0, 16.0, first_downbeat_s=0.5)
TIMES_S = np.sort(RNG.choice(GRID.ticks_to_seconds(np.arange(6, 380, 3)), 40, replace=False))
SONG = Song((Stem("bass", Role.BASS, Onsets(TIMES_S, np.ones(40, np.float32))),))


def test_half_and_double_time_are_the_grids_own() -> None:
    half, double = (felt_beats(GRID, feel, 16.0) for feel in (Feel.HALF_TIME, Feel.DOUBLE_TIME))
    assert half.tempo_bpm == 60.0 and double.tempo_bpm == 240.0
    assert half.beats_s[0] <= 0.0 and half.beats_s[-1] >= 16.0
    downbeats = half.beats_s[half.is_downbeat & (half.beats_s <= 16.0)]
    assert set(downbeats) <= set(GRID.beats_s[GRID.is_downbeat])
    assert felt_beats(GRID, Feel.NORMAL, 16.0) is GRID


def test_what_is_heard_is_what_would_be_heard_on_those_beats() -> None:
    heard = conditioning_of(SONG, GRID)
    for feel in (Feel.HALF_TIME, Feel.DOUBLE_TIME):
        pulse = felt_beats(GRID, feel, 16.0)
        wanted, found = conditioning_of(SONG, pulse), heard_on(heard, GRID, pulse)
        np.testing.assert_array_equal(found.present, wanted.present)
        np.testing.assert_array_equal(found.bar, wanted.bar)
        # A pulse's frame may fall on either side of a tick's edge.
        onsets = [np.flatnonzero(one.strength[0]) for one in (wanted, found)]
        assert np.mean([np.abs(onsets[0] - tick).min() <= 1 for tick in onsets[1]]) == 1.0


def test_hits_are_put_on_the_songs_ticks() -> None:
    pulse = felt_beats(GRID, Feel.HALF_TIME, 16.0)
    hits = tuple(
        Hit(float(pulse.ticks_to_seconds(tick)), tick, Piece.KICK) for tick in (12, 15, 24)
    )
    found = on_ticks_of(DrumTrack(hits), pulse, GRID)
    for hit in found:
        assert GRID.seconds_to_ticks(hit.onset_s) == np.round(hit.tick)
    assert np.diff([hit.tick for hit in found]).tolist() == [6, 18]


def test_two_hits_of_a_piece_never_share_a_tick() -> None:
    pulse = felt_beats(GRID, Feel.DOUBLE_TIME, 16.0)
    hits = tuple(
        Hit(float(pulse.ticks_to_seconds(tick)), tick, Piece.RIDE) for tick in range(20, 60)
    )
    ticks = [hit.tick for hit in on_ticks_of(DrumTrack(hits), pulse, GRID)]
    assert len(ticks) == len(set(ticks)) >= 20


def test_a_beat_of_the_pulse_has_what_the_songs_beat_has_that_it_begins_in() -> None:
    grid = BeatGrid.constant(120.0, 8.0)
    of_beat = np.arange(16, dtype=np.float32)[:, None]
    half, double = grid.half_time(), grid.double_time()
    np.testing.assert_array_equal(on_beats_of(of_beat, grid, half, 8), of_beat[::2])
    beyond = on_beats_of(of_beat, grid, half, 10)[8:]
    np.testing.assert_array_equal(beyond, of_beat[[-1, -1]], "beyond the song, what its last has")
    np.testing.assert_array_equal(on_beats_of(of_beat, grid, double, 32), of_beat.repeat(2, axis=0))


def test_the_first_onset_of_a_song_is_heard_in_any_feel() -> None:
    grid = BeatGrid.constant(120.0, 8.0)
    onsets = Onsets(np.array([0.0, 4.0]), np.ones(2, np.float32))
    heard = conditioning_of(Song((Stem("bass", Role.BASS, onsets),)), grid)
    for feel, ticks in ((Feel.HALF_TIME, [0, 48]), (Feel.DOUBLE_TIME, [0, 192])):
        found = heard_on(heard, grid, felt_beats(grid, feel, 8.0))
        assert np.flatnonzero(found.strength[0]).tolist() == ticks

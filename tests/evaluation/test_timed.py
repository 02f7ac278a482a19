"""Songs put into seconds, played otherwise there, and put on ticks again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from drumnet.corpus.ticksong import TickSong, tick_song
from drumnet.evaluation.timed import TimedSong, in_seconds
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hits import DrumTrack, Hit
from drumnet.song.roles import Role

BAR_TICKS = 4 * TICKS_PER_BEAT
RandomLoop = Callable[..., TickSong]


def hits_and_bass(song: TickSong) -> tuple[list[int], list[int]]:
    dense = song.dense_song()
    bass = dense.strength[HEARD_ROLES.index(Role.BASS)]
    return np.flatnonzero(dense.velocity[0]).tolist(), np.flatnonzero(bass).tolist()


def later(song: TickSong, ticks: int) -> tuple[list[int], list[int]]:
    """The hits and the bass moved; what would come before the start is lost."""
    hits, bass = hits_and_bass(song)
    return (
        [tick + ticks for tick in hits if tick + ticks >= 0],
        [tick + ticks for tick in bass if tick + ticks >= 0],
    )


def same_beats(one: TickSong, other: TickSong) -> None:
    for field in ("present", "beat_in_bar", "bar_length", "bar"):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field))


@pytest.mark.parametrize("factor", [0.8, 0.9, 1.0, 1.1, 1.2])
@pytest.mark.parametrize("bpm", [60.0, 133.3, 240.0])
def test_another_tempo_is_the_same_on_ticks(
    random_loop: RandomLoop, factor: float, bpm: float
) -> None:
    song = random_loop(1, bpm)
    timed = in_seconds(song).at_tempo(factor)
    assert timed.grid.tempo_bpm == pytest.approx(bpm * factor)
    again = timed.on_ticks()
    assert hits_and_bass(again) == hits_and_bass(song)
    same_beats(again, song)


def test_velocities_and_the_place_inside_the_tick_survive() -> None:
    grid = BeatGrid.constant(120, 8.0)
    early_and_soft = Hit(float(grid.ticks_to_seconds(23.75)), 0, velocity=37)
    song = tick_song({"name": "", "bpm": 120.0}, {}, DrumTrack((early_and_soft,)), grid)
    (hit,) = in_seconds(song).kick
    assert hit.tick == 24 and hit.velocity == 37
    assert hit.onset_s == pytest.approx(early_and_soft.onset_s, abs=1e-4)


@pytest.mark.parametrize("num_beats", [1, 2, 5])
def test_cutting_beats_off_moves_the_beat_grid_with_the_music(
    random_loop: RandomLoop, num_beats: int
) -> None:
    song = random_loop(2)
    cut = in_seconds(song).without_start(num_beats).on_ticks()
    assert hits_and_bass(cut) == later(song, -num_beats * TICKS_PER_BEAT)
    assert cut.beat_in_bar.tolist() == song.beat_in_bar[num_beats:].tolist()


def test_cutting_bars_off_begins_on_a_downbeat_and_counts_bars_anew(
    random_loop: RandomLoop,
) -> None:
    song = random_loop(2)
    cut = in_seconds(song).without_bars(2).on_ticks()
    assert hits_and_bass(cut) == later(song, -2 * BAR_TICKS)
    assert cut.beat_in_bar[:5].tolist() == [0, 1, 2, 3, 0]
    assert cut.bar[:5].tolist() == [0, 0, 0, 0, 1]


def test_a_delayed_song_has_a_beat_more_before_it(random_loop: RandomLoop) -> None:
    song = random_loop(3)
    delayed = in_seconds(song).delayed(0.1).on_ticks()
    assert hits_and_bass(delayed) == later(song, TICKS_PER_BEAT)
    assert delayed.beat_in_bar[:6].tolist() == [3, 0, 1, 2, 3, 0]


def test_late_downbeats_change_the_bars_and_not_the_music(random_loop: RandomLoop) -> None:
    song = random_loop(3)
    late = in_seconds(song).late_downbeats().on_ticks()
    assert hits_and_bass(late) == hits_and_bass(song)
    assert late.beat_in_bar[:6].tolist() == [3, 0, 1, 2, 3, 0]


def test_a_hit_before_the_first_beat_stays_on_it() -> None:
    grid = BeatGrid.constant(120, 8.0)
    kick = DrumTrack((Hit(float(grid.ticks_to_seconds(47.7)), 0),))
    cut = TimedSong({"name": ""}, {}, kick, grid).without_bars(1)
    assert cut.kick.hits[0].onset_s == 0.0
    assert hits_and_bass(cut.on_ticks())[0] == [0]


def test_a_drummer_is_given_the_stems_and_not_the_kick(random_loop: RandomLoop) -> None:
    song = in_seconds(random_loop(1)).as_song()
    assert [stem.role for stem in song.stems] == [Role.BASS]

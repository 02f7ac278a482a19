"""Where a band stops, strikes and ends: bands whose answer is known, as ticks, notes and sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning, conditioning_of, on_grid
from drumnet.hearing.feel import felt_beats, heard_on
from drumnet.hearing.together import (
    band_energy,
    band_pushes,
    band_stabs,
    band_stops,
    band_strikes,
    last_stroke,
)
from drumnet.settings import Feel
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem

BAR = 4 * TICKS_PER_BEAT
EIGHTHS = range(0, BAR, 6)
BEAT_S = 0.5
#: The ticks that each plays.
Bar = Mapping[Role, Sequence[int]]


def band(*bars: Bar, sounding: bool = False) -> Conditioning:
    """A bar each, of ticks; where it is known how loud they are, a stroke sounds for an eighth."""
    num_beats = 4 * len(bars)
    grid = BeatGrid(BEAT_S * np.arange(num_beats + 1), np.arange(num_beats + 1) % 4 + 1)
    strength = np.zeros((len(HEARD_ROLES), grid.num_ticks), dtype=np.float32)
    for number, bar in enumerate(bars):
        for role, ticks in bar.items():
            strength[HEARD_ROLES.index(role), number * BAR + np.array(list(ticks), int)] = 1
    heard = on_grid(strength, strength.any(axis=1), grid)
    if not sounding:
        return heard
    level = np.zeros(grid.num_ticks, dtype=np.float32)
    for tick in np.flatnonzero(strength.any(axis=0)):
        level[tick : tick + 6] = 1
    return replace(heard, sounding=level)


def both(ticks: Sequence[int]) -> Bar:
    return {Role.BASS: ticks, Role.GUITAR: ticks}


RUNNING = both(EIGHTHS)


def held(start: int, stop: int, heard: Conditioning) -> Conditioning:
    """A chord that is held from one tick to another."""
    assert heard.sounding is not None
    level = heard.sounding.copy()
    level[start:stop] = 0.6
    return replace(heard, sounding=level)


def ticks(flags: NDArray[np.bool_]) -> list[int]:
    return np.flatnonzero(flags).tolist()


# ------------------------------------------------------------------ stops


def test_a_band_that_rests_for_three_beats_stops_there() -> None:
    """It strikes the downbeat of bar 5, and comes back in bar 6."""
    heard = band(*[RUNNING] * 4, both((0,)), *[RUNNING] * 4, sounding=True)
    assert ticks(band_stops(heard)) == list(range(4 * BAR + 6, 5 * BAR))
    assert ticks(band_stabs(heard)) == [4 * BAR]


def test_a_held_chord_is_no_stop() -> None:
    heard = band(*[RUNNING] * 4, both((0,)), *[RUNNING] * 4, sounding=True)
    heard = held(4 * BAR, 5 * BAR, heard)
    assert not band_stops(heard).any() and not band_stabs(heard).any()


def test_where_one_plays_on_the_band_does_not_stop() -> None:
    solo = {Role.BASS: (0,), Role.GUITAR: EIGHTHS}
    assert not band_stops(band(*[RUNNING] * 4, solo, *[RUNNING] * 4, sounding=True)).any()


def test_half_a_beat_is_no_stop_and_silence_around_the_song_neither() -> None:
    quarters = both(range(0, BAR, 12))
    song = [both(())] * 2 + [quarters] * 6 + [both(())] * 2
    assert not band_stops(band(*song, sounding=True)).any()


def test_without_loudness_a_stop_is_a_rest_far_longer_than_the_others() -> None:
    for rest, stops in ((both(range(0, 36, 6)), False), (both((0,)), True)):
        heard = band(*[RUNNING] * 4, rest, *[RUNNING] * 4)
        assert band_stops(heard).any() == stops
    heard = band(*[RUNNING] * 4, both((0,)), *[RUNNING] * 4)
    assert ticks(band_stops(heard)) == list(range(4 * BAR + 12, 5 * BAR))


def test_without_loudness_long_notes_are_no_stops() -> None:
    assert not band_stops(band(*[both((0,))] * 8)).any()


def test_a_stop_is_one_in_half_and_in_double_time() -> None:
    heard = band(*[RUNNING] * 4, both((0,)), both(()), *[RUNNING] * 4, sounding=True)
    grid = BeatGrid(BEAT_S * np.arange(41), np.arange(41) % 4 + 1)
    for feel, times in ((Feel.HALF_TIME, 0.5), (Feel.DOUBLE_TIME, 2.0)):
        stops = ticks(band_stops(heard_on(heard, grid, felt_beats(grid, feel, 20.0))))
        assert stops[0] == pytest.approx(times * (4 * BAR + 6), abs=2)
        assert stops[-1] == pytest.approx(times * 6 * BAR, abs=2)
        assert len(stops) == pytest.approx(times * (2 * BAR - 6), abs=3)


def test_a_part_of_a_song_stops_where_the_song_does() -> None:
    heard = band(*[RUNNING] * 4, both((0,)), *[RUNNING] * 4, sounding=True)
    part = heard.cut(8, 28)
    np.testing.assert_array_equal(band_stops(part), band_stops(heard)[2 * BAR : 7 * BAR])


# ------------------------------------------------------------------ strikes


@pytest.mark.parametrize("lead", [3, 6])
@pytest.mark.parametrize("sounding", [False, True])
def test_a_push_comes_before_a_downbeat_that_nobody_strikes(lead: int, sounding: bool) -> None:
    before = both((0, 12, 24, BAR - lead))
    after = both((12, 24, 36))
    heard = band(RUNNING, RUNNING, before, after, RUNNING, sounding=sounding)
    assert ticks(band_pushes(heard)) == [3 * BAR - lead]
    assert ticks(band_strikes(heard))[0] <= 3 * BAR - lead


def test_running_eighths_push_nothing() -> None:
    for sounding in (False, True):
        assert not band_strikes(band(*[RUNNING] * 6, sounding=sounding)).any()


def test_one_who_pushes_alone_is_not_the_band() -> None:
    before = {Role.BASS: (0, 12, 24, 42), Role.GUITAR: (0, 12, 24)}
    heard = band(RUNNING, RUNNING, before, both((12, 24, 36)), RUNNING)
    assert not band_pushes(heard).any()


def test_a_song_may_be_struck_on_its_very_last_tick() -> None:
    for sounding in (False, True):
        heard = band(*[RUNNING] * 4, both((0, BAR - 1)), sounding=sounding)
        assert band_strikes(heard)[: 4 * BAR].sum() == 0
        assert last_stroke(heard) is None


# ------------------------------------------------------------------ endings


def test_a_final_hit_on_the_downbeat_is_the_end() -> None:
    for sounding in (False, True):
        heard = band(*[RUNNING] * 4, both((0,)), both(()), sounding=sounding)
        assert last_stroke(heard) == 4 * BAR


def test_a_band_that_trails_off_has_no_last_stroke() -> None:
    alone = {Role.BASS: (0, 30), Role.GUITAR: (0,)}
    assert last_stroke(band(*[RUNNING] * 4, alone, both(()))) is None
    assert last_stroke(band(*[RUNNING] * 4)) is None, "it is cut off in mid-bar"
    assert last_stroke(band(both(()))) is None


def test_a_band_that_fades_has_no_last_stroke() -> None:
    heard = band(*[RUNNING] * 8, both((0,)), both(()), sounding=True)
    assert heard.sounding is not None
    fade = np.interp(np.arange(heard.num_ticks), [4 * BAR, 8 * BAR], [1.0, 0.1])
    assert last_stroke(replace(heard, sounding=(heard.sounding * fade).astype(np.float32))) is None


# ------------------------------------------------------------------ energy


@pytest.mark.parametrize("sounding", [False, True])
def test_energy_is_nothing_in_rests_and_1_where_all_play_as_usual(sounding: bool) -> None:
    solo = {Role.GUITAR: EIGHTHS}
    energy = band_energy(band(both(()), both(()), solo, solo, *[RUNNING] * 8, sounding=sounding))
    assert energy[:2].tolist() == [0, 0]
    assert (energy[2:4] < 0.8).all() and (energy[2:4] > 0.3).all()
    np.testing.assert_allclose(energy[4:], 1.0)


def test_energy_does_not_depend_on_how_loud_the_song_is() -> None:
    heard = band({Role.GUITAR: EIGHTHS}, *[RUNNING] * 7, sounding=True)
    assert heard.sounding is not None
    softer = replace(heard, sounding=0.1 * heard.sounding)
    np.testing.assert_allclose(band_energy(softer), band_energy(heard), rtol=1e-5)


def test_nothing_is_heard_of_a_band_that_is_not_there() -> None:
    heard = band(both(()), both(()))
    assert not band_stops(heard).any() and not band_strikes(heard).any()
    assert band_energy(heard).tolist() == [0, 0]


# ------------------------------------------------------------------ notes and sound

GRID = BeatGrid.constant(120, 16.0)
EIGHTH_S = BEAT_S / 2
#: Eighths but in the fifth bar, of which there is the downbeat alone.
TIMES_S = np.array([t for t in np.arange(0, 16, EIGHTH_S) if not 8.0 < t < 10.0])


def played(length_s: float, pitch_hz: float, rate: int = 16_000) -> Audio:
    """Eighths; the stroke on the downbeat of the fifth bar is so long."""
    sound = np.zeros(16 * rate + 1)
    for time_s in TIMES_S:
        num = round((length_s if time_s == 8.0 else 0.2) * rate)
        t = np.arange(num) / rate
        shape = np.minimum(1.0, t / 0.005) * np.minimum(1.0, t[::-1] / 0.06)
        start = round(time_s * rate)
        sound[start : start + num] += 0.3 * shape * np.sin(2 * np.pi * pitch_hz * t)
    return Audio(sound[None].astype(np.float32), rate)


def as_sound(length_s: float) -> Conditioning:
    stems = [
        Stem(role.value, role, played(length_s, pitch))
        for role, pitch in ((Role.BASS, 82.0), (Role.GUITAR, 330.0))
    ]
    return conditioning_of(Song(tuple(stems)), GRID)


def as_notes(length_s: float) -> Conditioning:
    ends = TIMES_S + np.where(TIMES_S == 8.0, length_s, 0.2)
    onsets = Onsets(TIMES_S, np.ones(len(TIMES_S), np.float32), ends)
    return conditioning_of(
        Song(tuple(Stem(role.value, role, onsets) for role in (Role.BASS, Role.GUITAR))), GRID
    )


@pytest.mark.parametrize("hear", [as_sound, as_notes])
def test_a_stop_is_heard_and_a_held_chord_is_none(hear: Callable[[float], Conditioning]) -> None:
    stop = ticks(band_stops(hear(0.2)))
    assert stop[0] == pytest.approx(4 * BAR + 6, abs=2)
    assert stop[-1] == pytest.approx(5 * BAR - 1, abs=1)
    assert len(stop) == stop[-1] - stop[0] + 1
    assert ticks(band_stabs(hear(0.2))) == [4 * BAR]
    assert not band_stops(hear(1.95)).any() and not band_stabs(hear(1.95)).any()


def test_onsets_without_ends_leave_it_open_how_loud_the_band_is() -> None:
    onsets = Onsets(TIMES_S, np.ones(len(TIMES_S), np.float32))
    stems = (Stem("bass", Role.BASS, onsets), Stem("guitar", Role.GUITAR, played(0.2, 330.0)))
    assert conditioning_of(Song(stems), GRID).sounding is None

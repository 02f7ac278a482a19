"""Drums that lie late or early all along are the same drums, and are played as late."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.drummer import Drummer
from drumnet.extraction import extract_style
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.kits.kit import embedded_kit
from drumnet.rendering.render import render
from drumnet.settings import Settings
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem
from drumnet.transcribe import drum_track

GRID = BeatGrid.constant(128.0, 31.0)
MACHINE = Settings(variation=0.0)
BAR = {
    Piece.KICK: (0, 18, 30),
    Piece.SNARE: (12, 36),
    Piece.CLOSED_HAT: (0, 6, 12, 18, 24, 30, 36, 42),
}


def drums(late_s: float = 0.0) -> DrumTrack:
    """Sixteen bars, from the second on, since what is early has to sound."""
    hits = [
        Hit(float(GRID.ticks_to_seconds(48 * bar + tick)) + late_s, 48 * bar + tick, piece, 100)
        for bar in range(1, 16)
        for piece, ticks in BAR.items()
        for tick in ticks
    ]
    return DrumTrack(tuple(hits))


def as_sound(track: DrumTrack, role: Role) -> Stem:
    return Stem(role.value, role, render(track, embedded_kit(), 31.0))


def bass(late_s: float = 0.0) -> Stem:
    times = GRID.ticks_to_seconds(48 * np.arange(1, 16)[:, None] + [0, 18, 30]).reshape(-1)
    return Stem("bass", Role.BASS, Onsets(times + late_s, np.ones(len(times), np.float32)))


def places(track: DrumTrack) -> list[tuple[int, str]]:
    return sorted((hit.tick, hit.piece.value) for hit in track)


@pytest.mark.parametrize("late_ms", [-30, -20, -10, 10, 20, 30])
def test_a_kick_stem_that_is_late_is_heard_on_the_same_ticks(late_ms: int) -> None:
    stem = as_sound(drums(late_ms / 1000).of(Piece.KICK), Role.KICK)
    assert places(drum_track(stem, GRID)) == places(drums().of(Piece.KICK))


@pytest.mark.parametrize("late_ms", [-30, 30])
def test_late_drums_are_heard_as_the_same_drums(late_ms: int) -> None:
    one, other = (
        set(places(drum_track(as_sound(drums(late_s), Role.DRUMS), GRID)))
        for late_s in (0.0, late_ms / 1000)
    )
    assert len(one & other) >= 0.97 * len(one | other)


@pytest.mark.parametrize("late_ms", [-30, 20])
def test_a_laid_back_drummer_stays_laid_back_in_another_song(
    drummer: Drummer, late_ms: int
) -> None:
    listening = drummer.listen(Song((bass(),)), GRID)
    plain, late = (
        drummer.extract_style(listening, drums(late_s)) for late_s in (0.0, late_ms / 1000)
    )
    np.testing.assert_allclose(late.code, plain.code, atol=1e-5)
    one, other = (drummer.play(listening, style, MACHINE) for style in (plain, late))
    assert places(one) == places(other), "the same pattern"
    gaps = [hit.onset_s - float(GRID.ticks_to_seconds(hit.tick)) for hit in other]
    assert np.median(gaps) == pytest.approx(late_ms / 1000, abs=0.004)


@pytest.mark.parametrize("humanize", [0.0, 1.0, 2.0])
def test_to_a_kick_that_lies_late_the_others_lie_as_late(drummer: Drummer, humanize: float) -> None:
    listening = drummer.listen(Song((bass(),)), GRID)
    style = drummer.extract_style(listening, drums())
    kick = drums(0.04).of(Piece.KICK)
    track = drummer.play(listening, style, Settings(humanize=humanize), given=kick)
    others = track.of(set(Piece) - {Piece.KICK})
    gaps = [hit.onset_s - float(GRID.ticks_to_seconds(hit.tick)) for hit in others]
    assert np.median(gaps) == pytest.approx(0.04, abs=0.004)


def test_who_plays_like_a_machine_plays_on_the_beat(drummer: Drummer) -> None:
    listening = drummer.listen(Song((bass(),)), GRID)
    style = drummer.extract_style(listening, drums(0.02))
    played = drummer.play(listening, style, Settings(variation=0.0, humanize=0.0))
    for hit in played:
        assert hit.onset_s == pytest.approx(float(GRID.ticks_to_seconds(hit.tick)), abs=1e-6)


@pytest.mark.parametrize("late_ms", [-25, 25])
def test_a_band_that_is_late_all_along_is_heard_as_if_it_were_not(
    drummer: Drummer, late_ms: int
) -> None:
    one, other = (
        drummer.listen(Song((bass(late_s),)), GRID).conditioning.strength
        for late_s in (0.0, late_ms / 1000)
    )
    np.testing.assert_array_equal(one, other)


def test_a_tracker_that_lies_beside_the_beat_makes_no_drummer_late(drummer: Drummer) -> None:
    """Band and kick lie 25 ms behind the grid: behind given beats, but not behind the band."""
    kick = [hit.onset_s + 0.025 for hit in drums().of(Piece.KICK)]
    stem = Stem("kick", Role.KICK, Onsets(np.array(kick), np.ones(len(kick), np.float32)))
    song = Song((bass(0.025), stem))
    given, tracked = (
        extract_style(song, beats=GRID, tracked=is_tracked, model=drummer).style.habits
        for is_tracked in (False, True)
    )
    assert given is not None and given.late_s == pytest.approx(0.025, abs=0.003)
    assert tracked is not None and tracked.late_s == pytest.approx(0.0, abs=0.003)

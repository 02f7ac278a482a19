"""The drums follow the form of a song: songs whose form is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.drummer import Drummer
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning, on_grid
from drumnet.hearing.form import SongForm, song_form
from drumnet.hearing.sections import Section
from drumnet.hits import PIECES, DrumTrack, Piece
from drumnet.model.network import GivenHits, OnsetActivations
from drumnet.playing.arrangement import Arrangement, arranged, without_holes
from drumnet.playing.listening import Listening
from drumnet.playing.passages import Passage
from drumnet.playing.pattern import Pattern
from drumnet.settings import Arrange, FillPlace, Fills, Settings
from drumnet.song.roles import Role
from drumnet.style.figure import FIGURE_BARS, Figure
from drumnet.style.habits import Habits

BAR = 4 * TICKS_PER_BEAT
CYMBALS = (Piece.CLOSED_HAT, Piece.OPEN_HAT, Piece.RIDE)


def band(num_bars: int, silent: tuple[int, ...] = ()) -> Conditioning:
    """Bass and guitar on every eighth, but for some bars."""
    grid = BeatGrid(0.5 * np.arange(4 * num_bars + 1), np.arange(4 * num_bars + 1) % 4 + 1)
    strength = np.zeros((len(HEARD_ROLES), grid.num_ticks), dtype=np.float32)
    for role in (Role.BASS, Role.GUITAR):
        strength[HEARD_ROLES.index(role), ::6] = 0.8
    for bar in silent:
        strength[:, bar * BAR : (bar + 1) * BAR] = 0
    return on_grid(strength, strength.any(axis=1), grid)


def form_of(heard: Conditioning, *sections: tuple[int, str]) -> SongForm:
    return song_form(heard, [Section(4 * bar, name) for bar, name in sections])


def likely(num_ticks: int, **at: float) -> OnsetActivations:
    """Kick on 1 and 3, snare on 2 and 4, and eighths of what is named, that likely."""
    probability = np.full((len(PIECES), num_ticks), 0.01, dtype=np.float32)
    probability[PIECES.index(Piece.KICK), :: BAR // 2] = 0.9
    probability[PIECES.index(Piece.SNARE), BAR // 4 :: BAR // 2] = 0.9
    for name, value in at.items():
        probability[PIECES.index(Piece(name)), ::6] = value
    nothing = np.zeros_like(probability)
    return OnsetActivations(probability, nothing, nothing, nothing, nothing)


def leaned(form: SongForm, found: OnsetActivations, seed: int = 0) -> Arrangement:
    return arranged(form, found, PIECES, seed)


def lean_of(arrangement: Arrangement, piece: Piece) -> NDArray[np.float32]:
    return arrangement.leans[PIECES.index(piece)]


def test_one_cymbal_keeps_time_through_a_section() -> None:
    heard = band(8)
    found = leaned(form_of(heard, (0, "A")), likely(heard.num_ticks, closed_hat=0.6, ride=0.5))
    assert (lean_of(found, Piece.CLOSED_HAT) >= 0).all()
    assert (lean_of(found, Piece.RIDE) < -1).all()


def test_a_crash_that_is_ridden_becomes_what_keeps_time() -> None:
    heard = band(16)
    found = leaned(form_of(heard, (0, "A")), likely(heard.num_ticks, crash=0.9, ride=0.2))
    inside = slice(BAR, 8 * BAR)
    assert (lean_of(found, Piece.CRASH)[inside] < -3).all()
    assert (lean_of(found, Piece.RIDE)[inside][::6] > 2).all()


def test_a_section_begins_with_a_crash() -> None:
    heard = band(16)
    crash = lean_of(
        leaned(form_of(heard, (0, "A"), (12, "B")), likely(heard.num_ticks)), Piece.CRASH
    )
    assert crash[12 * BAR] > 4 and crash[10 * BAR] < 0


def test_the_same_music_is_played_alike() -> None:
    """What is likely at a place of a section, is shared with the same place of its repeat."""
    heard = band(12)
    found = leaned(form_of(heard, (0, "A"), (4, "B"), (8, "A")), likely(heard.num_ticks))
    kick = np.zeros(heard.num_ticks, dtype=np.float32) + np.float32(0.01)
    kick[6], kick[5 * BAR] = 0.99, 0.9
    shared = found.shared(kick)
    assert shared[6] == shared[8 * BAR + 6] == pytest.approx(0.5, abs=0.01)
    assert shared[5 * BAR] == np.float32(0.9), "a section without a repeat stays as it is"


def test_where_the_band_stops_nothing_is_played() -> None:
    heard = band(12, silent=(5,))
    form = form_of(heard, (0, "A"))
    assert form.stops.any()
    found = leaned(form, likely(heard.num_ticks))
    assert (found.shared(np.full(heard.num_ticks, 0.9, np.float32))[form.stops] == 0).all()


def test_drums_hold_back_where_little_of_the_band_plays() -> None:
    heard = band(16)
    strength = heard.strength.copy()
    strength[:, : 4 * BAR] = 0
    strength[HEARD_ROLES.index(Role.GUITAR), : 4 * BAR : BAR] = 0.8
    heard = replace(heard, strength=strength)
    found = leaned(form_of(heard, (0, "A"), (4, "B")), likely(heard.num_ticks))
    snare = lean_of(found, Piece.SNARE)
    assert (snare[: 4 * BAR] < -1).all() and snare[5 * BAR] > -1


def test_another_seed_has_another_taste_and_none_without_variation() -> None:
    heard = band(16)
    form = form_of(heard, (0, "A"), (8, "B"))
    found = likely(heard.num_ticks, closed_hat=0.5)
    one, other = (arranged(form, found, PIECES, seed).leans for seed in (1, 2))
    assert np.array_equal(one[:, : 8 * BAR], other[:, : 8 * BAR]), "the first music is the style's"
    assert not np.array_equal(one[:, 8 * BAR :], other[:, 8 * BAR :])
    assert np.array_equal(*(arranged(form, found, PIECES, s, 0.0).leans for s in (1, 2)))


def pattern(heard: Conditioning, bars: dict[int, tuple[Piece, ...]]) -> Pattern:
    velocity = np.zeros((len(PIECES), heard.num_ticks), dtype=np.float32)
    for bar, pieces in bars.items():
        for piece in pieces:
            velocity[PIECES.index(piece), bar * BAR : (bar + 1) * BAR : 12] = 0.5
    nothing = np.zeros_like(velocity)
    return Pattern(PIECES, velocity, nothing, nothing, nothing)


def test_no_bar_is_empty_where_the_band_plays() -> None:
    heard = band(8, silent=(6,))
    form = replace(form_of(heard, (0, "A"), (4, "B")), stops=np.zeros(heard.num_ticks, bool))
    full = (Piece.KICK, Piece.CLOSED_HAT)
    played = pattern(heard, {bar: full for bar in (0, 1, 2, 4, 7)})
    known = GivenHits.nothing(len(PIECES), heard.num_beats)
    struck = without_holes(played, heard, form, known).velocity > 0
    bars = struck.any(axis=0).reshape(8, BAR).any(axis=1)
    assert bars.tolist() == [True] * 6 + [False, True]
    known.known[:, 12:16] = True
    struck = without_holes(played, heard, form, known).velocity > 0
    assert not struck[:, 3 * BAR : 4 * BAR].any(), "a bar that is kept stays empty"


def ticks_of(track: DrumTrack) -> set[tuple[int, Piece]]:
    return {(hit.tick, hit.piece) for hit in track}


def test_a_style_that_was_taken_from_a_song_is_played_as_that_was(drummer: Drummer) -> None:
    heard = band(16)
    grid = BeatGrid(0.5 * np.arange(65), np.arange(65) % 4 + 1)
    listening = drummer.listen_to(heard, grid, 32.0)
    figure = Figure((Piece.KICK,), np.zeros((1, FIGURE_BARS, 48), np.float32))
    style = replace(drummer.sample_style(1), habits=Habits(figure=figure))
    plain = Settings(arrange=Arrange.NONE)
    assert drummer.play(listening, style) == drummer.play(listening, style, plain)
    assert not Passage(0, style, Settings()).is_arranged
    assert Passage(0, replace(style, habits=None), Settings()).is_arranged


def test_sections_that_are_given_are_among_those_of_the_song() -> None:
    heard = band(16)
    form = form_of(heard, (0, "A"), (8, "A")).cut_at([0, 24])
    assert form.starts.tolist() == [0, 24, 32]
    assert len(np.unique(form.part[[0, 24]])) == 2, "another style may play it"
    assert form.cut(24, 40).starts.tolist() == [0, 8]


@pytest.fixture(scope="module")
def demo(drummer: Drummer) -> Listening:
    from drumnet.demo.song import demo_song

    built_in = demo_song()
    return drummer.formed(drummer.listen(built_in.song, built_in.beats))


def test_sections_of_the_built_in_song_are_led_into(drummer: Drummer, demo: Listening) -> None:
    """By default there is a crash on the first beat of each, and one cymbal at a time."""
    assert len(demo.sections) > 1
    for seed in range(3):
        track = drummer.play(demo, seed=seed)
        crashes = {hit.tick for hit in track.of(Piece.CRASH)}
        starts = {section.start_beat * TICKS_PER_BEAT for section in demo.sections[1:]}
        assert starts <= crashes
        fills = Settings(seed=seed, fills=Fills(place=FillPlace.NOWHERE))
        assert ticks_of(drummer.play(demo, settings=fills)) != ticks_of(track)

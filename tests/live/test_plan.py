"""Sections with styles and settings of their own, and a hand on the dials."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from drumnet.errors import SectionError
from drumnet.hearing.sections import Section
from drumnet.hits import PIECES, Piece
from drumnet.live.controls import Wish
from drumnet.live.plan import Plan, at, cut
from drumnet.live.recomposing import LiveSong, Recomposer
from drumnet.live.score import Score, Take
from drumnet.playing.arranging import AskedSections, passages_of
from drumnet.settings import FillPlace, Fills, Settings

BEGAN = Settings(seed=3, complexity=0.6)
BARS = 4


@pytest.fixture(scope="module")
def sections(song: LiveSong) -> tuple[Section, ...]:
    """Eight bars each; the second has a style and settings of its own, the third varies."""
    names = list(song.drummer.presets)
    first = int(np.flatnonzero(song.listening.beats.is_downbeat)[0])
    return (
        Section(first, "verse"),
        Section(first + 4 * BARS, "chorus", names[3], {"complexity": "0.8", "mute": "ride"}),
        Section(first + 8 * BARS, "bridge", "vary"),
        Section(first + 12 * BARS, "verse"),
    )


@pytest.fixture(scope="module")
def in_sections(song: LiveSong, sections: tuple[Section, ...]) -> LiveSong:
    plan = Plan.of(song.plan.styles, sections, BEGAN, song.drummer.find_style)
    return replace(song, plan=plan)


def notes(score: Score, start: float = 0.0, end: float = np.inf) -> list[tuple[float, int, int]]:
    part = slice(score.index(start), score.index(end))
    rows = zip(score.starts[part], score.keys[part], score.velocities[part], strict=True)
    return [(round(float(at), 6), int(key), int(velocity)) for at, key, velocity in rows]


def test_a_song_in_sections_is_played_as_generate_plays_it(
    in_sections: LiveSong, sections: tuple[Section, ...]
) -> None:
    song = in_sections
    passages = passages_of(sections, song.plan.styles[0], BEGAN, song.drummer.find_style)
    track = song.drummer.play(song.listening, passages=passages, pieces=PIECES)
    live = song.composed(song.plan.passages(Wish(BEGAN)))
    assert notes(live) == notes(Score.of(track, song.timeline, song.keys, 0.0))


def test_found_sections_vary_as_they_do_in_generate(song: LiveSong) -> None:
    asked = AskedSections.of("auto")
    found = asked.on(song.listening.beats, lambda: song.drummer.sections(song.listening))
    plan = Plan.of(song.plan.styles, found, BEGAN, song.drummer.find_style)
    due = passages_of(found, song.plan.styles[0], BEGAN, song.drummer.find_style)
    played = plan.passages(Wish(BEGAN))
    assert [one.start_beat for one in played] == [one.start_beat for one in due]
    for one, other in zip(played, due, strict=True):
        np.testing.assert_array_equal(one.style.code, other.style.code)


def test_a_dial_moves_all_sections_by_as_much(in_sections: LiveSong) -> None:
    wish = Wish(BEGAN).with_setting("complexity", 0.5).with_setting("intensity", 0.9)
    passages = in_sections.plan.passages(wish)
    assert [one.settings.complexity for one in passages] == pytest.approx([0.5, 0.7, 0.5, 0.5])
    assert {one.settings.intensity for one in passages} == {0.9}
    most = in_sections.plan.passages(wish.with_setting("complexity", 1.0))
    assert {one.settings.complexity for one in most} == {1.0}
    back = in_sections.plan.passages(Wish(BEGAN))
    assert [one.settings.complexity for one in back] == pytest.approx([0.6, 0.8, 0.6, 0.6])


def test_what_is_muted_by_hand_is_muted_everywhere_and_sections_keep_their_mutes(
    in_sections: LiveSong,
) -> None:
    passages = in_sections.plan.passages(Wish(BEGAN).with_mute(Piece.KICK, True))
    assert all(one.settings.of(Piece.KICK).muted for one in passages)
    rides = [one.settings.of(Piece.RIDE).muted for one in passages]
    assert rides == [False, True, False, False]


def test_another_style_is_played_in_all_sections_and_varied_where_it_is(
    in_sections: LiveSong,
) -> None:
    verse, chorus, bridge, again = in_sections.plan.passages(Wish(BEGAN, style=2))
    wished = in_sections.plan.styles[2].code
    for one in (verse, chorus, again):
        np.testing.assert_array_equal(one.style.code, wished)
    assert not np.array_equal(bridge.style.code, wished)
    assert chorus.settings.complexity == pytest.approx(0.8)


def test_a_section_of_a_style_that_is_not_there_is_said_before_it_plays(song: LiveSong) -> None:
    sections = (Section(0, "verse", "no-such-style"),)
    with pytest.raises(SectionError, match=r"the section 'verse'.*no-such-style"):
        Plan.of(song.plan.styles, sections, BEGAN, song.drummer.find_style)


def test_a_part_of_a_song_is_played_with_the_passages_that_are_in_it(
    in_sections: LiveSong, sections: tuple[Section, ...]
) -> None:
    passages = in_sections.plan.passages(Wish(BEGAN))
    starts = [one.start_beat for one in sections]
    inside = list(cut(passages, starts[1] + 3, starts[3]))
    assert [one.start_beat for one in inside] == [0, starts[2] - starts[1] - 3]
    assert [one.style for one in inside] == [one.style for one in passages[1:3]]
    assert at(passages, starts[2] - 1).style is passages[1].style
    assert at(passages, 0).style is passages[0].style


def test_a_wish_is_heard_at_once_in_the_section_that_the_song_is_in(
    in_sections: LiveSong, sections: tuple[Section, ...]
) -> None:
    """In the chorus, whose ride is muted, as in the verse that follows it."""
    takes: list[Take] = []
    composer = Recomposer(in_sections, Wish(BEGAN), takes.append)
    position = float(in_sections.quarters[sections[1].start_beat]) + 1.3
    composer.ask(Wish(BEGAN, style=2), position)
    composer.compose()
    before, part, whole = (take.score for take in takes)
    assert notes(part, 0, position) == notes(before, 0, position)
    assert notes(part, position, position + 6) != notes(before, position, position + 6)
    end = float(in_sections.quarters[sections[2].start_beat])
    ride = Piece.RIDE.midi_key
    assert all(key != ride for _, key, _ in [*notes(part, position, end), *notes(whole, 16, end)])


def test_a_fill_is_as_long_as_its_section_has_it(song: LiveSong) -> None:
    sections = (Section(0, "verse"), Section(32, "chorus", "", {"fill_length": "4"}))
    began = replace(BEGAN, fills=Fills(length_beats=1))
    plan = Plan.of(song.plan.styles, sections, began, song.drummer.find_style)
    passages, filled = plan.passages(Wish(began)), replace(song, plan=plan)
    for beat, length in ((9, 1), (41, 4)):
        fill = filled.next_fill(passages, float(song.quarters[beat]) - 0.5)
        assert fill is not None
        end = song.beat(fill.end + 1 / 8) - 1
        assert end - song.beat(fill.start + 1 / 4) == min(length, end - beat)


def test_fills_of_every_fourth_bar_come_where_the_whole_song_has_them(song: LiveSong) -> None:
    """The first take is cut out of the song; its bars are counted as the song's."""
    began = replace(BEGAN, fills=Fills(place=FillPlace.EVERY_4, amount=1.0, length_beats=2))
    plan = Plan.of(song.plan.styles, (), began, song.drummer.find_style)
    passages = plan.passages(Wish(began))
    filler = song.drummer.filler(song.listening, passages)
    assert filler is not None and len(filler.fills) >= 2
    whole = song.composed(passages)
    part, end = song.next_bars(passages, float(song.quarters[21]))
    ends = [float(song.quarters[fill.end_beat]) for fill in filler.fills]
    ahead = [at for at in ends if float(song.quarters[21]) < at < end - 1]
    assert ahead
    for there in ahead:
        for score in (whole, part):
            struck = {key for _, key, _ in notes(score, there - 1 / 8, there + 1 / 8)}
            assert Piece.CRASH.midi_key in struck


def test_a_plan_travels_to_the_composers_process(in_sections: LiveSong) -> None:
    there = pickle.loads(pickle.dumps(in_sections.plan))
    wish = Wish(BEGAN, style=1).with_setting("complexity", 0.3)
    here = in_sections.plan.passages(wish)
    for one, other in zip(there.passages(wish), here, strict=True):
        assert (one.start_beat, one.settings) == (other.start_beat, other.settings)
        np.testing.assert_array_equal(one.style.code, other.style.code)

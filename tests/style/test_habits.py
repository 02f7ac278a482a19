"""A style plays a chorus as its own song's chorus was played, and lies where its drummer lay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.errors import StyleError
from drumnet.hits import Piece
from drumnet.style.code import CODE_SIZE, StyleCode
from drumnet.style.figure import Figure
from drumnet.style.habits import Habits
from drumnet.style.passages import Passages, PassagesConfig, passages_heard

MODEL = "default@01234567"
BAR = np.arange(32 * 4) // 4
#: Verse, chorus, verse, chorus of eight bars each, heard in three channels.
IS_CHORUS = (BAR // 8) % 2 == 1
ONES = np.ones(CODE_SIZE, np.float32)
VERSE_WAY, CHORUS_WAY = np.zeros(CODE_SIZE, np.float32), np.eye(CODE_SIZE, dtype=np.float32)[3]


def song(level: float = 1.0, offset: float = 0.0, seed: int = 0) -> NDArray[np.float32]:
    """What is heard of it, somewhat uneven."""
    chorus = np.stack([IS_CHORUS * 1.0, IS_CHORUS * -2.0, IS_CHORUS * 0.5])
    noise = 0.05 * np.random.default_rng(seed).standard_normal(chorus.shape)
    return (level * (chorus + noise) + offset).astype(np.float32)


def largest(style: StyleCode) -> float:
    departures = style.along(song(), BAR).departures
    return 0.0 if departures is None else float(np.abs(departures).max())


def passages() -> Passages:
    passage, heard = passages_heard(song(), BAR)
    ways = (VERSE_WAY, CHORUS_WAY)
    found = [(heard[i], ways[int(IS_CHORUS[passage == i][0])]) for i in range(4)]
    return Passages.of(found)


def test_choruses_depart_as_choruses_did_and_verses_as_verses() -> None:
    along = passages().along(song(seed=1), BAR)
    assert along.shape == (len(BAR), CODE_SIZE)
    assert along[IS_CHORUS, 3].min() > 0.7
    assert np.abs(along[~IS_CHORUS]).max() < 0.1


def test_how_loud_and_busy_the_other_song_is_as_a_whole_does_not_matter() -> None:
    plain, louder = (passages().along(one, BAR) for one in (song(), song(level=3.0, offset=7.0)))
    np.testing.assert_allclose(plain, louder, atol=0.02)


def test_a_phrase_of_four_bars_departs_as_one() -> None:
    along = passages().along(song(seed=2), BAR)
    for phrase in range(8):
        own = along[phrase == BAR // 4]
        np.testing.assert_array_equal(own, np.repeat(own[:1], len(own), axis=0))


def test_what_is_saved_and_loaded_departs_alike(tmp_path: Path) -> None:
    style = StyleCode(ONES, MODEL, "extracted", Habits(passages()))
    style.save(tmp_path / "style.json")
    loaded = StyleCode.load(tmp_path / "style.json")
    one, other = (found.along(song(), BAR) for found in (style, loaded))
    assert one.departures is not None
    np.testing.assert_array_equal(one.by_beat, other.by_beat)


def test_on_the_way_to_another_style_habits_fade_and_come_back_as_its_own() -> None:
    style = StyleCode(ONES, MODEL, "a song", Habits(passages()))
    other = StyleCode(0 * ONES, MODEL, "sampled")
    most = [largest(style.interpolate(other, way)) for way in (0, 0.25)]
    assert most[0] > 1.9 * most[1] > 0
    assert style.interpolate(other, 0.75).habits is None
    assert largest(other.interpolate(style, 1.0)) == most[0]


def test_a_style_without_habits_never_departs() -> None:
    along = StyleCode(ONES, MODEL).along(song(), BAR)
    assert along.departures is None
    np.testing.assert_array_equal(along.by_beat, ONES)
    assert along.cut(3, 9) is along


def test_the_code_of_each_beat_is_the_styles_and_how_it_departs_there() -> None:
    along = StyleCode(ONES, MODEL, "a song", Habits(passages())).along(song(), BAR)
    assert along.by_beat.shape == (len(BAR), CODE_SIZE)
    np.testing.assert_allclose(along.by_beat, 1 + passages().along(song(), BAR), atol=1e-6)
    np.testing.assert_array_equal(along.cut(40, 90).by_beat, along.by_beat[40:90])


def test_from_another_code_it_departs_alike() -> None:
    """What a control moves is the code; a chorus is still played as a chorus."""
    along = StyleCode(ONES, MODEL, "a song", Habits(passages())).along(song(), BAR)
    moved = along.from_code(3 * ONES)
    np.testing.assert_allclose(moved.by_beat - along.by_beat, 2.0, atol=1e-6)
    np.testing.assert_array_equal(moved.code, 3 * ONES)


def test_habits_depart_by_as_many_numbers_as_a_code_has() -> None:
    few = Passages(np.zeros((2, 3), np.float32), np.zeros((2, CODE_SIZE - 1), np.float32))
    with pytest.raises(StyleError, match="16 numbers"):
        StyleCode(ONES, MODEL, "", Habits(few))


def test_habits_of_other_weights_are_refused() -> None:
    with pytest.raises(StyleError, match="extract it again"):
        passages().along(np.zeros((5, len(BAR)), np.float32), BAR)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("x", "passages"),
        ([{"heard": [1.0]}], "passages"),
        ([{"heard": [1.0, "a"], "departure": [1.0] * 16}], "numbers"),
        ([{"heard": [float("nan")], "departure": [1.0] * 16}], "finite"),
        ([{"heard": [1.0], "departure": [1.0] * 16}, {"heard": [], "departure": []}], "numbers"),
        ({"passages": "x"}, "passages"),
        ({"figure": {"beats_per_bar": 4}}, "leans"),
        ({"figure": {"beats_per_bar": 4, "leans": {"gong": []}}}, "leans"),
        ({"figure": {"beats_per_bar": 4, "leans": {"kick": [[0, 48, 1.0]]}}}, "leans"),
        ({"figure": {"beats_per_bar": 4, "leans": {"kick": [[8, 0, 1.0]]}}}, "leans"),
        ({"figure": {"beats_per_bar": 4, "leans": {"kick": [[-1, 0, 1.0]]}}}, "leans"),
        ({"figure": {"beats_per_bar": 4, "leans": {"kick": [[0, 0, float("nan")]]}}}, "finite"),
        ({"figure": {"beats_per_bar": 0, "leans": {}}}, "whole beats"),
        ({"figure": {"beats_per_bar": 10**9, "leans": {"kick": []}}}, "beats"),
        ({"late_ms": "x"}, "numbers"),
        ({"variation": True}, "numbers"),
        ({"variation": 1.5}, "0-1"),
        ({"late_ms": float("nan")}, "late"),
        ({"late_ms": 800.0}, "late"),
        ({"late_ms": 10**400}, "late"),
        ({"figure": {"beats_per_bar": float("inf"), "leans": {}}}, "beats"),
        ({"figure": {"beats_per_bar": 4.7, "leans": {}}}, "beats"),
        ({"figure": {"beats_per_bar": 4, "leans": {"kick": [[0, 0, 10**400]]}}}, "leans"),
    ],
)
def test_what_are_no_habits_is_refused_in_one_line(written: object, fault: str) -> None:
    with pytest.raises(StyleError, match=fault) as found:
        Habits.read(written)
    assert "\n" not in str(found.value)


def test_a_departure_is_played_by_its_share() -> None:
    heard = np.ones((1, 6), np.float32)
    one = Passages(heard, np.full((1, CODE_SIZE), 2.0, np.float32))
    context = np.random.default_rng(0).normal(size=(6, 32)).astype(np.float32)
    bar = np.arange(32) // 4
    np.testing.assert_allclose(one.along(context, bar), 2.0 * 0.85, rtol=1e-6)
    half = one.along(context, bar, PassagesConfig(share=0.5))
    np.testing.assert_allclose(half, 1.0, rtol=1e-6)


def test_a_file_from_before_figures_holds_passages_alone() -> None:
    assert Habits.read(passages().written()) == Habits(passages())


def test_all_habits_are_saved_and_loaded(tmp_path: Path) -> None:
    leans = np.zeros((1, 8, 48), np.float32)
    leans[0, 3, 42] = 1.25
    habits = Habits(passages(), Figure((Piece.SNARE,), leans), late_s=0.017, variation=0.125)
    StyleCode(ONES, MODEL, "a song", habits).save(tmp_path / "style.json")
    assert StyleCode.load(tmp_path / "style.json").habits == habits


@pytest.mark.parametrize(("amount", "late_s"), [(0.0, 0.02), (0.25, 0.015), (0.5, 0.01)])
def test_on_the_way_to_a_drummer_on_the_beat_one_lies_less_and_less_late(
    amount: float, late_s: float
) -> None:
    late, other = (StyleCode(ONES, MODEL, "", Habits(late_s=late_s)) for late_s in (0.02, 0.0))
    found = late.interpolate(other, amount).habits
    assert found is not None and found.late_s == pytest.approx(late_s)


def test_between_two_drummers_who_are_alike_lies_one_who_is() -> None:
    style = StyleCode(ONES, MODEL, "", Habits(late_s=0.03, variation=0.04))
    found = style.interpolate(style, 0.5).habits
    assert found == style.habits


def test_halfway_nothing_is_left_of_figures_and_passages() -> None:
    leans = np.ones((1, 8, 48), np.float32)
    habits = Habits(passages(), Figure((Piece.KICK,), leans), late_s=0.0, variation=0.1)
    found = StyleCode(ONES, MODEL, "", habits).interpolate(StyleCode(ONES, MODEL), 0.5).habits
    assert found is not None and found.passages is None and found.figure is None


def test_a_style_that_was_saved_is_the_same_style(tmp_path: Path) -> None:
    style = StyleCode(ONES, MODEL, "a song", Habits(late_s=1 / 70, variation=1 / 7))
    style.save(tmp_path / "style.json")
    assert StyleCode.load(tmp_path / "style.json") == style

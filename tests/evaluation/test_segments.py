"""The next four bars, where it can be said what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from fixtures.networks import activations_of
from fixtures.whole_kits import NAMES, ROCK, WALK, Bar, KitImitator, song_of
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.drummer import Drummer
from drumnet.evaluation.experiments.segments import SegmentedSong, play_segments, segment_rows
from drumnet.evaluation.players import HalfDrummer, kit_drummer
from drumnet.evaluation.report.model import Row
from drumnet.evaluation.segments import (
    Continued,
    Repeated,
    Segment,
    SegmentPlayer,
    TypicalBarBefore,
    Unheard,
    segments_of,
    wanted_segment,
)
from drumnet.hits import PIECES
from drumnet.model.network import GivenHits, Network, OnsetActivations

SILENT: Bar = {}
CRASHED: Bar = {**ROCK, "crash": (0,)}


@pytest.fixture
def copyist() -> HalfDrummer:
    """Plays the bar that is most usual in what it was shown."""
    return kit_drummer(Drummer(cast(Network, KitImitator())))


class Echo(KitImitator):
    """Plays what it was given so many bars before, whatever the style."""

    def __init__(self, num_bars: int) -> None:
        super().__init__()
        self.lag = 48 * num_bars

    def decode(
        self, context: NDArray[Any], code: NDArray[Any], given: GivenHits | None = None
    ) -> OnsetActivations:
        probability = np.zeros((len(PIECES), 12 * context.shape[1]), np.float32)
        if given is not None and self.lag < probability.shape[1]:
            struck = given.velocity[:-1] > 0
            probability[:, self.lag :] = 0.9 * struck[:, : -self.lag]
        return activations_of(probability)


def echo(num_bars: int) -> HalfDrummer:
    return kit_drummer(Drummer(cast(Network, Echo(num_bars))))


def bars_of(song: HalvedSong, most: int | None = None) -> list[int]:
    """Where its segments begin."""
    return [segment.start_tick // 48 for segment in segments_of(song, most)]


def is_right(player: SegmentPlayer, song: HalvedSong, segment: Segment) -> bool:
    return np.array_equal(player.play(song, segment), wanted_segment(song, segment))


# ------------------------------------------------------------------ segments


def test_a_song_has_a_segment_every_four_bars_from_the_second_on() -> None:
    song = song_of([ROCK] * 22)
    assert bars_of(song) == [4, 8, 12, 16]
    assert bars_of(song, 3) == [4, 8, 16]
    assert bars_of(song_of([ROCK] * 7)) == []


def test_bars_without_drums_are_not_asked_for() -> None:
    """Nor are four bars after four silent ones, of which there is nothing to go on from."""
    song = song_of([*[ROCK] * 9, SILENT, *[ROCK] * 14])
    assert bars_of(song) == [4, 12, 16, 20]
    assert bars_of(song_of([*[ROCK] * 4, *[SILENT] * 4, *[ROCK] * 8])) == [12]


def test_fours_are_counted_anew_after_a_bar_of_another_length() -> None:
    """Bars 0-4, one of 2/4, and nine more."""
    song = song_of([ROCK] * 15)
    beat = np.delete(np.arange(60), [20, 21])
    heard = song.conditioning
    parts = {
        "strength": heard.strength[:, :-24],
        "beat_in_bar": np.where(beat // 4 == 5, beat % 4 - 2, beat % 4),
        "bar_length": np.where(beat // 4 == 5, 2, 4),
        "bar": beat // 4,
    }
    velocity = np.delete(song.velocity, np.arange(240, 264), axis=1)
    cut = replace(song, conditioning=replace(heard, **parts), velocity=velocity)
    assert [segment.start_beat for segment in segments_of(cut)] == [22 + 16]


# ------------------------------------------------------------------ players


def test_what_repeats_is_played_again_to_the_last_hit(copyist: HalfDrummer) -> None:
    song = song_of([ROCK] * 16)
    players = (Continued(copyist, "drumnet"), Repeated(), TypicalBarBefore())
    for player in players:
        assert all(is_right(player, song, segment) for segment in segments_of(song))


def test_nothing_from_the_segment_on_is_looked_at(copyist: HalfDrummer) -> None:
    """Two songs that are the same up to there are played alike."""
    one, other = song_of([ROCK] * 16, "song"), song_of([*[ROCK] * 8, *[WALK] * 8], "song")
    segment = Segment(8 * 48)
    for player in (Continued(copyist, ""), Continued(echo(4), ""), Repeated(), TypicalBarBefore()):
        assert is_right(player, one, segment)
        np.testing.assert_array_equal(player.play(one, segment), player.play(other, segment))


def test_the_style_is_that_of_the_bars_heard(copyist: HalfDrummer) -> None:
    """Eight bars of rock, then walking ones: of all before rock is most, of four none."""
    song = song_of([*[ROCK] * 8, *[WALK] * 8])
    segment = Segment(12 * 48)
    rock = wanted_segment(song, Segment(0))
    np.testing.assert_array_equal(Continued(copyist, "").play(song, segment), rock)
    assert is_right(Continued(copyist, "", num_bars=4), song, segment)
    np.testing.assert_array_equal(TypicalBarBefore().play(song, segment), rock)
    assert is_right(Repeated(), song, segment)


def test_the_bars_heard_are_known_where_they_are_kept() -> None:
    """A crash every eighth bar is no part of a typical bar; who knows the bars knows it."""
    song = song_of([CRASHED, *[ROCK] * 7] * 3)
    segment = Segment(16 * 48)
    assert is_right(Continued(echo(8), ""), song, segment)
    assert not Continued(echo(8), "", keeps=False).play(song, segment).any()
    assert not Continued(echo(8), "", num_bars=4).play(song, segment).any(), "but for four bars"
    assert is_right(Continued(echo(4), "", num_bars=4), song_of([ROCK] * 24), segment)


def test_who_hears_nothing_plays_alike_whatever_was_played(copyist: HalfDrummer) -> None:
    shown = copyist.extracted(song_of([ROCK] * 4))
    player = Unheard(copyist, "", lambda _: shown)
    song, other = song_of([ROCK] * 12), song_of([WALK] * 12)
    for segment in segments_of(song):
        assert is_right(player, song, segment)
        np.testing.assert_array_equal(player.play(song, segment), player.play(other, segment))


# ------------------------------------------------------------------ rows


def rows_of(songs: Sequence[HalvedSong], late: int) -> dict[str, Row]:
    """Of who repeats the four bars before so many ticks late."""

    class Late(Repeated):
        def play(self, song: HalvedSong, segment: Segment) -> NDArray[np.bool_]:
            return np.roll(super().play(song, segment), late, axis=1)

    asked = [SegmentedSong(song, segments_of(song)) for song in songs]
    played = play_segments(Late(), asked)
    return {row.metric: row for row in segment_rows("four bars heard", "late", asked, played)}


@pytest.mark.parametrize(("late", "exact", "near"), [(0, 1, 1), (1, 1, 1), (3, 0, 1), (6, 0, 0)])
def test_a_16th_late_is_right_within_a_16th_alone(late: int, exact: int, near: int) -> None:
    """Kick and snare in turn, a half bar each; a tick late is nearest to the same 16th."""
    song = song_of([{"kick": (0,), "snare": (24,)}] * 12)
    rows = rows_of([song], late)
    assert rows["note F1"].value == exact
    assert rows["note F1 within a 16th"].value == near


def test_songs_count_alike_and_pooled_by_their_hits() -> None:
    """A song that repeats, eight bars of it 24 hits; one whose every other four bars are
    those of another: none of three segments is right."""
    steady = song_of([{"kick": (0,)}] * 8, "steady")
    changing = song_of(([{"kick": (0,)}] * 4 + [{"kick": (24,)}] * 4) * 2, "changing")
    row = rows_of([steady, changing], 0)["note F1"]
    assert row.per_song == (1.0, 0.0)
    assert row.value == 0.5
    assert row.pooled == pytest.approx(4 / 16), "4 of 4 hits and none of 12"
    assert NAMES[0] == "kick"

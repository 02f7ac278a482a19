"""A drummer's figures come back in another song, where the numbers of the style do not tell
them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.bar_places import BarPlaces
from drumnet.hits import Piece
from drumnet.style.figure import Figure, found_figure, unexplained

PIECES = (Piece.KICK, Piece.SNARE)


def bars(count: int, beats: int = 4, first_bar: int = 0) -> BarPlaces:
    beat = np.arange(count * beats)
    return BarPlaces.of(beat // beats, first_bar, beat % beats, np.full(len(beat), beats))


def played(places: BarPlaces, *strokes: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    """Of (row, tick, every so many bars, from which bar on)."""
    struck = np.zeros((len(PIECES), len(places.tick)), dtype=bool)
    for row, tick, period, first in strokes:
        struck[row] |= (places.tick == tick) & (places.bar % period == first)
    return struck


def unlikely(places: BarPlaces) -> NDArray[np.float64]:
    """A style under which nothing is played often."""
    return np.full((len(PIECES), len(places.tick)), -3.0)


def leans_of(figure: Figure, places: BarPlaces) -> NDArray[np.float32]:
    return figure.along(PIECES, places)


def test_what_is_played_in_every_bar_becomes_likely_in_every_bar_of_another_song() -> None:
    places = bars(16)
    figure = found_figure(PIECES, unlikely(places), played(places, (0, 42, 1, 0)), places)
    kick = leans_of(figure, bars(5))[0].reshape(5, 48)
    assert kick[:, 42].min() > 3.0, "more likely than not"
    assert np.delete(kick, 42, axis=1).max() < 0.0, "what is never played grows less likely"


def test_what_is_played_in_every_fourth_bar_is_likely_there_alone() -> None:
    places = bars(32)
    figure = found_figure(PIECES, unlikely(places), played(places, (1, 36, 4, 3)), places)
    snare = leans_of(figure, bars(8))[1].reshape(8, 48)[:, 36]
    fills = np.arange(8) % 4 == 3
    assert snare[fills].min() > snare[~fills].max() + 1.5


def test_what_was_seen_once_weighs_less_than_what_was_seen_ten_times() -> None:
    once, often = (
        found_figure(PIECES, unlikely(one), played(one, (0, 42, 1, 0)), one)
        for one in (bars(1), bars(10))
    )
    assert 0 < once.leans[0, 0, 42] < 0.5 * often.leans[0, 0, 42]


def test_where_the_style_is_right_there_is_no_figure() -> None:
    places = bars(200)
    rng = np.random.default_rng(0)
    likely = np.full((len(PIECES), len(places.tick)), -1.0)
    struck = rng.random(likely.shape) < 1 / (1 + np.exp(1.0))
    assert np.abs(found_figure(PIECES, likely, struck, places).leans).mean() < 0.3


def test_a_pickup_does_not_move_the_figure() -> None:
    places, with_pickup = bars(16), bars(17, first_bar=1)
    fill = (1, 36, 4, 3)
    plain, moved = (
        found_figure(PIECES, unlikely(one), played(one, fill), one) for one in (places, with_pickup)
    )
    assert plain.leans[1, 3, 36] == pytest.approx(moved.leans[1, 3, 36], abs=0.05)


def test_bars_of_another_length_are_left_as_they_are() -> None:
    places = bars(16)
    figure = found_figure(PIECES, unlikely(places), played(places, (0, 0, 1, 0)), places)
    assert not leans_of(figure, bars(4, beats=3)).any()


def test_pieces_that_the_figure_does_not_know_are_left_as_they_are() -> None:
    places = bars(16)
    figure = found_figure(PIECES, unlikely(places), played(places, (0, 0, 1, 0)), places)
    both = figure.along((Piece.RIDE, Piece.KICK), bars(4))
    assert not both[0].any() and both[1].any()


def test_it_is_written_and_read_to_a_hundredth() -> None:
    places = bars(16)
    figure = found_figure(PIECES, unlikely(places), played(places, (1, 36, 4, 3)), places)
    assert Figure.read(figure.written()) == figure


def test_who_repeats_is_explained_and_who_does_as_he_likes_is_not() -> None:
    places = bars(32)
    steady = played(places, (0, 0, 1, 0), (1, 24, 1, 0))
    free = np.random.default_rng(0).random(steady.shape) < steady.mean()
    left = []
    for struck in (steady, free):
        likely = 2 * unlikely(places)
        figure = found_figure(PIECES, likely, struck, places)
        left.append(unexplained(likely + leans_of(figure, places), struck))
    assert left[0] < 0.2 < 0.4 < left[1] <= 1


def test_of_a_piece_that_is_not_played_nothing_is_left_unexplained() -> None:
    places = bars(4)
    silent = np.zeros((len(PIECES), len(places.tick)), dtype=bool)
    assert 0 <= unexplained(3 * unlikely(places), silent) <= 1

"""The windows of performances are bars as they were played, on 16ths."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.corpus.ticksong import TickSong, tick_song
from drumnet.grid import BeatGrid
from drumnet.hits import PIECES, DrumTrack, Hit, Piece
from drumnet.training.drummer.windows import WINDOW_BEATS, WindowBatch, Windows

EVERY = list(range(len(PIECES)))
KICK, SNARE, HAT = (PIECES.index(piece) for piece in (Piece.KICK, Piece.SNARE, Piece.CLOSED_HAT))
TICK_S = 0.5 / 12


def performance(first_snare: int = 12, beats: int = 4, num_bars: int = 12) -> TickSong:
    """A kick on every downbeat, as loud as its bar's number; a snare a 16th of a
    beat late in every bar; a soft hat on every beat but the first, on time."""
    bar = 12 * beats
    hits = []
    for index in range(num_bars):
        start = index * bar
        hits.append(Hit(start * TICK_S, 0, Piece.KICK, 40 + 4 * index))
        hits.append(Hit((start + first_snare + 0.75) * TICK_S, 0, Piece.SNARE, 100))
        hits += [Hit((start + 12 * n) * TICK_S, 0, Piece.CLOSED_HAT, 30) for n in range(1, beats)]
    grid = BeatGrid.constant(120, num_bars * beats * 0.5, beats_per_bar=beats)
    return tick_song({"name": "a", "heard": "events"}, {}, DrumTrack(tuple(hits)), grid)


def drawn(windows: Windows, size: int = 64, seed: int = 0) -> WindowBatch:
    return windows.batch(size, np.random.default_rng(seed))


def test_windows_are_two_bars_from_bar_line_to_bar_line() -> None:
    batch = drawn(Windows([performance()], [], EVERY, 0.0))
    assert batch.velocity.shape == (64, len(EVERY), 12 * WINDOW_BEATS)
    for velocity in batch.velocity:
        assert np.flatnonzero(velocity[KICK]).tolist() == [0, 48]
        assert np.flatnonzero(velocity[SNARE]).tolist() == [12, 60]
        assert np.flatnonzero(velocity[HAT]).tolist() == [12, 24, 36, 60, 72, 84]


def test_every_bar_but_the_last_begins_a_window() -> None:
    """The kick of the second bar is four steps louder than that of the first."""
    windows = Windows([performance(num_bars=12)], [], EVERY, 0.0)
    batch = drawn(windows, 400)
    assert len(windows) == 11
    share = batch.velocity[:, KICK, 48] / batch.velocity[:, KICK, 0]
    wanted = [(44 + 4 * index) / (40 + 4 * index) for index in range(11)]
    gaps = np.abs(share[:, None] - wanted).min(axis=1)
    assert gaps.max() < 1e-4
    assert len(set(np.round(share, 4))) == 11


def test_hits_are_on_16ths_however_late_they_were() -> None:
    """A snare 0.75 ticks late was on the next tick; somewhat looser, it is later."""
    batch = drawn(Windows([performance()], [], EVERY, 0.0), 200)
    played = batch.velocity > 0
    assert (np.flatnonzero(played.any(axis=(0, 1))) % 3 == 0).all()
    late = batch.offset[:, SNARE, 12]
    assert 0.6 * 0.75 - 0.01 < late.min() < 0.5 and 0.9 < late.max() < 1.3 * 0.75 + 0.01
    np.testing.assert_allclose(batch.offset[:, SNARE, 60], late, atol=1e-6)
    assert not batch.offset[:, KICK].any()


def test_a_window_is_louder_or_softer_as_a_whole() -> None:
    batch = drawn(Windows([performance()], [], EVERY, 0.0), 200)
    level = batch.velocity[:, HAT, 12] / (30 / 127)
    assert 0.75 - 1e-6 < level.min() < 0.8 and 1.2 < level.max() < 1.25 + 1e-6
    snare = np.minimum(level * 100 / 127, 1.0)
    np.testing.assert_allclose(batch.velocity[:, SNARE, 12], snare, rtol=1e-5)
    assert batch.velocity.max() <= 1.0


def test_of_paired_windows_the_second_bar_is_any_of_the_performance() -> None:
    """The kick of each bar is louder than that of the bar before it; half of the windows
    go on as they were played."""
    kicks = drawn(Windows([performance()], [], EVERY, 0.0, paired=0.5), 600).velocity[:, KICK]
    assert (np.flatnonzero(kicks.any(axis=0)) == [0, 48]).all()
    first, second = (np.log(kicks[:, tick]) for tick in (0, 48))
    played_on = [np.log((44 + 4 * i) / (40 + 4 * i)) for i in range(11)]
    goes_on = np.isclose((second - first)[:, None], played_on, atol=1e-4).any(axis=1)
    assert 0.45 < goes_on.mean() < 0.65
    assert (second < first - 1e-6).mean() > 0.15 and (second > first + 0.2).mean() > 0.1


def test_of_swapped_windows_the_second_bar_comes_first() -> None:
    """The kick of each bar is louder than that of the bar before it."""
    kicks = drawn(Windows([performance()], [], EVERY, 0.0, swapped=0.5), 400).velocity[:, KICK]
    rises = np.log(kicks[:, 48] / kicks[:, 0])
    assert 0.4 < (rises < 0).mean() < 0.6
    steps = np.abs(np.log((44 + 4 * np.arange(11)) / (40 + 4 * np.arange(11))))
    assert np.abs(np.abs(rises)[:, None] - steps).min(axis=1).max() < 1e-3


def test_uneven_strokes_are_where_and_about_as_loud_as_they_were() -> None:
    even = drawn(Windows([performance()], [], EVERY, 0.0), 200)
    uneven = drawn(Windows([performance()], [], EVERY, 0.0, uneven=0.2), 200)
    played = even.velocity > 0
    assert ((uneven.velocity > 0) == played).all()
    louder = (uneven.velocity / even.velocity.clip(min=1e-9))[played]
    later = (uneven.offset - even.offset)[played]
    assert abs(np.median(louder) - 1) < 0.02 and abs(np.mean(later)) < 0.02
    assert 0.15 < np.std(later) < 0.25 and len(np.unique(later)) > later.size / 2
    assert not uneven.offset[~played].any()


def test_the_tap_is_always_given_and_pieces_sometimes_whole() -> None:
    known = drawn(Windows([performance()], [], EVERY, 0.0), 400).known
    assert (known[:, -1] == 1).all()
    assert (known == known[:, :, :1]).all(), "a piece is known from end to end or not at all"
    pieces = known[:, :-1, 0].sum(axis=1)
    assert 0.4 < np.mean(pieces == 0) < 0.7, "mostly the tap is all there is"
    assert np.mean(pieces >= 4) > 0.1


def test_a_share_of_the_windows_is_of_sequences() -> None:
    """Of these the snare is on 3."""
    windows = Windows([performance()], [performance(24)], EVERY, 0.25)
    batch = drawn(windows, 40)
    on_three = (batch.velocity[:, SNARE, 24] > 0).sum()
    assert on_three == 10
    assert (drawn(Windows([performance()], [], EVERY, 0.25)).velocity[:, SNARE, 12] > 0).all()


def test_only_songs_in_four_of_two_bars_or_more_have_windows() -> None:
    songs = [performance(beats=3), performance(num_bars=1)]
    assert len(Windows(songs, [], EVERY, 0.0)) == 0
    assert len(Windows([performance(num_bars=2)], [], EVERY, 0.0)) == 1


@pytest.mark.parametrize("rows", [[SNARE, KICK], [HAT]])
def test_rows_are_those_of_the_pieces_that_are_played(rows: list[int]) -> None:
    batch = drawn(Windows([performance()], [], rows, 0.0), 8)
    whole = drawn(Windows([performance()], [], EVERY, 0.0), 8)
    assert batch.known.shape == (8, len(rows) + 1, WINDOW_BEATS)
    np.testing.assert_array_equal(batch.velocity > 0, whole.velocity[:, rows] > 0)


def test_drawing_windows_leaves_the_songs_as_they_are() -> None:
    windows = Windows([performance()], [], EVERY, 0.0)
    first = drawn(windows, seed=1)
    drawn(windows, seed=2)
    again = drawn(windows, seed=1)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)

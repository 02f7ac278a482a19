"""A song is found again at another tempo or shifted, and not with misread bars."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drumnet.corpus.halves import HalvedSong, halved
from drumnet.corpus.ticksong import TickSong
from drumnet.drummer import Drummer
from drumnet.evaluation.experiments.invariance import (
    DISTANCE,
    HISTOGRAM_CODES,
    TOP_1,
    VARIATIONS,
    encoder,
    fit_for_retrieval,
    histogram,
    invariance_rows,
)
from drumnet.evaluation.experiments.recordings import extractor
from drumnet.evaluation.experiments.scores import TICK_F1
from drumnet.evaluation.players import HalfDrummer
from drumnet.evaluation.report.model import MODEL_PLAYER, Row
from drumnet.model.network import Network

RandomLoop = Callable[..., TickSong]
Found = dict[tuple[str, str, str], Row]


def all_rows(network: Network, songs: list[TickSong], num_played: int = 3) -> Found:
    drummer = HalfDrummer(Drummer(network))
    steps = list(invariance_rows("invariance", drummer, songs, num_played))
    assert len(steps) == 1 + len(VARIATIONS)
    return {(row.setting, row.player, row.metric): row for step in steps for row in step}


@pytest.fixture(scope="module")
def found(imitator: Network, random_loop: RandomLoop) -> Found:
    return all_rows(imitator, [random_loop(seed) for seed in range(6)])


@pytest.mark.parametrize("player", [MODEL_PLAYER, HISTOGRAM_CODES])
def test_position_codes_are_found_whatever_is_done_but_for_misread_bars(
    found: Found, player: str
) -> None:
    """A network whose code is the share of hits on each sixteenth, and the bar's
    histogram, which is just that."""
    for kind, setting, _ in VARIATIONS:
        top_1, distance = (found[setting, player, metric] for metric in (TOP_1, DISTANCE))
        assert top_1.value is not None and distance.value is not None
        if kind == "wrong grid":
            assert distance.value > 0.5
            assert (top_1.better, distance.better) == ("", ""), "no one wants it to be found"
        else:
            assert top_1.value == 1.0, setting
            # A beat added in front is empty: no more than that may differ.
            added = setting in ("0.1 s", "a third of a tick")
            assert distance.value < (0.1 if added else 1e-6), setting
            assert (top_1.better, distance.better) == ("higher", "lower")


def test_a_looped_bar_is_transferred_whatever_is_done(found: Found) -> None:
    """With misread bars too: the bar is then another one, but still repeats."""
    for setting in ("", *(variation.name for variation in VARIATIONS)):
        for player in (MODEL_PLAYER, "copy-bar"):
            row = found[setting, player, TICK_F1]
            assert row.value == 1.0, row
            assert row.per_song is None, "they are some of the songs"


def test_a_network_that_hears_no_difference_is_at_chance(
    deaf: Network, random_loop: RandomLoop
) -> None:
    found = all_rows(deaf, [random_loop(seed) for seed in range(4)], 1)
    for _, setting, _ in VARIATIONS:
        assert found[setting, MODEL_PLAYER, TOP_1].value == pytest.approx(1 / 4)
        assert found[setting, MODEL_PLAYER, DISTANCE].value is None, "nothing to compare with"


def test_the_histogram_is_how_often_each_tick_of_the_bar_is_hit(
    song_of: Callable[..., HalvedSong], looped: Callable[..., list[int]]
) -> None:
    found = histogram(song_of([*looped([0, 30]), 7], num_bars=16))
    assert {tick: share for tick, share in enumerate(found) if share} == {0: 1, 30: 1, 7: 1 / 16}


def test_refining_keeps_the_code_that_plays_what_was_played(
    copyist: HalfDrummer, random_loop: RandomLoop
) -> None:
    song = halved(random_loop(0))
    assert extractor(copyist)(song) == pytest.approx(encoder(copyist)(song), abs=1e-4)


def test_short_songs_and_songs_without_a_kick_are_left_out(
    random_loop: RandomLoop, tick_song_of: Callable[..., TickSong]
) -> None:
    whole, short = random_loop(0), random_loop(0, num_bars=8)
    silent = tick_song_of([], [0, 12], num_bars=20)
    assert fit_for_retrieval([whole, short, silent]) == [whole]

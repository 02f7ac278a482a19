"""Real drums are as real as real drums; drums of another kind are told apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.baselines import kicks
from drumnet.evaluation.experiments.likeness import (
    AUC,
    HISTOGRAM,
    KL,
    OVERLAP,
    SONG_MEASURES,
    auc_interval,
    likeness_rows,
)
from drumnet.evaluation.report.model import HIGHER, LOWER, Row
from drumnet.evaluation.takes import Takes
from drumnet.metrics.realness import auc, song_pairs

SongOf = Callable[..., HalvedSong]
Key = tuple[str, str, str]


def random_song(song_of: SongOf, seed: int, beats: int = 4) -> HalvedSong:
    """Bars of random sixteenths; how many is the song's own."""
    rng = np.random.default_rng(seed)
    size = 2 + seed % 5
    bars = [b * beats * 12 + 3 * rng.choice(beats * 4, size, replace=False) for b in range(16)]
    bass = list(range(0, 16 * beats * 12, 12))
    return song_of(np.concatenate(bars).tolist(), bass, beats=beats, name=f"{seed}")


def found(songs: list[HalvedSong], **ticks: list[NDArray[np.int64]]) -> dict[Key, Row]:
    """The rows of players that play the kick on these ticks of each song."""
    played = {
        name: [kicks(song, own) for song, own in zip(songs, each, strict=True)]
        for name, each in ticks.items()
    }
    rows = likeness_rows("autonomous", Takes(songs, played))
    return {(row.player, row.metric, row.setting): row for row in rows}


@pytest.fixture(scope="module")
def songs(song_of: SongOf) -> list[HalvedSong]:
    return [random_song(song_of, seed) for seed in range(10)]


@pytest.fixture(scope="module")
def rows(songs: list[HalvedSong]) -> dict[Key, Row]:
    real = [song.second_half_hits for song in songs]
    every_16th = [np.arange(song.half_tick, song.num_ticks, 3) for song in songs]
    silence = [np.zeros(0, np.int64) for _ in songs]
    return found(songs, real=real, roll=every_16th, silent=silence)


def test_real_drums_are_perfect(rows: dict[Key, Row]) -> None:
    for name in SONG_MEASURES:
        assert rows["real", OVERLAP, name].value == 1.0
        assert rows["real", KL, name].value == 0.0
    assert rows["real", AUC, ""].value == 0.5


def test_a_roll_and_silence_are_told_from_real_drums(rows: dict[Key, Row]) -> None:
    for player in ("roll", "silent"):
        area, kl = rows[player, OVERLAP, "density"].value, rows[player, KL, "density"].value
        assert area is not None and area < 0.6
        assert kl is not None and kl > 0.5
        assert rows[player, AUC, ""].value == 1.0


@pytest.mark.parametrize("varying", ["real", "generated"])
def test_the_interval_of_the_auc_is_as_wide_as_songs_differ(varying: str) -> None:
    """Bars of one song are as good as one bar, whichever of the two sets varies:
    the interval is that of the mean of 20 draws of 0 or 1."""
    songs = np.repeat(np.arange(20), 50)
    differ = (songs % 2).astype(float)
    scores = (differ, np.full(1000, 0.5))
    high, low = scores if varying == "real" else scores[::-1]
    found = auc_interval(song_pairs(high, low, songs, songs))
    assert auc(high, low) == 0.5
    half = 1.96 * 0.5 / np.sqrt(20)
    assert found == pytest.approx((0.5 - half, 0.5 + half), abs=0.04)


def test_every_player_has_every_measure_with_its_direction(rows: dict[Key, Row]) -> None:
    assert len(rows) == 3 * (2 * len(SONG_MEASURES) + 1)
    for (_, metric, _), row in rows.items():
        assert row.better == (HIGHER if metric == OVERLAP else LOWER)


def test_of_few_bars_nothing_is_said_to_be_as_real(song_of: SongOf) -> None:
    """A classifier that has nothing to learn from takes all for real."""
    songs = [random_song(song_of, seed) for seed in range(3)]
    rows = found(songs, roll=[np.arange(song.half_tick, song.num_ticks, 3) for song in songs])
    assert ("roll", OVERLAP, "density") in rows
    assert ("roll", AUC, "") not in rows


def test_what_is_real_lies_in_the_second_half(song_of: SongOf) -> None:
    """First halves of any kind change nothing."""
    songs = [random_song(song_of, seed) for seed in range(8)]
    for song in songs:
        song.velocity[:, : song.half_tick] = 0.5
    real = [song.second_half_hits for song in songs]
    rows = found(songs, real=real)
    assert rows["real", AUC, ""].value == 0.5
    assert {rows["real", OVERLAP, name].value for name in SONG_MEASURES} == {1.0}


def test_songs_in_three_have_no_histogram_of_a_bar_of_four(song_of: SongOf) -> None:
    songs = [random_song(song_of, seed, beats=3) for seed in range(5)]
    rows = found(songs, real=[song.second_half_hits for song in songs])
    assert ("real", OVERLAP, HISTOGRAM) not in rows
    assert rows["real", OVERLAP, "density"].value == 1.0


def test_a_song_too_short_for_two_bars_is_left_out(song_of: SongOf) -> None:
    """Of what is played to it nothing is seen."""
    songs = [random_song(song_of, seed) for seed in range(6)]
    played = [song.second_half_hits for song in songs]
    with_short = [*songs, song_of([0, 48], num_bars=2, name="short")]
    alone = found(songs, x=played)
    both = found(with_short, x=[*played, np.arange(48, 96)])
    assert {key: row.value for key, row in alone.items()} == {
        key: row.value for key, row in both.items()
    }

"""The song's own drums adhere to its bass by 1, those of another song by 0."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.baselines import kicks
from drumnet.evaluation.experiments.adherence import (
    ADHERENCE,
    MISMATCHED,
    PHI,
    adherence_rows,
)
from drumnet.evaluation.players import another
from drumnet.evaluation.report.model import REAL_PLAYER, Row
from drumnet.evaluation.takes import Takes

SongOf = Callable[..., HalvedSong]
NUM_SONGS = 8


@pytest.fixture(scope="module")
def songs(song_of: SongOf) -> list[HalvedSong]:
    """The kick plays most of what the bass does, which never repeats."""
    made = []
    for seed in range(NUM_SONGS):
        rng = np.random.default_rng(seed)
        bass = np.sort(rng.choice(np.arange(0, 768, 3), 90, replace=False))
        kick = np.union1d(bass[rng.random(90) < 0.8], rng.choice(256, 12) * 3)
        made.append(song_of(kick.tolist(), bass.tolist(), name=f"{seed}"))
    return made


def found(songs: list[HalvedSong], **ticks: list[NDArray[np.int64]]) -> dict[str, Row]:
    """The rows of adherence by player, who plays the kick on these ticks of each song; phi
    of the real and of another song's."""
    played = {
        name: [kicks(song, own) for song, own in zip(songs, each, strict=True)]
        for name, each in ticks.items()
    }
    rows = adherence_rows("adherence", Takes(songs, played))
    return {
        row.player if row.metric == ADHERENCE else f"{PHI} of {row.player}": row for row in rows
    }


def real(songs: list[HalvedSong]) -> list[NDArray[np.int64]]:
    return [song.second_half_hits for song in songs]


def of_another(songs: list[HalvedSong]) -> list[NDArray[np.int64]]:
    """Of the song half the list away."""
    return [real(songs)[another(index, len(songs))] for index in range(len(songs))]


def test_the_songs_own_drums_adhere_by_1(songs: list[HalvedSong]) -> None:
    row = found(songs, x=real(songs))["x"]
    assert (row.value, row.low, row.high) == (1.0, 1.0, 1.0)
    assert row.better == "higher"


def test_another_songs_drums_adhere_by_0(songs: list[HalvedSong]) -> None:
    row = found(songs, x=of_another(songs))["x"]
    assert (row.value, row.low, row.high) == (0.0, 0.0, 0.0)


def test_the_bass_itself_adheres_most_and_half_of_each_half(songs: list[HalvedSong]) -> None:
    bass = [np.flatnonzero(song.conditioning.strength.max(axis=0) > 0) for song in songs]
    mixed = [*real(songs)[: NUM_SONGS // 2], *of_another(songs)[NUM_SONGS // 2 :]]
    rows = found(songs, bass=bass, mixed=mixed)
    assert rows[f"{PHI} of bass"].value == 1.0
    most, half = rows["bass"].value, rows["mixed"].value
    assert most is not None and most > 1.0
    assert half == pytest.approx(0.5, abs=0.15)
    low, high = rows["mixed"].low, rows["mixed"].high
    assert low is not None and high is not None and half is not None and low < half < high


def test_a_beat_that_only_repeats_adheres_by_as_much_as_nothing(songs: list[HalvedSong]) -> None:
    """Given the position in the bar, four on the floor says nothing."""
    rows = found(songs, four=[np.arange(384, 768, 12)] * NUM_SONGS)
    assert rows[f"{PHI} of four"].value == 0.0


def test_where_every_bar_is_the_same_nothing_can_be_told(
    song_of: SongOf, looped: Callable[..., list[int]]
) -> None:
    """Drums that only repeat go with no bass, nor do another song's."""
    bars = ([0, 24], [0, 18, 36], [6, 12])
    songs = [song_of(looped(bar), looped(bar), name=str(bar)) for bar in bars]
    row = found(songs, x=real(songs))["x"]
    assert (row.value, row.low, row.high) == (None, None, None)


def test_resamples_of_which_nothing_can_be_told_do_not_count(
    songs: list[HalvedSong], song_of: SongOf, looped: Callable[..., list[int]]
) -> None:
    """A song whose every bar is the same, drawn alone, has no adherence."""
    same = [song_of(looped([0, 24]), looped([0, 24]), name=name) for name in "ab"]
    mixed = [same[0], songs[0], same[1]]
    row = found(mixed, x=real(mixed))["x"]
    assert (row.value, row.low, row.high) == (1.0, 1.0, 1.0)


def test_phis_of_the_real_and_of_other_drums_are_given(songs: list[HalvedSong]) -> None:
    rows = found(songs, x=real(songs))
    own = rows[f"{PHI} of {REAL_PLAYER}"].value
    other = rows[f"{PHI} of {MISMATCHED}"].value
    assert own is not None and own > 0.6
    assert other is not None and abs(other) < 0.2
    assert rows[f"{PHI} of x"].value == own


def test_songs_without_a_bass_are_left_out(songs: list[HalvedSong], song_of: SongOf) -> None:
    silent = song_of([0, 400], name="no bass")
    alone, both = (
        found(songs, x=real(songs)),
        found([*songs, silent], x=[*real(songs), np.ones(1, np.int64)]),
    )
    assert {key: row.value for key, row in alone.items()} == {
        key: row.value for key, row in both.items()
    }
    assert found([silent, silent], x=[np.zeros(0, np.int64)] * 2) == {}


def test_the_other_song_is_of_the_same_metre_where_there_is_one(
    songs: list[HalvedSong], song_of: SongOf
) -> None:
    """A waltz among songs in four changes nothing of what these are compared with."""
    rng = np.random.default_rng(0)
    ticks = [np.sort(rng.choice(np.arange(0, 576, 3), 60, replace=False)).tolist() for _ in "ab"]
    waltzes = [song_of(t, t, beats=3, name=f"waltz {i}") for i, t in enumerate(ticks)]
    mixed = [waltzes[0], *songs, waltzes[1]]
    others = of_another(songs)
    swapped = [real(waltzes)[1], *others, real(waltzes)[0]]
    assert found(mixed, x=swapped)["x"].value == 0.0
    assert found(mixed, x=real(mixed))["x"].value == 1.0

"""Whole kits to the band, where it can be said what is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.corpus.ticksong import PIECES
from drumnet.errors import DrumnetError
from drumnet.evaluation.experiments.kit import (
    ABOVE_COPY,
    AUC,
    HATS,
    OVERLAP,
    SHARE,
    SONG_MEASURES,
    KitTakes,
    kit_likeness_rows,
    kit_rows,
    wanted_hits,
)
from drumnet.evaluation.kit_players import KitCopyBar, KitEar, KitHits, KitOwnBar, play_kits
from drumnet.evaluation.players import NoCode, Sampled, Transfer, WrongCode
from drumnet.evaluation.report.model import Row
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning
from drumnet.hits import Piece
from drumnet.model.network import GivenHits, Network, OnsetActivations
from drumnet.settings import Settings
from drumnet.style.bank import StyleBank

Bar = Mapping[str, Sequence[int]]
ROCK: Bar = {"kick": (0, 24), "snare": (12, 36), "closed_hat": tuple(range(0, 48, 6))}
WALK: Bar = {"kick": (0, 18), "snare": (30,), "ride": (0, 12, 24, 36)}
NAMES = [piece.value for piece in PIECES]


def song_of(bars: Sequence[Bar], name: str = "song") -> HalvedSong:
    """These bars in 4/4 at 120 bpm, without a band."""
    index = np.arange(4 * len(bars))
    velocity = np.zeros((len(PIECES), 12 * len(index)), np.float32)
    for number, bar in enumerate(bars):
        for piece, ticks in bar.items():
            velocity[NAMES.index(piece), 48 * number + np.array(ticks, dtype=int)] = 0.8
    heard = Conditioning(
        np.zeros((len(HEARD_ROLES), velocity.shape[1]), np.float32),
        np.zeros(len(HEARD_ROLES), bool),
        index % 4,
        np.full(len(index), 4),
        index // 4,
    )
    grid = BeatGrid(0.5 * np.arange(len(index) + 1.0), np.arange(len(index) + 1) % 4 + 1)
    return HalvedSong(name, heard, velocity, grid, np.zeros(0))


class Imitator:
    """A network whose code tells of each 16th which pieces are hit in most bars, a
    bit for each, and which plays just that."""

    checkpoint = SimpleNamespace(
        name="imitator", pieces=PIECES, floors=(0.5,) * len(PIECES), styles=StyleBank.none()
    )
    follows_habits = False

    def listen(self, heard: Conditioning) -> NDArray[np.float32]:
        return heard.beat_in_bar[None].astype(np.float32)

    def encode(
        self, listened: NDArray[Any], velocity: NDArray[Any], seen: NDArray[Any]
    ) -> NDArray[np.float32]:
        assert seen.all(), "that a piece is never hit is a part of the style"
        place = self._sixteenth(listened)
        seen_of = np.maximum(np.bincount(place, minlength=16), 1)
        shares = [np.bincount(place, row[::3] > 0, 16) / seen_of for row in velocity]
        bits = 2.0 ** np.arange(len(PIECES))
        return np.asarray(bits @ (np.stack(shares) > 0.5), dtype=np.float32)

    def decode(
        self, listened: NDArray[Any], code: NDArray[Any], given: GivenHits | None = None
    ) -> OnsetActivations:
        chosen = np.round(np.maximum(code, 0)).astype(int)[self._sixteenth(listened)]
        probability = np.zeros((len(PIECES), 12 * listened.shape[1]), np.float32)
        probability[:, ::3] = 0.9 * (chosen >> np.arange(len(PIECES))[:, None] & 1)
        loud, nothing = np.full_like(probability, 0.7), np.zeros_like(probability)
        return OnsetActivations(probability, loud, nothing, nothing, nothing)

    def probabilities(self, listened: NDArray[Any], codes: NDArray[Any]) -> NDArray[np.float32]:
        return np.array([self.decode(listened, code).probability for code in codes])

    @staticmethod
    def _sixteenth(listened: NDArray[Any]) -> NDArray[np.int64]:
        sixteenths = listened[0][:, None] * 4 + np.arange(4)
        return np.asarray(sixteenths.reshape(-1), dtype=np.int64)


@pytest.fixture
def ear() -> KitEar:
    return KitEar(cast(Network, Imitator()))


@pytest.fixture
def songs() -> list[HalvedSong]:
    return [song_of([ROCK] * 40, "rock"), song_of([WALK] * 40, "walk")]


def found(takes: KitTakes, experiment: str = "transfer") -> dict[tuple[str, str, str], Row]:
    return {(r.player, r.metric, r.setting): r for r in kit_rows(takes, experiment)}


def value(rows: Mapping[tuple[str, str, str], Row], *key: str) -> float:
    figure = rows[key].value  # type: ignore[index]
    assert figure is not None
    return figure


# ------------------------------------------------------------------ players


def test_what_repeats_is_played_again_to_the_last_hit(ear: KitEar, songs: list[HalvedSong]) -> None:
    for player in (Transfer(ear), KitCopyBar()):
        for song, hits in zip(songs, play_kits(player, songs), strict=True):
            np.testing.assert_array_equal(hits, wanted_hits(song))
            assert not hits[:, : song.half_tick].any(), "of the first half nothing"


def test_the_style_is_that_of_the_first_half(ear: KitEar) -> None:
    changed = song_of([ROCK] * 20 + [WALK] * 20)
    rock = song_of([ROCK] * 40)
    np.testing.assert_array_equal(Transfer(ear).play(changed), wanted_hits(rock))
    np.testing.assert_array_equal(KitCopyBar().play(changed), wanted_hits(rock))
    assert not np.array_equal(ear.half_code(changed), ear.half_code(changed, first=False))


def test_the_wrong_code_plays_the_other_songs_kit(ear: KitEar, songs: list[HalvedSong]) -> None:
    first, second = play_kits(WrongCode(ear, songs), songs)
    np.testing.assert_array_equal(first, wanted_hits(songs[1]))
    np.testing.assert_array_equal(second, wanted_hits(songs[0]))


def test_no_code_knows_of_no_song(ear: KitEar, songs: list[HalvedSong]) -> None:
    assert not any(hits.any() for hits in play_kits(NoCode(ear), songs))


def test_a_sampled_kit_is_the_songs_own_and_the_seeds(ear: KitEar, songs: list[HalvedSong]) -> None:
    again = play_kits(Sampled(ear, 0), songs[::-1])[::-1]
    for one, other in zip(play_kits(Sampled(ear, 0), songs), again, strict=True):
        np.testing.assert_array_equal(one, other)
    seeds = [Sampled(ear, seed).play(songs[0]) for seed in range(4)]
    assert len({hits.tobytes() for hits in seeds}) > 1


class Wavering(Imitator):
    """Plays each piece on every eighth, as sure as not."""

    def decode(
        self, listened: NDArray[Any], code: NDArray[Any], given: GivenHits | None = None
    ) -> OnsetActivations:
        probability = np.zeros((len(PIECES), 12 * listened.shape[1]), np.float32)
        probability[:, ::6] = np.tile(np.linspace(0.3, 0.7, 8), listened.shape[1] // 4)
        loud, nothing = np.full_like(probability, 0.7), np.zeros_like(probability)
        return OnsetActivations(probability, loud, nothing, nothing, nothing)


def test_what_is_sampled_varies_and_what_is_taken_over_does_not(songs: list[HalvedSong]) -> None:
    """A song's variation is its own, and the seed's."""
    network = cast(Network, Wavering())
    code = np.zeros(16, np.float32)
    likeliest = [KitEar(network).play(song, code) for song in songs]
    np.testing.assert_array_equal(likeliest[0], likeliest[1])
    kick = likeliest[0][0, songs[0].half_tick :].reshape(-1, 48)
    assert (kick == kick[0]).all() and kick.any()
    varied = [
        KitEar(network, Settings(seed=seed)).play(song, code) for seed in (0, 1) for song in songs
    ]
    assert len({hits.tobytes() for hits in (*varied, likeliest[0])}) == 5
    again = KitEar(network, Settings()).play(songs[0], code)
    np.testing.assert_array_equal(again, varied[0])


def test_copy_bar_leaves_out_what_is_seldom_hit() -> None:
    """A crash in every fourth bar is no part of the typical one."""
    crash = {**ROCK, "crash": (0,)}
    hits = KitCopyBar().play(song_of([crash, ROCK, ROCK, ROCK] * 10))
    assert not hits[NAMES.index("crash")].any() and hits[NAMES.index("snare")].any()


def test_no_single_bar_is_played_better_than_the_halfs_own() -> None:
    """Halves that differ: what is copied is the first's, the own bar is the second's."""
    other = {"kick": (0, 18, 30), "snare": (12, 36), "ride": (0, 12, 24, 36)}
    song = song_of([ROCK] * 20 + [other] * 20)
    np.testing.assert_array_equal(KitOwnBar().play(song), wanted_hits(song))
    assert not np.array_equal(KitCopyBar().play(song), wanted_hits(song))


def test_weights_that_play_the_kick_alone_are_no_drummer_of_kits() -> None:
    network = Imitator()
    network.checkpoint = SimpleNamespace(name="old", pieces=(Piece.KICK,), floors=(0.5,))
    with pytest.raises(DrumnetError, match="weights 'old' play no whole kit: choose others"):
        KitEar(cast(Network, network))


# ------------------------------------------------------------------ scores


def test_what_was_played_scores_one_on_every_piece(songs: list[HalvedSong]) -> None:
    real = [wanted_hits(song) for song in songs]
    rows = found(KitTakes(songs, {"drumnet": real}))
    scores = {key[2]: row.value for key, row in rows.items() if key[1].endswith("F1")}
    assert set(scores.values()) == {1.0}
    assert set(scores) == {"all pieces", "kick", "snare", "closed_hat", "ride", HATS}


def test_hats_that_are_open_where_they_were_closed_are_hats_all_the_same(
    songs: list[HalvedSong],
) -> None:
    played = [wanted_hits(song) for song in songs]
    for hits in played:
        hits[[2, 3]] = hits[[3, 2]]
    rows = found(KitTakes(songs, {"drumnet": played}))
    assert value(rows, "drumnet", "micro F1", HATS) == 1.0
    assert value(rows, "drumnet", "micro F1", "closed_hat") == 0.0
    assert value(rows, "drumnet", "micro F1", "all pieces") == pytest.approx(1 - 160 / 380)


def test_a_song_without_the_piece_says_nothing_of_it(songs: list[HalvedSong]) -> None:
    """One song has a ride; what is played of it in the other counts there."""
    real = [wanted_hits(song) for song in songs]
    rows = found(KitTakes(songs, {"drumnet": real}))
    assert rows["drumnet", "tick F1", "ride"].per_song == (None, 1.0)
    with_ride = [real[0].copy(), real[1]]
    with_ride[0][NAMES.index("ride"), 1000] = True
    rows = found(KitTakes(songs, {"drumnet": with_ride}))
    assert rows["drumnet", "tick F1", "ride"].per_song == (0.0, 1.0)


def test_shares_are_of_all_hits_and_seldom_pieces_need_not_beat_copy_bar() -> None:
    """A bar has 12 hits; one crash in 20 bars is less than 1 % of them."""
    song = song_of([ROCK] * 20 + [{**ROCK, "crash": (0,)}] + [ROCK] * 19)
    real = [wanted_hits(song)] * 2
    copied = [KitCopyBar().play(song)] * 2
    rows = found(KitTakes([song, song], {"drumnet": real, "copy-bar": copied}))
    assert value(rows, "real", SHARE, "kick") == pytest.approx(40 / 241)
    assert value(rows, "drumnet", ABOVE_COPY, "snare") == 0.0
    assert value(rows, "drumnet", ABOVE_COPY, "all pieces") == pytest.approx(1 - 480 / 481)
    assert ("drumnet", ABOVE_COPY, "crash") not in rows


# ------------------------------------------------------------------ likeness


@pytest.fixture(scope="module")
def varied() -> list[HalvedSong]:
    """Songs of random bars, each as dense as it likes."""

    def bar(rng: np.random.Generator, size: int) -> Bar:
        pieces = ("kick", "snare", "closed_hat", "ride")
        return {name: (3 * rng.choice(16, size, replace=False)).tolist() for name in pieces}

    songs = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        songs.append(song_of([bar(rng, 2 + seed % 5) for _ in range(16)], f"{seed}"))
    return songs


def test_real_kits_are_perfect_and_others_are_told_apart(varied: list[HalvedSong]) -> None:
    real = [wanted_hits(song) for song in varied]

    def roll(song: HalvedSong) -> KitHits:
        hits = np.zeros_like(song.velocity, dtype=bool)
        hits[:, song.half_tick :: 3] = True
        return hits

    takes = KitTakes(varied, {"real": real, "roll": [roll(song) for song in varied]})
    rows = {(r.player, r.metric, r.setting): r.value for r in kit_likeness_rows(takes, "sampled")}
    assert {rows["real", OVERLAP, name] for name in SONG_MEASURES} == {1.0}
    assert rows["real", AUC, ""] == 0.5
    assert rows["roll", AUC, ""] == 1.0
    density = rows["roll", OVERLAP, "density"]
    assert density is not None and density < 0.6


def test_a_kit_whose_pieces_do_not_belong_together_is_told_apart(
    varied: list[HalvedSong],
) -> None:
    """Each piece is as real as can be, of a song of its own; by each alone nothing
    is to be told."""
    real = [wanted_hits(song) for song in varied]
    copied = [hits.copy() for hits in real]
    for hits in copied:
        hits[NAMES.index("closed_hat")] = hits[NAMES.index("kick")]
        hits[NAMES.index("ride")] = hits[NAMES.index("kick")]
    rows = kit_likeness_rows(KitTakes(varied, {"drumnet": copied}), "sampled")
    (row,) = (row for row in rows if row.metric == AUC)
    assert row.value is not None and row.value > 0.9

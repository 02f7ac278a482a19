"""Whole kits to the band, where it can be said what is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pytest
from fixtures.networks import activations_of
from fixtures.whole_kits import NAMES, ROCK, WALK, Bar, KitImitator, song_of
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.drummer import Drummer
from drumnet.errors import DrumnetError
from drumnet.evaluation.baselines import KIT_COPY_BAR, KIT_OWN_BAR
from drumnet.evaluation.experiments.kit import (
    ABOVE_COPY,
    AUC,
    HATS,
    OVERLAP,
    SHARE,
    SONG_MEASURES,
    kit_likeness_rows,
    kit_rows,
    wanted_hits,
)
from drumnet.evaluation.players import (
    HalfDrummer,
    NoCode,
    Player,
    Sampled,
    Transfer,
    WrongCode,
    kit_drummer,
    play_all,
)
from drumnet.evaluation.report.model import Row
from drumnet.evaluation.takes import KitHits, Takes, kit_hits
from drumnet.hits import PIECES, DrumTrack
from drumnet.model.network import GivenHits, Network, OnsetActivations
from drumnet.settings import Settings


@pytest.fixture
def kit_copyist() -> HalfDrummer:
    return kit_drummer(Drummer(cast(Network, KitImitator())))


@pytest.fixture
def songs() -> list[HalvedSong]:
    return [song_of([ROCK] * 40, "rock"), song_of([WALK] * 40, "walk")]


def takes_of(songs: Sequence[HalvedSong], hits: Mapping[str, Sequence[KitHits]]) -> Takes:
    """Of players who play these hits to each song."""

    def played(song: HalvedSong, own: KitHits) -> DrumTrack:
        rows, ticks = np.nonzero(own)
        return song.track([PIECES[row] for row in rows], ticks, [100] * len(ticks))

    played_to = {
        name: [played(*one) for one in zip(songs, each, strict=True)] for name, each in hits.items()
    }
    return Takes(songs, played_to)


def found(takes: Takes, experiment: str = "transfer") -> dict[tuple[str, str, str], Row]:
    return {(r.player, r.metric, r.setting): r for r in kit_rows(takes, experiment)}


def value(rows: Mapping[tuple[str, str, str], Row], *key: str) -> float:
    figure = rows[key].value  # type: ignore[index]
    assert figure is not None
    return figure


# ------------------------------------------------------------------ players


def kit_of(player: Player, song: HalvedSong) -> KitHits:
    """What a player plays to a song, whose second half that is."""
    track = player.play(song)
    assert all(hit.tick >= song.half_tick for hit in track), "of the first half nothing"
    return kit_hits(song, track)


def test_what_repeats_is_played_again_to_the_last_hit(
    kit_copyist: HalfDrummer, songs: list[HalvedSong]
) -> None:
    for player in (Transfer(kit_copyist), KIT_COPY_BAR):
        for song in songs:
            np.testing.assert_array_equal(kit_of(player, song), wanted_hits(song))


def test_the_style_is_that_of_the_first_half(kit_copyist: HalfDrummer) -> None:
    changed = song_of([ROCK] * 20 + [WALK] * 20)
    rock = song_of([ROCK] * 40)
    np.testing.assert_array_equal(kit_of(Transfer(kit_copyist), changed), wanted_hits(rock))
    np.testing.assert_array_equal(kit_of(KIT_COPY_BAR, changed), wanted_hits(rock))
    assert kit_copyist.style(changed) != kit_copyist.style(changed, first=False)


def test_the_wrong_code_plays_the_other_songs_kit(
    kit_copyist: HalfDrummer, songs: list[HalvedSong]
) -> None:
    wrong = WrongCode(kit_copyist, songs)
    np.testing.assert_array_equal(kit_of(wrong, songs[0]), wanted_hits(songs[1]))
    np.testing.assert_array_equal(kit_of(wrong, songs[1]), wanted_hits(songs[0]))


def test_no_code_knows_of_no_song(kit_copyist: HalfDrummer, songs: list[HalvedSong]) -> None:
    assert not any(len(track) for track in play_all(NoCode(kit_copyist), songs))


def test_a_sampled_kit_is_the_songs_own_and_the_seeds(
    kit_copyist: HalfDrummer, songs: list[HalvedSong]
) -> None:
    again = play_all(Sampled(kit_copyist, 0), songs[::-1])[::-1]
    assert play_all(Sampled(kit_copyist, 0), songs) == again
    assert len({Sampled(kit_copyist, seed).play(songs[0]) for seed in range(4)}) > 1


class Wavering(KitImitator):
    """Plays each piece on every eighth, as sure as not."""

    def decode(
        self, context: NDArray[Any], code: NDArray[Any], given: GivenHits | None = None
    ) -> OnsetActivations:
        probability = np.zeros((len(PIECES), 12 * context.shape[1]), np.float32)
        probability[:, ::6] = np.tile(np.linspace(0.3, 0.7, 8), context.shape[1] // 4)
        return activations_of(probability)


def test_what_is_sampled_varies_and_what_is_taken_over_does_not(songs: list[HalvedSong]) -> None:
    """A song's variation is its own, and the seed's."""
    wavering = Drummer(cast(Network, Wavering()))
    likeliest = [kit_of(NoCode(kit_drummer(wavering)), song) for song in songs]
    np.testing.assert_array_equal(likeliest[0], likeliest[1])
    kick = likeliest[0][0, songs[0].half_tick :].reshape(-1, 48)
    assert (kick == kick[0]).all() and kick.any()
    varied = [
        kit_of(NoCode(kit_drummer(wavering, Settings(seed=seed))), song)
        for seed in (0, 1)
        for song in songs
    ]
    assert len({hits.tobytes() for hits in (*varied, likeliest[0])}) == 5
    again = kit_of(NoCode(kit_drummer(wavering, Settings())), songs[0])
    np.testing.assert_array_equal(again, varied[0])


def test_copy_bar_leaves_out_what_is_seldom_hit() -> None:
    """A crash in every fourth bar is no part of the typical one."""
    crash = {**ROCK, "crash": (0,)}
    hits = kit_of(KIT_COPY_BAR, song_of([crash, ROCK, ROCK, ROCK] * 10))
    assert not hits[NAMES.index("crash")].any() and hits[NAMES.index("snare")].any()


def test_no_single_bar_is_played_better_than_the_halfs_own() -> None:
    """Halves that differ: what is copied is the first's, the own bar is the second's."""
    other = {"kick": (0, 18, 30), "snare": (12, 36), "ride": (0, 12, 24, 36)}
    song = song_of([ROCK] * 20 + [other] * 20)
    np.testing.assert_array_equal(kit_of(KIT_OWN_BAR, song), wanted_hits(song))
    assert not np.array_equal(kit_of(KIT_COPY_BAR, song), wanted_hits(song))


def test_weights_that_play_the_kick_alone_are_no_drummer_of_kits(imitator: Network) -> None:
    with pytest.raises(DrumnetError, match="weights 'imitator' play no whole kit: choose others"):
        kit_drummer(Drummer(imitator))


# ------------------------------------------------------------------ scores


def test_what_was_played_scores_one_on_every_piece(songs: list[HalvedSong]) -> None:
    real = [wanted_hits(song) for song in songs]
    rows = found(takes_of(songs, {"drumnet": real}))
    scores = {key[2]: row.value for key, row in rows.items() if key[1].endswith("F1")}
    assert set(scores.values()) == {1.0}
    assert set(scores) == {"all pieces", "kick", "snare", "closed_hat", "ride", HATS}


def test_hats_that_are_open_where_they_were_closed_are_hats_all_the_same(
    songs: list[HalvedSong],
) -> None:
    played = [wanted_hits(song) for song in songs]
    for hits in played:
        hits[[2, 3]] = hits[[3, 2]]
    rows = found(takes_of(songs, {"drumnet": played}))
    assert value(rows, "drumnet", "micro F1", HATS) == 1.0
    assert value(rows, "drumnet", "micro F1", "closed_hat") == 0.0
    assert value(rows, "drumnet", "micro F1", "all pieces") == pytest.approx(1 - 160 / 380)


def test_a_song_without_the_piece_says_nothing_of_it(songs: list[HalvedSong]) -> None:
    """One song has a ride; what is played of it in the other counts there."""
    real = [wanted_hits(song) for song in songs]
    rows = found(takes_of(songs, {"drumnet": real}))
    assert rows["drumnet", "tick F1", "ride"].per_song == (None, 1.0)
    with_ride = [real[0].copy(), real[1]]
    with_ride[0][NAMES.index("ride"), 1000] = True
    rows = found(takes_of(songs, {"drumnet": with_ride}))
    assert rows["drumnet", "tick F1", "ride"].per_song == (0.0, 1.0)


def test_shares_are_of_all_hits_and_seldom_pieces_need_not_beat_copy_bar() -> None:
    """A bar has 12 hits; one crash in 20 bars is less than 1 % of them."""
    song = song_of([ROCK] * 20 + [{**ROCK, "crash": (0,)}] + [ROCK] * 19)
    real = [wanted_hits(song)] * 2
    copied = [kit_of(KIT_COPY_BAR, song)] * 2
    rows = found(takes_of([song, song], {"drumnet": real, "copy-bar": copied}))
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

    takes = takes_of(varied, {"real": real, "roll": [roll(song) for song in varied]})
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
    rows = kit_likeness_rows(takes_of(varied, {"drumnet": copied}), "sampled")
    (row,) = (row for row in rows if row.metric == AUC)
    assert row.value is not None and row.value > 0.9

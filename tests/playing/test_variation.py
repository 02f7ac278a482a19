"""How the bars of a song differ: phrases, turnarounds, fills."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import Conditioning, on_grid
from drumnet.hits import Piece
from drumnet.playing.peak_picking import likely_ticks
from drumnet.playing.variation import DEFAULT_VARIATION, VariationConfig, varied

#: The fixture.
Played = Callable[..., list[int]]
NUM_BARS, BEATS = 16, 4
BAR = BEATS * TICKS_PER_BEAT


def heard_bars(num_bars: int = NUM_BARS, beats: int = BEATS) -> Conditioning:
    index = np.arange(beats * num_bars + 1)
    grid = BeatGrid(index * 0.5, index % beats + 1)
    return on_grid(np.zeros((9, grid.num_ticks), np.float32), np.zeros(9, bool), grid)


def repeated_bar() -> NDArray[np.float32]:
    """16 bars alike, in which a third of the sixteenths is sure, a third may be played,
    and a third hardly ever is."""
    bar = np.full(BAR, 0.001, np.float32)
    chances = np.concatenate([np.linspace(low, low + 0.2, 5) for low in (0.75, 0.3, 0.0)])
    bar[3 + 3 * np.random.default_rng(3).permutation(15)] = np.minimum(chances, 0.99)
    bar[0] = 0.97
    return np.tile(bar, NUM_BARS)


def likeness(ticks: list[int]) -> float:
    """Jaccard index of each bar with the one before, on average."""
    bars = [{tick % BAR for tick in ticks if tick // BAR == bar} for bar in range(NUM_BARS)]
    shares = [len(a & b) / max(len(a | b), 1) for a, b in pairwise(bars)]
    return float(np.mean(shares))


def test_without_variation_what_is_heard_alike_is_played_alike(
    sixteenths: NDArray[np.float32], played: Played
) -> None:
    assert likeness(played(repeated_bar())) == 1.0
    for probability in (repeated_bar(), sixteenths):
        assert played(probability, seed=1, variation=0.0) == likely_ticks(probability, 0.5).tolist()


def test_the_more_variation_the_less_bars_are_alike(played: Played) -> None:
    mean = [
        np.mean([likeness(played(repeated_bar(), seed=seed, variation=x)) for seed in range(8)])
        for x in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert mean == sorted(mean, reverse=True) and len(set(mean)) == len(mean)
    assert 0.3 < mean[-1] < mean[2] < 0.9, "and even then they are of one pattern"


@pytest.mark.parametrize("variation", [0.5, 1.0, 3.0])
def test_bars_do_not_vary_by_hits_that_are_hardly_likely(
    variation: float, sixteenths: NDArray[np.float32], played: Played
) -> None:
    for probability in (repeated_bar(), sixteenths):
        for seed in range(4):
            ticks = played(probability, 0.3, seed, variation=variation)
            assert probability[ticks].min() >= DEFAULT_VARIATION.least_probability


@pytest.mark.parametrize("control", ["variation", "temperature"])
def test_what_is_sure_stays_in_every_bar(control: str, played: Played) -> None:
    """However alike the hits' chances are: a kick that is on 1 and 3 stays there."""
    rng = np.random.default_rng(1)
    probability = np.full(NUM_BARS * BAR, 0.001, np.float32)
    probability[:: BAR // 2] = rng.uniform(0.97, 0.99, 2 * NUM_BARS)
    sure = np.arange(0, NUM_BARS * BAR, BAR // 2).tolist()
    takes = [played(probability, 0.3, seed, **{control: 0.5}) for seed in range(20)]
    kept = [len(set(sure) & set(ticks)) / len(sure) for ticks in takes]
    assert np.mean(kept) > 0.98
    assert all(set(ticks) <= set(sure) for ticks in takes)


def test_variation_is_the_seeds_and_the_pieces_own(played: Played) -> None:
    one = played(repeated_bar(), seed=1, variation=0.5)
    assert played(repeated_bar(), seed=1, variation=0.5) == one
    assert played(repeated_bar(), seed=2, variation=0.5) != one
    assert played(repeated_bar(), seed=1, piece=Piece.SNARE, variation=0.5) != one


def test_phrases_are_of_a_few_kinds_and_turnarounds_their_own() -> None:
    """Bars of one phrase are alike but for the last, and phrases come again."""
    moved = varied(repeated_bar(), heard_bars(), 1.0, 1, Piece.KICK)
    bars = moved.reshape(NUM_BARS // 4, 4, BAR)
    np.testing.assert_array_equal(bars[:, 1:3], bars[:, :2])
    phrases = [bar.tobytes() for bar in bars[:, 0]]
    assert 1 < len(set(phrases)) < len(phrases)
    assert len({bar.tobytes() for bar in bars[:, 3]} | set(phrases)) == 4 + len(set(phrases))


def test_a_long_song_has_three_kinds_of_phrases() -> None:
    """Four of ten phrases are of the first kind, and three of each other one."""
    bar = np.tile(repeated_bar()[:BAR], 400)
    moved = varied(bar, heard_bars(400), 1.0, 1, Piece.KICK).reshape(100, 4, BAR)
    phrases = [phrase.tobytes() for phrase in moved[:, 0]]
    shares = sorted(phrases.count(kind) / 100 for kind in set(phrases))
    assert shares == pytest.approx([0.3, 0.3, 0.4], abs=0.12)
    assert phrases.count(phrases[0]) / 100 == pytest.approx(0.4, abs=0.12)


@pytest.mark.parametrize("piece", list(Piece))
def test_the_first_phrase_states_the_beat_and_others_come_back_to_it(piece: Piece) -> None:
    """Up to its turnaround it is what is likeliest, and so is one of the later phrases in a
    half of the takes and more."""
    likeliest = repeated_bar()[: 3 * BAR]
    returns = []
    for seed in range(20):
        moved = varied(repeated_bar(), heard_bars(), 1.0, seed, piece)
        phrases = moved.reshape(NUM_BARS // 4, 4 * BAR)[:, : 3 * BAR]
        np.testing.assert_allclose(phrases[0], likeliest, atol=1e-6)
        returns.append(bool(np.isclose(phrases[1:], likeliest, atol=1e-6).all(axis=1).any()))
    assert 0.5 < np.mean(returns) < 1


def test_a_phrase_that_comes_again_comes_again_in_every_piece() -> None:
    def form(piece: Piece) -> list[bool]:
        moved = varied(repeated_bar(), heard_bars(), 1.0, 1, piece)
        first_bars = moved.reshape(NUM_BARS // 4, 4, BAR)[:, 0]
        return [bool((one == other).all()) for one in first_bars for other in first_bars]

    assert all(form(piece) == form(Piece.KICK) for piece in Piece)


def test_a_bar_is_busier_or_plainer_as_a_whole(played: Played) -> None:
    """Where it has hits that other bars lack, none is missing that they have."""
    kinds = []
    for seed in range(8):
        ticks = played(repeated_bar(), seed=seed, variation=1.0)
        bars = {frozenset(tick % BAR for tick in ticks if tick // BAR == bar) for bar in range(16)}
        assert all(a <= b or b <= a for a in bars for b in bars)
        kinds.append(len(bars))
    assert np.mean(kinds) > 3.5


def test_the_pieces_of_a_bar_are_busy_together() -> None:
    """And yet each has a mind of its own."""

    def busy(seed: int, piece: Piece, config: VariationConfig) -> NDArray[np.float64]:
        heard = heard_bars()
        moved = varied(repeated_bar(), heard, 1.0, seed, piece, config)
        return moved.reshape(NUM_BARS, BAR).sum(axis=1)

    def together(config: VariationConfig, seeds: tuple[int, int]) -> float:
        pieces = (Piece.KICK, Piece.SNARE)
        one, other = (
            np.concatenate([busy(2 * n + seed, piece, config) for n in range(50)])
            for seed, piece in zip(seeds, pieces, strict=True)
        )
        return float(np.corrcoef(one, other)[0, 1])

    assert together(VariationConfig(fills=0.0), (0, 0)) == pytest.approx(0.5, abs=0.1)
    assert together(VariationConfig(fills=0.0, together=1.0), (0, 0)) == pytest.approx(1.0)
    assert abs(together(DEFAULT_VARIATION, (0, 1))) < 0.15, "but not those of two takes"


ROUND = (Piece.SNARE, Piece.HIGH_TOM, Piece.MID_TOM, Piece.LOW_TOM)
#: So often that what leads a fill dares it, and nothing else does.
RARE = 0.04


def leads(seed: int, variation: float = 0.5, beats: int = BEATS) -> NDArray[np.int64]:
    """(num_bars, beats) the number of the drum in `ROUND` that leads a fill, -1 without."""
    heard = heard_bars(beats=beats)
    rare = np.full(len(heard.bar) * TICKS_PER_BEAT, RARE, np.float32)
    daring = {piece: varied(rare, heard, variation, seed, piece) for piece in Piece}
    shape = (NUM_BARS, beats, TICKS_PER_BEAT)
    dares = {piece: (a.reshape(shape) > 2 * RARE).all(axis=2) for piece, a in daring.items()}
    assert not any(dares[piece].any() for piece in Piece if piece not in ROUND)
    found = np.array([dares[piece] for piece in ROUND])
    assert (found.sum(axis=0) <= 1).all(), "one drum at a time"
    return np.where(found.any(axis=0), found.argmax(axis=0), -1)


def test_half_of_the_turnarounds_lead_on_with_a_fill() -> None:
    """And no other bar; all of them at full variation."""
    takes = np.array([leads(seed) for seed in range(60)])
    filled = (takes >= 0).any(axis=2)
    assert not filled[:, np.arange(NUM_BARS) % 4 != 3].any()
    assert filled[:, 3::4].mean() == pytest.approx(0.5, abs=0.1)
    assert (leads(0, variation=1.0)[3::4] >= 0).any(axis=1).all()


@pytest.mark.parametrize("pickup", [1, 2, 3])
def test_a_pickup_belongs_to_the_first_bar(pickup: int) -> None:
    """Phrases and fills are those of the bars that people count."""
    index = np.arange(pickup + BEATS * NUM_BARS + 1)
    grid = BeatGrid(index * 0.5, (index - pickup) % BEATS + 1)
    heard = on_grid(np.zeros((9, grid.num_ticks), np.float32), np.zeros(9, bool), grid)
    probability = np.concatenate([repeated_bar()[-pickup * TICKS_PER_BEAT :], repeated_bar()])
    for piece in Piece:
        moved = varied(probability, heard, 1.0, 3, piece)[pickup * TICKS_PER_BEAT :]
        np.testing.assert_array_equal(moved, varied(repeated_bar(), heard_bars(), 1.0, 3, piece))


@pytest.mark.parametrize("beats", [3, 4, 5, 7])
def test_a_fill_leads_up_to_the_bar_line(beats: int) -> None:
    """It is of one to four beats and has no hole, in every metre."""
    lengths = set()
    for seed in range(40):
        for bar in leads(seed, beats=beats):
            length = int((bar >= 0).sum())
            assert (bar[beats - length :] >= 0).all()
            lengths.add(length)
    assert lengths == set(range(min(beats, 4) + 1))


def test_fills_go_round_the_drums_or_stay_on_the_snare() -> None:
    """From high to low, never up; half of them on the snare alone."""
    fills = [bar[bar >= 0] for seed in range(60) for bar in leads(seed) if (bar >= 0).any()]
    assert all((np.diff(fill) >= 0).all() for fill in fills)
    assert {int(drum) for fill in fills for drum in fill} == {0, 1, 2, 3}
    on_the_snare = np.mean([not fill.any() for fill in fills])
    assert on_the_snare == pytest.approx(0.525, abs=0.08), "few rounds stay on it"


def test_a_fill_that_goes_round_the_drums_moves_from_one_to_another() -> None:
    """Of rounds of four beats hardly any stays on one tom: three in 255."""
    fills = [bar for seed in range(60) for bar in leads(seed) if (bar >= 0).all()]
    rounds = [fill for fill in fills if fill.any()]
    assert len(rounds) > 30
    assert np.mean([len(set(fill.tolist())) == 1 for fill in rounds]) < 0.1


def test_the_fills_of_a_song_differ() -> None:
    """No more than people's, of which one in six is as the one before."""
    pairs = [
        (one == other).all() and (one >= 0).any()
        for seed in range(20)
        for one, other in pairwise(leads(seed, variation=1.0)[3::4])
    ]
    assert np.mean(pairs) < 1 / 6


def test_a_backbeat_is_kept_while_a_tom_leads_the_fill() -> None:
    """What is sure stays, and what was left alone is what it was."""
    heard, backbeat = heard_bars(), np.full(NUM_BARS * BAR, 0.95, np.float32)
    for seed in range(10):
        moved = varied(backbeat, heard, 0.5, seed, Piece.SNARE).reshape(-1, TICKS_PER_BEAT)
        toms = leads(seed).reshape(-1) > 0
        np.testing.assert_allclose(moved[toms], 0.95, rtol=1e-6)


def test_a_fill_has_no_stroke_that_nobody_would_play() -> None:
    silent = np.full(NUM_BARS * BAR, DEFAULT_VARIATION.fill_probability / 2, np.float32)
    for seed in range(8):
        moved = varied(silent, heard_bars(), 1.0, seed, Piece.HIGH_TOM)
        np.testing.assert_array_equal(moved, silent)


def test_what_keeps_time_stays_steadier(played: Played) -> None:
    def mean(piece: Piece) -> float:
        takes = (played(repeated_bar(), seed=n, piece=piece, variation=1.0) for n in range(8))
        return float(np.mean([likeness(ticks) for ticks in takes]))

    assert mean(Piece.SNARE) < mean(Piece.CLOSED_HAT) < 1


def test_a_passage_varies_as_it_does_in_the_song() -> None:
    heard, probability = heard_bars(), repeated_bar()
    whole = varied(probability, heard, 1.0, 3, Piece.SNARE)
    ticks = slice(20 * TICKS_PER_BEAT, 40 * TICKS_PER_BEAT)
    cut = heard.cut(20, 40)
    alone = varied(probability[ticks], cut, 1.0, 3, Piece.SNARE)
    np.testing.assert_array_equal(alone, whole[ticks])


def test_variation_does_not_change_what_temperature_draws(
    sixteenths: NDArray[np.float32], played: Played
) -> None:
    """Turning one up leaves the other's pattern to be recognised."""
    hot = played(sixteenths, seed=1, temperature=0.7)
    both = played(sixteenths, seed=1, temperature=0.7, variation=0.1)
    other = played(sixteenths, seed=2, temperature=0.7, variation=0.1)
    assert len(set(both) ^ set(hot)) < 0.5 * len(set(both) ^ set(other))

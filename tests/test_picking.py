"""Which peaks become hits, and what the controls do."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.beats.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.errors import DrumnetError
from drumnet.features import Conditioning, on_grid
from drumnet.freedom import DEFAULT_NOISE, Freedom, NoiseConfig, disturbed, varied
from drumnet.hits import Piece
from drumnet.picking import in_the_gap, likely_ticks, pick_ticks, picked_ticks

NUM_BARS = 16
BAR = 4 * TICKS_PER_BEAT


def grid_of(num_bars: int = NUM_BARS) -> BeatGrid:
    index = np.arange(4 * num_bars + 1)
    return BeatGrid(index * 0.5, index % 4 + 1)


def heard_on(grid: BeatGrid) -> Conditioning:
    strength = np.zeros((9, grid.num_ticks), np.float32)
    return on_grid(strength, np.zeros(9, bool), grid)


def sixteenths(seed: int = 0) -> NDArray[np.float32]:
    """A probability of its own on every sixteenth of 16 bars, next to nothing between."""
    rng = np.random.default_rng(seed)
    probability = np.full(NUM_BARS * BAR, 0.001, np.float32)
    probability[::3] = rng.uniform(0.05, 0.95, NUM_BARS * 16)
    return probability


def played(
    probability: NDArray[np.float32],
    floor: float = 0.5,
    seed: int = 0,
    piece: Piece = Piece.KICK,
    **controls: float,
) -> list[int]:
    heard = heard_on(grid_of())
    return picked_ticks(probability, floor, heard, Freedom(**controls), seed, piece).tolist()


# ------------------------------------------------------------------ peaks


@pytest.mark.parametrize(
    ("probability", "distance", "ticks"),
    [
        ([0.0, 0.5, 0.0, 0.49, 0.0], 2, [1]),  # the threshold itself is enough
        ([0.6, 0.9, 0.8, 0.0, 0.7], 2, [1, 4]),  # only the highest of neighbours
        ([0.9, 0.0, 0.0, 0.0, 0.9], 2, [0, 4]),  # the ends may be hit
        ([0.0, 0.8, 0.8, 0.8, 0.0], 2, [1]),  # of equals, the first
        ([0.9, 0.8, 0.9, 0.8, 0.9], 2, [0, 2, 4]),  # two ticks apart is allowed
        ([0.9, 0.8, 0.8, 0.0, 0.0], 3, [0]),  # nothing within less than three
        ([0.9, 0.0, 0.8, 0.9, 0.0], 3, [0, 3]),
        ([0.6, 0.7, 0.8, 0.9], 1, [0, 1, 2, 3]),  # no distance: all above
        ([0.1, 0.2, 0.3], 2, []),
    ],
)
def test_peaks(probability: list[float], distance: int, ticks: list[int]) -> None:
    found = pick_ticks(np.array(probability, np.float32), 0.5, distance)
    assert found.tolist() == ticks


@pytest.mark.parametrize("distance", [1, 2, 3, 5])
def test_no_two_hits_are_closer_than_the_distance(distance: int) -> None:
    rng = np.random.default_rng(distance)
    probability = np.round(rng.random(2000), 1).astype(np.float32)  # with many equals
    ticks = pick_ticks(probability, 0.3, distance)
    assert len(ticks) > 100
    assert np.diff(ticks).min() >= distance
    # And what was left out is in the shadow of a neighbour at least as probable.
    for tick in np.setdiff1d(np.flatnonzero(probability >= 0.3), ticks):
        near = probability[max(0, tick - distance + 1) : tick + distance]
        assert distance > 1 and np.sort(near)[-2:].max() >= probability[tick] and len(near) > 1


# ------------------------------------------------------------------ the song's threshold


def test_what_is_sure_is_played_and_what_is_unlikely_is_not() -> None:
    probability = np.full(96, 0.01, np.float32)
    probability[[0, 24, 48, 72]] = [0.99, 0.9, 0.95, 0.7]
    assert likely_ticks(probability, 0.1).tolist() == [0, 24, 48, 72]


def test_an_unsure_player_still_plays_its_likeliest_hits() -> None:
    """All are below one half, and yet the score is best if they are played."""
    probability = np.full(96, 0.001, np.float32)
    probability[::12] = 0.4
    assert likely_ticks(probability, 0.1).tolist() == list(range(0, 96, 12))
    assert likely_ticks(probability, 0.45).size == 0, "but not below the floor"


def test_weak_hits_are_played_beside_weak_ones_but_not_beside_strong_ones() -> None:
    weak, strong = np.zeros(480, np.float32), np.zeros(480, np.float32)
    weak[::12] = 0.35
    strong[::12] = 0.35
    strong[6::12] = 0.98
    assert likely_ticks(weak, 0.1).tolist() == list(range(0, 480, 12))
    assert likely_ticks(strong, 0.1).tolist() == list(range(6, 480, 12))


@pytest.mark.parametrize("seed", range(4))
def test_the_threshold_is_as_good_as_the_best_one_for_drums_that_are_that_likely(seed: int) -> None:
    rng = np.random.default_rng(seed)
    probability = np.zeros(768, np.float32)
    probability[::3] = rng.beta(0.5, 1.5, 256)
    songs = rng.random((300, 768)) < probability

    def score(ticks: NDArray[np.int64]) -> float:
        matched = songs[:, ticks].sum(axis=1)
        return float((2 * matched / (songs.sum(axis=1) + len(ticks))).mean())

    best = max(score(pick_ticks(probability, t, 2)) for t in np.arange(0.02, 0.9, 0.02))
    assert score(likely_ticks(probability, 0.0)) == pytest.approx(best, abs=0.005)


# ------------------------------------------------------------------ density


@pytest.mark.parametrize("density", [0.25, 0.5, 1.0, 1.5, 2.0])
def test_density_is_the_number_of_hits(density: float) -> None:
    probability = sixteenths()
    once = len(played(probability, 0.7))
    assert 40 < once < 128, "so that twice as many peaks are there"
    assert len(played(probability, 0.7, density=density)) == round(density * once)


def test_fewer_hits_are_the_surest_ones() -> None:
    probability = sixteenths()
    half = played(probability, density=0.5)
    left_out = [tick for tick in played(probability) if tick not in half]
    assert probability[half].min() >= probability[left_out].max()


def test_density_0_is_silence_and_a_high_one_takes_every_peak() -> None:
    assert len(played(sixteenths(), density=0.0)) == 0
    assert len(played(sixteenths(), density=100.0)) == 16 * NUM_BARS


# ------------------------------------------------------------------ temperature


def test_without_temperature_the_seed_does_not_matter() -> None:
    assert played(sixteenths(), seed=1) == played(sixteenths(), seed=2)


def test_with_temperature_the_seed_decides() -> None:
    one = played(sixteenths(), seed=1, temperature=0.7)
    assert played(sixteenths(), seed=1, temperature=0.7) == one
    assert played(sixteenths(), seed=2, temperature=0.7) != one
    assert one != played(sixteenths())


def test_the_higher_the_temperature_the_more_is_changed() -> None:
    probability = sixteenths()
    plain = set(played(probability))

    def changed(temperature: float) -> float:
        moved = (played(probability, seed=seed, temperature=temperature) for seed in range(8))
        return float(np.mean([len(plain ^ set(ticks)) for ticks in moved]))

    assert 0 < changed(0.1) < changed(0.5) < changed(2.0)


def test_a_repeated_bar_that_is_disturbed_still_repeats() -> None:
    """Most of the noise is alike in every bar, so a pattern varies as a whole."""
    bar = np.full(BAR, 0.001, np.float32)
    bar[::3] = np.random.default_rng(5).uniform(0.2, 0.8, 16)
    probability = np.tile(bar, NUM_BARS)
    heard = heard_on(grid_of())

    def agreement(config: NoiseConfig) -> float:
        """Share of sixteenths on which a bar agrees with the most of the bars."""
        shares = []
        for seed in range(10):
            rng = np.random.default_rng(seed)
            moved = disturbed(probability, heard, 1.0, rng, config).reshape(NUM_BARS, BAR)[:, ::3]
            share = (moved > 0.5).mean(axis=0)
            shares.append(np.maximum(share, 1 - share).mean())
        return float(np.mean(shares))

    assert agreement(NoiseConfig(bar_noise=1.0)) == 1.0
    assert agreement(DEFAULT_NOISE) > 0.8
    assert agreement(NoiseConfig(bar_noise=0.0)) < 0.75


def test_at_temperature_1_a_hit_is_as_likely_as_its_probability_says() -> None:
    heard = heard_on(grid_of())
    wanted = np.linspace(0.05, 0.95, NUM_BARS * BAR).astype(np.float32)
    for config in (NoiseConfig(bar_noise=0.0), DEFAULT_NOISE):
        rng = np.random.default_rng(0)
        moved = [disturbed(wanted, heard, 1.0, rng, config) for _ in range(400)]
        found = (np.array(moved) >= 0.5).mean(axis=0)
        assert np.abs(found - wanted).mean() < 0.03


def test_the_hottest_temperature_is_noise_and_no_fault() -> None:
    assert played(sixteenths(), temperature=1e300)


# ------------------------------------------------------------------ variation


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


def test_without_variation_what_is_heard_alike_is_played_alike() -> None:
    assert likeness(played(repeated_bar())) == 1.0
    for probability in (repeated_bar(), sixteenths()):
        assert played(probability, seed=1, variation=0.0) == likely_ticks(probability, 0.5).tolist()


def test_the_more_variation_the_less_bars_are_alike() -> None:
    mean = [
        np.mean([likeness(played(repeated_bar(), seed=seed, variation=x)) for seed in range(8)])
        for x in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert mean == sorted(mean, reverse=True) and len(set(mean)) == len(mean)
    assert 0.3 < mean[-1] < mean[2] < 0.9, "and even then they are of one pattern"


@pytest.mark.parametrize("variation", [0.5, 1.0, 3.0])
def test_bars_do_not_vary_by_hits_that_are_hardly_likely(variation: float) -> None:
    for probability in (repeated_bar(), sixteenths()):
        for seed in range(4):
            ticks = played(probability, 0.3, seed, variation=variation)
            assert probability[ticks].min() >= DEFAULT_NOISE.least_chance


@pytest.mark.parametrize("control", ["variation", "temperature"])
def test_what_is_sure_stays_in_every_bar(control: str) -> None:
    """However alike the hits' chances are: a kick that is on 1 and 3 stays there."""
    rng = np.random.default_rng(1)
    probability = np.full(NUM_BARS * BAR, 0.001, np.float32)
    probability[:: BAR // 2] = rng.uniform(0.97, 0.99, 2 * NUM_BARS)
    sure = np.arange(0, NUM_BARS * BAR, BAR // 2).tolist()
    takes = [played(probability, 0.3, seed, **{control: 0.5}) for seed in range(20)]
    kept = [len(set(sure) & set(ticks)) / len(sure) for ticks in takes]
    assert np.mean(kept) > 0.98
    assert all(set(ticks) <= set(sure) for ticks in takes)


def test_the_gap_plays_the_same_ticks() -> None:
    for probability in (repeated_bar(), sixteenths()):
        for threshold in (0.2, 0.5, 0.8):
            middle = in_the_gap(probability, threshold, 0.1, 2)
            assert pick_ticks(probability, middle, 2).tolist() == (
                pick_ticks(probability, threshold, 2).tolist()
            )
    assert in_the_gap(np.zeros(BAR, np.float32), 0.3, 0.3, 2) == 0.3, "nothing is played"


def test_variation_is_the_seeds_and_the_pieces_own() -> None:
    one = played(repeated_bar(), seed=1, variation=0.5)
    assert played(repeated_bar(), seed=1, variation=0.5) == one
    assert played(repeated_bar(), seed=2, variation=0.5) != one
    assert played(repeated_bar(), seed=1, piece=Piece.SNARE, variation=0.5) != one


def test_phrases_are_of_a_few_kinds_and_turnarounds_their_own() -> None:
    """Bars of one phrase are alike but for the last, and phrases come again."""
    moved = varied(repeated_bar(), heard_on(grid_of()), 1.0, 1, Piece.KICK)
    bars = moved.reshape(NUM_BARS // 4, 4, BAR)
    np.testing.assert_array_equal(bars[:, 1:3], bars[:, :2])
    phrases = [bar.tobytes() for bar in bars[:, 0]]
    assert 1 < len(set(phrases)) < len(phrases)
    assert len({bar.tobytes() for bar in bars[:, 3]} | set(phrases)) == 4 + len(set(phrases))


@pytest.mark.parametrize("piece", list(Piece))
def test_the_first_phrase_states_the_beat_and_others_come_back_to_it(piece: Piece) -> None:
    """Up to its turnaround it is what is likeliest, and so is one of the later phrases in a
    half of the takes and more."""
    likeliest = repeated_bar()[: 3 * BAR]
    returns = []
    for seed in range(20):
        moved = varied(repeated_bar(), heard_on(grid_of()), 1.0, seed, piece)
        phrases = moved.reshape(NUM_BARS // 4, 4 * BAR)[:, : 3 * BAR]
        np.testing.assert_allclose(phrases[0], likeliest, atol=1e-6)
        returns.append(bool(np.isclose(phrases[1:], likeliest, atol=1e-6).all(axis=1).any()))
    assert 0.5 < np.mean(returns) < 1


def test_a_phrase_that_comes_again_comes_again_in_every_piece() -> None:
    def form(piece: Piece) -> list[bool]:
        moved = varied(repeated_bar(), heard_on(grid_of()), 1.0, 1, piece)
        first_bars = moved.reshape(NUM_BARS // 4, 4, BAR)[:, 0]
        return [bool((one == other).all()) for one in first_bars for other in first_bars]

    assert all(form(piece) == form(Piece.KICK) for piece in Piece)


def test_a_bar_is_busier_or_plainer_as_a_whole() -> None:
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

    def busy(seed: int, piece: Piece, config: NoiseConfig) -> NDArray[np.float64]:
        heard = heard_on(grid_of())
        moved = varied(repeated_bar(), heard, 1.0, seed, piece, config)
        return moved.reshape(NUM_BARS, BAR).sum(axis=1)

    def together(config: NoiseConfig, seeds: tuple[int, int]) -> float:
        pieces = (Piece.KICK, Piece.SNARE)
        one, other = (
            np.concatenate([busy(2 * n + seed, piece, config) for n in range(50)])
            for seed, piece in zip(seeds, pieces, strict=True)
        )
        return float(np.corrcoef(one, other)[0, 1])

    assert together(NoiseConfig(fills=0.0), (0, 0)) == pytest.approx(0.5, abs=0.1)
    assert together(NoiseConfig(fills=0.0, together=1.0), (0, 0)) == pytest.approx(1.0)
    assert abs(together(DEFAULT_NOISE, (0, 1))) < 0.15, "but not those of two takes"


FILLERS = (Piece.SNARE, Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM)


def test_two_turnarounds_in_five_lead_on_with_a_fill_of_snare_and_toms() -> None:
    """Together, and nowhere else are they that daring; the other pieces play on."""
    chances = np.full(NUM_BARS * BAR, 0.05, np.float32)
    filled = []
    for seed in range(60):
        daring = {
            piece: varied(chances, heard_on(grid_of()), 0.5, seed, piece).reshape(NUM_BARS, BAR)
            for piece in Piece
        }
        bars = {piece: np.flatnonzero((found > 0.3).all(axis=1)) for piece, found in daring.items()}
        assert all(set(bars[piece]) == set(bars[Piece.SNARE]) for piece in FILLERS)
        assert not any(len(bars[piece]) for piece in Piece if piece not in FILLERS)
        assert set(bars[Piece.SNARE]) <= {3, 7, 11, 15}
        filled.append(len(bars[Piece.SNARE]) / 4)
    assert np.mean(filled) == pytest.approx(0.4, abs=0.1)


def test_a_fill_has_no_stroke_that_nobody_would_play() -> None:
    silent = np.full(NUM_BARS * BAR, 0.02, np.float32)
    for seed in range(8):
        moved = varied(silent, heard_on(grid_of()), 1.0, seed, Piece.HIGH_TOM)
        np.testing.assert_array_equal(moved, silent)


def test_what_keeps_time_stays_steadier() -> None:
    def mean(piece: Piece) -> float:
        takes = (played(repeated_bar(), seed=n, piece=piece, variation=1.0) for n in range(8))
        return float(np.mean([likeness(ticks) for ticks in takes]))

    assert mean(Piece.SNARE) < mean(Piece.CLOSED_HAT) < 1


def test_a_passage_varies_as_it_does_in_the_song() -> None:
    heard, probability = heard_on(grid_of()), repeated_bar()
    whole = varied(probability, heard, 1.0, 3, Piece.SNARE)
    beats, ticks = slice(20, 40), slice(20 * TICKS_PER_BEAT, 40 * TICKS_PER_BEAT)
    cut = Conditioning(
        heard.strength[:, ticks],
        heard.present,
        heard.beat_in_bar[beats],
        heard.bar_length[beats],
        heard.bar[beats],
    )
    alone = varied(probability[ticks], cut, 1.0, 3, Piece.SNARE)
    np.testing.assert_array_equal(alone, whole[ticks])


def test_variation_does_not_change_what_temperature_draws() -> None:
    """Turning one up leaves the other's pattern to be recognised."""
    hot = played(sixteenths(), seed=1, temperature=0.7)
    both = played(sixteenths(), seed=1, temperature=0.7, variation=0.1)
    other = played(sixteenths(), seed=2, temperature=0.7, variation=0.1)
    assert len(set(both) ^ set(hot)) < 0.5 * len(set(both) ^ set(other))


def test_without_freedom_the_likely_ticks_are_played() -> None:
    probability = sixteenths()
    for floor in (0.1, 0.5, 0.8):
        assert played(probability, floor) == likely_ticks(probability, floor).tolist()


@pytest.mark.parametrize("name", ["temperature", "density", "variation"])
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_controls_that_make_no_sense_are_refused(name: str, value: float) -> None:
    with pytest.raises(DrumnetError, match=f"a {name} of .* makes no sense: give 0 or more"):
        Freedom(**{name: value})

"""Real bars cannot be told from themselves; what never is real, always."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.metrics import realness
from drumnet.metrics.realness import auc, song_pairs, unseen_scores

needs_sklearn = pytest.mark.usefixtures("sklearn")
SONGS = np.repeat(np.arange(30), 12)


@pytest.fixture
def sklearn() -> None:
    pytest.importorskip("sklearn", reason="the [evaluation] extra")


def bars(seed: int) -> NDArray[np.float64]:
    """Whole and missing measures, as of bars."""
    table = np.random.default_rng(seed).integers(0, 6, (len(SONGS), 4)).astype(float)
    table[table[:, 0] == 0, 1] = np.nan
    return table


# ------------------------------------------------------------------ the area


@pytest.mark.parametrize("seed", range(5))
def test_the_area_is_that_of_scikit_learn(seed: int, sklearn: None) -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(seed)
    high, low = rng.integers(2, 12, 70), rng.integers(0, 10, 50)  # with ties
    flags = np.arange(120) < 70
    assert auc(high, low) == pytest.approx(roc_auc_score(flags, np.concatenate([high, low])))


def test_the_area_by_hand() -> None:
    assert auc([2, 3], [0, 1]) == 1.0
    assert auc([0, 1], [2, 3]) == 0.0
    assert auc([1, 2, 3], [0, 2]) == (3 + 1 + 0.5) / 6
    scores = np.random.default_rng(0).random(1001)
    assert auc(scores, np.roll(scores, 7)) == 0.5, "exactly"


def test_the_area_song_by_song() -> None:
    """A real bar wins, loses or ties against each generated one, an outcome that
    belongs to two songs."""
    pairs = song_pairs([3, 1, 2], [2, 2, 0], ["a", "a", "b"], ["a", "b", "b"])
    assert pairs.won.tolist() == [[1, 3], [0.5, 1.5]]
    assert pairs.num_real.tolist() == [2, 1] and pairs.num_generated.tolist() == [1, 2]
    assert pairs.won.sum() / 9 == auc([3, 1, 2], [2, 2, 0])


@pytest.mark.parametrize("scores", [[], [np.nan]])
def test_no_scores_have_no_area(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="both are needed"):
        auc([1.0], scores)


# ------------------------------------------------------------------ the classifier


@needs_sklearn
def test_real_bars_against_themselves_are_exactly_one_half() -> None:
    real = bars(0)
    assert realness.evaluate(real, real.copy(), SONGS, SONGS) == {"auc": 0.5}


@needs_sklearn
def test_bars_that_are_never_real_are_told_apart_always() -> None:
    assert realness.evaluate(bars(0), bars(1) + 10.0, SONGS, SONGS) == {"auc": 1.0}


@needs_sklearn
def test_bars_of_the_same_kind_are_hard_to_tell() -> None:
    assert 0.4 < realness.evaluate(bars(0), bars(1), SONGS, SONGS)["auc"] < 0.6


@needs_sklearn
def test_a_song_is_judged_by_one_who_has_not_seen_it() -> None:
    """Each song has a number of its own and a different one when generated: who
    has seen the song tells its bars apart, who has not cannot."""
    own = np.random.default_rng(0).permutation(60).astype(float)
    real, generated = own[SONGS][:, None], own[30 + SONGS][:, None]
    seen = np.arange(len(SONGS)) % 12  # as if each song's bars were of different songs
    assert realness.evaluate(real, generated, seen, seen)["auc"] > 0.9
    assert 0.25 < realness.evaluate(real, generated, SONGS, SONGS)["auc"] < 0.75


@needs_sklearn
def test_the_same_seed_gives_the_same_scores() -> None:
    table = bars(0), bars(1) + 0.3
    once, again = (unseen_scores(*table, SONGS, SONGS, seed=3) for _ in range(2))
    np.testing.assert_array_equal(once[0], again[0])
    np.testing.assert_array_equal(once[1], again[1])
    assert not np.array_equal(once[0], unseen_scores(*table, SONGS, SONGS, seed=4)[0])


@needs_sklearn
@pytest.mark.parametrize("num_real", [2, 3, 30])
def test_songs_of_either_kind_alone_can_be_judged(num_real: int) -> None:
    """Folds must leave bars of both kinds to learn from, and be judged on."""
    songs = np.array([f"real {song % num_real}" for song in SONGS])
    others = np.array([f"generated {song}" for song in SONGS])
    assert realness.evaluate(bars(0), bars(1) + 10.0, songs, others)["auc"] > 0.99


@pytest.mark.parametrize(
    ("real", "songs", "message"),
    [
        (np.zeros((4, 3)), [0, 0, 1, 1], "3 and 2 columns"),
        (np.zeros((4, 2)), [0, 1], r"real has 4 bars, but real_songs the shape \(2,\)"),
        (np.zeros((4, 2)), [0, 0, 0, 0], "real is of one song"),
        (np.full((4, 2), np.inf), [0, 0, 1, 1], "real is not finite"),
    ],
)
def test_what_are_no_bars_is_refused(real: np.ndarray, songs: list[int], message: str) -> None:
    generated = np.array([[0.0, np.nan]] * 4)
    with pytest.raises(ValueError, match=message):
        realness.validate(real, generated, songs, [0, 0, 1, 1])


def test_a_measure_that_no_bar_has_changes_nothing() -> None:
    """As of pieces that nobody plays."""
    rng = np.random.default_rng(0)
    real, generated = rng.normal(0, 1, (80, 2)), rng.normal(1, 1, (80, 2))
    songs = np.repeat(np.arange(8), 10)
    without = realness.evaluate(real, generated, songs, songs)
    missing = np.full((80, 1), np.nan)
    tables = (np.hstack([table, missing]) for table in (real, generated))
    assert realness.evaluate(*tables, songs, songs) == without

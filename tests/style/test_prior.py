"""A style that is drawn for a song is one of songs that sound like it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.errors import CheckpointError
from drumnet.style.bank import StyleBank
from drumnet.style.code import CODE_SIZE
from drumnet.style.prior import StylePrior, song_features

WIDTH = 6
#: Two kinds of songs: those that are busy in the first unit, and those in the second.
BUSY_FIRST, BUSY_SECOND = np.eye(WIDTH, dtype=np.float32)[:2] * 3


def features(level: NDArray[np.float32], bpm: float = 120.0, metre: int = 4) -> NDArray[np.float32]:
    context = np.tile(level[:, None], 8)
    return song_features(context, np.full(8, metre), bpm)


def bank(per_kind: int = 10) -> StyleBank:
    """Of the first kind all numbers are 1, of the second -1."""
    codes = np.repeat([[1.0], [-1.0]], per_kind, axis=0) * np.ones(CODE_SIZE)
    kinds = np.array([features(BUSY_FIRST), features(BUSY_SECOND)])
    projection = np.eye(kinds.shape[1], dtype=np.float32) * 4
    keys = np.repeat(kinds @ projection, per_kind, axis=0)
    return StyleBank(codes.astype(np.float16), (), StylePrior(projection, keys))


def share_of_first(heard: NDArray[np.float32] | None, draws: int = 200) -> float:
    """How many styles are of the first kind."""
    found = bank()
    rng = np.random.default_rng(0)
    return float(np.mean([found.draw(rng, heard).code.mean() > 0 for _ in range(draws)]))


def test_a_song_gets_styles_of_songs_like_it() -> None:
    assert share_of_first(features(BUSY_FIRST)) > 0.95
    assert share_of_first(features(BUSY_SECOND)) < 0.05


def test_where_nothing_is_heard_each_style_is_as_likely() -> None:
    assert share_of_first(None) == pytest.approx(0.5, abs=0.1)


def test_a_song_between_gets_both() -> None:
    assert share_of_first(features((BUSY_FIRST + BUSY_SECOND) / 2)) == pytest.approx(0.5, abs=0.1)


def test_the_same_seed_gives_the_same_style() -> None:
    heard = features(BUSY_FIRST)
    one, again, other = (bank().draw(np.random.default_rng(s), heard).code for s in (1, 1, 2))
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_what_is_likelier_is_nearer_to_the_songs_of_its_kind() -> None:
    found, heard = bank(), features(BUSY_FIRST)
    own, other = (np.full(CODE_SIZE, value, np.float32) for value in (1.0, -1.0))
    assert found.log_density(own, heard) > found.log_density(other, heard)
    assert found.log_density(own) == pytest.approx(found.log_density(other))


def test_tempo_and_metre_are_heard() -> None:
    slow, fast = features(BUSY_FIRST, 60.0), features(BUSY_FIRST, 120.0)
    assert (fast - slow).max() == pytest.approx(2.0), "an octave"
    assert not np.array_equal(features(BUSY_FIRST), features(BUSY_FIRST, metre=3))


def test_it_travels(tmp_path: Path) -> None:
    path = tmp_path / "styles.npz"
    bank().save(path)
    found = StyleBank.load(path).prior
    assert found is not None and bank().prior is not None
    assert np.array_equal(found.keys, bank().prior.keys)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("projection", "keys"),
    [
        (np.ones((4, 2)), np.ones((3, 3))),
        (np.ones((4, 2)), np.full((3, 2), np.nan)),
        (np.ones(4), np.ones(3)),
    ],
)
def test_what_does_not_fit_is_damaged(
    projection: NDArray[np.float32], keys: NDArray[np.float32]
) -> None:
    with pytest.raises(CheckpointError, match="export the weights again"):
        StylePrior(projection, keys)


def test_keys_of_other_songs_are_refused() -> None:
    prior = StylePrior(np.ones((4, 2), np.float32), np.ones((3, 2), np.float32))
    with pytest.raises(CheckpointError, match="of other songs"):
        StyleBank(np.zeros((2, CODE_SIZE), np.float16), (), prior)
    with pytest.raises(CheckpointError, match="of other weights"):
        prior.weights(np.ones(5, np.float32))

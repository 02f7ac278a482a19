"""The thresholds of tapped rhythms part what people hit from what they do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from fixtures.grooves import Drilled, performance

from drumnet.corpus.grooves import NUM_STEPS, Window, windows
from drumnet.hits import PIECES, Piece
from drumnet.model.network import Network
from drumnet.playing.tapping import struck_at
from drumnet.training.drummer.taps import (
    CANDIDATES,
    Strokes,
    best_thresholds,
    f_measure,
    heard_strokes,
)

HAT, RIDE, SNARE = (PIECES.index(p) for p in (Piece.CLOSED_HAT, Piece.RIDE, Piece.SNARE))


def strokes_of(known: Sequence[Window]) -> Strokes:
    return heard_strokes(cast(Network, Drilled()), known, workers=1)


def test_thresholds_part_what_is_right_from_what_is_not() -> None:
    """Soft strokes are hats in these performances, so the ride stays away; in others
    both are struck, and it is played."""
    hats = windows(performance({Piece.SNARE: (12, 36), Piece.CLOSED_HAT: (0, 6, 18, 24)}))
    both = windows(
        performance({Piece.SNARE: (12, 36), Piece.CLOSED_HAT: (0, 6), Piece.RIDE: (0, 6)})
    )
    for known, ride in ((hats, False), (both, True)):
        strokes = strokes_of(known)
        struck = struck_at(strokes.probability, best_thresholds(strokes))
        assert struck[SNARE].tolist() == strokes.wanted[SNARE].tolist()
        assert struck[HAT].tolist() == strokes.wanted[HAT].tolist()
        assert struck[RIDE].tolist() == strokes.wanted[RIDE].tolist()
        assert struck[RIDE].any() == ride


def test_what_is_asked_of_a_network_is_each_stroke_of_each_tap() -> None:
    known = windows(performance({Piece.SNARE: (12, 36), Piece.CLOSED_HAT: (0, 6, 18, 24)}))
    strokes = strokes_of(known)
    assert strokes.probability.shape == strokes.wanted.shape == (9, 12 * len(known))
    assert strokes.wanted.any(axis=0).all(), "where it is tapped something was hit"
    likeliest = strokes.probability.argmax(axis=0)
    assert likeliest.tolist() == strokes.wanted.argmax(axis=0).tolist()


def test_a_tap_whose_strokes_cannot_be_told_apart_is_left_out() -> None:
    """The one half a 16th late, the next as early."""
    plain = windows(performance({Piece.SNARE: (12, 36)}, num_bars=2))
    velocity, offset = np.zeros((2, len(PIECES), NUM_STEPS), np.float32)
    velocity[SNARE, [4, 5]], offset[SNARE, [4, 5]] = 0.8, (0.5, -0.5)
    odd = Window("odd", 120.0, velocity, offset)
    both, alone = strokes_of([*plain, odd]), strokes_of(plain)
    np.testing.assert_array_equal(both.probability, alone.probability)
    np.testing.assert_array_equal(both.wanted, alone.wanted)


def noisy(seed: int = 0) -> Strokes:
    """Hits as likely as is said of them; how much is likely differs from piece to piece."""
    rng = np.random.default_rng(seed)
    probability = rng.beta(1, 1 + np.arange(len(PIECES))[:, None], (len(PIECES), 400))
    return Strokes(probability, rng.random(probability.shape) < probability)


def test_no_other_threshold_of_a_piece_is_better() -> None:
    strokes = noisy()
    found = best_thresholds(strokes)
    best = f_measure(strokes, found)
    for piece in range(len(PIECES)):
        for value in CANDIDATES:
            other = np.where(np.arange(len(PIECES)) == piece, value, found)
            assert f_measure(strokes, other) <= best
    assert best > max(f_measure(strokes, np.full(len(PIECES), value)) for value in CANDIDATES)


def test_f1_is_over_all_hits_of_all_pieces() -> None:
    """One of two strokes is right and one too many: 2 * 2 / (3 + 3)."""
    probability, wanted = np.zeros((9, 2)), np.zeros((9, 2), bool)
    probability[SNARE], probability[HAT, 0], probability[RIDE, 1] = 0.9, 0.1, 0.6
    wanted[SNARE], wanted[HAT, 0] = True, True
    strokes = Strokes(probability, wanted)
    assert f_measure(strokes, np.full(9, 0.5)) == pytest.approx(2 * 2 / (3 + 3))
    assert f_measure(strokes, np.full(9, 0.05)) == pytest.approx(2 * 3 / (4 + 3))
    assert f_measure(strokes, np.full(9, 0.7)) == pytest.approx(2 * 2 / (2 + 3))

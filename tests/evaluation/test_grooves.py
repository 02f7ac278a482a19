"""Kits to a tapped rhythm, where it can be said what is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from fixtures.grooves import ROCK, Drilled, performance

from drumnet.corpus.grooves import NUM_STEPS, Tap, Window, windows
from drumnet.drummer import Drummer
from drumnet.evaluation.experiments.groove import TIMING, VELOCITY, groove_rows
from drumnet.evaluation.grooves import DrummerTaps, KitTake, NearestTap, RockBeat
from drumnet.evaluation.report.model import Row
from drumnet.hits import PIECES, Piece
from drumnet.model.network import Network


class Oracle:
    """Plays what was played to the tap, which it knows by heart."""

    name = "oracle"

    def __init__(self, known: Sequence[Window]) -> None:
        self._known = {window.tap.velocity.tobytes(): window for window in known}

    def play(self, taps: Sequence[Tap]) -> list[KitTake]:
        found = [self._known[tap.velocity.tobytes()] for tap in taps]
        return [KitTake(one.struck, one.velocity, one.offset) for one in found]


def figures(rows: Sequence[Row]) -> dict[tuple[str, str], float | None]:
    return {(row.metric, row.setting): row.value for row in rows}


# ------------------------------------------------------------------ scores


def test_what_was_played_scores_one_and_has_no_error() -> None:
    known = windows(performance(ROCK)) + windows(performance({Piece.RIDE: (0, 18)}, name="b"))
    found = figures(groove_rows(known, Oracle(known)))
    played = {row: value for row, value in found.items() if row[0] in ("micro F1", "16th F1")}
    assert set(played.values()) == {1.0}
    assert found[VELOCITY, ""] == 0.0 and found[TIMING, ""] == 0.0
    assert ("micro F1", "ride") in found and ("micro F1", "crash") not in found


def test_the_tap_of_a_kick_alone_is_a_kick_alone() -> None:
    known = windows(performance({Piece.KICK: (0, 18, 30)}))
    found = figures(groove_rows(known, Oracle(known)))
    assert found["micro F1", "all pieces"] == 1.0
    assert [row for row in found if row[0] == "micro F1"] == [
        ("micro F1", "all pieces"), ("micro F1", "kick")
    ]  # fmt: skip


def test_a_fixed_rock_beat_is_right_of_a_rock_beat_and_wrong_of_a_shuffle() -> None:
    rock = figures(groove_rows(windows(performance(ROCK)), RockBeat()))
    assert rock["micro F1", "all pieces"] == 1.0
    assert rock[TIMING, ""] == 0.0, "it is as late as the tap"
    other = figures(groove_rows(windows(performance({Piece.RIDE: (3, 15)})), RockBeat()))
    assert other["micro F1", "all pieces"] == 0.0


def test_half_of_the_hits_and_no_other_is_two_thirds() -> None:
    """12 of 24 hits a window: 2 * 12 / (24 + 12)."""
    double = {**ROCK, Piece.KICK: (0, 6, 18, 24, 30, 36), Piece.RIDE: tuple(range(0, 48, 6))}
    found = groove_rows(windows(performance(double)), RockBeat())
    value = figures(found)["micro F1", "all pieces"]
    assert value == pytest.approx(2 * 12 / (24 + 12))


def test_errors_of_timing_are_in_milliseconds() -> None:
    """The hat is a third of a 16th late, the kick on it is not; the tap is the
    kick's. At 120 bpm a 16th has 125 ms."""
    bar = {Piece.KICK: (0, 12, 24, 36), Piece.CLOSED_HAT: (1, 13, 25, 37)}
    found = figures(groove_rows(windows(performance(bar)), RockBeat()))
    assert found[TIMING, ""] == pytest.approx(125 / 3 / 2, abs=0.3)
    assert found[VELOCITY, ""] == pytest.approx(50 / 127 / 2, abs=1e-3)


def test_the_nearest_tap_gives_its_own_kit() -> None:
    ride = {Piece.KICK: (0, 24), Piece.SNARE: (12, 36), Piece.RIDE: (0, 9, 18, 27, 36, 45)}
    known = windows(performance(ROCK, num_bars=2)) + windows(performance(ride, num_bars=2))
    player = NearestTap(known)
    for window in known:
        softer = Tap(window.tap.velocity * np.float32(0.95), window.tap.offset)
        (take,) = player.play([softer])
        np.testing.assert_array_equal(take.struck, window.struck)


def test_intervals_are_over_performances_not_over_their_windows() -> None:
    """One of two performances is right: from none of them right to both."""
    right = windows(performance(ROCK, num_bars=40, name="right"))
    wrong = windows(performance({Piece.RIDE: (3, 15, 21)}, num_bars=40, name="wrong"))
    (row,) = (r for r in groove_rows(right + wrong, RockBeat()) if r.metric == "16th F1")
    assert row.per_song == (1.0, 0.0)
    assert (row.low, row.value, row.high) == (0.0, 0.5, 1.0)


# ------------------------------------------------------------------ a drummer


@pytest.fixture
def drilled() -> DrummerTaps:
    return DrummerTaps(Drummer(cast(Network, Drilled())), "drilled", workers=1)


def silence() -> Tap:
    return Tap(np.zeros(NUM_STEPS, np.float32), np.zeros(NUM_STEPS, np.float32))


def test_a_drummer_plays_where_it_is_tapped_and_nowhere_else(drilled: DrummerTaps) -> None:
    tap = silence()
    tap.velocity[[3, 10]] = 0.01, 1.0
    tap.offset[3] = -0.25
    (take,) = drilled.play([tap])
    assert np.flatnonzero(take.struck.any(axis=0)).tolist() == [3, 10]
    assert take.offset[:, 3].tolist() == pytest.approx([-0.25] * 9, abs=1e-3), "as early as the tap"
    assert (take.velocity <= tap.velocity + 0.5 / 127).all(), "and never louder"
    assert take.velocity[PIECES.index(Piece.SNARE), 10] == 1.0, "the loudest"


def test_what_is_loud_is_a_snare_and_what_is_soft_a_hat(drilled: DrummerTaps) -> None:
    """In each of the taps, whatever else is tapped."""
    taps = []
    for loud in (4, 6):
        tap = silence()
        tap.velocity[::4], tap.velocity[loud::8] = 0.45, 0.95
        taps.append(tap)
    for tap, take in zip(taps, drilled.play(taps), strict=True):
        strokes = {
            piece: np.flatnonzero(take.struck[PIECES.index(piece)]).tolist()
            for piece in (Piece.SNARE, Piece.CLOSED_HAT)
        }
        assert strokes[Piece.SNARE] == np.flatnonzero(tap.velocity > 0.9).tolist()
        soft = np.flatnonzero((tap.velocity > 0) & (tap.velocity < 0.9))
        assert strokes[Piece.CLOSED_HAT] == soft.tolist()


def test_a_stroke_is_on_its_16th_however_early_or_late_it_is(drilled: DrummerTaps) -> None:
    """Even the first, which begins before the first beat."""
    tap = silence()
    tap.velocity[[0, 5, 6, 31]] = 0.9
    tap.offset[[0, 5, 6, 31]] = -0.45, 0.4, -0.4, 0.48
    (take,) = drilled.play([tap])
    assert np.flatnonzero(take.struck.any(axis=0)).tolist() == [0, 5, 6, 31]
    snare = PIECES.index(Piece.SNARE)
    np.testing.assert_allclose(take.offset[snare], tap.offset, atol=1e-3)

"""What bars of a whole kit do, on patterns for which it can be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.hits import PIECES
from drumnet.metrics import kit_bars
from drumnet.metrics.bars import Bars
from drumnet.metrics.kit_bars import FEATURE_NAMES, kit_bar_table, kit_song_features

#: Kick on 1 and 3, snare on 2 and 4, hats on eighths.
ROCK = {"kick": (0, 24), "snare": (12, 36), "closed_hat": tuple(range(0, 48, 6))}


def kit(bars: Sequence[Mapping[str, Sequence[int]]]) -> NDArray[np.bool_]:
    hits = np.zeros((len(PIECES), 48 * len(bars)), dtype=bool)
    names = [piece.value for piece in PIECES]
    for index, bar in enumerate(bars):
        for name, ticks in bar.items():
            hits[names.index(name), 48 * index + np.array(ticks, dtype=int)] = True
    return hits


def regular(num_bars: int) -> Bars:
    return Bars(np.arange(num_bars) * 48, np.full(num_bars, 48))


def columns(bars: Sequence[Mapping[str, Sequence[int]]]) -> dict[str, NDArray[np.float64]]:
    table = kit_bar_table(kit(bars), regular(len(bars)))
    return dict(zip(FEATURE_NAMES, table.T, strict=True))


def test_a_rock_beat_that_repeats() -> None:
    found = columns([ROCK] * 4)
    assert found["kit: density"].tolist() == [12] * 4
    assert found["kit: pieces played"].tolist() == [3] * 4
    assert found["kit: struck together"].tolist() == [0.5] * 4, "every beat has a hat too"
    assert found["kit: repetition"][1:].tolist() == [1] * 3
    assert np.isnan(found["kit: repetition"][0])
    assert found["kit: unlike the song's bars"].tolist() == [0] * 4
    assert found["kit: 16ths without a hit"].tolist() == [0.5] * 4
    assert found["snare: density"].tolist() == [2] * 4
    assert found["closed_hat: on beat"].tolist() == [0.5] * 4
    assert found["ride: density"].tolist() == [0] * 4


def test_hats_that_become_a_ride_are_another_bar_of_the_same_rhythm() -> None:
    """What is hit when stays as it is; what with changes."""
    ride = {"kick": ROCK["kick"], "snare": ROCK["snare"], "ride": ROCK["closed_hat"]}
    found = columns([ROCK, ride])
    assert found["kit: density"].tolist() == [12, 12]
    assert found["kit: repetition"][1] == pytest.approx(4 / 20), "kick and snare of all places"
    assert found["kick: repetition"][1] == 1.0


def test_the_bar_that_is_unlike_the_others_is_furthest_from_them() -> None:
    fill = {"snare": (24, 27, 30, 33), "low_tom": (36, 39, 42, 45)}
    unlike = columns([ROCK, ROCK, ROCK, fill])["kit: unlike the song's bars"]
    assert unlike.argmax() == 3
    assert unlike[3] > 2 * unlike[0] > 0


def test_a_song_of_rock_beats() -> None:
    found = kit_song_features(kit([ROCK] * 4), regular(4))
    assert (found.density, found.syncopation, found.repetition) == (12.0, pytest.approx(1 / 48), 1)
    assert found.pieces.tolist() == [2, 2, 8, 0, 0, 0, 0, 0, 0]
    assert found.histogram is not None
    by_piece = found.histogram.reshape(len(PIECES), 16)
    assert by_piece.sum() == pytest.approx(1.0)
    assert by_piece[0].tolist() == pytest.approx([1 / 12] + [0] * 7 + [1 / 12] + [0] * 7)
    assert by_piece[2, ::2].tolist() == pytest.approx([1 / 12] * 8)
    assert kit_bars.evaluate(kit([ROCK] * 4), regular(4)) == {
        "density": 12.0, "syncopation": found.syncopation, "repetition": 1.0
    }  # fmt: skip


def test_silence_has_measures_too() -> None:
    found = kit_song_features(kit([{}] * 3), regular(3))
    assert (found.density, found.syncopation, found.repetition) == (0.0, 0.0, 1.0)
    assert found.histogram is not None and not found.histogram.any()


def test_what_is_no_kit_is_told() -> None:
    bars = regular(2)
    with pytest.raises(ValueError, match="are they velocities"):
        kit_bars.validate(np.zeros((9, 96)), bars)
    with pytest.raises(ValueError, match=r"not \(9, ticks\)"):
        kit_bars.validate(np.zeros((3, 96), dtype=bool), bars)
    with pytest.raises(ValueError, match="no whole bar"):
        kit_bars.validate(np.zeros((9, 96), dtype=bool), regular(0))
    with pytest.raises(ValueError, match="beyond the ticks"):
        kit_bars.validate(np.zeros((9, 95), dtype=bool), bars)

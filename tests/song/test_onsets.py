"""A stem given as events is checked once, where it is made."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.errors import SongError
from drumnet.grid import BeatGrid
from drumnet.hits import Piece
from drumnet.song.onsets import Onsets, onset_track


def test_onsets_are_ordered_and_checked() -> None:
    onsets = Onsets(np.array([2.0, 1.0]), np.array([0.2, 0.1], dtype=np.float32))
    assert onsets.times_s.tolist() == [1.0, 2.0]
    assert onsets.strengths.tolist() == pytest.approx([0.1, 0.2])
    for times, strengths, words in [
        ([-1.0], [1.0], "not negative"),
        ([np.nan], [1.0], "finite"),
        ([1.0], [1.5], "between 0 and 1"),
        ([1.0], [], "1 onset times but 0 strengths"),
    ]:
        with pytest.raises(SongError, match=words):
            Onsets(np.array(times), np.array(strengths, dtype=np.float32))


def velocities(*strengths: float) -> list[int]:
    times = np.arange(len(strengths)) / 2
    onsets = Onsets(times, np.array(strengths, dtype=np.float32))
    return [hit.velocity for hit in onset_track(onsets, Piece.KICK, BeatGrid.constant(120, 4))]


def test_where_no_velocity_is_known_strokes_are_ordinary() -> None:
    assert velocities(1.0, 1.0, 1.0) == [100, 100, 100]


def test_velocities_that_are_known_stay() -> None:
    assert velocities(1.0, 64 / 127) == [127, 64]

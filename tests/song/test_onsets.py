"""A stem given as events is checked once, where it is made."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.errors import SongError
from drumnet.song.onsets import Onsets


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

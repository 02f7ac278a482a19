"""Whether beats are beats or off-beats, by what falls on them in the whole song."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.beats.evidence import NUM_BANDS, NUM_CHANGES, NUM_CHANNELS
from drumnet.beats.phase import on_the_beat

NUM_FRAMES = 2_001
#: Beats at 120 bpm, and the network that hears nothing of them.
BEATS = 25.0 * np.arange(1, 79)
UNSURE = np.zeros(NUM_FRAMES)
BASS, REST, DRUMS = 0, NUM_BANDS + NUM_CHANGES, 2 * (NUM_BANDS + NUM_CHANGES)


def accents(columns: slice, first: int, size: float = 1.0) -> np.ndarray:
    """Evidence in these columns, at every half second from a frame on."""
    found = np.zeros((NUM_FRAMES, NUM_CHANNELS), np.float32)
    found[first::25, columns] = size
    return found


@pytest.mark.parametrize(
    "columns",
    [
        *(slice(group, group + NUM_BANDS) for group in (BASS, REST, DRUMS)),
        *(slice(group + NUM_BANDS, group + NUM_BANDS + NUM_CHANGES) for group in (BASS, REST)),
    ],
)
def test_strong_onsets_and_new_harmony_are_on_beats(columns: slice) -> None:
    """Of whichever group they are."""
    on = on_the_beat(BEATS, UNSURE, accents(columns, 25))
    np.testing.assert_array_equal(on, BEATS)
    off = on_the_beat(BEATS, UNSURE, accents(columns, 37))
    np.testing.assert_array_equal(off, np.append(12.5, BEATS + 12.5))


def test_low_notes_are_on_beats_where_high_ones_are_between_them() -> None:
    for low, high in ((25, 37), (37, 25)):
        kick, hat = slice(DRUMS, DRUMS + 2), slice(DRUMS + 2, DRUMS + 4)
        found = on_the_beat(BEATS, UNSURE, accents(kick, low) + accents(hat, high))
        assert (found[0] == BEATS[0]) == (low == 25)


def test_what_the_network_is_sure_of_is_not_turned_round() -> None:
    """Off-beat hats are no beats."""
    sure = np.zeros(NUM_FRAMES)
    sure[25::25] = 8.0
    hats = accents(slice(DRUMS + 2, DRUMS + NUM_BANDS), 37)
    np.testing.assert_array_equal(on_the_beat(BEATS, sure, hats), BEATS)


def test_a_song_begins_on_a_beat_where_nothing_else_tells() -> None:
    """A single sound."""
    for frame, is_beat in ((25, True), (37, False)):
        one = np.zeros((NUM_FRAMES, NUM_CHANNELS), np.float32)
        one[frame, DRUMS : DRUMS + NUM_BANDS] = 1.0
        assert (on_the_beat(BEATS, UNSURE, one)[0] == BEATS[0]) == is_beat

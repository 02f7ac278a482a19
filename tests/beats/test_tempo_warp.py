"""A tempo that sways is made even, and what is heard of the even song is put back."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.spectrum import Frames
from drumnet.beats.decoding import Activations
from drumnet.beats.evidence import FRAME_RATE_HZ, NUM_CHANNELS
from drumnet.beats.tempo_warp import smooth_tempo, sway_of
from drumnet.beats.tracker import NetworkTracker

DURATION_S = 80.0
NUM_FRAMES = int(DURATION_S * FRAME_RATE_HZ)


def swaying(amount: float, period_s: float = 30.0, bpm: float = 120.0) -> NDArray[np.float64]:
    """Beats in frames, the tempo swinging by that share."""
    times, at = [], 1.0
    while at < DURATION_S - 1:
        times.append(at)
        at += 60 / (bpm * (1 + amount * np.sin(2 * np.pi * at / period_s)))
    return np.array(times) * FRAME_RATE_HZ


def slipped(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same, half a beat late from the middle on, over three beats."""
    lost = np.interp(np.arange(len(frames)), [0, 70, 73, len(frames)], [0, 0, 0.5, 0.5])
    return np.interp(np.arange(len(frames)) + lost, np.arange(len(frames)), frames)[:-1]


def test_what_sways_is_even_afterwards() -> None:
    frames = swaying(0.1)
    sway = sway_of(frames, NUM_FRAMES)
    assert sway is not None
    even = np.interp(frames, sway.source, np.arange(len(sway.source)))
    steps = np.diff(even)
    assert np.diff(frames).std() / np.diff(frames).mean() > 0.06
    assert steps.std() / steps.mean() < 0.01
    np.testing.assert_allclose(sway.back(even), frames, atol=1e-6)


def test_beats_that_slip_do_not_bend_the_tempo() -> None:
    """The true beats are even in a time that was made of beats with a slip."""
    frames = swaying(0.1)
    sway = sway_of(slipped(frames), NUM_FRAMES)
    assert sway is not None
    even = np.interp(frames, sway.source, np.arange(len(sway.source)))
    beat = np.arange(len(even))
    line = np.polyval(np.polyfit(beat, even, 1), beat)
    assert np.abs(even - line).max() < 0.15 * np.diff(even).mean()


@pytest.mark.parametrize("amount", [0.0, 0.01, 0.03])
def test_what_people_play_is_left_alone(amount: float) -> None:
    assert sway_of(swaying(amount), NUM_FRAMES) is None


def test_few_beats_have_no_tempo_curve() -> None:
    assert sway_of(swaying(0.1)[:10], NUM_FRAMES) is None


def test_a_smooth_curve_is_kept_and_an_outlier_ignored() -> None:
    smooth = 0.1 * np.sin(2 * np.pi * np.arange(120) / 60)
    noisy = smooth.copy()
    noisy[[20, 50, 90]] += 0.4
    assert np.abs(smooth_tempo(noisy) - smooth).max() < 0.01


def test_the_whole_song_decides_where_a_passage_says_off_beat() -> None:
    """A third of a song that sways speaks for its off-beats."""
    frames = swaying(0.1)
    off = (frames[1:] + frames[:-1]) / 2
    third = slice(len(frames) // 3, len(frames) // 2)
    strong, weak = np.full(len(frames), 0.9), np.full(len(off), 0.05)
    strong[third], weak[third] = 0.05, 0.9
    evidence = np.zeros((NUM_FRAMES, NUM_CHANNELS), dtype=np.float32)
    for at, chance in ((frames, strong), (off, weak)):
        evidence[np.round(at).astype(int), 0] = chance
    evidence[:, -1] = 1.0

    def hear(heard: Frames) -> Activations:
        beat = np.maximum(heard[:, 0], 0.01).astype(np.float64)
        return Activations(beat, np.full(len(beat), 0.01))

    def share_on_the_beat(again: bool) -> float:
        tracker = NetworkTracker(tempo_range=(90, 150))
        heard = tracker.decide(hear(evidence), evidence, DURATION_S, hear if again else None)
        beats = heard.grid.beats_s * FRAME_RATE_HZ
        return float(np.mean([np.abs(beats - frame).min() < 4 for frame in frames]))

    assert share_on_the_beat(again=False) < 0.9
    assert share_on_the_beat(again=True) > 0.97

"""Activations to beats: which instants, and which of them begin a bar.

In: `Activations` of the network, 50 frames a second.  Out: beat times and
their numbers in the bar.

Beats: the likeliest sequence of intervals, where each beat is worth the log odds
that the network gives it and a change of tempo costs by its size (a semi-Markov
form of the bar pointer model: Krebs, Boeck & Widmer, ISMIR 2015).  Where one
tempo explains the song as well, as in most productions, that tempo is fitted by
least squares and the beats are exactly even.  Bars: the likeliest numbering in
metres of 2 to 7 beats, in which a change of metre and a moved bar line cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.evidence import FRAME_RATE_HZ
from drumnet.logits import logit

Curve = NDArray[np.float64]

SLOWEST_BPM, FASTEST_BPM = 50.0, 230.0
#: A fainter beat says nothing of whether it begins a bar.
_LEAST_BEAT = 0.05

#: Passages within this share of a tempo run at it; and how many must.
_SAME_TEMPO, _COHERENT = 0.02, 0.8


@dataclass(frozen=True, eq=False)
class Activations:
    """(num_frames,) probabilities of a beat and of a downbeat, 50 a second."""

    beat: Curve
    downbeat: Curve


@dataclass(frozen=True)
class DecodingConfig:
    """Chosen on rendered songs and soundfonts that the network was not trained on.

    Args:
        usual: the share of frames that have a beat: one that the network gives
            this probability is worth nothing.
        least_odds, most_odds: limits of what a beat is worth; without them one
            gap would outweigh many beats.
        frames_free: what rounding to frames may do to the change of an interval.
        tempo_cost: of a relative change of the interval beyond it.
        preferred_bpm, preference_octaves, preference: each beat at another
            tempo than the preferred one costs, by the squared octaves.
        constant_share: share of the beats' worth that one tempo must keep.
        coherent_share: the same where nearly all passages run at that tempo: beats
            that only change sides between them are better even.
    """

    usual: float = 0.15
    least_odds: float = -2.5
    most_odds: float = 4.0
    frames_free: float = 0.5
    tempo_cost: float = 80.0
    preferred_bpm: float = 120.0
    preference_octaves: float = 1.0
    preference: float = 0.5
    constant_share: float = 0.9
    coherent_share: float = 0.8


DEFAULT_DECODING = DecodingConfig()

# ---------------------------------------------------------------- beats


def decode_beats(
    beat: Curve,
    slowest_bpm: float = SLOWEST_BPM,
    fastest_bpm: float = FASTEST_BPM,
    config: DecodingConfig = DEFAULT_DECODING,
) -> Curve:
    """(num_beats,) frames, fractional, of the likeliest beats; few or none in
    less than two intervals' time."""
    odds = log_odds(beat, config)
    longest = int(np.ceil(60.0 * FRAME_RATE_HZ / slowest_bpm))
    shortest = max(2, int(np.floor(60.0 * FRAME_RATE_HZ / fastest_bpm)))
    intervals = np.arange(shortest, longest + 1)
    bpm = 60.0 * FRAME_RATE_HZ / intervals
    octaves = np.log2(bpm / config.preferred_bpm) / config.preference_octaves
    prior = -config.preference * octaves**2
    worth, came_from = _forward(odds, intervals, prior, _change_cost(intervals, config))
    frames = _backward(worth, came_from, intervals, len(odds))
    return _refined(beat, frames)


def log_odds(beat: Curve, config: DecodingConfig = DEFAULT_DECODING) -> Curve:
    """What a beat at each frame is worth."""
    odds = logit(np.clip(beat, 1e-4, 1 - 1e-4)) - logit(config.usual)
    return np.asarray(np.clip(odds, config.least_odds, config.most_odds))


def _change_cost(intervals: NDArray[np.int64], config: DecodingConfig) -> Curve:
    """(to, from) what it costs that one interval follows another."""
    step = np.abs(intervals[:, None] - intervals[None])
    middle = np.sqrt(intervals[:, None] * intervals[None])
    return np.asarray(config.tempo_cost * np.maximum(step - config.frames_free, 0.0) / middle)


def _forward(
    odds: Curve, intervals: NDArray[np.int64], prior: Curve, cost: Curve
) -> tuple[NDArray[np.float32], NDArray[np.int16]]:
    """(num_frames + longest, num_intervals) worth of the best sequence that
    ends in a beat at each frame after each interval, and the interval before.

    A sequence begins anywhere within the longest interval, and ends likewise.
    """
    longest = int(intervals[-1])
    num_frames = len(odds)
    worth = np.full((num_frames + longest, len(intervals)), -np.inf, dtype=np.float32)
    came_from = np.full((num_frames + longest, len(intervals)), -1, dtype=np.int16)
    worth[:longest] = 0.0  # virtual beats before the sound
    reach = _reach(cost)
    rows = np.arange(len(intervals))
    costs = np.take_along_axis(cost, reach, axis=1).astype(np.float32)
    prior32 = prior.astype(np.float32)
    for frame in range(num_frames):
        at = frame + longest
        before = worth[at - intervals]  # (to, from)
        offered = before[rows[:, None], reach] - costs
        best = offered.argmax(axis=1)
        worth[at] = offered[rows, best] + prior32 + odds[frame]
        came_from[at] = reach[rows, best]
    return worth, came_from


def _reach(cost: Curve) -> NDArray[np.int64]:
    """(to, few) the intervals from which each is reached at a cost that may pay."""
    few = min(15, cost.shape[1])
    return np.argsort(cost, axis=1, kind="stable")[:, :few]


def _backward(
    worth: NDArray[np.float32],
    came_from: NDArray[np.int16],
    intervals: NDArray[np.int64],
    num_frames: int,
) -> NDArray[np.int64]:
    longest = int(intervals[-1])
    if num_frames < 2:
        return np.zeros(0, dtype=np.int64)
    tail = worth[-longest:].copy()
    # The next beat must lie beyond the end.
    gap = np.arange(longest, 0, -1)
    tail[gap[:, None] > intervals[None]] = -np.inf
    row, interval = np.unravel_index(int(np.argmax(tail)), tail.shape)
    at, index = len(worth) - longest + int(row), int(interval)
    frames = []
    while at >= longest:
        frames.append(at - longest)
        at, index = at - int(intervals[index]), int(came_from[at, index])
        if index < 0:
            break
    return np.array(frames[::-1], dtype=np.int64)


def _refined(beat: Curve, frames: NDArray[np.int64]) -> Curve:
    """The centre of the activation within two frames of each beat."""
    if not len(frames):
        return frames.astype(np.float64)
    near = frames[:, None] + np.arange(-2, 3)
    inside = (near >= 0) & (near < len(beat))
    weight = np.where(inside, beat[np.clip(near, 0, len(beat) - 1)] ** 2, 0.0) + 1e-3
    return np.asarray((weight * near).sum(axis=1) / weight.sum(axis=1))


# ---------------------------------------------------------------- one tempo


def of_one_tempo(
    beat: Curve, frames: Curve, config: DecodingConfig = DEFAULT_DECODING, force: bool = False
) -> Curve | None:
    """Exactly even beats (frames, fractional) in place of those decoded; None
    where they are worth clearly less, unless `force`."""
    if len(frames) < 4:
        return None
    odds = log_odds(beat, config) - config.least_odds
    wide = np.maximum(odds, np.maximum(np.append(odds[1:], 0.0), np.append(0.0, odds[:-1])))
    period, first = _even(odds, wide, frames)
    count = int((len(beat) - 1 - first) / period) + 1
    even: Curve = np.asarray(first + period * np.arange(count), dtype=np.float64)
    needed = config.coherent_share if _coherent(frames, period) else config.constant_share
    kept = _worth(wide, even) >= needed * _worth(wide, frames)
    return even if force or kept else None


def _coherent(frames: Curve, period: float) -> bool:
    """Whether nearly all passages of some beats run at this period."""
    steps = np.diff(frames)
    spans = [steps[max(0, at - 4) : at + 5] for at in range(len(steps))]
    local = np.array([np.median(span) for span in spans])
    near = np.abs(local / period - 1) < _SAME_TEMPO
    return bool(near.mean() > _COHERENT)


def _worth(wide: Curve, frames: Curve) -> float:
    return float(np.interp(frames, np.arange(len(wide)), wide).sum())


def _even(odds: Curve, wide: Curve, frames: Curve) -> tuple[float, float]:
    """Period and first beat, in frames, of the even beats worth most."""
    guess = float(np.median(np.diff(frames)))
    size = 1 << int(np.ceil(np.log2(8 * len(odds))))
    signal = odds - odds.mean()
    spectrum = np.abs(np.fft.rfft(signal, size))
    centre = size / guess
    bins = np.arange(int(centre * 0.96), int(centre * 1.04) + 2)
    bins = bins[(bins > 0) & (2 * bins < len(spectrum))]
    strength = spectrum[bins] + spectrum[2 * bins]
    tops = np.argsort(strength)[-3:]
    best = (-np.inf, guess, 0.0)
    time = np.arange(len(odds))
    for top in tops:
        period = size / float(bins[top])
        turn = np.exp(-2j * np.pi * time / period)
        phases = np.arange(200) / 200
        shape = sum(
            ((signal * turn**h).sum() * np.exp(2j * np.pi * h * phases)).real for h in (1, 2, 3)
        )
        first = float(phases[int(np.argmax(shape))]) * period
        period, first = _least_squares(odds, period, first)
        even = np.arange(first, len(odds) - 1, period)
        best = max(best, (_worth(wide, even), period, first))
    return best[1], best[2]


def _least_squares(odds: Curve, period: float, first: float) -> tuple[float, float]:
    """The line through the activations near the beats, thrice."""
    for reach in (5, 4, 3):
        count = int((len(odds) - 1 - first) / period) + 1
        even = first + period * np.arange(count)
        near = np.round(even).astype(int)[:, None] + np.arange(-reach, reach + 1)
        inside = (near >= 0) & (near < len(odds))
        weight = np.where(inside, odds[np.clip(near, 0, len(odds) - 1)] ** 2, 0.0)
        total = weight.sum(axis=1)
        centre = (weight * near).sum(axis=1) / np.maximum(total, 1e-9)
        used = total > np.quantile(total, 0.2)
        if used.sum() < 4:
            break
        slope, start = np.polyfit(np.flatnonzero(used), centre[used], 1, w=np.sqrt(total[used]))
        if abs(slope / period - 1) > 0.02:
            break
        period, first = float(slope), float(start)
        first -= period * np.floor((first + 0.25 * FRAME_RATE_HZ / 10) / period)
    return period, first


# ---------------------------------------------------------------- downbeats


def downbeats_at(activations: Activations, frames: Curve) -> Curve:
    """(num_beats,) how likely each beat begins a bar, given that it is one."""
    near = np.round(frames).astype(int)[:, None] + np.arange(-2, 3)
    near = np.clip(near, 0, len(activations.beat) - 1)
    beat, downbeat = activations.beat[near].max(axis=1), activations.downbeat[near].max(axis=1)
    return np.asarray(np.minimum(downbeat / np.maximum(beat, _LEAST_BEAT), 1.0))

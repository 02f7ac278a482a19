"""Beat or off-beat: what the whole song says.

In: evidence, the network's activations, and even beats.  Out: the beats, or the
points half-way between them.  Low notes, strong onsets and new harmony come on
beats rather than off them, and songs begin on beats (Goto, "An Audio-based
Real-time Beat Tracking System", 2001).  The network hears 45 s to either side;
where it is not sure, this sum over all of the song decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.spectrum import Frames
from drumnet.beats.evidence import FRAME_RATE_HZ, NUM_BANDS, NUM_CHANGES

Curve = NDArray[np.float64]

_BASS, _REST = 0, NUM_BANDS + NUM_CHANGES
_DRUMS = 2 * (NUM_BANDS + NUM_CHANGES)
_LOW_BANDS = 2
_FIRST_SOUND_STRENGTH = 1.0


@dataclass(frozen=True)
class AccentConfig:
    """Weights, as log odds that the beats are the beats.

    Args:
        low, onsets, harmony: of how far that leads on the beats, from -1 to 1.
        first_sound: of the first sound being nearer to a beat.
        network: of what the network's log odds lead by, per beat.
    """

    low: float = 1.0
    onsets: float = 1.0
    harmony: float = 2.0
    first_sound: float = 0.1
    network: float = 0.5


def on_the_beat(
    frames: Curve, odds: Curve, evidence: Frames, config: AccentConfig = AccentConfig()
) -> Curve:
    """The beats (fractional frames), or the half-way points where those are likelier.

    Args:
        odds: (num_frames,) the network's log odds of a beat.
        evidence: (num_frames, 29).
    """
    period = float(np.median(np.diff(frames)))
    off = frames + period / 2
    first_off = off[0] - period
    off = np.append(first_off, off) if first_off >= 0 else off
    off = off[off < len(odds) - 1]
    if len(off) < 2:
        return frames
    bands = [slice(start, start + NUM_BANDS) for start in (_BASS, _REST, _DRUMS)]
    low = sum(evidence[:, group][:, :_LOW_BANDS].sum(axis=1) for group in bands)
    onsets = np.asarray(sum(evidence[:, group].sum(axis=1) for group in bands))
    harmony = sum(
        evidence[:, start + NUM_BANDS : start + NUM_BANDS + NUM_CHANGES].sum(axis=1)
        for start in (_BASS, _REST)
    )
    weighed = ((low, config.low), (onsets, config.onsets), (harmony, config.harmony))
    lead = sum(weight * _lead(np.asarray(curve), frames, off) for curve, weight in weighed)
    first = float(np.argmax(onsets > _FIRST_SOUND_STRENGTH))
    nearer = np.abs(frames - first).min() <= np.abs(off - first).min()
    lead += config.first_sound if nearer else -config.first_sound
    at = np.arange(len(odds))
    heard = np.interp(frames, at, odds).mean() - np.interp(off, at, odds).mean()
    return frames if lead + config.network * heard >= 0 else off


def _lead(curve: Curve, ours: Curve, theirs: Curve) -> float:
    """How far the curve's peaks at our times exceed those at theirs, -1 to 1."""
    reach = round(0.04 * FRAME_RATE_HZ)

    def mean_peak(frames: Curve) -> float:
        near = np.round(frames).astype(int)[:, None] + np.arange(-reach, reach + 1)
        return float(curve[np.clip(near, 0, len(curve) - 1)].max(axis=1).mean())

    own, other = mean_peak(ours), mean_peak(theirs)
    return (own - other) / (own + other + 1e-3)

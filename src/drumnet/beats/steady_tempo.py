"""The tempo of a production that keeps one, from its onsets alone.

In: evidence.  Out: the period of the beat, where all of the song keeps to it.
The onsets of a song at one tempo add up, over minutes, to a sharp peak at the
frequencies of its beats, half and quarter beats, however little the network
makes of them; this is asked where the network's beats are not even.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.spectrum import Frames
from drumnet.beats.evidence import FRAME_RATE_HZ, NUM_BANDS, NUM_CHANGES

Curve = NDArray[np.float64]

_STARTS = (0, NUM_BANDS + NUM_CHANGES, 2 * (NUM_BANDS + NUM_CHANGES))
_HARMONICS = (1, 2, 4)
#: A song keeps to one tempo if that explains this much of what separate tempi
#: of its parts explain: 0.62-0.99 for recordings to a click, 0.56 for a click
#: that sways by 1 %.
_PART_S, _COHERENCE = 5.0, 0.6
#: Of a long song this is proof: clicks that sway by 1 % over 30 s reach 0.69.
_LONG_S, _SURE_COHERENCE = 60.0, 0.7
#: Even beats may be off the pulse by so many beats at the end of a song.
_MOST_DRIFT = 0.25
#: How far from the tempo of the beats it may be, as a factor.
_REACH = 1.08
#: Of three beats for two, and the like, the tempo is another (by this factor)
#: where that has so much more of the onsets' strength.  Of 45 songs at their
#: tempo the most is 0.7, 1.28, 1.41 and 0.55.
_MISTAKEN = {2 / 3: 1.3, 3 / 4: 1.7, 3 / 2: 1.7, 4 / 3: 1.7}
_NEAR = 1.015
_LEAST_S = 20.0
#: Even beats are worth at least this share of what the decoded ones are: 0.2 and
#: more of songs at one tempo, less than 0 of songs that sway by 10 %.
_LEAST_WORTH = 0.1
#: Onset strength below this, over all bands, is no onset.
_LEAST_STRENGTH = 0.5


def onset_curve(evidence: Frames) -> Curve:
    """(num_frames,) onset strength of all groups and bands."""
    groups = [evidence[:, start : start + NUM_BANDS].sum(axis=1) for start in _STARTS]
    return np.minimum(np.sum(groups, axis=0, dtype=np.float64), 2.0 * NUM_BANDS)


def num_onsets(onsets: Curve) -> int:
    """How many onsets there are, roughly."""
    inner = onsets[1:-1]
    tops = (inner >= onsets[:-2]) & (inner > onsets[2:]) & (inner > _LEAST_STRENGTH)
    return int(tops.sum())


class Pulse(NamedTuple):
    """The tempo that the onsets of a song keep to.

    Args:
        period: of the beat, in frames.
        is_sure: whatever the network hears, the song is at that tempo.
    """

    period: float
    is_sure: bool

    def is_missed_by(self, beats: Curve) -> bool:
        """Whether even beats (fractional frames) drift away from it within the song."""
        return abs(float(np.diff(beats).mean()) / self.period - 1) * len(beats) > _MOST_DRIFT


def steady_pulse(onsets: Curve, frames: Curve) -> Pulse | None:
    """The pulse of a song at one tempo near that of its beats (frames); None of any
    other song."""
    if len(onsets) < _LEAST_S * FRAME_RATE_HZ or len(frames) < 2:
        return None
    signal = onsets - onsets.mean()
    guess_hz = FRAME_RATE_HZ / float(np.median(np.diff(frames)))
    beat_hz, together = _strongest(signal, guess_hz / _REACH, guess_hz * _REACH)
    window = round(_PART_S * FRAME_RATE_HZ)
    parts = (signal[start : start + window] for start in range(0, len(signal) - window + 1, window))
    apart = sum(_strongest(part, 0.9 * beat_hz, 1.1 * beat_hz)[1] for part in parts)
    if together <= _COHERENCE * apart:
        return None
    is_long = len(onsets) >= _LONG_S * FRAME_RATE_HZ
    return Pulse(FRAME_RATE_HZ / beat_hz, is_long and together > _SURE_COHERENCE * apart)


def _strongest(signal: Curve, slowest_hz: float, fastest_hz: float) -> tuple[float, float]:
    """The beats per second at which the signal is strongest, and how strong."""
    size = 1 << int(np.ceil(np.log2(16 * len(signal))))
    magnitude = np.abs(np.fft.rfft(signal, size))
    bins_per_hz = size / FRAME_RATE_HZ
    bins = np.arange(int(slowest_hz * bins_per_hz), int(fastest_hz * bins_per_hz) + 2)
    bins = bins[(bins > 1) & (bins * max(_HARMONICS) < len(magnitude) - 1)]
    strength = np.sum([magnitude[harmonic * bins] for harmonic in _HARMONICS], axis=0)
    best = int(np.argmax(strength))
    centre = float(bins[best])
    if 0 < best < len(bins) - 1:  # the top of the parabola through three bins
        left, top, right = strength[best - 1 : best + 2]
        bend = left - 2 * top + right
        centre += 0.5 * (left - right) / bend if bend < 0 else 0.0
    return centre / bins_per_hz, float(strength[best])


def meant_tempo(onsets: Curve, frames: Curve) -> float | None:
    """The tempo in bpm that three beats were taken for two of, or four for three,
    or the other way round; None where the tempo of the beats (frames) is well."""
    if len(onsets) < _LEAST_S * FRAME_RATE_HZ or len(frames) < 2:
        return None
    signal = onsets - onsets.mean()
    beat_hz = FRAME_RATE_HZ / float(np.median(np.diff(frames)))
    _, strength = _strongest(signal, beat_hz / _NEAR, beat_hz * _NEAR)
    found = []
    for factor, much_more in _MISTAKEN.items():
        other_hz = beat_hz * factor
        other_hz, other = _strongest(signal, other_hz / _NEAR, other_hz * _NEAR)
        found.append((other / much_more, 60.0 * other_hz))
    most, bpm = max(found)
    return bpm if most > strength else None


def even_beats(odds: Curve, pulse: Pulse, frames: Curve) -> Curve | None:
    """Beats (fractional frames) of the pulse, where they are worth most; None of a pulse
    that is not sure and whose beats the network's log odds speak against, of all that
    the decoded ones (frames) are worth: a tempo that sways has a strongest one as well."""
    at = np.arange(len(odds))

    def worth(beats: Curve) -> float:
        return float(np.interp(beats, at, odds).sum())

    firsts = np.arange(0.0, pulse.period, 0.5)
    best = max((np.arange(first, len(odds) - 0.5, pulse.period) for first in firsts), key=worth)
    return best if pulse.is_sure or worth(best) > _LEAST_WORTH * worth(frames) else None

"""Taps of a listener: where the beats are about.

In: times in seconds that someone tapped along, of the whole song or a part.
Out: activations in which beats near the taps are likelier, and the range of
tempo that the taps allow.  Taps are early or late by some hundredths of a
second: what sounds near them decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.evidence import FRAME_RATE_HZ
from drumnet.beats.files import read_beats
from drumnet.errors import BeatError

#: How far from its beat a tap lies (standard deviation), and how likely a tap
#: alone makes a beat.
_SPREAD_S, _LIKELIHOOD = 0.035, 0.4
#: The tempo may differ by this factor from that of the taps.
_TEMPO_SPREAD = 1.12
_LEAST_TAPS = 2


def read_taps(path: Path) -> tuple[float, ...]:
    """The times that a file holds: one a line, in seconds.

    Raises:
        BeatError: no file, or no taps in it.
    """
    return tuple(read_beats(path).beats_s.tolist())


def check_taps(taps_s: Sequence[float]) -> None:
    """Raises:
    BeatError: a single tap, or taps out of order.
    """
    if taps_s and (len(taps_s) < _LEAST_TAPS or min(np.diff(taps_s)) <= 0):
        raise BeatError("taps must be two times or more, each later than the one before")


def tempo_of_taps(taps_s: Sequence[float]) -> tuple[float, float] | None:
    """The slowest and fastest tempo that the taps allow."""
    if not taps_s:
        return None
    bpm = 60.0 / float(np.median(np.diff(taps_s)))
    return bpm / _TEMPO_SPREAD, bpm * _TEMPO_SPREAD


def with_taps(beat: NDArray[np.float64], taps_s: Sequence[float]) -> NDArray[np.float64]:
    """Beat activations that the taps have a say in."""
    if not taps_s:
        return beat
    time_s = np.arange(len(beat)) / FRAME_RATE_HZ
    taps = np.asarray(taps_s)
    after = np.clip(np.searchsorted(taps, time_s), 1, len(taps) - 1)
    distance_s = np.minimum(np.abs(time_s - taps[after - 1]), np.abs(time_s - taps[after]))
    near = np.exp(-0.5 * (distance_s / _SPREAD_S) ** 2)
    half_s = float(np.median(np.diff(taps_s))) / 2
    inside = (time_s > taps_s[0] - half_s) & (time_s < taps_s[-1] + half_s)
    heard = np.where(inside, near * (_LIKELIHOOD + (1 - _LIKELIHOOD) * beat), beat)
    return np.clip(heard, 0.0, 0.99)

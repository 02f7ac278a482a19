"""When the notes of a stem begin, to some milliseconds.

In: a sound, and roughly when its onsets are (peaks of its onset strength).  Out: when they
are.  The same spectral flux as that of onset strength, in windows that are short enough to
say when and too short to tell low notes apart, which the rough times have done.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.spectrum import rises

Curve = NDArray[np.float32]


@dataclass(frozen=True)
class AttackConfig:
    """Chosen, with the sound at 16 kHz, for what docs/onset-times.md measures.

    Args:
        window_samples: of a spectrum, 12 ms.
        hop_samples: 2 ms.
        lag_hops: flux is taken over so many.
        log_gain: log(1 + gain * magnitude), for a full-scale signal near 1.
        reach_s: an attack is the steepest so far to either side of the rough time, ...
        lead_s: ... and steepest so long before the onset, in the middle.
    """

    window_samples: int = 192
    hop_samples: int = 32
    lag_hops: int = 4
    log_gain: float = 1_000.0
    reach_s: float = 0.03
    lead_s: float = 0.0017


DEFAULT_ATTACKS = AttackConfig()


def attack_flux(signal: Curve, first: int, num_hops: int, config: AttackConfig) -> Curve:
    """(num_hops,) how far the spectrum rises around each hop from sample `first` on.

    Args:
        signal: (n,) with half a window and half a lag more than the hops on either side.
    """
    hop, lag = config.hop_samples, config.lag_hops
    size = config.window_samples
    start = first - lag // 2 * hop - size // 2
    part = signal[start : start + (num_hops + lag - 1) * hop + size]
    windows = np.lib.stride_tricks.sliding_window_view(part, size)[::hop]
    shape = np.hanning(size + 1)[:-1].astype(np.float32) * np.float32(2.0 / size)
    level = np.log1p(np.float32(config.log_gain) * np.abs(np.fft.rfft(windows * shape)))
    return np.asarray(rises(level[:-lag], level[lag:]).mean(axis=1), dtype=np.float32)


def attack_times_s(
    flux: Curve, hop_s: float, rough_s: NDArray[np.float64], config: AttackConfig
) -> NDArray[np.float64]:
    """When onsets are, (n,) seconds: each where the flux is highest near its rough time, and
    no nearer to that of another.

    Args:
        flux: of the whole sound, hop i at i * hop_s.
        rough_s: (n,) in order.
    """
    middles = (rough_s[1:] + rough_s[:-1]) / 2
    lowest = np.maximum(rough_s - config.reach_s, np.append(0.0, middles))
    highest = np.minimum(rough_s + config.reach_s, np.append(middles, np.inf))
    found = rough_s.copy()
    bounds = np.round(np.stack([lowest, highest], axis=1) / hop_s).astype(np.int64)
    for number, (begin, end) in enumerate(bounds.tolist()):
        part = flux[begin : end + 1]
        if len(part):
            top = int(np.argmax(part))
            beside = _between(part[top - 1 : top + 2]) if 0 < top < len(part) - 1 else 0.0
            found[number] = (begin + top + beside) * hop_s + config.lead_s
    return np.maximum.accumulate(found)


def _between(three: Curve) -> float:
    """How far from the middle one of three values the parabola through them is highest."""
    before, middle, after = three.tolist()
    bend = before - 2 * middle + after
    return (before - after) / bend / 2 if bend < 0 else 0.0

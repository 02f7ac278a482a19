"""The kick drum, heard from its own stem or from a drum mix.

In: sound.  Out: `Onsets`, each at the start of the attack, with a strength
that grows as MIDI velocity does (the square root of the amplitude, the curve
of the SoundFont 2 standard); or hits, on a beat grid.

A kick is where the level below 120 Hz rises at once.  The threshold follows
the song's own strong kicks.  In a drum mix, what rises more between 150 and
400 Hz is a snare or a tom, unless its low band is as strong as a kick's.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.level import heard_at_level
from drumnet.audio.source import AudioSource
from drumnet.audio.stretches import overlapping_blocks
from drumnet.grid import BeatGrid
from drumnet.hits import MAX_VELOCITY, ORDINARY_VELOCITY, DrumTrack, Piece
from drumnet.song.onsets import Onsets, onset_track
from drumnet.song.roles import Role
from drumnet.song.song import Stem
from drumnet.transcribe.attack import attack_start

Curve = NDArray[np.float32]


@dataclass(frozen=True)
class KickConfig:
    """How a kick is heard."""

    sample_rate_hz: int = 16_000
    #: Levels in two bands, every 5 ms.
    window_samples: int = 1024
    hop_samples: int = 80
    low_hz: tuple[float, float] = (30.0, 120.0)
    mid_hz: tuple[float, float] = (150.0, 400.0)
    #: A rise is measured over so many hops on either side of an onset.
    reach_hops: int = 8
    #: The slope of a level is taken over so many hops on either side ...
    slope_hops: int = 2
    #: ... and is steepest within so many: kicks are at least 60 ms apart.
    gap_hops: int = 6
    #: The least rise, as a share of the song's typical strong kick.
    threshold: float = 0.25
    #: The same for an isolated kick, where softer ones can be told from leakage.
    threshold_isolated: float = 0.15
    #: With a snare on top, a kick still rises so far; a tom or snare does not.
    sure: float = 0.6
    #: A rise below -66 dB of full scale is silence.
    least_rise: float = 5e-4
    #: The start of an attack is looked for in the peak level, every 1 ms, so
    #: many steps before and after the steepest hop: where the level leaves
    #: this share of the way up.  A kick whose pitch falls sounds long before it is
    #: low.  The level is held for half a period of the lowest kick, so that an
    #: attack is not taken apart by its own swing.
    step_samples: int = 16
    steps_before: int = 100
    steps_after: int = 50
    steps_held: int = 12
    start_share: float = 0.2
    #: Over a sub the tail of a kick swells again where the two come in step.  Alone, what is so
    #: near to the kick before, and begins with so much less of an edge, is no stroke.
    swell_s: float = 0.2
    swell_edge: float = 0.05
    #: In a drum mix the level is that below about 700 Hz: of the mean of so many samples.
    smooth_samples: int = 10


DEFAULT_KICK = KickConfig()
#: A strong kick is harder than this share of them.
_STRONG_QUANTILE = 0.9


@dataclass(frozen=True, eq=False)
class _Levels:
    """Levels over time: two bands, every hop; the peak and the edges, every step."""

    low: Curve
    mid: Curve
    peak: Curve
    edge: Curve


def kick_onsets(
    source: AudioSource, *, isolated: bool, config: KickConfig = DEFAULT_KICK
) -> Onsets:
    """Hear the kicks of a stem of any length; the loudest has strength 1.

    Args:
        source: a kick's own stem, or a drum mix.
        isolated: whether it is the former.

    Raises:
        AudioError: the sound cannot be read.
    """
    levels, _ = heard_at_level(source, lambda sound: _levels(sound, config, isolated))
    rise = _rise(levels.low, config)
    hops = _steepest(levels.low, config)
    strong = _typical(rise[hops])
    threshold = config.threshold_isolated if isolated else config.threshold
    hops = hops[rise[hops] >= max(threshold * strong, config.least_rise)]
    if not isolated:
        deep = rise[hops] > _rise(levels.mid, config)[hops]
        struck_together = (rise[hops] > config.sure * strong) & deep.any()
        hops = hops[deep | struck_together]
    if not len(hops):
        return Onsets(np.zeros(0), np.zeros(0, dtype=np.float32))
    peak = _running_max(levels.peak, -config.steps_held, 0)
    pairs = pairwise([-config.gap_hops, *hops.tolist()])
    times = np.array([_attack_start_s(peak, before, hop, config) for before, hop in pairs])
    strengths = np.sqrt(rise[hops] / rise[hops].max(), dtype=np.float32)
    if isolated:
        struck = _struck(times, levels.edge, config)
        times, strengths = times[struck], strengths[struck]
    return Onsets(times, strengths)


def kick_track(stem: Stem, grid: BeatGrid) -> DrumTrack:
    """The kicks of a kick or drum stem, as hits on the grid."""
    if isinstance(stem.source, Onsets):
        onsets = stem.source
    else:
        onsets = _in_velocities(kick_onsets(stem.source, isolated=stem.role is Role.KICK))
    return onset_track(onsets, Piece.KICK, grid)


def _in_velocities(onsets: Onsets) -> Onsets:
    """Kicks heard, with the velocities of a drummer whose strong ones are ordinary: of a
    recording one cannot tell how hard it was played, and loud for ever nobody plays."""
    if not len(onsets):
        return onsets
    strong = np.quantile(onsets.strengths, _STRONG_QUANTILE)
    level = ORDINARY_VELOCITY / MAX_VELOCITY * onsets.strengths / strong
    return Onsets(onsets.times_s, np.minimum(level, 1.0))


def _levels(source: AudioSource, config: KickConfig, isolated: bool) -> _Levels:
    size, hop = config.window_samples, config.hop_samples
    hz = np.fft.rfftfreq(size, 1 / config.sample_rate_hz)
    window = np.hanning(size).astype(np.float32)
    window *= 2 / window.sum()  # a sine's level is its amplitude
    bands: list[Curve] = []
    peaks: list[Curve] = []
    edges: list[Curve] = []
    for signal in overlapping_blocks(source, config.sample_rate_hz, size, hop):
        frames = np.lib.stride_tricks.sliding_window_view(signal, size)[::hop]
        power = np.abs(np.fft.rfft(frames * window)) ** 2
        both = [
            np.sqrt(power[:, (hz >= lowest) & (hz <= highest)].sum(axis=1))
            for lowest, highest in (config.low_hz, config.mid_hz)
        ]
        bands.append(np.array(both, dtype=np.float32))
        sound = signal if isolated else _smoothed(signal, config.smooth_samples)
        centred = sound[size // 2 : size // 2 + len(frames) * hop]
        peaks.append(np.abs(centred).reshape(-1, config.step_samples).max(axis=1))
        centred = np.diff(signal[size // 2 - 2 : size // 2 + len(frames) * hop], 2)
        edges.append(np.abs(centred).reshape(-1, config.step_samples).max(axis=1))
    low, mid = np.concatenate(bands, axis=1)
    return _Levels(low, mid, np.concatenate(peaks), np.concatenate(edges))


def _smoothed(signal: Curve, num_samples: int) -> Curve:
    """The signal without what is high: means of so many samples, taken twice and centred."""
    for _ in range(2):
        sums = np.cumsum(
            np.pad(signal, (num_samples // 2, num_samples - num_samples // 2)), dtype=np.float64
        )
        signal = ((sums[num_samples:] - sums[:-num_samples]) / num_samples).astype(np.float32)
    return signal


def _rise(level: Curve, config: KickConfig) -> Curve:
    """How far the level climbs from its least just before to its most just after."""
    reach = config.reach_hops
    after = _running_max(level, 0, reach)
    before = -_running_max(-level, -reach, 0)
    return np.asarray(np.maximum(after - before, 0), dtype=np.float32)


def _steepest(level: Curve, config: KickConfig) -> NDArray[np.intp]:
    """The hops at which the level climbs faster than anywhere near."""
    span = config.slope_hops
    padded = np.pad(level, span, mode="edge")
    slope = padded[2 * span :] - padded[: -2 * span]
    near = _running_max(slope, -config.gap_hops, config.gap_hops)
    return np.flatnonzero((slope > 0) & (slope >= near))


def _running_max(values: Curve, first: int, last: int) -> Curve:
    """At i, the maximum of values[i + first] to values[i + last]; first <= 0 <= last."""
    padded = np.pad(values, (-first, last), mode="edge")
    windows: Curve = np.lib.stride_tricks.sliding_window_view(padded, last - first + 1)
    return np.asarray(windows.max(axis=1), dtype=np.float32)


def _struck(times: NDArray[np.float64], edge: Curve, config: KickConfig) -> NDArray[np.bool_]:
    """(n,) which onsets are strokes, not the swell of the one before."""
    struck = np.ones(len(times), dtype=bool)
    steps = np.round(times * config.sample_rate_hz / config.step_samples).astype(np.int64)
    last_s, last_edge = -np.inf, 0.0
    for number, (time_s, step) in enumerate(zip(times.tolist(), steps.tolist(), strict=True)):
        own = float(edge[max(0, step - config.steps_held) : step + config.steps_held].max())
        if time_s - last_s < config.swell_s and own < config.swell_edge * last_edge:
            struck[number] = False
        else:
            last_s, last_edge = time_s, own
    return struck


def _typical(rises: Curve) -> float:
    """The rise that halves the energy of all rises: that of a strong kick,
    however many small ones there are."""
    if not len(rises):
        return 0.0
    energy = np.cumsum(np.sort(rises)[::-1].astype(np.float64) ** 2)
    return float(np.sort(rises)[::-1][np.searchsorted(energy, energy[-1] / 2)])


def _attack_start_s(peak: Curve, before: int, hop: int, config: KickConfig) -> float:
    """Where the held peak level leaves the floor on its way to the top of the attack.

    Args:
        before: the hop of the kick before, whose sound is not taken for this one's.
    """
    steps = config.hop_samples // config.step_samples
    near = hop * steps
    first = max(0, near - config.steps_before)
    if before * steps > first - config.steps_after:
        # From the top of the kick before on, which is in the first half of the way.
        last = max(0, before) * steps
        first = max(first, last + int(np.argmax(peak[last : (last + near) // 2 + 1])))
    start = attack_start(peak, first, near, near + config.steps_after, config.start_share)
    return start * config.step_samples / config.sample_rate_hz

"""How strongly a stem begins something new, over time.

In: a stem.  Out: an onset strength curve, 100 frames a second: from audio by spectral
flux on a logarithmic mel spectrum with a maximum filter against vibrato (SuperFlux;
Boeck & Widmer, DAFx 2013), from events by a pulse at each onset.  And when its onsets
are, finer than a frame.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.level import EVERYWHERE, Loudness, Span, heard_at_level
from drumnet.audio.source import AudioSource
from drumnet.audio.spectrum import SpectrumConfig, rises
from drumnet.audio.stretches import LOG_GAIN, SPECTRUM, Stretch, listen
from drumnet.hearing.attacks import DEFAULT_ATTACKS, attack_flux, attack_times_s
from drumnet.song.onsets import Onsets

if TYPE_CHECKING:
    from drumnet.song.song import Stem


@dataclass(frozen=True)
class OnsetConfig:
    """How onset strength is computed.  Frozen: a change needs new weights.

    Args:
        lag_frames: flux is taken over this many frames.
        log_gain: log(1 + gain * magnitude), for a full-scale signal near 1.
        peak_quantile: a stem's strength is relative to this quantile of its local peaks,
        least_peak: but peaks below this flux are noise, however quiet the stem.
    """

    spectrum: SpectrumConfig = SPECTRUM
    lag_frames: int = 2
    log_gain: float = LOG_GAIN
    peak_quantile: float = 0.9
    least_peak: float = 0.05

    @property
    def frame_rate_hz(self) -> int:
        return self.spectrum.frame_rate_hz


DEFAULT_ONSETS = OnsetConfig()
#: However short a note is, it sounds so long.
_RING_S = 0.25

#: A weaker peak of a curve is no onset.
LEAST_STRENGTH = 0.1
#: So long before a sharp onset its peak lies, in the middle: a window hears what comes
#: (docs/onset-times.md).
CURVE_LEAD_S = 0.0057


@dataclass(frozen=True, eq=False)
class OnsetCurve:
    """Onset strength of one stem, (num_frames,) float32 from 0 to 1.

    Frame i is at i / frame_rate_hz seconds.

    Args:
        onsets: those that the curve shows, where their times are known better than by frame.
        span: where the stem sounds; None where it does not.
        loudness: where it is known: of sound, and of notes whose ends are.
    """

    strength: NDArray[np.float32]
    frame_rate_hz: float = float(DEFAULT_ONSETS.frame_rate_hz)
    onsets: Onsets | None = None
    span: Span | None = EVERYWHERE
    loudness: Loudness | None = None


def onset_strength(source: AudioSource, config: OnsetConfig = DEFAULT_ONSETS) -> OnsetCurve:
    """The onset strength of a sound, by SuperFlux, and its onsets; memory is bounded for any
    length.  That of a quiet one is the same as of an ordinary one.

    Raises:
        AudioError: the sound cannot be read.
    """

    def heard(sound: AudioSource) -> OnsetEar:
        ear = OnsetEar(config)
        deque(listen(sound, [ear], config.spectrum, config.log_gain), maxlen=0)
        return ear

    ear, loudness = heard_at_level(source, heard)
    return ear.curve(loudness)


class OnsetEar:
    """Hears spectral flux, and that of attacks, stretch by stretch; the last frames of a
    stretch are what the first of the next are compared with."""

    def __init__(self, config: OnsetConfig = DEFAULT_ONSETS) -> None:
        self._config = config
        self._history = np.zeros((config.lag_frames, config.spectrum.num_mels), dtype=np.float32)
        self._flux: list[NDArray[np.float32]] = []
        self._attack: list[NDArray[np.float32]] = []

    def hear(self, stretch: Stretch) -> None:
        level, spectrum = stretch.level, self._config.spectrum
        joined = np.concatenate([self._history, level])
        self._history = joined[len(level) :]
        flux = rises(joined[: len(level)], level).mean(axis=1)
        self._flux.append(np.asarray(flux, dtype=np.float32))
        num_hops = len(level) * spectrum.hop_samples // DEFAULT_ATTACKS.hop_samples
        if num_hops:
            middle = spectrum.window_samples // 2
            self._attack.append(attack_flux(stretch.signal, middle, num_hops, DEFAULT_ATTACKS))

    def curve(self, loudness: Loudness) -> OnsetCurve:
        """Of all that was heard.

        Args:
            loudness: of the sound, as it was given.
        """
        config, nothing = self._config, np.zeros(0, np.float32)
        flux = np.concatenate([nothing, *self._flux])
        relative = _normalised(flux if len(flux) else np.zeros(1, np.float32), config)
        frames, strengths = _peaks(relative)
        times_s = attack_times_s(
            np.concatenate([nothing, *self._attack]),
            DEFAULT_ATTACKS.hop_samples / config.spectrum.sample_rate_hz,
            np.maximum(frames / config.frame_rate_hz + CURVE_LEAD_S, 0.0),
            DEFAULT_ATTACKS,
        )
        onsets = Onsets(times_s, np.minimum(strengths, 1.0))
        strength = np.minimum(relative, np.float32(1.0))
        return OnsetCurve(strength, float(config.frame_rate_hz), onsets, loudness.span, loudness)


def _normalised(flux: NDArray[np.float32], config: OnsetConfig) -> NDArray[np.float32]:
    """Flux over the stem's typical peak."""
    inner = flux[1:-1]
    peaks = inner[(inner >= flux[:-2]) & (inner > flux[2:]) & (inner > config.least_peak)]
    reference = float(np.quantile(peaks, config.peak_quantile)) if peaks.size else 0.0
    reference = max(reference, 2 * config.least_peak)
    return np.asarray(flux / reference, dtype=np.float32)


def onset_pulses(onsets: Onsets, config: OnsetConfig = DEFAULT_ONSETS) -> OnsetCurve:
    """The onset strength curve of events: a pulse of each onset's strength."""
    at = np.round(np.asarray(onsets.times_s) * config.frame_rate_hz).astype(np.int64)
    kept = at >= 0
    strength = np.zeros(int(at.max(initial=0)) + 1, dtype=np.float32)
    np.maximum.at(strength, at[kept], np.asarray(onsets.strengths, np.float32)[kept])
    span = Span(float(onsets.times_s[0]), onsets.duration_s) if len(onsets) else None
    loudness = _loudness_of_notes(onsets, config.frame_rate_hz)
    return OnsetCurve(strength, float(config.frame_rate_hz), onsets, span, loudness)


def _loudness_of_notes(onsets: Onsets, steps_per_s: int) -> Loudness | None:
    """Of notes that sound until they end; None where that is not known."""
    if onsets.ends_s is None:
        return None
    ends_s = np.maximum(onsets.ends_s, onsets.times_s + _RING_S)
    bounds = np.round(np.stack([onsets.times_s, ends_s]) * steps_per_s).astype(np.int64)
    peaks = np.zeros(int(bounds.max(initial=0)) + 1, dtype=np.float32)
    for start, end, strength in zip(*bounds.tolist(), onsets.strengths, strict=True):
        peaks[start:end] = np.maximum(peaks[start:end], strength)
    return Loudness(peaks, float(steps_per_s))


def onset_times(curve: OnsetCurve) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """When the onsets of a stem are, (n,) seconds, and their (n,) strengths, from 0 to 1.

    Those of events are at their own times.  Of a curve alone they are its peaks, between
    frames by a parabola (Smith & Serra 1987), less the lead of the method.

    >>> times_s, strengths = onset_times(OnsetCurve(np.array([0, 0.2, 1, 0.2, 0], np.float32)))
    >>> (times_s - CURVE_LEAD_S).round(4).tolist(), strengths.tolist()
    ([0.02], [1.0])
    """
    if curve.onsets is not None:
        return curve.onsets.times_s, curve.onsets.strengths
    frames, strengths = _peaks(curve.strength)
    return np.maximum(frames / curve.frame_rate_hz + CURVE_LEAD_S, 0.0), strengths


def _peaks(strength: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Where the peaks of a curve are, in frames; the middle of one that is flat."""
    padded = np.pad(strength, 1)
    first = np.flatnonzero(np.diff(padded) != 0) + 1  # of each run of equal values
    value, end = padded[first], np.append(first[1:], len(padded))
    before, after = np.append(0.0, value[:-1]), np.append(value[1:], 0.0)
    is_peak = (value > before) & (value > after) & (value >= LEAST_STRENGTH)
    first, end, value = first[is_peak], end[is_peak], value[is_peak]
    before, after = before[is_peak], after[is_peak]
    beside = np.where(end - first == 1, (before - after) / (before - 2 * value + after) / 2, 0.0)
    return (first + end - 1) / 2 - 1 + beside, value


def stem_curve(stem: Stem) -> OnsetCurve:
    """The onset strength of a stem, be it sound or events."""
    if isinstance(stem.source, Onsets):
        return onset_pulses(stem.source)
    return onset_strength(stem.source)

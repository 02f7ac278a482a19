"""What is heard to beats: how `OnsetTracker` decides.

In: the curves of `hearing`.  Out: beat times and their numbers in the bar.

Tempo: autocorrelation of the onset strength under a log-normal preference
(Ellis, "Beat Tracking by Dynamic Programming", 2007).  Beats: where the song
keeps to one tempo, as most productions do, the grid of that tempo that is
strongest; otherwise metricon's state-space decoder.  Chords change, and the
bass enters, on beats and downbeats rather than off them (Goto, "An Audio-based
Real-time Beat Tracking System", 2001): this tells the beat from the off-beat,
and the downbeat from the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.hearing import CHROMA_RATE_HZ, FRAME_RATE_HZ, Curve, Heard

_SLOWEST_BPM, _FASTEST_BPM = 50.0, 220.0
#: Chosen on the parts other than drums of 321 MIDI songs: 75 % at their tempo,
#: 10 % at half and 7 % at twice of it.
_PREFERRED_BPM, _PREFERENCE_OCTAVES = 125.0, 0.9
#: Lags in beats and what a repetition at each counts.
_COMB = ((0.5, 0.5), (1.0, 1.0), (2.0, 0.5), (4.0, 0.5))
#: The decoder may stray by this factor from the song's tempo.
_TEMPO_SPREAD = 1.25
#: Activation of a strong onset; higher ones would let single notes rule.
_ACTIVATION = 0.6
_OBSERVATION_LAMBDA = 24
#: A song is of one tempo if that explains this much of what separate tempi of
#: its parts explain: 0.62-0.99 for recordings to a click, 0.56 for a click that
#: sways by 1 %.
_PART_S = 5.0
_CONSTANT_COHERENCE = 0.6
_HARMONICS = (1, 2, 4)
_LEAST_BEATS = 4

#: The first sound is on a downbeat in 76 % of 193 MIDI songs, off the beat in
#: 15 %: that weighs as much as a few bars of accents.
_FIRST_SOUND_STRENGTH = 0.3
_FIRST_SOUND_LEAD = 0.1
_FIRST_SOUND_ACCENT = 6.0
_START_SLACK_S = 0.1

#: What a metre of 3 must be ahead by, in standard errors; and what moving the
#: bar line within a song costs, in standard deviations of a beat's accent.
_THREE_HANDICAP = 2.0
_BAR_LINE_COST = 12.0


# ---------------------------------------------------------------- beats


def find_beats(heard: Heard) -> Curve | None:
    """Beat times in seconds; None where no pulse can be heard."""
    bpm = _tempo(heard.onsets)
    if bpm is None:
        return None
    beats_s = _of_one_tempo(heard.onsets, bpm)
    if beats_s is None:
        beats_s = _decoded(heard.onsets, bpm)
    if len(beats_s) < _LEAST_BEATS:
        return None
    off_beats_s = (beats_s[:-1] + beats_s[1:]) / 2
    beats_s = beats_s if _on_beat(heard, beats_s[:-1], off_beats_s) else off_beats_s
    before_s = 2 * beats_s[0] - beats_s[1]  # a beat that sounds at 0:00 may lie just before it
    return np.append(before_s, beats_s) if before_s > -_START_SLACK_S else beats_s


def _decoded(onsets: Curve, bpm: float) -> Curve:
    """The beats of a tempo that moves."""
    from metricon import Activations, BeatTracker

    decoder = BeatTracker(
        min_bpm=bpm / _TEMPO_SPREAD,
        max_bpm=bpm * _TEMPO_SPREAD,
        fps=FRAME_RATE_HZ,
        observation_lambda=_OBSERVATION_LAMBDA,
    )
    activation = np.clip(_ACTIVATION * onsets, 0.0, 0.98)
    frames = Activations.from_activations(activation, fps=FRAME_RATE_HZ)
    return np.unique(np.asarray(decoder.track(frames, snap="peak").times, dtype=np.float64))


def _tempo(onsets: Curve) -> float | None:
    """The tempo in bpm that the onsets repeat at."""
    if onsets.max(initial=0.0) <= 0.0 or len(onsets) < 2 * FRAME_RATE_HZ:
        return None
    size = 1 << int(np.ceil(np.log2(2 * len(onsets))))
    spectrum = np.fft.rfft(onsets - onsets.mean(), size)
    repeats = np.fft.irfft(np.abs(spectrum) ** 2)[: len(onsets)]
    bpm = np.geomspace(_SLOWEST_BPM, _FASTEST_BPM, 600)
    lag = 60.0 * FRAME_RATE_HZ / bpm
    comb = sum(
        weight * np.interp(lag * beats, np.arange(len(repeats)), repeats, right=0.0)
        for beats, weight in _COMB
    )
    octaves = np.log2(bpm / _PREFERRED_BPM) / _PREFERENCE_OCTAVES
    return float(bpm[np.argmax(np.maximum(comb, 0.0) * np.exp(-0.5 * octaves**2))])


def _of_one_tempo(onsets: Curve, bpm: float) -> Curve | None:
    """The beats of one tempo; None for a song that does not keep to one.

    It keeps to one if the onsets of its parts, each at the tempo that suits it
    best, add up to little more than all of them at one tempo.
    """
    signal = onsets - onsets.mean()
    window = round(_PART_S * FRAME_RATE_HZ)
    parts = [signal[start : start + window] for start in range(0, len(signal), window)]
    beat_hz, together = _strongest_tempo(signal, bpm, 0.03)
    apart = sum(_strongest_tempo(part, bpm, 0.1)[1] for part in parts)
    if together < _CONSTANT_COHERENCE * apart:
        return None
    turn = np.exp(-2j * np.pi * beat_hz * np.arange(len(signal)) / FRAME_RATE_HZ)
    phases = np.arange(960) / 960
    strength = sum(
        ((signal * turn**harmonic).sum() * np.exp(2j * np.pi * harmonic * phases)).real
        for harmonic in _HARMONICS
    )
    first_s = float(phases[np.argmax(strength)]) / beat_hz
    return np.arange(first_s, len(signal) / FRAME_RATE_HZ, 1.0 / beat_hz)


def _strongest_tempo(signal: Curve, bpm: float, reach: float) -> tuple[float, float]:
    """The beats per second, within a share of `reach` of `bpm`, that the signal
    is strongest at, beats, half and quarter beats together; and how strong."""
    size = 1 << int(np.ceil(np.log2(8 * len(signal))))
    magnitude = np.abs(np.fft.rfft(signal, size))
    bins_per_hz = size / FRAME_RATE_HZ
    nearest = bpm / 60.0 * bins_per_hz
    bins = np.arange(int(nearest * (1 - reach)), int(nearest * (1 + reach)) + 2)
    strength = np.sum([magnitude[harmonic * bins] for harmonic in _HARMONICS], axis=0)
    best = int(np.argmax(strength))
    centre = float(bins[best])
    if 0 < best < len(bins) - 1:  # the top of the parabola through three bins
        left, top, right = strength[best - 1 : best + 2]
        bend = left - 2 * top + right
        centre += 0.5 * (left - right) / bend if bend < 0 else 0.0
    return centre / bins_per_hz, float(strength[best])


# ---------------------------------------------------------------- accents


def _peak_at(curve: Curve, times_s: Curve, reach_frames: int = 3) -> Curve:
    """The curve's maximum within 30 ms of each time."""
    centre = np.round(times_s * FRAME_RATE_HZ).astype(int)
    at = centre[:, None] + np.arange(-reach_frames, reach_frames + 1)
    inside = (at >= 0) & (at < len(curve))
    values = np.where(inside, curve[np.clip(at, 0, len(curve) - 1)], 0.0)
    return np.asarray(values.max(axis=1))


def _chord_change(chroma: NDArray[np.float64], times_s: Curve, span_s: float) -> Curve:
    """Cosine distance of the chroma before and after each time."""
    total = np.concatenate([np.zeros((1, 12)), np.cumsum(chroma, axis=0)])

    def between(start_s: Curve, end_s: Curve) -> NDArray[np.float64]:
        ends = np.clip(np.round(np.array([start_s, end_s]) * CHROMA_RATE_HZ), 0, len(chroma))
        first, last = ends.astype(int)
        return np.asarray(total[last] - total[first])

    before, after = between(times_s - span_s, times_s), between(times_s, times_s + span_s)
    norm = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return np.where(norm > 0, 1.0 - (before * after).sum(axis=1) / np.maximum(norm, 1e-12), 0.0)


def _on_beat(heard: Heard, beats_s: Curve, off_beats_s: Curve) -> bool:
    """Whether the beats are beats, rather than the half-way points."""
    period_s = float(np.median(np.diff(beats_s)))

    def lead(ours: Curve, theirs: Curve) -> float:
        both = float(ours.mean() + theirs.mean())
        return (float(ours.mean()) - float(theirs.mean())) / (both + 1e-3)

    evidence = lead(_peak_at(heard.onsets, beats_s), _peak_at(heard.onsets, off_beats_s))
    evidence += lead(_peak_at(heard.low, beats_s), _peak_at(heard.low, off_beats_s))
    evidence += 2.0 * lead(
        _chord_change(heard.chroma, beats_s, period_s),
        _chord_change(heard.chroma, off_beats_s, period_s),
    )
    first_s = _first_sound_s(heard)
    if np.abs(beats_s - first_s).min() <= np.abs(off_beats_s - first_s).min():
        evidence += _FIRST_SOUND_LEAD
    else:
        evidence -= _FIRST_SOUND_LEAD
    return evidence >= 0.0


def _first_sound_s(heard: Heard) -> float:
    return float(np.argmax(heard.onsets > _FIRST_SOUND_STRENGTH)) / FRAME_RATE_HZ


def number_beats(
    heard: Heard, beats_s: Curve, beats_per_bar: int | None = None
) -> NDArray[np.int64]:
    """(num_beats,) each beat's number in its bar."""
    period_s = float(np.median(np.diff(beats_s)))
    accent = (
        _standardised(_chord_change(heard.chroma, beats_s, period_s))
        + _standardised(_chord_change(heard.chroma, beats_s, 2 * period_s))
        + _standardised(_peak_at(heard.low, beats_s))
        + 0.5 * _standardised(_peak_at(heard.onsets, beats_s))
    )
    accent = _standardised(accent)
    from_first_sound_s = np.abs(beats_s - _first_sound_s(heard))
    if from_first_sound_s.min() < period_s / 4:
        accent[np.argmin(from_first_sound_s)] += _FIRST_SOUND_ACCENT
    metre = beats_per_bar or _metre(accent)
    return _bar_positions(accent, metre)


def _standardised(values: Curve) -> Curve:
    # A change of section should not outweigh the bars: large values are cut.
    spread = float(values.std())
    scaled = (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)
    return np.clip(scaled, -2.0, 2.0)


def _metre(accent: Curve) -> int:
    """3 or 4: the length of bar whose downbeats stand out more."""

    def stands_out(length: int) -> float:
        means = [accent[start::length].mean() for start in range(length) if start < len(accent)]
        return float(max(means) * np.sqrt(len(accent) / length))

    return 3 if stands_out(3) > stands_out(4) + _THREE_HANDICAP else 4


def _bar_positions(accent: Curve, length: int) -> NDArray[np.int64]:
    """The likeliest numbering 1..length (Viterbi over the bar line's place):
    accents on downbeats count for it, a moved bar line against it."""
    num_beats = len(accent)
    score = np.zeros(length)
    came_from = np.zeros((num_beats, length), dtype=np.int64)
    stay = np.arange(length)
    for beat in range(num_beats):
        best = int(np.argmax(score))
        moves = score[best] - _BAR_LINE_COST > score
        came_from[beat] = np.where(moves, best, stay)
        score = np.where(moves, score[best] - _BAR_LINE_COST, score)
        score[beat % length] += accent[beat]
    bar_line = np.empty(num_beats, dtype=np.int64)
    place = int(np.argmax(score))
    for beat in range(num_beats - 1, -1, -1):
        bar_line[beat] = place
        place = int(came_from[beat, place])
    return (np.arange(num_beats) - bar_line) % length + 1

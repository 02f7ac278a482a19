"""What the beat network hears of a song.

In: a `Song`, or single sounds.  Out: `Evidence`, 50 frames a second, of three
groups of stems: the bass, the drums, and all else.  A group has the onset
strength in six bands (spectral flux on a logarithmic mel spectrum with a maximum
filter against vibrato: SuperFlux; Boeck & Widmer, DAFx 2013) and, for all but
drums, how much the pitch classes change around each frame, below and above
165 Hz, within half a second and within two.  Only changes are kept, each
relative to the song: they say less of the timbre than a spectrum does.

Frozen: the weights were trained on exactly this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.level import heard_at_level
from drumnet.audio.source import AudioSource, Resampler, Samples
from drumnet.audio.spectrum import Frames, mel_filters, rises
from drumnet.audio.stretches import SPECTRUM, Framing, Stretch, listen
from drumnet.products import product
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem

FRAME_RATE_HZ = 50
#: Of the frames that all listeners share.
_EVERY = SPECTRUM.frame_rate_hz // FRAME_RATE_HZ
#: Upper edges in Hz of the bands of onset strength.
BAND_EDGES_HZ = (110.0, 220.0, 500.0, 1_200.0, 3_000.0, 8_000.0)
NUM_BANDS = len(BAND_EDGES_HZ)

#: Pitch classes are heard at half the rate, in windows of half a second.
_CHROMA_SAMPLE_RATE_HZ, _CHROMA_WINDOW = 4_000, 2_048
CHROMA_RATE_HZ = 25
_LOWEST_HZ, _SPLIT_HZ, _HIGHEST_HZ = 38.0, 165.0, 1_760.0
#: Seconds before and after a frame whose pitch classes are compared.
CHANGE_SPANS_S = (0.5, 2.0)
#: Pitch classes of low notes, and of high ones.
NUM_CHROMA = 24
NUM_CHANGES = 2 * len(CHANGE_SPANS_S)

BASS, DRUMS, REST = range(3)
NUM_GROUPS = 3
_GROUP = {
    Role.BASS: BASS,
    Role.DRUMS: DRUMS,
    Role.KICK: DRUMS,
    Role.SNARE: DRUMS,
    Role.HAT: DRUMS,
    Role.TOMS: DRUMS,
    Role.CYMBALS: DRUMS,
}
#: Bands and changes of bass and rest, bands of the drums, and which are there.
NUM_CHANNELS = NUM_GROUPS * NUM_BANDS + 2 * NUM_CHANGES + NUM_GROUPS

#: Onset strength is the rise from the frame before, on a logarithmic scale: it is
#: highest this much before the attack (clicks of known time: 8.5-12 ms).
ONSET_LEAD_S = 0.010

#: Which bands an event sounds in, where a stem is given as events.
_EVENT_BANDS = {
    Role.BASS: (1.0, 1.0, 0.6, 0.3, 0.1, 0.1),
    Role.KICK: (1.0, 0.8, 0.4, 0.3, 0.3, 0.3),
    Role.SNARE: (0.2, 0.8, 0.8, 0.7, 0.8, 1.0),
    Role.HAT: (0.0, 0.0, 0.1, 0.2, 0.5, 1.0),
    Role.CYMBALS: (0.0, 0.0, 0.2, 0.4, 0.8, 1.0),
}
_EVENT_BANDS_OF_OTHERS = (0.2, 0.4, 0.8, 1.0, 0.7, 0.4)

_LOUDEST = 2.0
#: Peaks of flux below this are noise, however quiet the stem.
LEAST_PEAK = 0.05


@dataclass(frozen=True, eq=False)
class StemEvidence:
    """What is heard of one sound.

    Args:
        flux: (num_frames, 6) onset strength in bands, not yet relative.
        chroma: (about num_frames / 2, 24) root magnitude per pitch class, low and
            high notes apart.
    """

    flux: Frames
    chroma: Frames


def hear_stem(source: AudioSource | Onsets, role: Role = Role.OTHER) -> StemEvidence:
    """Listen to one stem; memory is bounded for any length.

    Raises:
        AudioError: the sound cannot be read.
    """
    if isinstance(source, Onsets):
        return _of_events(source, role)
    return heard_at_level(source, _hear_sound)[0]


def _hear_sound(source: AudioSource) -> StemEvidence:
    ear = BeatEar()
    deque(listen(source, [ear]), maxlen=0)
    return ear.evidence()


class BeatEar:
    """Hears what the beat network is told, stretch by stretch."""

    def __init__(self) -> None:
        self._frames = 0
        self._last: Frames = np.zeros((1, SPECTRUM.num_mels), np.float32)
        self._flux: list[Frames] = []
        self._lowered = Resampler(1, SPECTRUM.sample_rate_hz, _CHROMA_SAMPLE_RATE_HZ)
        self._slow = Framing(_CHROMA_WINDOW, _CHROMA_SAMPLE_RATE_HZ // CHROMA_RATE_HZ)
        self._chromas: list[Frames] = []

    def hear(self, stretch: Stretch) -> None:
        level = np.concatenate([self._last, stretch.level[-self._frames % _EVERY :: _EVERY]])
        self._frames += len(stretch.level)
        self._last = level[-1:]
        self._flux.append(_band_flux(level))
        self._chroma(self._slow.pushed(self._lowered.pushed(stretch.sound[None])[0]))

    def evidence(self) -> StemEvidence:
        """Of all that was heard."""
        self._chroma(self._slow.pushed(self._lowered.rest()[0]))
        self._chroma(self._slow.rest())
        return StemEvidence(np.concatenate(self._flux), np.concatenate(self._chromas))

    def _chroma(self, signal: Samples) -> None:
        if len(signal):
            windows = np.lib.stride_tricks.sliding_window_view(signal, _CHROMA_WINDOW)
            self._chromas.append(_chroma(windows[:: _CHROMA_SAMPLE_RATE_HZ // CHROMA_RATE_HZ]))


def _band_flux(mel: NDArray[np.floating]) -> Frames:
    """(num_frames - 1, 6) rise of each frame over the one before, in bands."""
    return np.asarray(product(rises(mel[:-1], mel[1:]), _band_means()), dtype=np.float32)


@lru_cache(maxsize=1)
def _band_means() -> Frames:
    """(64, 6) that takes the mean over the mel filters of each band."""
    bin_hz = SPECTRUM.sample_rate_hz / SPECTRUM.window_samples
    centres_hz = mel_filters(SPECTRUM).argmax(axis=0) * bin_hz
    band = np.searchsorted(BAND_EDGES_HZ[:-1], centres_hz, side="right")
    belongs = np.eye(NUM_BANDS, dtype=np.float32)[band]
    return np.asarray(belongs / belongs.sum(axis=0))


def _chroma(windows: Frames) -> Frames:
    window = np.hanning(_CHROMA_WINDOW).astype(np.float32)
    magnitude = np.abs(np.fft.rfft(windows * window)).astype(np.float32)
    return np.asarray(np.sqrt(product(magnitude, _pitch_classes())))


@lru_cache(maxsize=1)
def _pitch_classes() -> Frames:
    """(num_bins, 24) that folds the spectrum into low and high pitch classes."""
    hz = np.fft.rfftfreq(_CHROMA_WINDOW, 1.0 / _CHROMA_SAMPLE_RATE_HZ)
    used = np.flatnonzero((hz > _LOWEST_HZ) & (hz < _HIGHEST_HZ))
    place = np.round(12.0 * np.log2(hz[used] / 440.0)).astype(int) % 12 + 12 * (
        hz[used] > _SPLIT_HZ
    )
    fold = np.zeros((len(hz), NUM_CHROMA), dtype=np.float32)
    fold[used, place] = 1.0
    return fold


def _of_events(onsets: Onsets, role: Role) -> StemEvidence:
    """Events as if each sounded in the bands that its role sounds in."""
    at = np.round((onsets.times_s - ONSET_LEAD_S) * FRAME_RATE_HZ).astype(np.int64)
    kept = at >= 0
    flux = np.zeros((int(at.max(initial=0)) + 2, NUM_BANDS), dtype=np.float32)
    bands = np.array(_EVENT_BANDS.get(role, _EVENT_BANDS_OF_OTHERS), dtype=np.float32)
    strength = np.asarray(onsets.strengths, np.float32)[kept, None] * bands
    np.maximum.at(flux, at[kept], strength)
    return StemEvidence(flux, np.zeros((len(flux) // 2, NUM_CHROMA), dtype=np.float32))


# ---------------------------------------------------------------- groups


def group_evidence(stems: Sequence[StemEvidence], num_frames: int) -> Frames:
    """(num_frames, 10) what a group of stems shows: bands, then changes."""
    flux = np.zeros((num_frames, NUM_BANDS), dtype=np.float32)
    chroma = np.zeros((num_frames // 2 + 1, NUM_CHROMA), dtype=np.float32)
    for stem in stems:
        _add(flux, relative(stem.flux))
        _add(chroma, stem.chroma)
    flux = np.minimum(flux / np.sqrt(max(1, len(stems))), _LOUDEST)
    return np.concatenate([flux, changes(chroma, num_frames)], axis=1)


def relative(flux: Frames) -> Frames:
    """Flux over the stem's typical peak, that of the mean over the bands."""
    total = flux.mean(axis=1)
    inner = total[1:-1]
    peaks = inner[(inner >= total[:-2]) & (inner > total[2:]) & (inner > LEAST_PEAK)]
    return flux / max(float(np.quantile(peaks, 0.9)) if peaks.size else 0.0, 2 * LEAST_PEAK)


def changes(chroma: Frames, num_frames: int) -> Frames:
    """(num_frames, 4) from 0 to 2: how little the pitch classes before and after
    each frame correlate; low notes within each span, then high notes."""
    total = np.concatenate([np.zeros((1, NUM_CHROMA)), np.cumsum(chroma, axis=0, dtype=np.float64)])
    at = np.arange(len(chroma))
    columns = []
    for notes in (slice(0, 12), slice(12, 24)):
        for span_s in CHANGE_SPANS_S:
            reach = round(span_s * CHROMA_RATE_HZ)
            before = total[at, notes] - total[np.maximum(at - reach, 0), notes]
            after = total[np.minimum(at + reach, len(chroma)), notes] - total[at, notes]
            before -= before.mean(axis=1, keepdims=True)
            after -= after.mean(axis=1, keepdims=True)
            norm = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
            alike = (before * after).sum(axis=1) / np.maximum(norm, 1e-9)
            columns.append(np.where(norm > 1e-6 * reach**2, 1.0 - alike, 0.0))
    rate = CHROMA_RATE_HZ / FRAME_RATE_HZ
    frames = np.arange(num_frames) * rate
    return np.stack([np.interp(frames, at, column) for column in columns], axis=1).astype(
        np.float32
    )


def _add(total: Frames, part: Frames) -> None:
    shared = min(len(total), len(part))
    total[:shared] += part[:shared]


def song_evidence(song: Song, heard: Mapping[Stem, StemEvidence] | None = None) -> Frames:
    """(num_frames, 29) what the network hears of a song.

    Args:
        heard: of each stem, where they were listened to before.
    """
    num_frames = int(np.ceil(song.duration_s * FRAME_RATE_HZ)) + 1
    groups: list[list[StemEvidence]] = [[], [], []]
    for stem in song.stems:
        one = hear_stem(stem.source, stem.role) if heard is None else heard[stem]
        groups[_GROUP.get(stem.role, REST)].append(one)
    return joined(groups, num_frames)


def joined(groups: Sequence[Sequence[StemEvidence]], num_frames: int) -> Frames:
    """(num_frames, 29) bass and rest, the bands of the drums, and which are there."""
    heard = [group_evidence(stems, num_frames) for stems in groups]
    present = np.array([bool(stems) for stems in groups], dtype=np.float32)
    parts = [heard[BASS], heard[REST], heard[DRUMS][:, :NUM_BANDS]]
    return np.concatenate([*parts, np.broadcast_to(present, (num_frames, NUM_GROUPS))], axis=1)

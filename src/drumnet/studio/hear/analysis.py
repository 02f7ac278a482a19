"""What is heard of each stem, kept on disk; and its sound for the browser.

In: a stem's file.  Out: its onset strength curve (all that the drummer needs,
so that nothing is heard twice), its waveform, and a file that a browser plays.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import load_npz
from drumnet.audio.level import EVERYWHERE, Loudness, Span
from drumnet.audio.metered import Tell, counted_source
from drumnet.audio.source import AudioSource, open_audio
from drumnet.beats.by_hand import Heard
from drumnet.files import atomic_path
from drumnet.hearing.onset_strength import DEFAULT_ONSETS, OnsetCurve, onset_times, stem_curve
from drumnet.song.onsets import Onsets, read_midi_onsets
from drumnet.song.song import IS_SUM, Song, Stem, levels_db, no_stems_among
from drumnet.studio.errors import ConflictError, UnknownError
from drumnet.studio.schemas.project import Peaks
from drumnet.studio.schemas.song import StemKind
from drumnet.studio.store.disk import Disk
from drumnet.studio.store.rows import StemRow

#: Stretches of the waveform that are kept, per second.
PEAKS_PER_SECOND = 100
_FULL = 127
#: How often `hear` reads a stem's sound.
READS = 2
#: In the page a role is chosen.
_SUM_IN_WORDS = "is the sum of the others; a role that you choose takes it all the same"
#: What every browser decodes as it is, to the sample.
_PLAYED_AS_IS = {
    "WAV": ("audio/wav", {"PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT"}),
    "FLAC": ("audio/flac", {"PCM_S8", "PCM_16", "PCM_24"}),
}


@dataclass(frozen=True)
class Playable:
    """A file that a browser plays."""

    path: Path
    media_type: str


@dataclass(frozen=True, eq=False)
class _Waveform:
    """(num_stretches,) int8 each: the lowest and highest sample, of 127."""

    lowest: NDArray[np.int8]
    highest: NDArray[np.int8]


class Analysis:
    """Hears stems, once each."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._encoding = threading.Lock()

    def song(self, stems: Iterable[StemRow]) -> Song:
        """The stems as the core takes them, without what is left out; headers are read.

        Raises:
            DrumnetError: a file that cannot be read.
        """
        return Song(tuple(self._stem(row) for row in stems if not row.left_out))

    def told_apart(self, stems: Sequence[StemRow]) -> list[StemRow]:
        """The same, with what is no stem beside the others marked as such.

        Raises:
            DrumnetError: a file that cannot be read.
        """
        read = {row.id: self._stem(row) for row in stems}
        guessed = [read[row.id] for row in stems if not row.role_is_said]
        found = no_stems_among(guessed, levels_db(read.values()))
        whys = {row.id: found.get(read[row.id], "") for row in stems}
        return [
            replace(row, left_out=_SUM_IN_WORDS if whys[row.id] == IS_SUM else whys[row.id])
            for row in stems
        ]

    def file(self, stem: StemRow) -> Path:
        """Its sound as it was given."""
        return self._disk.stem_file(stem)

    def is_heard(self, stem: StemRow) -> bool:
        """Whether `hear` is done with it."""
        return self._disk.heard_file(stem).is_file()

    def hear(self, stem: StemRow, tell: Tell) -> None:
        """Hear a stem and keep what is heard; what `tell` raises ends it.

        Raises:
            DrumnetError: the file cannot be read.
        """
        read = self._stem(stem)
        if isinstance(read.source, Onsets):
            waveform = _pulses(read.source)
        else:
            source = counted_source(read.source, tell)
            read = Stem(read.name, read.role, source)
            waveform = _waveform(source)
        curve = stem_curve(read)
        times_s, strengths = onset_times(curve)
        with atomic_path(self._disk.heard_file(stem)) as part, part.open("wb") as file:
            np.savez(
                file,
                strength=curve.strength,
                frame_rate_hz=curve.frame_rate_hz,
                onset_times_s=times_s,
                onset_strengths=strengths,
                span_s=[curve.span.start_s, curve.span.end_s] if curve.span else [],
                **_loudness_arrays(curve.loudness),
                lowest=waveform.lowest,
                highest=waveform.highest,
            )

    def curve(self, stem: StemRow) -> OnsetCurve:
        """Its onset strength.

        Raises:
            ConflictError: it was not heard yet.
        """
        arrays = self._heard(stem)
        onsets = None
        if "onset_times_s" in arrays:  # what was heard by an older version has no times
            onsets = Onsets(arrays["onset_times_s"], arrays["onset_strengths"])
        strength = arrays["strength"].astype(np.float32)
        span: Span | None = EVERYWHERE
        if "span_s" in arrays:
            span = Span(*arrays["span_s"].tolist()) if arrays["span_s"].size else None
        loudness = None  # nor has it loudness
        if "loudness_peaks" in arrays:
            loudness = Loudness(arrays["loudness_peaks"], float(arrays["loudness_steps_per_s"]))
        return OnsetCurve(strength, float(arrays["frame_rate_hz"]), onsets, span, loudness)

    def onsets(self, stems: Iterable[StemRow]) -> Heard:
        """Where notes of these stems begin, the kick and drums that are replaced too.

        Raises:
            ConflictError: one was not heard yet.
        """
        curves = [self.curve(stem) for stem in stems if not stem.left_out]
        length = max((len(curve.strength) for curve in curves), default=0)
        total = np.zeros(length, dtype=np.float32)
        for curve in curves:
            total[: len(curve.strength)] += curve.strength
        rate_hz = curves[0].frame_rate_hz if curves else DEFAULT_ONSETS.frame_rate_hz
        return Heard(total, float(rate_hz))

    def peaks(self, stem: StemRow, per_second: int) -> Peaks:
        """Its waveform at another resolution, at most `PEAKS_PER_SECOND`.

        Raises:
            ConflictError: it was not heard yet.
        """
        arrays = self._heard(stem)
        count = len(arrays["lowest"])
        num_stretches = max(1, int(np.ceil(count * per_second / PEAKS_PER_SECOND)))
        starts = np.arange(num_stretches) * PEAKS_PER_SECOND // per_second
        starts = starts[starts < count]
        return Peaks(
            per_second=per_second,
            lowest=np.minimum.reduceat(arrays["lowest"], starts).tolist() if count else [],
            highest=np.maximum.reduceat(arrays["highest"], starts).tolist() if count else [],
        )

    def playable(self, stem: StemRow) -> Playable:
        """The file itself, or a FLAC of it.

        Raises:
            UnknownError: the stem is no sound.
            DrumnetError: it cannot be read.
        """
        if stem.kind is not StemKind.SOUND:
            raise UnknownError(f"'{stem.name}' holds notes, not sound: there is nothing to play")
        given = self._disk.stem_file(stem)
        media_type = _played_as_is(given)
        if media_type is not None:
            return Playable(given, media_type)
        flac = self._disk.playable_file(stem)
        with self._encoding:
            if not flac.is_file():
                _encode(open_audio(given), flac)
        return Playable(flac, "audio/flac")

    def _stem(self, row: StemRow) -> Stem:
        path = self._disk.stem_file(row)
        if row.kind is StemKind.EVENTS:
            return Stem(row.name, row.role, read_midi_onsets(path, row.role), path)
        return Stem(row.name, row.role, open_audio(path), path)

    def _heard(self, stem: StemRow) -> dict[str, NDArray[Any]]:
        try:
            return load_npz(self._disk.heard_file(stem))
        except (OSError, ValueError, BadZipFile) as fault:
            raise ConflictError(
                f"'{stem.name}' was not listened to yet: wait, or start listening again"
            ) from fault


def _loudness_arrays(loudness: Loudness | None) -> dict[str, Any]:
    if loudness is None:
        return {}
    return {"loudness_peaks": loudness.peaks, "loudness_steps_per_s": loudness.steps_per_s}


def _waveform(source: AudioSource) -> _Waveform:
    """The extremes of all channels, in stretches of a hundredth of a second."""
    num_stretches = max(1, int(np.ceil(source.duration_s * PEAKS_PER_SECOND)))
    lowest, highest = np.zeros(num_stretches), np.zeros(num_stretches)
    start = 0
    for block in source.blocks():
        at = np.arange(start, start + block.shape[1]) * PEAKS_PER_SECOND // source.sample_rate
        firsts = np.flatnonzero(np.diff(at, prepend=-1))
        where = at[firsts]
        inside = where < num_stretches
        low = np.minimum.reduceat(block.min(axis=0), firsts)[inside]
        high = np.maximum.reduceat(block.max(axis=0), firsts)[inside]
        lowest[where[inside]] = np.minimum(lowest[where[inside]], low)
        highest[where[inside]] = np.maximum(highest[where[inside]], high)
        start += block.shape[1]
    return _Waveform(_bytes(lowest), _bytes(highest))


def _pulses(onsets: Onsets) -> _Waveform:
    num_stretches = max(1, int(np.ceil(onsets.duration_s * PEAKS_PER_SECOND)))
    highest = np.zeros(num_stretches)
    np.maximum.at(highest, (onsets.times_s * PEAKS_PER_SECOND).astype(int), onsets.strengths)
    return _Waveform(_bytes(-highest), _bytes(highest))


def _bytes(level: NDArray[np.float64]) -> NDArray[np.int8]:
    return np.clip(np.round(level * _FULL), -_FULL, _FULL).astype(np.int8)


def _played_as_is(path: Path) -> str | None:
    """The media type, if the file is one that every browser decodes."""
    import soundfile

    from drumnet.audio.sound_file import c_path

    try:
        about = soundfile.info(c_path(path))
    except soundfile.LibsndfileError:
        return None
    media_type, subtypes = _PLAYED_AS_IS.get(about.format, (None, set[str]()))
    return media_type if about.subtype in subtypes else None


def _encode(source: AudioSource, flac: Path) -> None:
    import soundfile

    from drumnet.audio.sound_file import c_path

    with (
        atomic_path(flac) as part,
        soundfile.SoundFile(
            c_path(part),
            "w",
            source.sample_rate,
            source.num_channels,
            subtype="PCM_24",
            format="FLAC",
        ) as file,
    ):
        for block in source.blocks():
            file.write(np.ascontiguousarray(block.T))

"""Sound files and the samples in them.

In: WAV, AIFF, FLAC, OGG and MP3 through libsndfile, M4A/AAC, FLAC in Ogg and the
sound tracks of video files through FFmpeg (PyAV, the extra `[video]`), whatever
their names end in; 8-192 kHz, 1-8 channels, 8-bit integers to 64-bit floats.  Out:
float32 samples, full scale at 1, shape (channels, n).

Everything streams: an `AudioSource` hands out its samples in blocks, so the
length of a song does not show in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drumnet.audio import sound_file, video
from drumnet.audio.sound_file import SoundHeader
from drumnet.errors import AudioError, OutputError
from drumnet.files import atomic_path
from drumnet.limits import MAX_SONG, MAX_SONG_S

Samples = sound_file.Samples

#: What libsndfile reads, by suffix; and what only PyAV reads.
_SOUND = ".wav .wave .w64 .rf64 .aif .aiff .aifc .flac .ogg .oga .opus .mp3 .au .snd .caf"
_VIDEO = ".m4a .aac .mp4 .m4v .mov .mkv .mka .webm .avi .wma .3gp .ac3"
SOUND_SUFFIXES = frozenset(_SOUND.split())
VIDEO_SUFFIXES = frozenset(_VIDEO.split())

#: MPEG-4, Matroska, and FLAC in Ogg: where it is told, and how.
_VIDEO_HEADS = ((4, b"ftyp"), (0, b"\x1aE\xdf\xa3"), (28, b"\x7fFLAC"))
_HEAD_BYTES = 64

MIN_RATE_HZ, MAX_RATE_HZ = 8_000, 192_000
MAX_CHANNELS = 8
BLOCK_SAMPLES = 1 << 17
#: Of the blocks in which songs are read: what is made of one stays in the processor's cache.
BLOCK_S = 4.0
#: Of a WAV that libsndfile writes, before its samples, and fewer.
_HEADER_BYTES = 128
#: Samples stored as unscaled 32-bit integers; anything louder is no sound.
_LOUDEST = 2.0**31


class AudioSource(Protocol):
    """Sound that can be read from its start, any number of times."""

    @property
    def sample_rate(self) -> int: ...
    @property
    def num_channels(self) -> int: ...
    @property
    def num_samples(self) -> int: ...
    @property
    def duration_s(self) -> float: ...

    def blocks(self, block_samples: int = BLOCK_SAMPLES) -> Iterator[Samples]:
        """The samples in order, (num_channels, up to block_samples) each, `num_samples` in all."""
        ...


@dataclass(frozen=True, eq=False)
class Audio:
    """Sound in memory.

    Args:
        samples: (channels, n) float32, full scale at 1; kept read-only.
        sample_rate: in Hz.

    Raises:
        AudioError: another shape, a rate below 1, or samples that are not finite.
    """

    samples: Samples
    sample_rate: int

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples, dtype=np.float32).view()
        if samples.ndim != 2 or samples.shape[0] < 1:
            raise AudioError(f"samples of shape {samples.shape}: expected (channels, samples)")
        if self.sample_rate < 1:
            raise AudioError(f"a sample rate of {self.sample_rate} Hz is not positive")
        _check_samples(samples, 0, self.sample_rate, "the audio")
        samples.setflags(write=False)
        object.__setattr__(self, "samples", samples)

    @property
    def num_channels(self) -> int:
        return int(self.samples.shape[0])

    @property
    def num_samples(self) -> int:
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        return self.num_samples / self.sample_rate

    def blocks(self, block_samples: int = BLOCK_SAMPLES) -> Iterator[Samples]:
        for start in range(0, self.num_samples, block_samples):
            yield self.samples[:, start : start + block_samples]

    def mono(self) -> Audio:
        """The mean of the channels."""
        return Audio(self.samples.mean(axis=0, keepdims=True), self.sample_rate)

    def resampled(self, sample_rate: int) -> Audio:
        """The same sound at another rate (band-limited, no delay)."""
        if sample_rate == self.sample_rate:
            return self
        import soxr

        frames = np.ascontiguousarray(self.samples.T)
        return Audio(soxr.resample(frames, self.sample_rate, sample_rate).T, sample_rate)


@dataclass(frozen=True)
class AudioFile:
    """A sound file on disk, read in blocks; made by `open_audio`.

    Args:
        track: which of its sound tracks, where it has several.
    """

    path: Path
    sample_rate: int
    num_channels: int
    num_samples: int
    track: int = 0

    @property
    def duration_s(self) -> float:
        return self.num_samples / self.sample_rate

    def blocks(self, block_samples: int = BLOCK_SAMPLES) -> Iterator[Samples]:
        """As of `AudioSource`.  What a damaged end lacks is silence.

        Raises:
            AudioError: the file cannot be decoded, or holds samples that are
                not finite (the message says at which second).
        """
        header = SoundHeader(self.sample_rate, self.num_channels, self.num_samples)
        if is_video(self.path):
            decoded = video.decoded_blocks(self.path, header, block_samples, self.track)
        else:
            decoded = sound_file.decoded_blocks(self.path, header, block_samples)
        start = 0
        for block in decoded:
            block = block[:, : self.num_samples - start]
            _check_samples(block, start, self.sample_rate, f"'{self.path}'")
            start += block.shape[1]
            if block.shape[1]:
                yield block
        while start < self.num_samples:
            missing = min(block_samples, self.num_samples - start)
            yield np.zeros((self.num_channels, missing), dtype=np.float32)
            start += missing


def open_audio(path: Path | str, track: int = 0) -> AudioFile:
    """Read a file's header; the samples stay on disk.

    Args:
        track: which of the sound tracks that `track_names` tells.

    Raises:
        AudioError: no such file, a folder, an empty file, no sound file, a
            rate outside 8-192 kHz, more than 8 channels, or a format that
            needs the extra `[video]`.
    """
    path = Path(path)
    sound_file.check_readable(path)
    header = video.read_header(path, track) if is_video(path) else sound_file.read_header(path)
    file = AudioFile(path, header.sample_rate, header.num_channels, header.num_samples, track)
    if not MIN_RATE_HZ <= file.sample_rate <= MAX_RATE_HZ:
        raise AudioError(
            f"'{path}' has a sample rate of {file.sample_rate} Hz: "
            f"convert it to {MIN_RATE_HZ}-{MAX_RATE_HZ} Hz"
        )
    if not 1 <= file.num_channels <= MAX_CHANNELS:
        raise AudioError(
            f"'{path}' has {file.num_channels} channels: export it with 1-{MAX_CHANNELS}"
        )
    if file.duration_s > MAX_SONG_S:
        raise AudioError(f"'{path}' lasts more than {MAX_SONG}: cut it, or export it again")
    if file.num_samples < 1:
        raise AudioError(f"'{path}' holds no sound (0 samples): export it again")
    return file


def read_audio(path: Path | str) -> Audio:
    """A whole file in memory; raises what `open_audio` and its blocks raise."""
    file = open_audio(path)
    samples = np.empty((file.num_channels, file.num_samples), dtype=np.float32)
    start = 0
    for block in file.blocks():
        samples[:, start : start + block.shape[1]] = block
        start += block.shape[1]
    return Audio(samples, file.sample_rate)


class Resampler:
    """Blocks of (num_channels, n) at another rate (band-limited, no delay); those that come out
    may differ in length from those given, and be empty."""

    def __init__(self, num_channels: int, from_hz: int, to_hz: int) -> None:
        import soxr

        self._nothing = np.zeros((0, num_channels), dtype=np.float32)
        self._stream = None
        if from_hz != to_hz:
            self._stream = soxr.ResampleStream(from_hz, to_hz, num_channels)

    def pushed(self, block: Samples) -> Samples:
        """What comes out when a block is put in."""
        if self._stream is None:
            return block
        return np.asarray(self._stream.resample_chunk(np.ascontiguousarray(block.T)).T)

    def rest(self) -> Samples:
        """What comes out at the end."""
        if self._stream is None:
            return self._nothing.T
        return np.asarray(self._stream.resample_chunk(self._nothing, last=True).T)


def resampled_blocks(
    blocks: Iterable[Samples], num_channels: int, from_hz: int, to_hz: int
) -> Iterator[Samples]:
    """Blocks as a `Resampler` gives them."""
    resampler = Resampler(num_channels, from_hz, to_hz)
    yield from map(resampler.pushed, blocks)
    yield resampler.rest()


def mono_blocks(
    source: AudioSource, sample_rate: int, block_s: float = BLOCK_S
) -> Iterator[Samples]:
    """The mean of the channels at another rate, in blocks of shape (n,).

    Together the blocks hold round(num_samples * sample_rate / source rate)
    samples, and sample k lies at k / sample_rate seconds.
    """
    wanted = round(source.num_samples * sample_rate / source.sample_rate)
    read = source.blocks(max(1, int(block_s * source.sample_rate)))
    mono = (block.mean(axis=0, keepdims=True, dtype=np.float32) for block in read)
    for (resampled,) in resampled_blocks(mono, 1, source.sample_rate, sample_rate):
        block = resampled[:wanted]
        wanted -= len(block)
        if len(block):
            yield block
    if wanted:
        yield np.zeros(wanted, dtype=np.float32)


def write_wav(
    path: Path | str,
    blocks: Iterable[NDArray[np.floating]],
    sample_rate: int,
    num_channels: int,
    subtype: str = "PCM_24",
) -> None:
    """Write blocks of shape (num_channels, n) to a WAV file; over full scale is clipped.

    Raises:
        OutputError: the file cannot be written; nothing is left behind then.
    """
    import soundfile

    with atomic_path(path) as part:
        try:
            with soundfile.SoundFile(
                sound_file.c_path(part),
                "w",
                sample_rate,
                num_channels,
                subtype=subtype,
                format="WAV",
            ) as file:
                for block in blocks:
                    file.write(np.ascontiguousarray(block.T))
        except soundfile.SoundFileError as error:
            raise OutputError(
                f"cannot write '{path}' ({error}): is the disk full, or the file too long for WAV?"
            ) from error
        if subtype == "FLOAT":
            _without_date(part)


def _without_date(path: Path) -> None:
    """libsndfile writes into a WAV of floats when their peak was found; the same sound gives
    the same bytes without."""
    with open(path, "r+b") as file:
        peak = file.read(_HEADER_BYTES).find(b"PEAK")
        if peak >= 0:
            file.seek(peak + 12)  # behind its name, size and version
            file.write(bytes(4))


def is_video(path: Path) -> bool:
    """Whether PyAV has to read it: by its suffix, or by how it begins where that says
    otherwise."""
    if path.suffix.lower() in VIDEO_SUFFIXES:
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    return any(head[at : at + len(mark)] == mark for at, mark in _VIDEO_HEADS)


def track_names(path: Path) -> tuple[str, ...]:
    """The names of a file's sound tracks, empty where they have none; one of a plain sound file.

    Raises:
        AudioError: as of `open_audio`.
    """
    sound_file.check_readable(path)
    return video.track_names(path) if is_video(path) else ("",)


def is_audio(path: Path) -> bool:
    """Whether the suffix is of a sound or video format."""
    return path.suffix.lower() in SOUND_SUFFIXES | VIDEO_SUFFIXES


def _check_samples(block: Samples, start: int, sample_rate: int, name: str) -> None:
    if not block.size or np.abs(block).max() <= _LOUDEST:  # false for NaN
        return
    bad = ~(np.abs(block) <= _LOUDEST).all(axis=0)
    at_s = (start + int(np.argmax(bad))) / sample_rate
    raise AudioError(
        f"{name} holds samples that are not finite (NaN or infinite) at {at_s:.2f} s: "
        "export it again"
    )

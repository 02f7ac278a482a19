"""The sound of M4A, AAC and video files, through FFmpeg (PyAV, extra `[video]`).

In: a path, and which of its sound tracks.  Out: the sound's rate, channels and
length, and its samples in blocks, float32 (channels, n), from 0:00 of the file: a
track that starts late is preceded by silence, the encoder's priming is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from drumnet.audio.sound_file import Samples, SoundHeader, changed
from drumnet.audio.stem_file import stem_names
from drumnet.errors import AudioError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

#: What the first track of a stem file is called here.
MIX_TRACK = "mix"
#: FFmpeg's AV_TIME_BASE, the unit of a container's duration.
_CONTAINER_TICKS_HZ = 1_000_000
#: Raw streams do not say how many samples the encoder put in front; one AAC
#: frame is the least (ISO/IEC 14496-3).
_RAW_PRIMING = {"aac": 1024, "ac3": 0}
#: Its first packet gives no samples: the sound begins with the packet, not with what it gives.
_PRIMED_BY_A_PACKET = "vorbis"
#: What players write where a track has no name.
_NO_NAMES = frozenset(("", "SoundHandler", "Core Media Audio", "Apple Sound Media Handler"))
#: More tracks than any song has are damage.
_MAX_TRACKS = 64


def track_names(path: Path) -> tuple[str, ...]:
    """What the sound tracks of a file are called, empty where they have no name; those of a
    stem file begin with its mix.

    Raises:
        AudioError: PyAV is not installed, or the file cannot be read.
    """
    av = _import_av(path)
    try:
        with _opened(av, path) as container:
            tracks = container.streams.audio[:_MAX_TRACKS]
            told = tuple(_name_of(track.metadata) for track in tracks)
    except (av.FFmpegError, ValueError) as error:
        raise _no_sound(path, error) from error
    stems = stem_names(path)
    return (MIX_TRACK, *stems) if len(stems) + 1 == len(told) else told


def read_header(path: Path, track: int = 0) -> SoundHeader:
    """Rate, channels and length of a sound track.

    Raises:
        AudioError: PyAV is not installed, or the file has no sound it can read.
    """
    av = _import_av(path)
    try:
        with _opened(av, path) as container:
            stream = _sound_track(container, path, track)
            rate, channels = int(stream.rate or 0), int(stream.channels)
            return SoundHeader(rate, channels, round(_length_s(container, stream) * rate))
    except (av.FFmpegError, ValueError) as error:
        raise _no_sound(path, error) from error


def decoded_blocks(
    path: Path, header: SoundHeader, block_samples: int, track: int = 0
) -> Iterator[Samples]:
    """The samples of a sound track in order, up to `block_samples` at a time.

    Raises:
        AudioError: PyAV is not installed, or the file is damaged.
    """
    waiting: list[Samples] = []
    num_waiting = 0
    for frame in _decoded_frames(path, header, track):
        waiting.append(frame)
        num_waiting += frame.shape[1]
        while num_waiting >= block_samples:
            joined = np.concatenate(waiting, axis=1)
            yield joined[:, :block_samples]
            waiting = [joined[:, block_samples:]]
            num_waiting -= block_samples
    if waiting:
        yield np.concatenate(waiting, axis=1)


def _decoded_frames(path: Path, header: SoundHeader, track: int) -> Iterator[Samples]:
    """The samples in the decoder's small frames."""
    av = _import_av(path)
    place = 0
    try:
        with _opened(av, path) as container:
            stream = _sound_track(container, path, track)
            if (stream.rate, stream.channels) != (header.sample_rate, header.num_channels):
                raise changed(path)
            resampler = av.AudioResampler("fltp", stream.layout, header.sample_rate)
            frames = container.decode(stream)
            first = next(frames, None)
            if first is None:
                return
            place = _start(container, stream, first, header.sample_rate)
            if place > 0:
                yield np.zeros((header.num_channels, place), dtype=np.float32)
            for frame in chain([first], frames, [None]):
                for out in resampler.resample(frame):
                    samples: Samples = np.asarray(out.to_ndarray(), dtype=np.float32)
                    if len(samples) != header.num_channels:
                        raise ValueError("it has other channels further on")
                    yield samples[:, max(0, -place) :]
                    place += samples.shape[1]
    except (av.FFmpegError, ValueError) as error:
        if not path.exists():
            raise changed(path) from error
        raise AudioError(
            f"'{path}' is damaged or cut off after {max(0, place) / header.sample_rate:.1f} s: "
            "export it again"
        ) from error


def _import_av(path: Path) -> ModuleType:
    try:
        import av
    except ImportError:
        raise AudioError(
            f"'{path}' needs one more package: pip install 'drumnet[video]', or convert it to WAV"
        ) from None
    av.logging.set_level(None)  # FFmpeg must not write to stderr by itself
    return av


def _opened(av: ModuleType, path: Path) -> InputContainer:
    """Its texts may be in any encoding."""
    container: InputContainer = av.open(str(path), metadata_errors="replace")
    return container


def _sound_track(container: InputContainer, path: Path, track: int) -> AudioStream:
    if not container.streams.audio:
        raise AudioError(f"'{path}' has no sound track: give a file with sound")
    if track >= len(container.streams.audio):
        raise changed(path)
    stream = container.streams.audio[track]
    if getattr(stream, "codec_context", None) is None:
        raise AudioError(f"the sound of '{path}' is of a kind that is not known: export it as WAV")
    return stream


def _name_of(metadata: Mapping[str, str]) -> str:
    told = (metadata.get(key, "").strip() for key in ("title", "name", "handler_name"))
    return next((name for name in told if name not in _NO_NAMES), "")


def _no_sound(path: Path, error: Exception) -> AudioError:
    reason = getattr(error, "strerror", None) or str(error)
    return AudioError(
        f"'{path}' is no sound or video file that can be read ({reason}): export it as WAV or M4A"
    )


def _length_s(container: InputContainer, stream: AudioStream) -> float:
    """Length from the header; raw streams have none there, so packets are counted."""
    if container.format.name not in _RAW_PRIMING:
        if stream.duration is not None and stream.time_base is not None:
            return float(stream.duration * stream.time_base)
        if container.duration is not None:
            return container.duration / _CONTAINER_TICKS_HZ
    length_s = 0.0
    for packet in container.demux(stream):
        if packet.duration and packet.time_base:
            length_s += float(packet.duration * packet.time_base)
    priming = _RAW_PRIMING.get(container.format.name, 0)
    return max(0.0, length_s - priming / (stream.rate or 1))


def _start(
    container: InputContainer, stream: AudioStream, frame: AudioFrame, sample_rate: int
) -> int:
    """The sample, from the file's 0:00, at which the first frame lies."""
    if container.format.name in _RAW_PRIMING:
        return -_RAW_PRIMING[container.format.name]
    if stream.codec_context.name == _PRIMED_BY_A_PACKET and stream.start_time is not None:
        return round(float(stream.start_time * (stream.time_base or 0)) * sample_rate)
    if frame.pts is None or frame.time_base is None:
        return 0
    return round(float(frame.pts * frame.time_base) * sample_rate)

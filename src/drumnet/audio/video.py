"""The sound of M4A, AAC and video files, through FFmpeg (PyAV, extra `[video]`).

In: a path.  Out: the sound's rate, channels and length, and its samples in
blocks, float32 (channels, n), from 0:00 of the file: a track that starts late
is preceded by silence, the encoder's priming is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from drumnet.audio.sound_file import Samples, SoundHeader, changed
from drumnet.errors import AudioError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

#: FFmpeg's AV_TIME_BASE, the unit of a container's duration.
_CONTAINER_TICKS_HZ = 1_000_000
#: Raw streams do not say how many samples the encoder put in front; one AAC
#: frame is the least (ISO/IEC 14496-3).
_RAW_PRIMING = {"aac": 1024, "ac3": 0}


def read_header(path: Path) -> SoundHeader:
    """Rate, channels and length of the first sound track.

    Raises:
        AudioError: PyAV is not installed, or the file has no sound it can read.
    """
    av = _import_av(path)
    try:
        with av.open(str(path)) as container:
            stream = _sound_track(container, path)
            rate, channels = int(stream.rate or 0), int(stream.channels)
            return SoundHeader(rate, channels, round(_length_s(container, stream) * rate))
    except av.FFmpegError as error:
        raise AudioError(
            f"'{path}' is no sound or video file that can be read ({error.strerror}): "
            "export it as WAV or M4A"
        ) from error


def decoded_blocks(path: Path, header: SoundHeader, block_samples: int) -> Iterator[Samples]:
    """The samples of the first sound track in order, up to `block_samples` at a time.

    Raises:
        AudioError: PyAV is not installed, or the file is damaged.
    """
    waiting: list[Samples] = []
    num_waiting = 0
    for frame in _decoded_frames(path, header):
        waiting.append(frame)
        num_waiting += frame.shape[1]
        while num_waiting >= block_samples:
            joined = np.concatenate(waiting, axis=1)
            yield joined[:, :block_samples]
            waiting = [joined[:, block_samples:]]
            num_waiting -= block_samples
    if waiting:
        yield np.concatenate(waiting, axis=1)


def _decoded_frames(path: Path, header: SoundHeader) -> Iterator[Samples]:
    """The samples in the decoder's small frames."""
    av = _import_av(path)
    place = 0
    try:
        with av.open(str(path)) as container:
            stream = _sound_track(container, path)
            if (stream.rate, stream.channels) != (header.sample_rate, header.num_channels):
                raise changed(path)
            resampler = av.AudioResampler("fltp", stream.layout, header.sample_rate)
            frames = container.decode(stream)
            first = next(frames, None)
            if first is None:
                return
            place = _start(container, first, header.sample_rate)
            if place > 0:
                yield np.zeros((header.num_channels, place), dtype=np.float32)
            for frame in chain([first], frames, [None]):
                for out in resampler.resample(frame):
                    samples: Samples = np.asarray(out.to_ndarray(), dtype=np.float32)
                    yield samples[:, max(0, -place) :]
                    place += samples.shape[1]
    except av.FFmpegError as error:
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


def _sound_track(container: InputContainer, path: Path) -> AudioStream:
    if not container.streams.audio:
        raise AudioError(f"'{path}' has no sound track: give a file with sound")
    return container.streams.audio[0]


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


def _start(container: InputContainer, frame: AudioFrame, sample_rate: int) -> int:
    """The sample, from the file's 0:00, at which the first frame lies."""
    if container.format.name in _RAW_PRIMING:
        return -_RAW_PRIMING[container.format.name]
    if frame.pts is None or frame.time_base is None:
        return 0
    return round(float(frame.pts * frame.time_base) * sample_rate)

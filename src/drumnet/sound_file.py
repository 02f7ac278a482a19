"""WAV, AIFF, FLAC, OGG and MP3, through libsndfile.

In: a path.  Out: the sound's rate, channels and length, and its samples in
blocks, float32 (channels, n).  libsndfile's own words for what is wrong are
put so that a musician knows what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import AudioError

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class SoundHeader:
    """What a file says of its sound."""

    sample_rate: int
    num_channels: int
    num_samples: int


def check_readable(path: Path) -> None:
    """Say what is wrong with a path before a decoder says it less clearly.

    Raises:
        AudioError: missing, a folder, not to be opened, empty, or text named .mp3.
    """
    if not path.exists():
        raise AudioError(f"no such file: '{path}'; check the name")
    if path.is_dir():
        raise AudioError(f"'{path}' is a folder: give a sound file")
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise AudioError(f"cannot read '{path}' ({error.strerror}): check its rights") from error
    if not head:
        raise AudioError(f"'{path}' is empty (0 bytes): export it again")
    # Without a frame header libmpg123 would chatter on stderr before it gives up.
    has_frame = b"\xff" in head or head.startswith((b"ID3", b"RIFF"))
    if path.suffix.lower() == ".mp3" and not has_frame:
        raise _no_sound(path, "no MPEG frames")


def read_header(path: Path) -> SoundHeader:
    """Rate, channels and length.

    Raises:
        AudioError: no sound file that libsndfile can read.
    """
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            return SoundHeader(int(file.samplerate), int(file.channels), int(file.frames))
    except soundfile.LibsndfileError as error:
        raise _no_sound(path, error.error_string) from error
    except TypeError as error:  # a .raw file: soundfile wants to be told its format
        raise _no_sound(path, "headerless samples") from error


def decoded_blocks(path: Path, block_samples: int) -> Iterator[Samples]:
    """The samples in order, up to `block_samples` at a time.

    Raises:
        AudioError: the file is damaged.
    """
    import soundfile

    start, rate = 0, 1
    try:
        with soundfile.SoundFile(path) as file:
            rate = file.samplerate
            while len(frames := file.read(block_samples, dtype="float32", always_2d=True)):
                start += len(frames)
                yield np.ascontiguousarray(frames.T)
    except soundfile.LibsndfileError as error:
        raise AudioError(
            f"'{path}' is damaged or cut off after {start / rate:.1f} s: export it again"
        ) from error


def _no_sound(path: Path, reason: str) -> AudioError:
    return AudioError(
        f"'{path}' is no sound file that can be read ({reason.strip(' .')}): "
        "give WAV, AIFF, FLAC, OGG, MP3 or M4A"
    )

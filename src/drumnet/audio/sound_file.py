"""The sound of WAV, AIFF, FLAC, OGG and MP3 files, through libsndfile.

In: a path.  Out: the sound's rate, channels and length, and its samples in
blocks, float32 (channels, n).  libsndfile's own words for what is wrong are
put so that a musician knows what to do.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.wav_header import mended
from drumnet.errors import AudioError

if TYPE_CHECKING:
    from soundfile import SoundFile

Samples = NDArray[np.float32]

#: What is said of the length of a FLAC that was written to a pipe: none is so long.
_UNKNOWN_FRAMES = 1 << 62
_COUNTED_SAMPLES = 1 << 17

_STDERR = 2
_STDERR_LOCK = threading.Lock()


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
    if not path.is_file():
        raise AudioError(f"'{path}' is a device or a pipe: write what it gives to a file first")
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise AudioError(f"cannot read '{path}' ({error.strerror}): check its rights") from error
    if not head:
        raise AudioError(f"'{path}' is empty (0 bytes): export it again")
    # Of what has no frame header libmpg123 reads the whole before it gives up.
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
        with _opened(path) as file:
            rate, channels, frames = int(file.samplerate), int(file.channels), int(file.frames)
        if frames < _UNKNOWN_FRAMES:
            return SoundHeader(rate, channels, frames)
    except soundfile.LibsndfileError as error:
        raise _no_sound(path, error.error_string) from error
    except TypeError as error:  # a .raw file: soundfile wants to be told its format
        raise _no_sound(path, "headerless samples") from error
    blocks = decoded_blocks(path, SoundHeader(rate, channels, _UNKNOWN_FRAMES), _COUNTED_SAMPLES)
    return SoundHeader(rate, channels, sum(block.shape[1] for block in blocks))


def decoded_blocks(path: Path, header: SoundHeader, block_samples: int) -> Iterator[Samples]:
    """The samples in order, up to `block_samples` at a time.

    Raises:
        AudioError: the file is damaged, or is not what `read_header` read any more.
    """
    import soundfile

    try:
        opened = _opened(path)
    except (soundfile.LibsndfileError, TypeError) as error:
        raise changed(path) from error
    with opened as file:
        length = min(int(file.frames), _UNKNOWN_FRAMES)
        is_same = length in (header.num_samples, _UNKNOWN_FRAMES)
        if not is_same or (file.samplerate, file.channels) != (
            header.sample_rate,
            header.num_channels,
        ):
            raise changed(path)
        while True:
            try:
                with _quiet(file.format == "MP3"):
                    frames = file.read(block_samples, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as error:
                # Not known of an MP3, nor of what does not say its length.
                read_s = file.tell() / file.samplerate if file.seekable() else 0
                after = f" after {read_s:.1f} s" if read_s else ""
                raise AudioError(
                    f"'{path}' is damaged or cut off{after}: export it again"
                ) from error
            if not len(frames):
                return
            yield np.ascontiguousarray(frames.T)


def changed(path: Path) -> AudioError:
    """Of a file that is another one than it was."""
    gone = "deleted" if not path.exists() else "changed"
    return AudioError(f"'{path}' was {gone} while it was read: wait until it is whole, try again")


def c_path(path: Path) -> Path | bytes:
    """The path as libsndfile takes it: soundfile itself knows only names that
    the locale can spell, and stems may be called anything."""
    return path if os.name == "nt" else os.fsencode(path)


def _opened(path: Path) -> SoundFile:
    import soundfile

    with _quiet():
        file = soundfile.SoundFile(mended(path) or c_path(path))
        if file.frames < _UNKNOWN_FRAMES:
            return file
        file.close()
        return _streamed(path)


def _streamed(path: Path) -> SoundFile:
    """A file that does not say how long it is: it can be read on, not sought in."""
    import soundfile

    class Streamed(soundfile.SoundFile):  # type: ignore[misc]
        def seekable(self) -> bool:
            return False

    return Streamed(c_path(path))


@contextmanager
def _quiet(needed: bool = True) -> Iterator[None]:
    """Keep off stderr what libmpg123 writes there, past Python, about odd MP3s."""
    if not needed:
        yield
        return
    with _STDERR_LOCK:
        try:
            kept = os.dup(_STDERR)
        except OSError:  # there is no stderr
            yield
            return
        try:
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), _STDERR)
            yield
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)


def _no_sound(path: Path, reason: str) -> AudioError:
    if "does not exist" in reason:  # libsndfile's words for an MP3 that it cannot read
        reason = "damaged"
    return AudioError(
        f"'{path}' is no sound file that can be read ({reason.strip(' .')}): "
        "give WAV, AIFF, FLAC, OGG, MP3 or M4A"
    )

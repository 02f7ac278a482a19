"""Every fault that a user can mend.

One exception is one line for the user: what was wrong (with the value) and
what to do about it.  The command line prints it and exits with 1; anything
that is not a `DrumnetError` is a bug of ours and keeps its traceback.
"""

from __future__ import annotations

#: What is said where the system, or a limit that is set for us, gives no more of it.
NO_MEMORY = (
    "there is not enough memory: end other programs, or raise the limit that is set for this one "
    "(ulimit -v)"
)


class DrumnetError(Exception):
    """Base of all faults that the user can mend; `str(error)` is one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class AudioError(DrumnetError):
    """A sound file that cannot be read, or holds no usable sound."""


class SongError(DrumnetError):
    """Stems that do not make a song: none found, unknown role, two of one name."""


class BeatError(DrumnetError):
    """Beats that are missing, out of order, or cannot be tracked."""


class MidiError(DrumnetError):
    """A Standard MIDI File that cannot be read or written."""


class StyleError(DrumnetError):
    """A style code that has the wrong size, is not finite, or is unknown."""


class CheckpointError(DrumnetError):
    """Weights that are missing, damaged, or of another version."""


class KitError(DrumnetError):
    """A drum kit that cannot be loaded or lacks a piece."""


class OutputError(DrumnetError):
    """A result that cannot be written, or that would overwrite a file."""


class DataError(DrumnetError):
    """Training or evaluation data that is missing or malformed."""


class SectionError(DrumnetError):
    """A file of sections that cannot be read, or does not fit the song."""

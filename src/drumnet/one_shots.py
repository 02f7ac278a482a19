"""The files of a kit: one-shots in a folder.

In: a folder, or one of its files.  Out: which files belong to which piece, and
their sound, ready to be placed: at one sample rate, mono or stereo, beginning
with the stroke.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.audio import open_audio, read_audio
from drumnet.errors import KitError
from drumnet.hits import Piece
from drumnet.kit_names import AUDIO_SUFFIXES, piece_of_name

#: What lasts longer is no stroke.
MAX_ONE_SHOT_S = 30.0

#: Sound before the first sample above this part of the peak is cut off, so
#: that a hit is heard where it is placed.
_SILENCE = 10 ** (-60 / 20)


def files_by_piece(folder: Path) -> dict[Piece, list[Path]]:
    """The sound files in a folder and its sub-folders, by the piece that they
    or their folders are named after, in the order of their paths."""
    files: dict[Piece, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if hidden or path.suffix.lower() not in AUDIO_SUFFIXES or not path.is_file():
            continue
        # The innermost folder that names a piece, else the file.
        names = [*reversed(inside.parts[:-1]), path.stem]
        piece = next(filter(None, map(piece_of_name, names)), None)
        if piece is not None:
            files.setdefault(piece, []).append(path)
    return files


def read_one_shot(path: Path, sample_rate: int) -> NDArray[np.float32]:
    """One stroke, (1 or 2, n), resampled, without the silence before it.

    Raises:
        KitError: the file is silent or too long.
        AudioError: it cannot be read.
    """
    duration_s = open_audio(path).duration_s
    if duration_s > MAX_ONE_SHOT_S:
        raise KitError(
            f"the one-shot '{path.name}' lasts {duration_s:.0f} s: one stroke of up to "
            f"{MAX_ONE_SHOT_S:.0f} s is expected"
        )
    audio = read_audio(path)
    if audio.num_channels > 2:
        audio = audio.mono()
    samples = audio.resampled(sample_rate).samples
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0.0:
        raise KitError(f"the one-shot '{path.name}' is silent: replace or remove it")
    start = int(np.argmax(np.abs(samples).max(axis=0) > peak * _SILENCE))
    return np.ascontiguousarray(samples[:, start:], dtype=np.float32)

"""The files of a kit: one-shots in a folder.

In: a folder, or one of its files, named as producers and sample libraries do
(`BD_hard`, `kick_v2_rr1`, `HH Closed 03`).  Out: which files belong to which
piece, what their names say of the velocity layer, and their sound, ready to be
placed: at one sample rate, mono or stereo, beginning with the stroke.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import SOUND_SUFFIXES, Audio, open_audio, read_audio
from drumnet.errors import KitError
from drumnet.hits import Piece
from drumnet.song.roles import spelt_out

#: What lasts longer is no stroke.
MAX_ONE_SHOT_S = 30.0

#: Sound before the first sample above this part of the peak is cut off, so
#: that a hit is heard where it is placed.
_SILENCE = 10 ** (-60 / 20)

_HAT = r"(?:hats?|hi ?hats?|hh)"
_TOM = r"(?:toms?|tm)"

#: The first that is found counts: open hats before hats, floor toms before toms.
_PATTERNS: tuple[tuple[Piece, str], ...] = (
    (Piece.KICK, r"kick ?drums?|kicks?|kik|kck|bd|kd|bass ?drums?"),
    (Piece.SNARE, r"snares?|sn|snr|sd|rim ?shots?"),
    (Piece.OPEN_HAT, rf"open(?:ed)? ?{_HAT}|{_HAT} ?(?:\d+ )?(?:opened|open|op|o)|ohh?|hho"),
    (Piece.CLOSED_HAT, rf"(?:closed? ?)?{_HAT}|chh?|hhc"),
    (Piece.LOW_TOM, rf"(?:low|floor|lo|fl) ?{_TOM}|{_TOM} ?(?:low|floor|lo|fl|3|l)|lt|ft"),
    (Piece.MID_TOM, rf"(?:mid|middle) ?{_TOM}|{_TOM} ?(?:mid|2|m)|mt"),
    (Piece.HIGH_TOM, rf"(?:high|hi|rack)? ?{_TOM}(?: ?(?:high|hi|1|h))?|ht"),
    (Piece.RIDE, r"rides?|rd|rc"),
    (Piece.CRASH, r"crash(?:es)?|cr|cc|splash|china|cymbals?|cym"),
)
_PIECES = tuple((piece, re.compile(rf"(?:^| )(?:{text})(?= |$)")) for piece, text in _PATTERNS)

_NUMBER = re.compile(r"(?:^| )(?:v|vl|vel|velocity|layer) ?(\d+)(?= |$)")
_WORDS: tuple[tuple[int, frozenset[str]], ...] = (
    (0, frozenset({"ghost", "pp", "softest"})),
    (1, frozenset({"soft", "quiet", "p", "piano"})),
    (2, frozenset({"medium", "med", "normal", "mf", "mp"})),
    (3, frozenset({"hard", "loud", "f", "forte", "accent"})),
    (4, frozenset({"ff", "hardest", "loudest"})),
)


@dataclass(frozen=True)
class Label:
    """A velocity layer as the name gives it; larger numbers are harder strokes.

    Args:
        number: the number in the name, or the rank of the word.
        is_number: whether the name gives a number.
    """

    number: int
    is_number: bool

    #: The rank of the word `medium`.
    MEDIUM: ClassVar[int] = 2


def piece_of_name(name: str) -> Piece | None:
    """The piece that a file or folder is named after.

    >>> piece_of_name("01_BD-hard").value, piece_of_name("HH Closed 03").value
    ('kick', 'closed_hat')
    >>> piece_of_name("room")
    """
    words = spelt_out(name)
    return next((piece for piece, pattern in _PIECES if pattern.search(words)), None)


def read_label(name: str) -> Label | None:
    """The velocity layer in a file's name; None where it says none.

    >>> read_label("kick_v2_rr1")
    Label(number=2, is_number=True)
    >>> read_label("KickSoft").number < read_label("kick hard 2").number
    True
    """
    words = spelt_out(name)
    number = _NUMBER.search(words)
    if number:
        return Label(int(number[1]), True)
    parts = set(words.split())
    return next((Label(rank, False) for rank, known in _WORDS if parts & known), None)


def files_by_piece(folder: Path) -> dict[Piece, list[Path]]:
    """The sound files in a folder and its sub-folders, by the piece that they
    or their folders are named after, in the order of their paths."""
    files: dict[Piece, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if hidden or path.suffix.lower() not in SOUND_SUFFIXES or not path.is_file():
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
    return from_its_onset(read_sample(path, sample_rate), f"the one-shot '{path.name}'")


def read_sample(
    path: Path,
    sample_rate: int,
    semitones: float = 0.0,
    start: int = 0,
    stop: int | None = None,
) -> NDArray[np.float32]:
    """A sound file as it is, (1 or 2, n), resampled.

    Args:
        start, stop: the part that is wanted, in samples of the file.
        semitones: how much higher it is to sound, as a sampler does it: shorter
            as it gets higher.

    Raises:
        KitError: the file is too long.
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
    played_hz = max(1, round(audio.sample_rate * 2 ** (semitones / 12)))
    return Audio(audio.samples[:, start:stop], played_hz).resampled(sample_rate).samples


def from_its_onset(samples: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """A stroke (channels, n) without the silence before it.

    Raises:
        KitError: it is silent; `name` says what.
    """
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0.0:
        raise KitError(f"{name} is silent: replace or remove it")
    start = int(np.argmax(np.abs(samples).max(axis=0) > peak * _SILENCE))
    return np.ascontiguousarray(samples[:, start:], dtype=np.float32)

"""What the file name of a one-shot says: its piece and its velocity layer.

In: a name without its suffix, as producers and sample libraries write them
(`BD_hard`, `kick_v2_rr1`, `HH Closed 03`).  Out: a `Piece`, and a `Label`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from drumnet.hits import Piece

#: Files that are looked at in a kit's folder.
AUDIO_SUFFIXES = frozenset({".wav", ".aif", ".aiff", ".flac", ".ogg", ".mp3"})

_HAT = r"(?:hats?|hi ?hats?|hh)"
_TOM = r"(?:toms?|tm)"

#: The first that is found counts: open hats before hats, floor toms before toms.
_PATTERNS: tuple[tuple[Piece, str], ...] = (
    (Piece.KICK, r"kick ?drums?|kicks?|kik|kck|bd|kd|bass ?drums?"),
    (Piece.SNARE, r"snares?|sn|snr|sd|rim ?shots?"),
    (Piece.OPEN_HAT, rf"open ?{_HAT}|{_HAT} ?(?:open|op|o)|ohh?|hho"),
    (Piece.CLOSED_HAT, rf"(?:closed? ?)?{_HAT}|chh?|hhc"),
    (Piece.LOW_TOM, rf"(?:low|floor|lo|fl) ?{_TOM}|{_TOM} ?(?:low|floor|lo|fl|3|l)|lt|ft"),
    (Piece.MID_TOM, rf"(?:mid|middle) ?{_TOM}|{_TOM} ?(?:mid|2|m)|mt"),
    (Piece.HIGH_TOM, rf"(?:high|hi|rack)? ?{_TOM}(?: ?(?:high|hi|1|h))?|ht"),
    (Piece.RIDE, r"rides?|rd|rc"),
    (Piece.CRASH, r"crash(?:es)?|cr|cc|splash|china"),
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
    words = _words(name)
    return next((piece for piece, pattern in _PIECES if pattern.search(words)), None)


def read_label(name: str) -> Label | None:
    """The velocity layer in a file's name; None where it says none.

    >>> read_label("kick_v2_rr1")
    Label(number=2, is_number=True)
    >>> read_label("KickSoft").number < read_label("kick hard 2").number
    True
    """
    words = _words(name)
    number = _NUMBER.search(words)
    if number:
        return Label(int(number[1]), True)
    parts = set(words.split())
    return next((Label(rank, False) for rank, known in _WORDS if parts & known), None)


def _words(name: str) -> str:
    """Lower-case words, split at punctuation, capitals and numbers: `KickV2` -> `kick v 2`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])", " ", name)
    return " ".join(re.findall(r"[a-z]+|\d+", spaced.lower()))

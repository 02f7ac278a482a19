"""The General MIDI key of a drum, by what its maker calls it."""

from __future__ import annotations

import re

from drumnet.kits.one_shots import piece_of_name
from drumnet.song.roles import spelt_out

#: How the instruments of Hydrogen kits are called besides what producers' files are.
_WORDS: tuple[tuple[str, int], ...] = (
    (r"stick|rim click|click", 37),
    (r"clap", 39),
    (r"bell", 53),
    (r"ride flink|flink|choke|roll|swish|snaps?|foot|zap|fx", 0),
    (r"semi ?open|hi hat free|open(?:ed)?|op(?= |$)|ohh", 46),
    (r"pedal|pd(?= |$)", 44),
    (r"tambourine", 54),
    (r"cow ?bell|agogo", 56),
    (r"maraca|shaker", 70),
    (r"conga|djembe|bongo|cajon", 63),
    (r"china", 52),
    (r"splash", 55),
)
#: A cymbal that is open or closed is a pair.
_HAT_WORDS = re.compile(r"(?:^| )(?:hats?|hi hats?|hh|ohh|chh|cymbal (?:open|closed|pedal))(?= |$)")


def key_of_name(name: str) -> int:
    """The General MIDI key of an instrument's name; 0 for what is none of ours.

    >>> key_of_name("Closed HH"), key_of_name("Paiste Bell"), key_of_name("Zap 1")
    (42, 53, 0)
    """
    words = spelt_out(name.split("(")[0])
    for pattern, key in _WORDS:
        if re.search(rf"(?:^| )(?:{pattern})(?= |$)", words):
            if key in (44, 46) and not _HAT_WORDS.search(words):
                continue
            return key
    if "cymbal closed" in words:
        return 42
    if "tom" in words.split():
        ranks = (("floor", 43), ("low", 43), ("lo", 43), ("mid", 47), ("2", 47), ("middle", 47))
        return next((key for word, key in ranks if word in words.split()), 50)
    piece = piece_of_name(name.split("(")[0])
    return 0 if piece is None else piece.midi_key

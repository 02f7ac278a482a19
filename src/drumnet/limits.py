"""How large anything may be that is read: what is larger is no song, kit or table, but damage.

Each cap stands here once and is far beyond what people make; what is over it is refused in one
line, before memory is taken for it.
"""

from __future__ import annotations

import json
from typing import Any

#: A song, in seconds: twelve hours.
MAX_SONG_S = 12 * 3600.0
#: The same in words, for messages.
MAX_SONG = "12 hours"
#: Beats of a song: twelve hours at 400 a minute.
MAX_BEATS = 300_000
#: The text of a table, or a MIDI file, in bytes.
MAX_TEXT_BYTES = 1 << 26
#: Files of an SFZ instrument, each as often as it is included.
MAX_SFZ_FILES = 2_000
#: Lines of all of them, its definitions, its regions, and the letters of a line once they are
#: put in.
MAX_SFZ_LINES, MAX_SFZ_DEFINES, MAX_SFZ_REGIONS, MAX_SFZ_LINE = 400_000, 4_000, 50_000, 100_000
#: All arrays of an archive together, unpacked, in bytes.
MAX_ARRAYS_BYTES = 1 << 33


def parsed_json(text: str) -> Any:
    """What JSON text holds.

    Raises:
        ValueError: it is none, or nested deeper than anything that is written by people.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None

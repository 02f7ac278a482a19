"""Files that are the two sides of one stem in stereo.

In: the names of a song's stems.  Out: which two belong together: `Gtr.L` and `Gtr.R`, as
recorders and DAWs write split stereo.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

#: What tells the sides; a letter alone stands apart from the name before it, or in brackets.
_SIDE = re.compile(
    r"(?P<name>.+?)(?:[ ._-]+(?P<letter>[lr])|[ ._-]*(?P<word>left|right)"
    r"|[ ._-]*[(\[](?P<inside>l|r|left|right)[)\]])",
    re.IGNORECASE,
)


class Pair(NamedTuple):
    """Args:
    name: what both are called but for the side.
    left, right: which of the names they are.
    """

    name: str
    left: int
    right: int


def pairs_of(names: Sequence[str]) -> list[Pair]:
    """The sides that belong together, each name once.

    >>> pairs_of(["Bass", "Gtr.L", "Gtr.R", "Solo L"])
    [Pair(name='Gtr', left=1, right=2)]
    """
    sides: dict[tuple[str, bool], int] = {}
    found = []
    for index, name in enumerate(names):
        side = _SIDE.fullmatch(name)
        if side is None:
            continue
        told = (side["letter"] or side["word"] or side["inside"]).lower()
        is_left, base = told.startswith("l"), side["name"].rstrip(" ._-")
        other = sides.pop((base.casefold(), not is_left), None)
        if other is None:
            sides[base.casefold(), is_left] = index
        else:
            found.append(Pair(base, *((index, other) if is_left else (other, index))))
    return sorted(found, key=lambda pair: min(pair.left, pair.right))

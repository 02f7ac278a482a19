"""The roles of a song's stems, guessed from all their names together.

In: the names of the files.  Out: a role for each, None where the name says nothing.  What one
name says alone is for `roles`; here what belongs to the song is told from what belongs to the
stem: the title that all share, a file that is the song itself, the name of the network that
took a recording apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from drumnet.song.roles import Role, guess_role, spelt_out

#: So many roles must show before shared leading words count as the song's title.
_TITLE_ROLES = 3
#: Networks that separate stems, with what follows in their names; they are no instruments.
_MODEL = re.compile(
    r"\b(?:h|ht|hd)? ?demucs(?: (?:ft|mmi|v|\d+|s))*\b"
    r"|\b(?:model )?(?:bs|mel ?band|mel) ?roformer"
    r"(?: (?!bass|drums?|vocals?|other|guitar|piano)\w+)*"
    r"|\bmdx ?(?:net|c)?(?: (?:extra|q|kara|main|hq|inst|voc|ft|c|net|\d+))*\b"
    r"|\b(?:uvr|spleeter|umx(?:hq|l)?|open ?unmix|sc ?net|drum ?sep|lalal(?: ai)?|moises)\b"
    r"|\bkim (?:vocal|inst)(?: \d+)?\b|\bkuielab [ab] "
)
#: Words of a stem's name that say how it was recorded, or which of several it is.
_BESIDE = re.compile(
    r"\b(?:\d+|[a-z]|di|in|out|top|bot(?:tom)?|left|right|mono|stereo|amp|mic|dry|wet|take|stem|"
    r"track|audio|main|dbl|double|solo|bus|live|new|the)\b"
)


def guess_roles(names: Sequence[str]) -> list[Role | None]:
    """The role of each stem of a song, of their names without suffixes.

    Words that all begin with are the song's title and say nothing (`Kick Me - Bass`), if what
    follows makes a band.  A single file is the song, whatever its title, unless its name is
    nothing but an instrument's.

    >>> guess_roles(["Little Drummer Boy"]), guess_roles(["Bass DI"])
    ([None], [<Role.BASS: 'bass'>])
    """
    alone = [_without_model(name) for name in names]
    whole = [guess_role(name) for name in alone]
    if len(names) == 1:
        return [whole[0] if says_only_a_role(names[0]) else None]
    words = [spelt_out(name).split() for name in alone]
    columns = zip(*words, strict=False)
    num_shared = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
    apart = [guess_role(" ".join(rest[num_shared:])) for rest in words]
    found = len(set(apart) - {None})
    if num_shared and (found >= _TITLE_ROLES or (None not in apart and found > len(set(whole)))):
        return apart
    return whole


def says_only_a_role(name: str) -> bool:
    """Whether a name says an instrument and nothing that could be a song's title.

    >>> says_only_a_role("05_BASS DI"), says_only_a_role("All About That Bass")
    (True, False)
    """
    words = _BESIDE.sub(" ", spelt_out(_without_model(name))).split()
    return bool(words) and all(guess_role(word) is not None for word in words)


def _without_model(name: str) -> str:
    """A name without that of a separation model, if anything else is in it."""
    spelt = spelt_out(name)
    rest = " ".join(_MODEL.sub(" ", spelt).split())
    return rest if rest and rest != spelt else name

"""Songs in groups: by genre, tempo, density, metre, feel and kind.

In: the facts of songs.  Out: `Group`s of their indices, those with fewer than
`MIN_SONGS` songs joined under "other"; what is not known is "unknown".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from drumnet.evaluation.report.model import SongFacts

MIN_SONGS = 3
UNKNOWN, OTHER = "unknown", "other"
_NO_NAME = ("none", "unknown")

#: Edges of the groups; below the first and above the last is a group each.
TEMPO_EDGES = (80, 100, 120, 140, 160)
DENSITY_EDGES = (2, 3, 4, 6, 8)
#: Most hits off the 16ths, and what that is called.
FEELS = ((0.1, "on 16ths"), (0.3, "partly on 16ths"), (1.0, "off 16ths"))


@dataclass(frozen=True)
class Group:
    """Songs that are alike.

    Args:
        name: of the group.
        songs: their indices, ascending.
    """

    name: str
    songs: tuple[int, ...]


def by_genre(songs: Sequence[SongFacts]) -> list[Group]:
    """The largest first; upper and lower case are one genre."""
    return _named([song.genre for song in songs])


def by_metre(songs: Sequence[SongFacts]) -> list[Group]:
    return _named([song.metre for song in songs])


def by_kind(songs: Sequence[SongFacts]) -> list[Group]:
    return _named([song.kind for song in songs])


def by_tempo(songs: Sequence[SongFacts]) -> list[Group]:
    """The slowest first, in beats per minute."""
    return _ranges([song.bpm for song in songs], TEMPO_EDGES, "bpm")


def by_density(songs: Sequence[SongFacts]) -> list[Group]:
    """The sparsest first, in real hits a bar."""
    return _ranges([song.density for song in songs], DENSITY_EDGES, "hits a bar")


def by_feel(songs: Sequence[SongFacts]) -> list[Group]:
    """By how many of the real hits lie on no 16th: those of triplets, or of beats
    that are not the song's own."""
    shares = [song.off_sixteenths for song in songs]
    names = [
        None if share is None else next(name for limit, name in FEELS if share <= limit)
        for share in shares
    ]
    order = {name: index for index, (_, name) in enumerate(FEELS)}
    return sorted(_named(names), key=lambda group: order.get(group.name, len(order)))


GROUPINGS: dict[str, Callable[[Sequence[SongFacts]], list[Group]]] = {
    "genre": by_genre,
    "tempo": by_tempo,
    "density": by_density,
    "metre": by_metre,
    "feel": by_feel,
    "kind": by_kind,
}


def _named(names: Sequence[str | None]) -> list[Group]:
    keys = [(name or "").strip().casefold() for name in names]
    keys = ["" if key in _NO_NAME else key for key in keys]
    number = Counter(keys)
    spelt = {
        key: (name or "").strip() for key, name in reversed(list(zip(keys, names, strict=True)))
    }
    large = [key for key, n in number.most_common() if key and n >= MIN_SONGS]
    groups = [
        Group(spelt[key], _where(keys, {key}))
        for key in sorted(large, key=lambda k: (-number[k], k))
    ]
    small = {key for key in number if key and key not in large}
    groups.append(Group(OTHER, _where(keys, small)))
    groups.append(Group(UNKNOWN, _where(keys, {""})))
    return [group for group in groups if group.songs]


def _ranges(values: Sequence[float | None], edges: Sequence[int], unit: str) -> list[Group]:
    def within(low: float, high: float) -> tuple[int, ...]:
        return tuple(i for i, v in enumerate(values) if v is not None and low <= v < high)

    infinity = float("inf")
    groups = [Group(f"below {edges[0]} {unit}", within(-infinity, edges[0]))]
    groups += [Group(f"{a} to {b} {unit}", within(a, b)) for a, b in pairwise(edges)]
    groups.append(Group(f"{edges[-1]} {unit} and more", within(edges[-1], infinity)))
    groups.append(Group(UNKNOWN, tuple(i for i, v in enumerate(values) if v is None)))
    return [group for group in groups if group.songs]


def _where(keys: Sequence[str], wanted: set[str]) -> tuple[int, ...]:
    return tuple(i for i, key in enumerate(keys) if key in wanted)

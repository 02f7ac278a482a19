"""Two reports of the same songs: what got better or worse beyond noise.

In: the report of before and that of after.  Out: a `Change` for each row that
both have. Where both have a value per song, the songs that both have are paired
and the difference is bootstrapped; a p value is never less than a sign test's
could be, 2^(1 - songs that differ), as the bootstrap of few songs promises too
much. Other figures have their intervals only: their difference is taken for
normal, and the two for independent. Rows that are the same song by song need no
test. Of the others, p is corrected over all rows of a section (Holm 1979).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import DataError
from drumnet.evaluation.report.groups import GROUPINGS
from drumnet.evaluation.report.model import HIGHER, MODEL_PLAYER, NEITHER, SECTIONS, Report, Row
from drumnet.evaluation.statistics import holm, paired_difference
from drumnet.metrics.adherence import ADHERENCE

#: The share of sections without any change that may yet show one.
ALPHA = 0.05
#: Standard errors in half a 95 % interval of a normal distribution.
_Z = 1.959964

BETTER, WORSE, CHANGED, SAME, UNTESTED = "better", "worse", "changed", "same", "not tested"


@dataclass(frozen=True)
class Change:
    """One row of two reports.

    Args:
        row: that of after; its setting names the group where songs are grouped.
        before, after: means over the songs compared, or the figures.
        low, high: 95 % interval of after - before; None where it is not known.
        p: two-sided, corrected for all rows tested in the section; None where
            there was nothing to test or no way to.
        num_songs: paired; 0 where the figures alone were compared.
        verdict: `BETTER`, `WORSE`, `CHANGED` (neither way is better), `SAME`
            (within noise), or `UNTESTED` (no noise is known).
    """

    row: Row
    before: float
    after: float
    low: float | None
    high: float | None
    p: float | None
    num_songs: int
    verdict: str

    @property
    def difference(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Comparison:
    """Two reports compared.

    Args:
        changes: of the rows that both have, in their order.
        only_before, only_after: rows that the other report lacks.
    """

    changes: tuple[Change, ...]
    only_before: tuple[Row, ...] = ()
    only_after: tuple[Row, ...] = ()

    def of(self, verdict: str) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.verdict == verdict)


def compare(before: Report, after: Report, *, seed: int = 0) -> Comparison:
    """What changed from one report to the other.

    Raises:
        DataError: they are of other data, or have no songs in common.
    """
    check_same_data(before, after)
    old = {row.key: row for row in before.rows}
    found = [
        change
        for row in after.rows
        if row.key in old
        for change in [_change(before, after, old[row.key], row, seed)]
        if change is not None
    ]
    return Comparison(
        tuple(_judged(found)),
        tuple(row for row in before.rows if row.key not in {one.key for one in after.rows}),
        tuple(row for row in after.rows if row.key not in old),
    )


def compare_groups(before: Report, after: Report, by: str, *, seed: int = 0) -> Comparison:
    """What changed in F1 of transfer for each group of corpus songs.

    Args:
        by: one of `GROUPINGS`.

    Raises:
        DataError: other data, no songs in common, or no F1 per song.
    """
    check_same_data(before, after)
    key = ("corpus", "transfer", MODEL_PLAYER, "tick F1")
    old, new = before.find(*key), after.find(*key)
    if old is None or new is None or old.per_song is None or new.per_song is None:
        raise DataError("a report lacks the F1 of transfer song by song: make it anew")
    songs = after.songs_of("corpus")
    found = []
    for group in GROUPINGS[by](songs):
        inside = {songs[i].name for i in group.songs}
        row = replace(new, setting=group.name, target=None)
        pairs = _pairs(before, after, old, new, inside)
        if len(pairs):
            found.append(_paired(row, pairs, seed))
    return Comparison(tuple(_judged(found)))


def check_same_data(before: Report, after: Report) -> None:
    """Raises:
    DataError: the reports are of other data or another split, or share no song.
    """
    # What the folder or archive of the data is called does not matter, nor grooves
    # that one of them lacks.
    for fact in ("split", "sha256", "grooves_sha256"):
        one, other = (str(report.data.get(fact, "")) for report in (before, after))
        if one == other or (fact == "grooves_sha256" and not (one and other)):
            continue
        if before.made["quick"] != after.made["quick"]:
            which = "first" if before.made["quick"] else "second"
            raise DataError(
                f"the {which} report is a quick one, of a part of the songs, the other is not: "
                "evaluate both with --quick or both without"
            )
        raise DataError(
            f"the reports are of different data ({fact} {one:.16} and {other:.16}): "
            "evaluate both on the same songs"
        )
    both = set(before.songs) & set(after.songs)
    if (before.songs or after.songs) and not any(
        {song.name for song in before.songs_of(s)} & {song.name for song in after.songs_of(s)}
        for s in both
    ):
        raise DataError("the reports have no song in common: evaluate both on the same songs")


def _change(before: Report, after: Report, old: Row, new: Row, seed: int) -> Change | None:
    if old.per_song is not None and new.per_song is not None:
        pairs = _pairs(before, after, old, new)
        if len(pairs):
            return _paired(new, pairs, seed)
    if old.value is None or new.value is None:
        return None
    return _figures(new, old, same_songs=_names(before, new) == _names(after, new))


def _names(report: Report, row: Row) -> set[str] | int:
    """The songs of a row's section, or how many songs there are at all."""
    songs = {song.name for song in report.songs_of(row.section)}
    return songs or int(report.data["num_songs"] or 0)


def _pairs(
    before: Report, after: Report, old: Row, new: Row, inside: set[str] | None = None
) -> NDArray[np.float64]:
    """(n, 2) the values of before and after, of the songs that have both."""
    first, second = _by_song(before, old), _by_song(after, new)
    names = [name for name in second if name in first and (inside is None or name in inside)]
    return np.array([(first[name], second[name]) for name in names]).reshape(-1, 2)


def _by_song(report: Report, row: Row) -> Mapping[str, float]:
    songs = report.songs_of(row.section)
    return {
        song.name: value
        for song, value in zip(songs, row.per_song or (), strict=True)
        if value is not None
    }


def _paired(row: Row, pairs: NDArray[np.float64], seed: int) -> Change:
    old, new = (float(value) for value in pairs.mean(axis=0))
    num_differ = int((pairs[:, 0] != pairs[:, 1]).sum())
    if not num_differ:
        return Change(row, old, new, 0.0, 0.0, None, len(pairs), SAME)
    found = paired_difference(pairs[:, 1], pairs[:, 0], seed=seed)
    p = min(1.0, max(found.p, 2.0 ** (1 - num_differ)))
    return Change(row, old, new, found.low, found.high, p, len(pairs), UNTESTED)


def _figures(new: Row, old: Row, *, same_songs: bool) -> Change:
    """Figures without values per song."""
    assert old.value is not None and new.value is not None
    change = Change(new, old.value, new.value, None, None, None, 0, UNTESTED)
    if not same_songs:
        return change
    if old.value == new.value and (old.low, old.high) == (new.low, new.high):
        return replace(change, low=0.0, high=0.0, verdict=SAME)
    if old.low is None or old.high is None or new.low is None or new.high is None:
        return change
    half = sqrt((old.high - old.low) ** 2 + (new.high - new.low) ** 2) / 2
    gap = change.difference
    p = erfc(abs(gap) / half * _Z / sqrt(2)) if half else float(not gap)
    return replace(change, low=gap - half, high=gap + half, p=p)


def _judged(changes: Sequence[Change]) -> Iterator[Change]:
    """The changes with corrected p and their verdicts, in the same order."""
    corrected: dict[int, float] = {}
    for section in SECTIONS:
        tested = [
            (i, change.p)
            for i, change in enumerate(changes)
            if change.row.section == section and change.p is not None
        ]
        if tested:
            places, values = zip(*tested, strict=True)
            corrected |= dict(zip(places, holm(values).tolist(), strict=True))
    for i, change in enumerate(changes):
        p = corrected.get(i)
        yield change if p is None else replace(change, p=p, verdict=_verdict(change, p))


def _both_beyond(change: Change) -> bool:
    """Whether both have more than there is to reach: beyond 1 the bass is followed
    more than drummers do, and neither more nor less of that is better."""
    return change.row.metric == ADHERENCE and min(change.before, change.after) > 1


def _verdict(change: Change, p: float) -> str:
    if p >= ALPHA:
        return SAME
    if change.row.better == NEITHER or _both_beyond(change):
        return CHANGED
    return BETTER if (change.difference > 0) == (change.row.better == HIGHER) else WORSE

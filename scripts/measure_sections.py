"""How well sections are found, read against where drummers mark them.

    python scripts/measure_sections.py PREPARED [--model NAME|FOLDER] [--split valid] [--fit]

No song of the corpus says where its sections are.  But its drummers do: by a
crash on a downbeat, with none on the three downbeats before, after a bar whose
last two beats have 3 strokes more on snare and toms, or 2 more on toms, than
those beats have in most bars.  The band is heard without the drums.  PREPARED is a folder of
`drumnet prepare`; songs of a split with 32 bars or more, 4 marks or more,
and not more than a mark every 4 bars are counted; and for what drummers do from section to
section, all of 32 bars or more.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import MELODIC_ROLES, halved
from drumnet.corpus.reading import PERFORMANCE
from drumnet.corpus.ticksong import SONGS_FILE, TickSong, TickStore
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.bar_patterns import bar_patterns, bar_similarity, bar_starts
from drumnet.hearing.conditioning import Conditioning
from drumnet.hearing.sections import (
    SectionConfig,
    boundary_score,
    find_sections,
    novelty,
)
from drumnet.hits import PIECES, Piece
from drumnet.model.checkpoint import load_checkpoint
from drumnet.model.network import Network
from drumnet.style.code import CODE_SIZE

_TOMS = (Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM)
_LEAST_BARS, _LEAST_MARKS, _BARS_A_MARK = 32, 4, 4
#: Before this bar and behind the last but so many nothing is marked.
_FIRST, _LAST = 4, 3
_FIT_SONGS = 300
#: About three minutes.
_USUAL_BARS = (75, 110)
_FEW = 5
#: What keeps time, if it has so many hits a bar.
_TIMEKEEPERS = (Piece.CLOSED_HAT, Piece.OPEN_HAT, Piece.RIDE, Piece.CRASH)
_KEEPS_TIME = 2.0


@dataclass(frozen=True, eq=False)
class Marked:
    """Args:
    heard: the band alone.
    starts: (num_bars,) beats.
    marks: bars that drummers mark.
    drums: (num_bars, num_pieces, 16) what the drums play in each bar.
    crash, fill: (num_bars,) whether there is a crash on the downbeat, and a fill at the end.
    """

    conditioning: Conditioning
    starts: NDArray[np.int64]
    marks: NDArray[np.int64]
    drums: NDArray[np.float64]
    crash: NDArray[np.bool_]
    fill: NDArray[np.bool_]


def marked(song: TickSong) -> Marked:
    heard = halved(song, MELODIC_ROLES).conditioning
    starts = bar_starts(heard)
    played = song.dense_song().velocity > 0
    down = starts * TICKS_PER_BEAT
    crash = played[PIECES.index(Piece.CRASH)]
    crash = crash[down] | crash[down + 1]
    ends = np.append(down[1:], heard.num_ticks)

    def strokes(pieces: Iterable[Piece]) -> NDArray[np.int64]:
        rows = played[[PIECES.index(piece) for piece in pieces]].sum(axis=0)
        sums = np.concatenate([[0], np.cumsum(rows)])
        return np.asarray(sums[ends] - sums[np.maximum(ends - 2 * TICKS_PER_BEAT, 0)])

    toms, both = strokes(_TOMS), strokes((Piece.SNARE, *_TOMS))
    is_fill = (both >= np.median(both) + 3) | (toms >= np.median(toms) + 2)
    marks = [
        bar
        for bar in range(_FIRST, len(starts) - _LAST)
        if crash[bar] and not crash[bar - 3 : bar].any() and is_fill[bar - 1]
    ]
    every = np.ones(len(played), dtype=bool)
    alone = Conditioning(played.astype(np.float32), every, *_bars_of(heard))
    drums = bar_patterns(alone, starts)
    return Marked(heard, starts, np.array(marks, dtype=int), drums, crash, is_fill)


def _bars_of(heard: Conditioning) -> tuple[NDArray[np.int64], ...]:
    return heard.beat_in_bar, heard.bar_length, heard.bar


def songs_of(store: TickStore, split: str, marks_only: bool = True) -> list[Marked]:
    found = []
    for song in store.where(split=split, heard="events"):
        if song.about.get("kind") == PERFORMANCE or not (song.beat_in_bar == 0).any():
            continue
        one = marked(song)
        bars, marks = len(one.starts), len(one.marks)
        few = marks < _LEAST_MARKS or marks * _BARS_A_MARK > bars
        if bars >= _LEAST_BARS and not (few and marks_only) and one.conditioning.present.sum() >= 2:
            found.append(one)
    return found


def hits(found: Sequence[int], marks: Sequence[int], tolerance: int) -> int:
    """Found bars that have a mark of their own within the tolerance."""
    left, hit = list(marks), 0
    for bar in sorted(found):
        near = [mark for mark in left if abs(mark - bar) <= tolerance]
        if near:
            left.remove(min(near, key=lambda mark: abs(mark - bar)))
            hit += 1
    return hit


def row(name: str, songs: Sequence[Marked], find: Callable[[Marked], Sequence[int]]) -> str:
    """A line of the table: boundaries per 100 bars; precision, recall, F, mean over songs."""
    found = [[bar for bar in find(song) if bar > 0] for song in songs]
    rate = np.mean(
        [100 * len(one) / len(song.starts) for one, song in zip(found, songs, strict=True)]
    )
    cells = [f"{rate:.1f}"]
    for tolerance in (0, 1):
        scores = []
        for one, song in zip(found, songs, strict=True):
            hit = hits(one, song.marks, tolerance)
            scores.append(
                (
                    hit / max(len(one), 1),
                    hit / len(song.marks),
                    2 * hit / (len(one) + len(song.marks)),
                )
            )
        cells += [f"{value:.2f}" for value in np.mean(scores, axis=0)]
    return f"| {name} | {' | '.join(cells)} |"


def bars_apart(every: int, song: Marked) -> Sequence[int]:
    return range(0, len(song.starts), every)


def crash_probability(network: Network, heard: Conditioning) -> NDArray[np.float32]:
    code = np.zeros(CODE_SIZE, dtype=np.float32)
    found = network.decode(network.listen(heard), code)
    return found.probability[network.checkpoint.pieces.index(Piece.CRASH)]


def table(songs: Sequence[Marked], network: Network | None) -> None:
    rng = np.random.default_rng(0)
    print("| | per 100 bars | P exact | R | F | P within 1 bar | R | F |")
    print("|---|---|---|---|---|---|---|---|")

    def random_bars(song: Marked) -> Sequence[int]:
        bars = np.arange(_FIRST, len(song.starts) - _LAST)
        return rng.choice(bars, len(song.marks), replace=False).tolist()

    def peaks(song: Marked) -> Sequence[int]:
        curve = novelty(bar_similarity(bar_patterns(song.conditioning, song.starts)), 8)
        curve = (curve - curve.mean()) / curve.std()
        inner = curve[1:-1]
        peak = (inner > curve[:-2]) & (inner >= curve[2:]) & (inner > 0.5)
        return (np.flatnonzero(peak) + 1).tolist()

    def bars(song: Marked, crash: NDArray[np.float32] | None = None) -> list[int]:
        begun = [section.start_beat for section in find_sections(song.conditioning, crash)]
        return np.searchsorted(song.starts, begun).tolist()

    print(row("chance, as many as marks", songs, random_bars))
    for every in (4, 8, 16):
        print(row(f"every {every} bars", songs, partial(bars_apart, every)))
    print(row("novelty alone (Foote 2000, 8 bars)", songs, peaks))
    print(row("found, by the stems alone", songs, bars))
    if network is not None:
        print(
            row(
                "found, with the network",
                songs,
                lambda s: bars(s, crash_probability(network, s.conditioning)),
            )
        )


@dataclass(frozen=True)
class Parts:
    """The sections of a song: the bars on which they begin, with the end, and their names."""

    bounds: list[int]
    names: list[str]

    @property
    def lengths(self) -> list[int]:
        return np.diff(self.bounds).tolist()


def cut(network: Network | None, song: Marked) -> Parts:
    crash = None if network is None else crash_probability(network, song.conditioning)
    sections = find_sections(song.conditioning, crash)
    first = np.searchsorted(song.starts, [section.start_beat for section in sections])
    return Parts([*first.tolist(), len(song.starts)], [section.name for section in sections])


def shapes(parts: Sequence[Parts]) -> None:
    """How many sections and names songs have, and how long sections are."""
    bars = np.array([one.bounds[-1] for one in parts])
    counts = np.array([len(one.names) for one in parts])
    letters = np.array([len(set(one.names)) for one in parts])
    lengths = np.concatenate([one.lengths[:-1] for one in parts])
    usual = counts[(bars >= _USUAL_BARS[0]) & (bars <= _USUAL_BARS[1])]
    spread = "{:.0f} (of four in five {:.0f} to {:.0f})"
    print("\n| | |\n|---|---|")
    print(f"| songs | {len(parts)} |")
    print(f"| sections per 100 bars | {np.mean(100 * counts / bars):.1f} |")
    name = "sections of a song of {} to {} bars".format(*_USUAL_BARS)
    print(f"| {name} | {spread.format(*np.quantile(usual, [0.5, 0.1, 0.9]))} |")
    print(f"| bars of a section | {spread.format(*np.quantile(lengths, [0.5, 0.1, 0.9]))} |")
    print(f"| shortest, but for the last of a song | {lengths.min()} |")
    print(f"| multiples of 4, of 8 bars | {_share(lengths, 4):.2f}, {_share(lengths, 8):.2f} |")
    print(f"| names in a song | {spread.format(*np.quantile(letters, [0.5, 0.1, 0.9]))} |")
    alone = np.mean((letters == counts)[counts >= _FEW])
    print(f"| songs of {_FEW} sections or more, all with different names | {alone:.2f} |")


def _share(lengths: NDArray[np.int64], unit: int) -> float:
    return float(np.mean(lengths % unit == 0))


def names(songs: Sequence[Marked], parts: Sequence[Parts]) -> None:
    """How alike the drums are in sections of one name, and in others."""
    same: list[float] = []
    other: list[float] = []
    for song, one in zip(songs, parts, strict=True):
        drums = song.drums.reshape(len(song.drums), -1)
        mean = np.add.reduceat(drums, one.bounds[:-1], axis=0)
        unit = mean / np.maximum(np.linalg.norm(mean, axis=1), 1e-9)[:, None]
        for i, j in combinations(range(len(one.names)), 2):
            pair = same if one.names[i] == one.names[j] else other
            pair.append(float(unit[i] @ unit[j]))
    print(f"\ndrums of sections of one name: cosine {np.mean(same):.3f} ({len(same)} pairs);")
    print(f"of other names: {np.mean(other):.3f} ({len(other)} pairs)")


def drummers(songs: Sequence[Marked], parts: Sequence[Parts]) -> None:
    """What drummers do where sections are found to begin, and from one to the next."""
    told: dict[str, list[bool]] = {}
    for song, one in zip(songs, parts, strict=True):
        exact = song.crash | np.append(False, song.fill[:-1])
        near = np.convolve(exact, np.ones(3), "same") > 0
        bar = np.arange(len(exact))
        begins = np.isin(bar, one.bounds[1:-1])
        far = np.convolve(begins, np.ones(3), "same") == 0
        inner = (bar >= _FIRST) & (bar < len(bar) - _LAST)
        for where, chosen in (("section starts", begins), ("bars elsewhere", far & inner)):
            told.setdefault(where, []).extend(exact[chosen].tolist())
            told.setdefault(f"{where}, within one bar", []).extend(near[chosen].tolist())
    print("\n| a crash on the downbeat, or a fill before it | share |\n|---|---|")
    for where, values in told.items():
        print(f"| {where} | {np.mean(values):.2f} |")
    print("\n| to the next section | pairs | another piece keeps time | hits a bar change by |")
    print("|---|---|---|---|")
    steps = [step for song, one in zip(songs, parts, strict=True) for step in steps_of(song, one)]
    for name, is_same in (("of the same name", True), ("of another name", False)):
        chosen = [step for step in steps if step.is_same == is_same]
        keeps = np.mean([step.changes_timekeeper for step in chosen])
        hits = np.median([step.change for step in chosen])
        print(f"| {name} | {len(chosen)} | {keeps:.2f} | {100 * hits:.0f} % |")


@dataclass(frozen=True)
class Step:
    """From a section to the next.

    Args:
        change: of the number of hits a bar, of the larger of the two.
    """

    is_same: bool
    changes_timekeeper: bool
    change: float


def steps_of(song: Marked, parts: Parts) -> list[Step]:
    lengths = np.array(parts.lengths)
    struck = (song.drums > 0).sum(axis=2)
    hits = np.add.reduceat(struck, parts.bounds[:-1], axis=0) / lengths[:, None]
    keepers = hits[:, [PIECES.index(piece) for piece in _TIMEKEEPERS]]
    keeper = np.where(keepers.max(axis=1) >= _KEEPS_TIME, keepers.argmax(axis=1), -1)
    density = hits.sum(axis=1)
    return [
        Step(
            parts.names[i] == parts.names[j],
            bool(keeper[i] != keeper[j]),
            float(abs(density[i] - density[j]) / max(density[i], density[j], 1e-9)),
        )
        for i, j in pairwise(range(len(lengths)))
    ]


def fit(songs: Sequence[Marked]) -> None:
    """Print the weights of `SectionConfig`."""
    from sklearn.linear_model import LogisticRegression

    names = ("novelty", "far_novelty", "steady", "together", "density")
    none = replace(SectionConfig(), **dict.fromkeys(names, 0.0))
    rows, marks = [], []
    for song in songs:
        bars = bar_patterns(song.conditioning, song.starts)
        similarity = bar_similarity(bars)
        columns = [boundary_score(bars, similarity, replace(none, **{name: 1.0})) for name in names]
        inner = slice(_FIRST, len(bars) - _LAST)
        rows.append(np.stack(columns, axis=1)[inner])
        marks.append(np.isin(np.arange(len(bars)), song.marks)[inner])
    model = LogisticRegression(C=0.02).fit(np.concatenate(rows), np.concatenate(marks))
    print(dict(zip(names, model.coef_[0].round(2).tolist(), strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--model", help="weights that find crashes as well")
    parser.add_argument("--split", default="test")
    parser.add_argument("--fit", action="store_true", help="fit the weights on training songs")
    given = parser.parse_args()
    store = TickStore.load(given.prepared / SONGS_FILE)
    if given.fit:
        fit(songs_of(TickStore(store.where(split="train")[: 3 * _FIT_SONGS]), "train"))
        return
    songs = songs_of(store, given.split)
    print(f"{len(songs)} songs, {sum(len(song.marks) for song in songs)} marks\n")
    network = Network(load_checkpoint(given.model)) if given.model else None
    table(songs, network)
    every = songs_of(store, given.split, marks_only=False)
    parts = [cut(network, song) for song in every]
    shapes(parts)
    names(every, parts)
    drummers(every, parts)


if __name__ == "__main__":
    main()

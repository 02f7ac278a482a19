"""What a listener notices of the drums along whole songs, beside those of people.

    python scripts/measure_arrangement.py PREPARED [--split test] [--songs 100] [--seeds 20]
        [--arrange song|none]

Songs of the corpus; their bands are heard without drums.  A style is drawn for each seed, as
`drumnet generate` does, and the whole kit played at the defaults.  The drums of the songs
themselves, and performances of people (Groove), are counted in the same way.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import MELODIC_ROLES, halved
from drumnet.corpus.reading import PERFORMANCE
from drumnet.corpus.ticksong import SONGS_FILE, TickSong, TickStore
from drumnet.drummer import Drummer
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import PIECES, DrumTrack
from drumnet.metrics import song_form as measures
from drumnet.playing.listening import Listening
from drumnet.settings import Arrange, FillPlace, Fills, Settings

_LEAST_BEATS, _LEAST_STRENGTH = 128, 0.1


class Counted:
    """Counts over songs."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.worst = 0.0

    def add(self, hits: NDArray[np.bool_], listening: Listening) -> None:
        heard, form = listening.conditioning, listening.form
        assert form is not None
        downbeats = np.flatnonzero(heard.beat_in_bar == 0)
        bars = measures.bar_spans(downbeats, heard.num_beats)
        band = (heard.strength[heard.present] >= _LEAST_STRENGTH).any(axis=0)
        section = np.cumsum(form.since == 0)[downbeats]
        empty, playing = measures.empty_bars(hits, band, bars)
        ridden = measures.ridden_bars(hits, bars)
        lost = measures.lost_figures(hits, bars, section.tolist())
        near = np.zeros(len(bars), dtype=bool)
        marked = measures.marked_bars(hits, bars)
        starts = [bar for bar, beat in enumerate(downbeats) if beat in form.starts and bar]
        for start in starts:
            near[max(start - 1, 0) : start + 2] = True
        stop = form.stops
        self.counts.update(
            bars=len(bars), empty=empty, playing=playing, ridden=ridden, lost=lost,
            starts=len(starts),
            led=sum(bool(marked[max(start - 1, 0) : start + 2].any()) for start in starts),
            elsewhere=int((~near).sum()), unled=int((marked & ~near).sum()),
            stops=_runs(stop), kept=_runs(stop) - _broken(hits.any(axis=0), stop),
        )  # fmt: skip
        matched, both = _agreement(hits, form.part, form.starts, heard.num_beats)
        self.counts.update(matched=matched, both=both)

    def row(self, name: str) -> str:
        found = self.counts

        def share(one: str, all_of: str) -> str:
            return f"{100 * found[one] / found[all_of]:.1f} %" if found[all_of] else "-"

        cells = (
            name, f"{found['bars']:,}", share("empty", "playing"), share("ridden", "bars"),
            f"{100 * found['lost'] / max(found['bars'], 1):.2f}",
            share("led", "starts"), share("unled", "elsewhere"),
            share("kept", "stops"), share("matched", "both"),
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"


HEADER = (
    "| | bars | empty where the band plays | four crashes or more | kick figures lost, per 100 "
    "bars | sections led into | other bars with fill or crash | stops kept | repeats agree |"
)


def _runs(on: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(np.diff(on.astype(np.int8), prepend=0) == 1))


def _broken(struck: NDArray[np.bool_], stop: NDArray[np.bool_]) -> int:
    run = np.cumsum(np.diff(stop.astype(np.int8), prepend=0) == 1)
    return len(np.unique(run[stop & struck]))


def _agreement(
    hits: NDArray[np.bool_], part: NDArray[np.int64], starts: NDArray[np.int64], num_beats: int
) -> tuple[int, int]:
    """Hits of sections that are those of the first of their letter, twice, and all of both."""
    spans = list(pairwise([*starts.tolist(), num_beats]))
    first: dict[int, tuple[int, int]] = {}
    matched = both = 0
    for start, end in spans:
        own = first.setdefault(int(part[start]), (start, end))
        if own == (start, end):
            continue
        length = min(end - start, own[1] - own[0]) * TICKS_PER_BEAT
        one, other = (
            hits[:, beat * TICKS_PER_BEAT : beat * TICKS_PER_BEAT + length]
            for beat in (start, own[0])
        )
        matched += 2 * int((one & other).sum())
        both += int(one.sum() + other.sum())
    return matched, both


def hits_of(track: DrumTrack, num_ticks: int) -> NDArray[np.bool_]:
    """(9, num_ticks)."""
    found = np.zeros((len(PIECES), num_ticks), dtype=bool)
    for hit in track:
        if 0 <= hit.tick < num_ticks:
            found[PIECES.index(hit.piece), hit.tick] = True
    return found


def songs_of(store: TickStore, split: str, most: int) -> list[TickSong]:
    """Songs with a band, evenly from the split."""
    found = [
        song
        for song in store.where(split=split, heard="events")
        if song.about.get("kind") != PERFORMANCE
        and song.present.any()
        and song.num_beats >= _LEAST_BEATS
    ]
    return [found[index] for index in np.linspace(0, len(found) - 1, most).astype(int)]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--songs", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--arrange", default=Arrange.SONG.value)
    parser.add_argument("--variation", type=float, default=Settings().variation)
    parser.add_argument("--fills", default=Settings().fills.place.value)
    given = parser.parse_args(arguments)
    drummer = Drummer()
    store = TickStore.load(given.prepared / SONGS_FILE)
    people, played = Counted(), Counted()
    for song in songs_of(store, given.split, given.songs):
        half = halved(song, MELODIC_ROLES)
        heard = drummer.listen_to(half.conditioning, half.grid, half.duration_s)
        listening = drummer.formed(heard)
        people.add(half.velocity > 0, listening)
        for seed in range(given.seeds):
            settings = Settings(
                seed=seed,
                arrange=Arrange(given.arrange),
                variation=given.variation,
                fills=Fills(place=FillPlace(given.fills)),
            )
            track = drummer.play(listening, settings=settings)
            played.add(hits_of(track, half.num_ticks), listening)
    print(f"{HEADER}\n{'|---' * 9}|")
    print(people.row("the songs' own drums"))
    print(played.row(f"drawn, {given.seeds} seeds"))


if __name__ == "__main__":
    main()

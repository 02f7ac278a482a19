"""What a report says of the songs themselves: facts, codes, patterns.

In: halved songs and what was played to them.  Out: parts of a `Report`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.report import patterns
from drumnet.evaluation.report.model import Codes, Pattern, SongFacts
from drumnet.grid import TICKS_PER_BEAT
from drumnet.metrics.bars import whole_bars
from drumnet.metrics.patterns import CLEAR_ONSET
from drumnet.song.roles import Role

#: How much of a song is shown.
BARS_SHOWN = 16


def song_facts(song: HalvedSong, details: Mapping[str, Any] | None = None) -> SongFacts:
    """What is known of a song; `details` is its line of the corpus' manifest."""
    about = {**song.about, **(details or {})}
    bars = float((1.0 / np.maximum(song.conditioning.bar_length, 1)).sum())
    year = str(about.get("year") or "")
    return SongFacts(
        song.name,
        genre=about.get("genre"),
        kind=about.get("kind"),
        bpm=about.get("bpm"),
        metre=about.get("ts") or f"{int(np.median(song.conditioning.bar_length))}/4",
        num_beats=song.conditioning.num_beats,
        density=len(song.hits) / max(bars, 1.0),
        off_sixteenths=float((song.hits % (TICKS_PER_BEAT // 4) != 0).mean()),
        artist=about.get("artist"),
        title=about.get("title"),
        year=int(year) if year.isdigit() else None,
    )


def code_map(codes: NDArray[np.float32]) -> Codes:
    """The codes of the songs' first halves on a plane: their first two principal
    components.

    Args:
        codes: (num_songs, 16).
    """
    centred = codes.astype(np.float64) - codes.mean(axis=0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    # The sign of an axis is arbitrary: its largest number is made positive.
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    xy = centred @ (axes * signs[:, None])[:2].T
    explained = float((spread[:2] ** 2).sum() / max((spread**2).sum(), 1e-12))
    return Codes([(float(x), float(y)) for x, y in xy], {"explained variance": explained})


def best_and_worst(
    songs: Sequence[HalvedSong], ticks: Sequence[NDArray[np.int64]], f1: Sequence[float]
) -> list[Pattern]:
    """The songs on which transfer does best, then those on which it does worst,
    the worst last.

    Args:
        ticks: of each song, the hits of the second half as they were played.
        f1: of each song.
    """
    found = [_pattern(*one) for one in zip(songs, range(len(songs)), ticks, f1, strict=True)]
    shown = [pattern for pattern in found if pattern is not None]
    best, worst = patterns.best_and_worst([pattern.f1 for pattern in shown])
    return [shown[i] for i in [*best, *reversed(worst)]]


def _pattern(song: HalvedSong, index: int, played: NDArray[np.int64], f1: float) -> Pattern | None:
    bars = whole_bars(song.conditioning).since(song.half_tick)
    if not len(bars):
        return None
    edges = bars.start_tick[: BARS_SHOWN + 1].tolist()
    if len(edges) <= BARS_SHOWN:
        edges.append(int(bars.start_tick[-1] + bars.num_ticks[-1]))
    start, end = edges[0], edges[-1]

    def shown(ticks: NDArray[np.int64]) -> list[int]:
        return (ticks[(ticks >= start) & (ticks < end)] - start).tolist()  # type: ignore[no-any-return]

    return Pattern(
        index,
        f1,
        max(0, int(song.conditioning.bar[start // TICKS_PER_BEAT])),
        np.diff(edges).tolist(),
        shown(song.hits),
        shown(played),
        shown(song.onset_ticks(Role.BASS, CLEAR_ONSET)),
        shown(song.onset_ticks(Role.SNARE, CLEAR_ONSET)),
    )

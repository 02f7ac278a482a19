"""Note F1 of the next four bars, as it is published.

In: songs, their segments and what players played.  Out: rows of the section "segments".

Ou et al. (NeurIPS 2025, arXiv 2408.15176) report 79.3 for drums to a band with the true
drums of four bars before as history, and 20.3 for Composer's Assistant 2 (Malandro, ISMIR
2024), on songs of Slakh (Manilow et al. 2019).  Slakh is made of MIDI files of Lakh, on
which their model was pre-trained: it has probably seen those songs.  Ours has seen none of
these; they are other songs, most of them charts, of which "four bars repeated" says how
much they repeat.  Their metric is explained in `metrics.sixteenths`; within a 16th, a hit
that lies a 16th off counts too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.report.model import HIGHER, Row
from drumnet.evaluation.segments import Segment, SegmentHits, SegmentPlayer, wanted_segment
from drumnet.evaluation.statistics import mean_interval
from drumnet.metrics import Counts
from drumnet.metrics.sixteenths import on_sixteenths, sixteenth_counts

SECTION = "segments"
ALL_HEARD, FOUR_HEARD, NOTHING_HEARD = "all bars heard", "four bars heard", "nothing heard"
#: Metrics, and how many 16ths a hit may be off.
NOTE_F1: Mapping[str, int] = {"note F1": 0, "note F1 within a 16th": 1}


@dataclass(frozen=True, eq=False)
class SegmentedSong:
    """A song, and which of its segments are played."""

    song: HalvedSong
    segments: Sequence[Segment]


def play_segments(
    player: SegmentPlayer, songs: Sequence[SegmentedSong], workers: int = 2
) -> list[list[SegmentHits]]:
    """What a player plays, song by song, segment by segment."""

    def play(one: SegmentedSong) -> list[SegmentHits]:
        return [player.play(one.song, segment) for segment in one.segments]

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(play, songs))


def segment_rows(
    experiment: str,
    player: str,
    songs: Sequence[SegmentedSong],
    played: Sequence[Sequence[SegmentHits]],
    setting: str = "",
) -> list[Row]:
    """By both metrics: the mean over songs of the mean over their segments, and pooled."""
    rows = []
    for metric, tolerance in NOTE_F1.items():
        counts = [
            [
                _counts(one.song, segment, hits, tolerance)
                for segment, hits in zip(one.segments, own, strict=True)
            ]
            for one, own in zip(songs, played, strict=True)
        ]
        per_song = [float(np.mean([one.f_measure for one in some])) for some in counts]
        mean = mean_interval(per_song)
        pooled = sum((one for some in counts for one in some), Counts()).f_measure
        rows.append(
            Row(SECTION, experiment, player, metric, setting, mean.value, mean.low, mean.high,
                pooled, per_song, HIGHER)
        )  # fmt: skip
    return rows


def _counts(song: HalvedSong, segment: Segment, played: SegmentHits, tolerance: int) -> Counts:
    wanted = wanted_segment(song, segment)
    return sixteenth_counts(on_sixteenths(wanted), on_sixteenths(played), tolerance)

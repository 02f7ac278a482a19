"""What a drifting tempo costs: the same songs steady, and bent by a sine.

In: pairs of a song as it is and bent (+-10 % over 30 s).  Out: the F1 of both
and what is lost, with the beats given along the bent time line, and tracked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from drumnet.beats.tracker import BeatTracker
from drumnet.corpus.halves import HalvedSong, halved, halved_heard, halved_recording
from drumnet.corpus.ticksong import TickSong
from drumnet.evaluation.altered import bent_recording
from drumnet.evaluation.baselines import COPY_BAR
from drumnet.evaluation.experiments.scores import ONSET_F1, TICK_F1, f1_rows
from drumnet.evaluation.players import HalfDrummer, Transfer
from drumnet.evaluation.report.model import LOWER, Row
from drumnet.evaluation.statistics import paired_difference
from drumnet.evaluation.takes import take_all
from drumnet.evaluation.timed import TimedSong, in_seconds

GIVEN, TRACKED = "beats given", "beats tracked"
STEADY, DRIFTING, LOST = "steady", "drifting", "F1 lost"


class Pair(NamedTuple):
    """A song as it is, and the same with a drifting tempo."""

    steady: HalvedSong
    drifting: HalvedSong


def given_pair(song: TickSong) -> Pair:
    """A song on ticks, its beats given along the time line."""
    timed = in_seconds(song)
    return Pair(halved(timed.on_ticks()), halved(timed.bent().on_ticks()))


def tracked_pair(song: TickSong, tracker: BeatTracker) -> Pair:
    """A song on ticks whose beats have to be found."""
    timed = in_seconds(song)
    return Pair(_tracked(timed, tracker), _tracked(timed.bent(), tracker))


def _tracked(timed: TimedSong, tracker: BeatTracker) -> HalvedSong:
    song = timed.as_song()
    grid = tracker.track(song).covering(song.duration_s)
    return halved_heard(song, grid, np.array([hit.onset_s for hit in timed.kick]), timed.about)


def recording_pair(folder: Path, tracker: BeatTracker | None) -> Pair:
    """A recording, its beats given or tracked."""
    with TemporaryDirectory() as work:
        moved = bent_recording(folder, Path(work) / folder.name)
        bent = halved_recording(moved, tracker=tracker)
    return Pair(halved_recording(folder, tracker=tracker), bent)


def drift_rows(section: str, beats: str, drummer: HalfDrummer, pairs: Sequence[Pair]) -> list[Row]:
    """F1 of transfer and of copy-bar, steady and drifting, and what is lost.

    Args:
        beats: `GIVEN`, measured on ticks, or `TRACKED`, within 50 ms.
    """
    metric = TICK_F1 if beats == GIVEN else ONSET_F1

    def rows(setting: str, songs: Sequence[HalvedSong]) -> list[Row]:
        takes = take_all(songs, (Transfer(drummer), COPY_BAR))
        return f1_rows(section, f"drift, {beats}", takes, setting, (metric,))

    steady = rows(STEADY, [pair.steady for pair in pairs])
    drifting = rows(DRIFTING, [pair.drifting for pair in pairs])
    lost = [_lost(one, other) for one, other in zip(steady, drifting, strict=True)]
    return [*steady, *drifting, *lost]


def _lost(steady: Row, drifting: Row) -> Row:
    found = paired_difference(steady.per_song or (), drifting.per_song or ())
    return Row(
        steady.section, steady.experiment, steady.player, LOST, "",
        found.mean, found.low, found.high, better=LOWER,
    )  # fmt: skip

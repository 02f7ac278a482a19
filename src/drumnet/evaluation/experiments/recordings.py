"""All experiments on annotated recordings: beats tracked, onsets heard.

In: folders in the layout of MDB.  Out: rows of the section "recordings".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from drumnet.beats.tracker import BeatTracker, NetworkTracker
from drumnet.corpus.halves import HalvedSong, halved_recording
from drumnet.evaluation.altered import altered_recording
from drumnet.evaluation.baselines import BASELINES, COPY_BAR
from drumnet.evaluation.experiments.adherence import adherence_rows
from drumnet.evaluation.experiments.drift import GIVEN, TRACKED, drift_rows, recording_pair
from drumnet.evaluation.experiments.invariance import (
    HISTOGRAM_CODES,
    ReadCode,
    Retrieval,
    histogram,
)
from drumnet.evaluation.experiments.likeness import likeness_rows
from drumnet.evaluation.experiments.scores import ONSET_F1, f1_rows
from drumnet.evaluation.players import (
    HalfDrummer,
    NoCode,
    OneCode,
    Player,
    Reconstruction,
    Sampled,
    Transfer,
    WrongCode,
)
from drumnet.evaluation.report.model import MODEL_PLAYER, Row
from drumnet.evaluation.takes import Takes, take_all

SECTION = "recordings"
#: Kind, name and alteration.
ALTERATIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("tempo", "80 %", {"speed": 0.8}),
    ("tempo", "90 %", {"speed": 0.9}),
    ("tempo", "110 %", {"speed": 1.1}),
    ("tempo", "120 %", {"speed": 1.2}),
    ("shift", "1 beat", {"first_beat": 1}),
    ("shift", "2 beats", {"first_beat": 2}),
    ("shift", "4 beats", {"first_beat": 4}),
)


def recordings(
    folders: Sequence[Path], tracker: BeatTracker | None = None, snare: bool = True
) -> list[HalvedSong]:
    return [halved_recording(folder, snare=snare, tracker=tracker) for folder in folders]


def score_rows(
    drummer: HalfDrummer, folders: Sequence[Path], others: Sequence[Player] = ()
) -> Iterator[list[Row]]:
    """F1 within 50 ms, for beats given and tracked, with and without the snare.

    Args:
        others: more players, such as one that remembers training songs.
    """
    for beats, tracker in (("beats given", None), ("beats tracked", NetworkTracker())):
        for snare in (True, False):
            songs = recordings(folders, tracker, snare)
            setting = f"{beats}, {'snare given' if snare else 'no snare'}"
            yield _f1(drummer, songs, others, setting)


def _f1(
    drummer: HalfDrummer, songs: Sequence[HalvedSong], others: Sequence[Player], setting: str
) -> list[Row]:
    players: tuple[Player, ...] = (
        Transfer(drummer),
        OneCode(drummer),
        NoCode(drummer),
        WrongCode(drummer, songs),
        *BASELINES,
        *others,
    )
    own = take_all(songs, (Reconstruction(drummer),))
    return [
        *f1_rows(SECTION, "reconstruction", own, setting, (ONSET_F1,)),
        *f1_rows(SECTION, "transfer", take_all(songs, players), setting, (ONSET_F1,)),
    ]


def extractor(drummer: HalfDrummer) -> ReadCode:
    """The refined code, as `Drummer.extract_style` gives it."""
    return lambda song: drummer.extracted(song).code


def invariance_rows(drummer: HalfDrummer, folders: Sequence[Path]) -> Iterator[list[Row]]:
    """The recordings altered, found among themselves as they are."""
    readers: dict[str, ReadCode] = {MODEL_PLAYER: extractor(drummer), HISTOGRAM_CODES: histogram}
    as_they_are = recordings(folders)
    own = {name: np.array([read(s) for s in as_they_are]) for name, read in readers.items()}
    for kind, name, change in ALTERATIONS:
        with TemporaryDirectory() as work:
            altered = [altered_recording(f, Path(work, f.name), **change) for f in folders]
            songs = recordings(altered)
        rows = []
        for player, read in readers.items():
            varied = np.array([read(song) for song in songs])
            rows += Retrieval(player, own[player], varied).rows(SECTION, kind, name)
        takes = take_all(songs, (Transfer(drummer), COPY_BAR))
        yield [*rows, *f1_rows(SECTION, kind, takes, name, (ONSET_F1,))]


def drifting_rows(drummer: HalfDrummer, folders: Sequence[Path]) -> Iterator[list[Row]]:
    """Steady and drifting, beats given and tracked."""
    for beats, tracker in ((GIVEN, None), (TRACKED, NetworkTracker())):
        pairs = [recording_pair(folder, tracker) for folder in folders]
        yield drift_rows(SECTION, beats, drummer, pairs)


def likeness_and_adherence_rows(
    drummer: HalfDrummer, folders: Sequence[Path], seed: int
) -> list[Row]:
    """Of sampled styles and of the baselines."""
    takes: Takes = take_all(recordings(folders), (Sampled(drummer, seed), *BASELINES))
    return [
        *likeness_rows(SECTION, takes, "sampled", seed),
        *adherence_rows(SECTION, takes, "sampled"),
    ]

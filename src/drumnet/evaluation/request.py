"""What is to be evaluated, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from drumnet.evaluation.experiments.variety import NUM_SAMPLES


@dataclass(frozen=True)
class Size:
    """How much is measured; None is all.

    Args:
        songs: of the split; train_songs: that the nearest neighbour remembers.
        retrieval_songs: whose codes are compared; played_songs: of those, how
            many are played to at each tempo and shift.
        drift_songs: steady and drifting.
        samples: codes on each song of the variety.
        folders: recordings.
        kit_songs: played to on whole kits; segment_songs: four bars at a time.
        groove_songs, groove_train: performances that are measured, and those that
            the nearest neighbour remembers.
        few_file_cases: of what is played from files, a few; file_seeds: how often each.
    """

    songs: int | None = None
    train_songs: int | None = None
    retrieval_songs: int | None = None
    played_songs: int = 60
    drift_songs: int = 60
    samples: int = NUM_SAMPLES
    folders: int | None = None
    kit_songs: int | None = None
    segment_songs: int | None = 60
    groove_songs: int | None = None
    groove_train: int | None = None
    few_file_cases: bool = False
    file_seeds: int = 2


FULL = Size()
QUICK = Size(
    36, 300, 12, 6, 6, few_file_cases=True, file_seeds=1,
    folders=2, kit_songs=8, segment_songs=6, groove_songs=8, groove_train=16,
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """What is to be evaluated.

    Args:
        model: the weights, as `Drummer` takes them.
        data: a corpus; audio: a folder of recordings; groove: the folder of the Groove
            MIDI Dataset; one of them at least.
        split: of the corpus.
        seed: of everything random.
        quick: a small part of all, to see that it works.
        workers: processes and threads.
        only: of the parts, see `Stages.by_name`; all if empty.
    """

    model: str = "default"
    data: Path | None = None
    split: str = "test"
    audio: Path | None = None
    groove: Path | None = None
    seed: int = 0
    quick: bool = False
    workers: int = 2
    only: tuple[str, ...] = ()

    @property
    def size(self) -> Size:
        return QUICK if self.quick else FULL

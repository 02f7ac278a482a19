"""What the drum network's training needs, rendered.

In: the Groove MIDI Dataset, a MIDI corpus, what this machine has of instruments, and rendered
projects of LMMS.  Out:
`kits/`, `instruments/` (see `training.band.inventory`) and `clips/` (what is heard of rendered
drums, in shards); what is there already is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, read_arrays, write_arrays
from drumnet.errors import DataError
from drumnet.training.band.inventory import Sources, collect, load_inventory
from drumnet.training.band.lmms import lmms_excerpts
from drumnet.training.band.scores import load_scores, read_scores, save_scores
from drumnet.training.transcription.render import (
    NUM_KINDS,
    Clip,
    ClipConfig,
    project_clip,
    rendered_clip,
)
from drumnet.transcribe.spectrum import NUM_BANDS

CLIPS_FOLDER = "clips"
CLIPS_A_SHARD = 50
#: Of a stroke: seconds, kind, level.
_STROKE_FACTS = 3
_SPLITS = ("train", "valid")
#: What the files of clips of projects are called; they are trained with.
PROJECTS = "train_project"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PrepareConfig:
    """Args:
    train_clips, valid_clips: how many clips are rendered.
    train_songs, valid_songs: how many songs of the corpus they are taken from.
    project_clips: how many more are taken from projects, if there are any.
    """

    train_clips: int = 12_000
    valid_clips: int = 400
    train_songs: int = 1_500
    valid_songs: int = 120
    project_clips: int = 1_500
    seed: int = 0
    workers: int = 2
    clip: ClipConfig = field(default_factory=ClipConfig)

    def clip_of(self, split: str) -> ClipConfig:
        """What is trained on are drum stems and mixes; thresholds are for drum stems."""
        return self.clip if split == "train" else replace(self.clip, mix=0.0)


def prepare_drums(
    groove: Path,
    corpus: Path,
    sources: Sources,
    projects: Path | None,
    work: Path,
    config: PrepareConfig,
    progress: Progress,
) -> None:
    """Collect what there is to play with, and render the clips.

    Args:
        projects: a folder that `training.band.lmms.make_excerpts` filled.

    Raises:
        DataError: data, FluidSynth or soundfonts are missing.
    """
    (work / CLIPS_FOLDER).mkdir(parents=True, exist_ok=True)
    collect(sources, work, config.workers, progress)
    for split, clips, songs in (
        ("valid", config.valid_clips, config.valid_songs),
        ("train", config.train_clips, config.train_songs),
    ):
        shards = _missing_shards(work, split, -(-clips // CLIPS_A_SHARD))
        if not shards:
            continue
        if not scores_file(work, split).is_file():
            scores = read_scores(groove, corpus, split, songs, config.seed)
            save_scores(scores, scores_file(work, split))
        task = partial(_render_shard, work, split, config.clip_of(split), config.seed)
        with ProcessPoolExecutor(config.workers, mp_context=get_context("spawn")) as pool:
            for done, _ in enumerate(pool.map(task, shards), 1):
                progress(f"{split} clips", done * CLIPS_A_SHARD, len(shards) * CLIPS_A_SHARD)
    if projects is not None:
        _render_projects(projects, work, config, progress)


def _render_projects(projects: Path, work: Path, config: PrepareConfig, progress: Progress) -> None:
    excerpts = lmms_excerpts(projects)
    shards = _missing_shards(work, PROJECTS, config.project_clips // CLIPS_A_SHARD)
    for done, (number, file) in enumerate(shards, 1):
        rng = np.random.default_rng([config.seed, len(_SPLITS), number])
        save_clips(file, [project_clip(excerpts, rng, config.clip) for _ in range(CLIPS_A_SHARD)])
        progress("clips of projects", done * CLIPS_A_SHARD, len(shards) * CLIPS_A_SHARD)


def _missing_shards(work: Path, split: str, count: int) -> list[tuple[int, Path]]:
    files = [work / CLIPS_FOLDER / f"{split}_{shard:04d}.npz" for shard in range(count)]
    return [(shard, file) for shard, file in enumerate(files) if not file.is_file()]


def scores_file(work: Path, split: str) -> Path:
    """Where the scores of a split are kept."""
    return work / f"scores_{split}.npz"


def _render_shard(
    work: Path, split: str, config: ClipConfig, seed: int, shard: tuple[int, Path]
) -> None:
    number, file = shard
    scores = load_scores(scores_file(work, split))
    rng = np.random.default_rng([seed, _SPLITS.index(split), number])
    inventory = load_inventory(work, split)
    with_band = [score for score in scores if score.parts]
    chosen = rng.integers(len(scores), size=CLIPS_A_SHARD)
    clips = [rendered_clip(scores[i], with_band, inventory, rng, config) for i in chosen.tolist()]
    save_clips(file, clips)


def save_clips(file: Path, clips: Sequence[Clip]) -> None:
    """Write clips to one file, for `load_clips`."""
    owners = np.repeat(np.arange(len(clips)), [len(clip.strokes) for clip in clips])
    strokes = np.concatenate([clip.strokes for clip in clips])
    heard = np.stack([clip.heard for clip in clips])
    write_arrays(file, {"heard": heard, "strokes": strokes, "clip": owners})


def load_clips(work: Path, split: str) -> tuple[NDArray[np.float16], list[NDArray[np.float32]]]:
    """(num_clips, num_frames, 80) what is heard, and the strokes of each clip.

    Raises:
        DataError: no clips.
    """
    files = sorted((work / CLIPS_FOLDER).glob(f"{split}_*.npz"))
    if not files:
        raise DataError(f"'{work}' holds no rendered {split} clips")
    remedy = "remove it, and it is rendered again"
    shards = [read_arrays(file, "clips of drums", _clips_in, remedy) for file in files]
    if len({heard.shape[1] for heard, _ in shards}) > 1:
        raise DataError(f"'{work}' holds clips of different lengths: render them again")
    heard = np.concatenate([heard for heard, _ in shards])
    return heard, [clip for _, strokes in shards for clip in strokes]


def _clips_in(
    shard: Mapping[str, NDArray[Any]],
) -> tuple[NDArray[np.float16], list[NDArray[np.float32]]]:
    heard = fitting(shard["heard"], None, None, NUM_BANDS)
    strokes = fitting(shard["strokes"], None, _STROKE_FACTS)
    owners = fitting(shard["clip"], len(strokes))
    if len(strokes) and not 0 <= strokes[:, 1].min() <= strokes[:, 1].max() < NUM_KINDS:
        raise ValueError("a stroke of no kind")
    return heard, [strokes[owners == i] for i in range(len(heard))]

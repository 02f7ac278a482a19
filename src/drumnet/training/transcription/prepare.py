"""What the drum network's training needs, rendered.

In: the Groove MIDI Dataset, a MIDI corpus, soundfonts and Hydrogen kits.  Out:
`kits/` (strokes) and `clips/` (what is heard of rendered drums, in shards); what
is there already is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, read_arrays, write_arrays
from drumnet.errors import DataError
from drumnet.files import atomic_files
from drumnet.hits import Piece
from drumnet.training.soundfont import find_soundfonts
from drumnet.training.transcription.render import ClipConfig, rendered_clip
from drumnet.training.transcription.scores import DrumScore, read_scores
from drumnet.training.transcription.strokes import (
    OTHER_KEYS,
    StrokeKit,
    hydrogen_kit,
    soundfont_kits,
)
from drumnet.transcribe.spectrum import NUM_BANDS

KITS_FOLDER, CLIPS_FOLDER = "kits", "clips"
CLIPS_A_SHARD = 50
#: Of a stroke: seconds, piece, level.
_STROKE_FACTS = 3
#: Kits whose names start so are kept for measuring.
HELD_OUT = ("TimGM6mb", "The Black Pearl")
_SPLITS = ("train", "valid")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PrepareConfig:
    """Args:
    train_clips, valid_clips: how many clips are rendered.
    train_songs, valid_songs: how many songs of the corpus they are taken from.
    """

    train_clips: int = 4_000
    valid_clips: int = 200
    train_songs: int = 600
    valid_songs: int = 60
    seed: int = 0
    workers: int = 2
    clip: ClipConfig = field(default_factory=ClipConfig)


def prepare_drums(
    groove: Path,
    corpus: Path,
    hydrogen: Path | None,
    work: Path,
    config: PrepareConfig,
    progress: Progress,
) -> None:
    """Collect the strokes and render the clips.

    Args:
        hydrogen: a folder of Hydrogen drum kits.

    Raises:
        DataError: data, FluidSynth or soundfonts are missing.
    """
    kits = work / KITS_FOLDER
    (work / CLIPS_FOLDER).mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(config.workers, mp_context=get_context("spawn")) as pool:
        if not kits.is_dir():
            folders = sorted(p.parent for p in hydrogen.glob("*/drumkit.xml")) if hydrogen else []
            sources = [*folders, *find_soundfonts()]
            with atomic_files(kits) as made:  # or the next run would take a part for all
                for done, _ in enumerate(pool.map(partial(_save_kits, made), sources), 1):
                    progress("strokes", done, len(sources))
        for split, clips, songs in (
            ("train", config.train_clips, config.train_songs),
            ("valid", config.valid_clips, config.valid_songs),
        ):
            shards = _missing_shards(work, split, -(-clips // CLIPS_A_SHARD))
            if shards:
                scores = read_scores(groove, corpus, split, songs, config.seed)
                task = partial(_render_shard, kits, split, scores, config)
                for done, _ in enumerate(pool.map(task, shards), 1):
                    progress(f"{split} clips", done * CLIPS_A_SHARD, len(shards) * CLIPS_A_SHARD)


def _missing_shards(work: Path, split: str, count: int) -> list[tuple[int, Path]]:
    files = [work / CLIPS_FOLDER / f"{split}_{shard:04d}.npz" for shard in range(count)]
    return [(shard, file) for shard, file in enumerate(files) if not file.is_file()]


def _save_kits(folder: Path, source: Path) -> None:
    made: Iterable[StrokeKit]
    made = [hydrogen_kit(source)] if source.is_dir() else soundfont_kits(source)
    for kit in made:
        if kit.is_whole or set(OTHER_KEYS) & set(kit.strokes):
            kit.save(folder / f"{kit.name.replace(' ', '_')}.npz")


@lru_cache(maxsize=2)
def load_kits(folder: Path, split: str) -> tuple[StrokeKit, ...]:
    """The kits of a split: all but those held out, or those alone.

    Raises:
        DataError: there are none.
    """
    names = tuple(name.replace(" ", "_") for name in HELD_OUT)
    files = [
        f for f in sorted(folder.glob("*.npz")) if f.name.startswith(names) != (split == "train")
    ]
    kits = tuple(StrokeKit.load(file) for file in files)
    if not any(kit.is_whole for kit in kits):
        raise DataError(f"'{folder}' has no drum kit to {split} with: is a soundfont missing?")
    return kits


def _render_shard(
    kits: Path,
    split: str,
    scores: Sequence[DrumScore],
    config: PrepareConfig,
    shard: tuple[int, Path],
) -> None:
    number, file = shard
    rng = np.random.default_rng([config.seed, _SPLITS.index(split), number])
    found = load_kits(kits, split)
    clips = [
        rendered_clip(scores[int(rng.integers(len(scores)))], found, rng, config.clip)
        for _ in range(CLIPS_A_SHARD)
    ]
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
    if len(strokes) and not 0 <= strokes[:, 1].min() <= strokes[:, 1].max() < len(Piece):
        raise ValueError("a stroke of no piece")
    return heard, [strokes[owners == i] for i in range(len(heard))]

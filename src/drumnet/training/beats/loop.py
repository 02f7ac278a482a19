"""Training the beat network: resumable, with an average of the weights.

In: a folder with `songs.npz` and `clips/`.  Out: `checkpoint.pt` in the folder
of the run, which a later call goes on from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from drumnet.errors import DataError
from drumnet.training.beats.batches import BatchConfig, ExampleSource
from drumnet.training.beats.model import BeatModelConfig, BeatNetwork, loss
from drumnet.training.beats.render import Clip
from drumnet.training.beats.simulate import PatchBank
from drumnet.training.beats.songs import BeatSong, load_songs
from drumnet.training.run import AveragedRun

SONGS_FILE, CLIPS_FOLDER = "songs.npz", "clips"
_SLOWEST_BPM, _FASTEST_BPM = 50.0, 240.0


@dataclass(frozen=True)
class BeatTrainingConfig:
    """Args:
    steps: optimiser steps in all.
    learning_rate: at its highest; it rises over the first steps and falls to 0.
    average: decay of the averaged weights.
    left_out: sources of the corpus that are kept for measuring.
    """

    steps: int = 14_000
    seed: int = 0
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    warm_up: int = 100
    average: float = 0.998
    left_out: tuple[str, ...] = ("tegridy", "mma")
    checkpoint_every: int = 200
    batch: BatchConfig = field(default_factory=BatchConfig)
    model: BeatModelConfig = field(default_factory=BeatModelConfig)


def usable(song: BeatSong) -> bool:
    """Whether a song's beats are at a tempo that people tap."""
    bpm = 60.0 / float(np.median(np.diff(song.beats_s)))
    return _SLOWEST_BPM <= bpm <= _FASTEST_BPM and bool((song.beat_in_bar == 1).mean() < 0.6)


def load_clips(folder: Path, splits: Iterable[str]) -> list[Clip]:
    """The rendered clips of some splits.

    Raises:
        DataError: a damaged file.
    """
    kept = set(splits)
    clips = (Clip.load(file) for file in sorted(folder.glob("*.npz")))
    return [clip for clip in clips if clip.split in kept]


def example_source(data: Path, config: BeatTrainingConfig) -> ExampleSource:
    """What is trained on.

    Raises:
        DataError: no prepared songs or clips.
    """
    songs = [s for s in load_songs(data / SONGS_FILE) if s.split == "train" and usable(s)]
    songs = [s for s in songs if s.source not in config.left_out]
    clips = load_clips(data / CLIPS_FOLDER, ("train",))
    clips = [c for c in clips if c.source not in config.left_out]
    if not songs or not clips:
        raise DataError(f"'{data}' holds no songs and rendered clips to train on")
    return ExampleSource(clips, songs, PatchBank(clips), config.batch)


BeatRun = AveragedRun[BeatNetwork]


def beat_run(folder: Path, config: BeatTrainingConfig) -> BeatRun:
    """The run in the folder, or a new one."""
    return AveragedRun(folder, config, lambda: BeatNetwork(config.model))


def learn(run: BeatRun, batch: tuple[np.ndarray[Any, Any], ...]) -> float:
    """One step; the loss."""
    evidence, targets, known = (torch.from_numpy(array) for array in batch)

    def error_of(network: BeatNetwork) -> torch.Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(evidence)
        return loss(logits.float(), targets, known)

    return run.descend(error_of)


def train_beats(
    data: Path,
    run: Path,
    config: BeatTrainingConfig,
    report: Callable[[int, float], None] = lambda step, found: None,
    until_s: float = float("inf"),
) -> BeatRun:
    """Train, going on from the run's checkpoint where there is one.

    Args:
        until_s: stop, and save, at this `time.time()`.

    Raises:
        DataError: no prepared songs or clips.
    """
    training = beat_run(run, config)
    source = example_source(data, config)
    recent: list[float] = []
    batches = source.batches(np.random.default_rng([config.seed, training.step]))
    for batch in batches:
        if training.step >= config.steps or time.time() > until_s:
            break
        recent.append(learn(training, batch))
        if training.step % config.checkpoint_every == 0:
            training.save()
        if training.step % 50 == 0:
            report(training.step, float(np.mean(recent)))
            recent.clear()
    training.save()
    return training

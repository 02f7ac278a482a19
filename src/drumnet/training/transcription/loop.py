"""Training the drum network: resumable, with an average of the weights.

In: a folder with `clips/`.  Out: `checkpoint.pt` in the folder of the run, which
a later call goes on from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from drumnet.training.run import AveragedRun, read_run
from drumnet.training.transcription.model import (
    DrumModelConfig,
    DrumNetwork,
    Targets,
    loss,
)
from drumnet.training.transcription.prepare import load_clips
from drumnet.training.transcription.render import NUM_KINDS
from drumnet.transcribe.spectrum import FRAME_RATE_HZ, NUM_BANDS

#: What the frames beside a stroke's are asked to show.
_BESIDE = 0.5
_LOST_DB = 60.0
#: What trains a run of this kind.
COMMAND = "train-drums"


@dataclass(frozen=True)
class DrumTrainingConfig:
    """Args:
    steps: optimiser steps in all.
    batch: excerpts of clips a step.
    excerpt_frames: their length.
    learning_rate: at its highest; it rises over the first steps and falls to 0.
    average: decay of the averaged weights.
    tone_db: standard deviations of the equaliser that excerpts are heard through.
    band_limited: share of excerpts without the bands from some one on, ...
    highest_band: ... this one at the lowest (5.9 kHz).
    """

    steps: int = 5_000
    seed: int = 0
    batch: int = 16
    excerpt_frames: int = 400
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    warm_up: int = 100
    average: float = 0.995
    tone_db: float = 3.0
    band_limited: float = 0.3
    highest_band: int = 56
    checkpoint_every: int = 20
    model: DrumModelConfig = field(default_factory=DrumModelConfig)


def frame_targets(strokes: NDArray[np.float32], num_frames: int) -> NDArray[np.float32]:
    """(4, num_frames, 11) of (num_strokes, 3) seconds, kind, level: rows as in
    `Targets`; frames next to a stroke's own share its level and point to it."""
    out = np.zeros((4, num_frames, NUM_KINDS), dtype=np.float32)
    onset, level_db, offset, known = out
    place = strokes[:, 0] * FRAME_RATE_HZ
    nearest = np.round(place).astype(int)
    kind = strokes[:, 1].astype(int)
    for step in (-1, 1, 0):  # a stroke's own frame last: it outranks the others'
        at = nearest + step
        inside = (at >= 0) & (at < num_frames)
        index = at[inside], kind[inside]
        np.maximum.at(onset, index, 1.0 if step == 0 else _BESIDE)
        level_db[index] = strokes[inside, 2]
        offset[index] = (place - at)[inside]
        known[index] = 1.0
    return out


DrumRun = AveragedRun[DrumNetwork]


def drum_run(folder: Path, config: DrumTrainingConfig) -> DrumRun:
    """The run in the folder, or a new one."""
    return AveragedRun(folder, config, lambda: DrumNetwork(config.model))


def learn(run: DrumRun, heard: NDArray[np.float32], targets: NDArray[np.float32]) -> float:
    """One step; the loss.

    Args:
        heard: (batch, num_frames, 80).
        targets: (4, batch, num_frames, 11), rows as in `Targets`.
    """

    def error_of(network: DrumNetwork) -> torch.Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            found = network(torch.from_numpy(heard))
        return loss(found.float(), Targets(*torch.from_numpy(targets)))

    return run.descend(error_of)


def draw_batch(
    heard: NDArray[np.float16],
    strokes: Sequence[NDArray[np.float32]],
    rng: np.random.Generator,
    config: DrumTrainingConfig,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Excerpts of clips drawn at random, each toned anew, and their targets."""
    length = config.excerpt_frames
    parts, targets = [], []
    for clip in rng.integers(len(heard), size=config.batch).tolist():
        start = int(rng.integers(heard.shape[1] - length + 1))
        parts.append(toned(heard[clip, start : start + length].astype(np.float32), rng, config))
        targets.append(frame_targets(strokes[clip], heard.shape[1])[:, start : start + length])
    return np.stack(parts), np.stack(targets, axis=1)


def toned(
    heard: NDArray[np.float32], rng: np.random.Generator, config: DrumTrainingConfig
) -> NDArray[np.float32]:
    """What is heard through another equaliser; at times without its highest
    bands, which lossy formats leave out."""
    place = np.linspace(-1.0, 1.0, NUM_BANDS)
    gain_db = rng.normal(0.0, config.tone_db) * place
    for _ in range(2):
        bump = np.exp(-0.5 * ((place - rng.uniform(-1.0, 1.0)) / rng.uniform(0.1, 0.5)) ** 2)
        gain_db += rng.normal(0.0, config.tone_db) * bump
    if rng.random() < config.band_limited:
        gain_db[int(rng.integers(config.highest_band, NUM_BANDS)) :] = -_LOST_DB
    gain = (10 ** (gain_db / 20)).astype(np.float32)
    # log10(1 + x) to x, and back.
    return np.asarray(np.log10(1.0 + (np.float32(10.0) ** heard - 1.0) * gain), dtype=np.float32)


def train_drums(
    work: Path,
    run: Path,
    config: DrumTrainingConfig,
    report: Callable[[int, float], None] = lambda step, found: None,
    until_s: float = float("inf"),
    start_from: Path | None = None,
) -> DrumRun:
    """Train, going on from the run's checkpoint where there is one.

    Args:
        until_s: stop, and save, at this `time.time()`.
        start_from: a run whose weights a new one begins with.

    Raises:
        DataError: no rendered clips, or no run to start from.
    """
    training = drum_run(run, config)
    if start_from is not None and not training.step:
        training.begin_as(
            read_run(start_from, lambda model: DrumNetwork(DrumModelConfig(**model)), COMMAND)[0]
        )
    heard, strokes = load_clips(work, "train")
    rng = np.random.default_rng([config.seed, training.step])
    recent: list[float] = []
    while training.step < config.steps and time.time() < until_s:
        recent.append(learn(training, *draw_batch(heard, strokes, rng, config)))
        if training.step % config.checkpoint_every == 0:
            training.save()
        if training.step % 20 == 0:
            report(training.step, float(np.mean(recent)))
            recent.clear()
    training.save()
    return training


def as_json(config: DrumTrainingConfig) -> dict[str, Any]:
    """The configuration, for provenance."""
    return asdict(config)

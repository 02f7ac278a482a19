"""Training the drum network: resumable, with an average of the weights.

In: a folder with `clips/`.  Out: `checkpoint.pt` in the folder of the run, which
a later call goes on from.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from drumnet.files import atomic_path
from drumnet.training.drums.model import (
    NUM_PIECES,
    DrumModelConfig,
    DrumNetwork,
    Targets,
    loss,
)
from drumnet.training.drums.prepare import load_clips
from drumnet.transcribe.spectrum import FRAME_RATE_HZ, NUM_BANDS

CHECKPOINT_FILE = "checkpoint.pt"
#: What the frames beside a stroke's are asked to show.
_BESIDE = 0.5
_LOST_DB = 60.0


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

    steps: int = 1_200
    seed: int = 0
    batch: int = 16
    excerpt_frames: int = 400
    learning_rate: float = 4e-3
    weight_decay: float = 0.02
    warm_up: int = 50
    average: float = 0.99
    tone_db: float = 3.0
    band_limited: float = 0.3
    highest_band: int = 56
    checkpoint_every: int = 20
    model: DrumModelConfig = field(default_factory=DrumModelConfig)


def frame_targets(strokes: NDArray[np.float32], num_frames: int) -> NDArray[np.float32]:
    """(4, num_frames, 9) of (num_strokes, 3) seconds, piece, level: rows as in
    `Targets`; frames next to a stroke's own share its level and point to it."""
    out = np.zeros((4, num_frames, NUM_PIECES), dtype=np.float32)
    onset, level_db, offset, known = out
    place = strokes[:, 0] * FRAME_RATE_HZ
    nearest = np.round(place).astype(int)
    piece = strokes[:, 1].astype(int)
    for step in (-1, 1, 0):  # a stroke's own frame last: it outranks the others'
        at = nearest + step
        inside = (at >= 0) & (at < num_frames)
        index = at[inside], piece[inside]
        np.maximum.at(onset, index, 1.0 if step == 0 else _BESIDE)
        level_db[index] = strokes[inside, 2]
        offset[index] = (place - at)[inside]
        known[index] = 1.0
    return out


class DrumTraining:
    """One run: network, optimiser, average; saved and resumed as one."""

    def __init__(self, run: Path, config: DrumTrainingConfig) -> None:
        torch.manual_seed(config.seed)
        self.config, self.run, self.step = config, run, 0
        self.network = DrumNetwork(config.model)
        self.averaged = copy.deepcopy(self.network).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )
        if (run / CHECKPOINT_FILE).is_file():
            state = torch.load(run / CHECKPOINT_FILE, weights_only=True)
            self.step = int(state["step"])
            self.network.load_state_dict(state["network"])
            self.averaged.load_state_dict(state["averaged"])
            self.optimizer.load_state_dict(state["optimizer"])

    def save(self) -> None:
        self.run.mkdir(parents=True, exist_ok=True)
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "config": json.dumps(asdict(self.config)),
        }
        with atomic_path(self.run / CHECKPOINT_FILE) as part:
            torch.save(state, part)

    def _rate(self) -> float:
        warm = min(1.0, (self.step + 1) / self.config.warm_up)
        share = min(1.0, self.step / self.config.steps)
        return self.config.learning_rate * warm * (0.5 + 0.5 * float(np.cos(np.pi * share)))

    def learn(self, heard: NDArray[np.float32], targets: NDArray[np.float32]) -> float:
        """One step; the loss.

        Args:
            heard: (batch, num_frames, 80).
            targets: (4, batch, num_frames, 9), rows as in `Targets`.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        self.network.train()
        with torch.autocast("cpu", torch.bfloat16):
            found = self.network(torch.from_numpy(heard))
        error = loss(found.float(), Targets(*torch.from_numpy(targets)))
        self.optimizer.zero_grad()
        error.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self._average()
        return float(error.detach())

    def _average(self) -> None:
        decay = min(self.config.average, self.step / (self.step + 20))
        with torch.no_grad():
            now = self.network.state_dict()
            for name, mean in self.averaged.state_dict().items():
                if mean.is_floating_point():
                    mean.lerp_(now[name], 1.0 - decay)


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
) -> DrumTraining:
    """Train, going on from the run's checkpoint where there is one.

    Args:
        until_s: stop, and save, at this `time.time()`.

    Raises:
        DataError: no rendered clips.
    """
    training = DrumTraining(run, config)
    heard, strokes = load_clips(work, "train")
    rng = np.random.default_rng([config.seed, training.step])
    recent: list[float] = []
    while training.step < config.steps and time.time() < until_s:
        recent.append(training.learn(*draw_batch(heard, strokes, rng, config)))
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

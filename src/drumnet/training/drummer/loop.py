"""`drumnet train`: prepared songs in, a trained model out.

A run is a folder: `config.json`, `state.pt` (to resume from), `log.csv` and
`loss.png`.  A run that was killed goes on where it was; the same seed and the
same songs give the same weights on the same machine.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from drumnet.corpus.ticksong import SONGS_FILE, TickStore
from drumnet.errors import DataError
from drumnet.files import atomic_path
from drumnet.training.drummer.batches import Batch, Batches
from drumnet.training.drummer.config import TrainConfig
from drumnet.training.drummer.growing import grow_from
from drumnet.training.drummer.losses import Losses, losses
from drumnet.training.drummer.model import GatedAutoencoder
from drumnet.training.drummer.prepare import HEARINGS_FILE, OPEN_HEARINGS_FILE
from drumnet.training.drummer.ranks import ranks
from drumnet.training.drummer.simulate import HearingBank
from drumnet.training.drummer.starting import CONFIG_FILE, STATE_FILE, starting_weights
from drumnet.training.drummer.windows import WindowBatch
from drumnet.training.saved import saved_state, taken_over

LOG_FILE = "log.csv"

#: Share of the steps in which the learning rate rises.
_WARM_UP = 0.1
_CLIP_NORM = 1.0


def one_cycle(step: int, config: TrainConfig) -> float:
    """The learning rate: a linear rise, then half a cosine to nothing."""
    rise = max(1, int(_WARM_UP * config.steps))
    if step < rise:
        return config.learning_rate * (step + 1) / rise
    share = (step - rise) / max(1, config.steps - rise)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


class _State:
    """All that a run needs to go on."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        torch.manual_seed(config.seed)
        self.config, self._device = config, device
        self.model = GatedAutoencoder(config.model).to(device)
        self.averaged = GatedAutoencoder(config.model).to(device)
        self.averaged.load_state_dict(self.model.state_dict())
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(),
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
            fused=device.type == "cuda",
        )
        self.step = 0

    def save(self, path: Path) -> None:
        state = {
            "model": self.model.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        with atomic_path(path) as part:
            torch.save(state, part)

    def load(self, path: Path) -> None:
        """Raises:
        DataError: it is damaged, or of another model.
        """
        state = saved_state(path, ("model", "averaged", "optimiser", "step"))
        with taken_over(path):
            self.model.load_state_dict(state["model"])
            self.averaged.load_state_dict(state["averaged"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.step = int(state["step"])

    def start_from(self, source: str) -> None:
        """Take over the averaged weights of another run, or exported ones.

        Raises:
            DataError: nothing trained there, or another model.
        """
        weights, before = starting_weights(source)
        if not self.model.config.grows_from(before):
            raise DataError(f"'{source}' is of another model than this run")
        weights = {name: value.to(self._device) for name, value in weights.items()}
        with taken_over(Path(source)):
            for model in (self.model, self.averaged):
                grow_from(model, weights, before)

    def average(self, decay: float) -> None:
        decay = min(decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            kept, new = (
                [parameter.data for parameter in model.parameters()]
                for model in (self.averaged, self.model)
            )
            torch._foreach_lerp_(kept, new, 1 - decay)


Progress = Callable[[int, int, dict[str, float]], None]


def train(
    prepared: Path,
    run: Path,
    config: TrainConfig,
    *,
    resume: bool = False,
    loaders: int = 1,
    progress: Progress | None = None,
) -> GatedAutoencoder:
    """Train on the prepared songs' train split; returns the averaged model.

    A run that is resumed keeps the configuration that it was begun with.

    Args:
        loaders: processes that make batches; however many, the batches are the same.

    Started by `torchrun` in several processes, each is taught its own batch of every step, and
    the first one writes; a run that is resumed may have another number of them.

    Raises:
        DataError: nothing to train on or to start from, or a run that is there already and is
            not to be resumed.
    """
    config = _config_of(run, config, resume)
    songs = TickStore.load(prepared / SONGS_FILE).where(split="train")
    if config.only_open:
        songs = songs.where(open=True)
    hearings = OPEN_HEARINGS_FILE if config.only_open else HEARINGS_FILE
    batches = Batches(songs, HearingBank.load(prepared / hearings), config)
    if not len(batches):
        raise DataError(f"'{prepared}' has no song to train on (split 'train', with a kick)")
    with ranks() as own:
        state = _State(config, own.device)
        if resume and (run / STATE_FILE).is_file():
            state.load(run / STATE_FILE)
        elif config.start_from:
            state.start_from(config.start_from)
        own.wait()
        if own.is_first:
            _begin(run, config)  # now that all that it needs was read
        log = _Log(run / LOG_FILE, state.step)
        taught = own.together(_Taught(state.model, config))
        asked = [own.batch_of(step) for step in range(state.step, config.steps)]
        coming = _prefetched(batches, asked, loaders, own.device)
        for number, (batch, windows) in zip(asked, coming, strict=True):
            parts = own.mean(_step(state, taught, number, batch, windows))
            state.step += 1
            if not own.is_first:
                continue
            log.add(state.step, parts)
            if state.step % config.checkpoint_every == 0 or state.step == config.steps:
                state.save(run / STATE_FILE)
                means = log.flush()
                if progress is not None:
                    progress(state.step, config.steps, means)
        if own.is_first:
            plot_losses(run)
        own.wait()
    return state.averaged


def _config_of(run: Path, config: TrainConfig, resume: bool) -> TrainConfig:
    there = run / CONFIG_FILE
    if not there.is_file():
        return config
    if not resume:
        raise DataError(f"'{run}' holds a run already: go on with --resume, or name another")
    return TrainConfig.load(there)


def _begin(run: Path, config: TrainConfig) -> None:
    run.mkdir(parents=True, exist_ok=True)
    if not (run / CONFIG_FILE).is_file():
        config.save(run / CONFIG_FILE)


class _Taught(nn.Module):
    """A model and its loss, whose gradients processes share."""

    def __init__(self, model: GatedAutoencoder, config: TrainConfig) -> None:
        super().__init__()
        self.model, self.config = model, config

    def forward(
        self, batch: Batch, windows: WindowBatch | None, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """The loss, and its parts in the order of `Losses`."""
        parts = losses(self.model, batch, windows, self.config, generator)
        return parts.total, torch.stack([value.detach() for value in parts])


def _step(
    state: _State, taught: nn.Module, number: int, batch: Batch, windows: WindowBatch | None
) -> Tensor:
    """One step of the optimiser, on batch `number`; the parts of its loss."""
    config = state.config
    for group in state.optimiser.param_groups:
        group["lr"] = one_cycle(state.step, config)
    generator = torch.Generator().manual_seed(config.seed * 1_000_003 + number)
    state.model.train()
    total, parts = taught(batch, windows, generator)
    state.optimiser.zero_grad(set_to_none=True)
    total.backward()
    torch.nn.utils.clip_grad_norm_(state.model.parameters(), _CLIP_NORM)
    state.optimiser.step()
    state.average(config.average)
    found: Tensor = parts
    return found


class _Steps(Dataset[tuple[Batch, WindowBatch | None]]):
    """What each step is taught."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches

    def __getitem__(self, step: int) -> tuple[Batch, WindowBatch | None]:
        return self._batches.batch(step), self._batches.windows(step)


def _prefetched(
    batches: Batches, steps: Iterable[int], loaders: int, device: torch.device
) -> Iterator[tuple[Batch, WindowBatch | None]]:
    """What the steps are taught, as tensors, made while those before are taught."""
    return iter(
        DataLoader(
            _Steps(batches),
            sampler=steps,
            batch_size=None,
            num_workers=loaders,
            pin_memory=device.type == "cuda",
        )
    )


class _Log:
    """`log.csv`: mean losses since the last line; later lines than the step
    that is resumed from are dropped."""

    def __init__(self, path: Path, step: int) -> None:
        self._path = path
        self._rows: list[dict[str, Any]] = []
        if path.is_file() and step:
            self._rows = [row for row in _rows_of(path) if int(row["step"]) <= step]
        self._pending: list[Tensor] = []
        self._step = step

    def add(self, step: int, parts: Tensor) -> None:
        self._step = step
        self._pending.append(parts)

    def flush(self) -> dict[str, float]:
        mean = torch.stack(self._pending).mean(dim=0).tolist()
        means = {name: round(value, 6) for name, value in zip(Losses._fields, mean, strict=True)}
        self._pending.clear()
        self._rows.append({"step": self._step, **means})
        with atomic_path(self._path) as part, open(part, "w", newline="") as file:
            writer = csv.DictWriter(file, ["step", *Losses._fields])
            writer.writeheader()
            writer.writerows(self._rows)
        return means


def _rows_of(path: Path) -> list[dict[str, Any]]:
    """Those that are whole; others are of a log that was damaged, which people read alone."""
    rows = []
    with open(path, newline="", encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(line.replace("\0", "") for line in file):
            with suppress(ValueError, TypeError, KeyError, OverflowError):
                _ = int(row["step"]), [float(row[name]) for name in Losses._fields]
                rows.append({name: row[name] for name in ("step", *Losses._fields)})
    return rows


def plot_losses(run: Path) -> None:
    """Draw `log.csv` as `loss.png`."""
    from matplotlib.figure import Figure

    rows = _rows_of(run / LOG_FILE)
    figure = Figure(figsize=(10, 6), layout="constrained")
    axes = figure.subplots(2, 3).ravel()
    steps = [int(row["step"]) for row in rows]
    units = {"hits": "nats per tick", "velocity": "0-1", "offset": "ticks", "kl": "nats"}
    units |= {"windows": "nats per tick"}
    for axis, (name, unit) in zip(axes, units.items(), strict=False):
        axis.plot(steps, [float(row[name]) for row in rows])
        axis.set(title=name, xlabel="step", ylabel=unit)
        axis.grid(alpha=0.3)
    with atomic_path(run / "loss.png") as part:
        figure.savefig(part, dpi=100, format="png")

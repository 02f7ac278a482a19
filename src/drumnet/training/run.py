"""A run of training with an average of the weights, saved and resumed as one.

What the training of the beat network and of the drum network share: a network
and its error in, a checkpoint in the folder of the run out.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from drumnet.errors import DataError
from drumnet.files import atomic_path
from drumnet.training.saved import saved_state, taken_over

CHECKPOINT_FILE = "checkpoint.pt"
_CLIP_NORM = 1.0
#: The average begins as that of about so many steps.
_FIRST_STEPS = 20


class RunConfig(Protocol):
    """What a run is told of its steps: a frozen dataclass with at least these."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def steps(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def warm_up(self) -> int: ...
    @property
    def average(self) -> float: ...


Network = TypeVar("Network", bound=nn.Module)


class AveragedRun(Generic[Network]):
    """Network, optimiser and average; it goes on from the run's checkpoint.

    Args:
        folder: of the run.
        make: the network, made after the seed is set.

    Raises:
        DataError: a checkpoint that is damaged, or of another network.
    """

    def __init__(self, folder: Path, config: RunConfig, make: Callable[[], Network]) -> None:
        torch.manual_seed(config.seed)
        self.config, self.folder, self.step = config, folder, 0
        self.network = make()
        self.averaged = copy.deepcopy(self.network).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )
        if (folder / CHECKPOINT_FILE).is_file():
            state = saved_state(
                folder / CHECKPOINT_FILE, ("step", "network", "averaged", "optimizer")
            )
            with taken_over(folder / CHECKPOINT_FILE):
                self.step = int(state["step"])
                self.network.load_state_dict(state["network"])
                self.averaged.load_state_dict(state["averaged"])
                self.optimizer.load_state_dict(state["optimizer"])

    def begin_as(self, network: Network) -> None:
        """Take over another network's weights.

        Raises:
            DataError: it is built otherwise.
        """
        try:
            self.network.load_state_dict(network.state_dict())
        except RuntimeError as fault:
            raise DataError("the run to start from has a network of another size") from fault
        self.averaged.load_state_dict(network.state_dict())

    def save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "config": json.dumps(asdict(self.config)),
        }
        with atomic_path(self.folder / CHECKPOINT_FILE) as part:
            torch.save(state, part)

    def descend(self, error_of: Callable[[Network], Tensor]) -> float:
        """One step down the error that the network makes; the error."""
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        self.network.train()
        error = error_of(self.network)
        self.optimizer.zero_grad()
        error.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP_NORM)
        self.optimizer.step()
        self.step += 1
        self._average()
        return float(error.detach())

    def _rate(self) -> float:
        warm = min(1.0, (self.step + 1) / self.config.warm_up)
        share = min(1.0, self.step / self.config.steps)
        return self.config.learning_rate * warm * (0.5 + 0.5 * float(np.cos(np.pi * share)))

    def _average(self) -> None:
        decay = min(self.config.average, self.step / (self.step + _FIRST_STEPS))
        with torch.no_grad():
            now = self.network.state_dict()
            for name, mean in self.averaged.state_dict().items():
                if mean.is_floating_point():
                    mean.lerp_(now[name], 1.0 - decay)


def read_run(
    folder: Path, network_of: Callable[[dict[str, Any]], Network], command: str
) -> tuple[Network, dict[str, Any]]:
    """The averaged network of a run, and the run's state.

    Args:
        network_of: a network of the configuration's `model`.
        command: that trains such a run.

    Raises:
        DataError: no checkpoint in the folder, or a damaged one.
    """
    file = folder / CHECKPOINT_FILE
    if not file.is_file():
        raise DataError(f"there is no '{file}': train with drumnet {command}")
    state = saved_state(file, ("config", "averaged"))
    with taken_over(file):
        model = json.loads(state["config"])["model"]
        lists = {name: tuple(value) for name, value in model.items() if isinstance(value, list)}
        network = network_of({**model, **lists})
        network.load_state_dict(state["averaged"])
    return network.eval(), state

"""One training in several processes, as `torchrun` starts them.

In: what `torchrun` says in the environment.  Out: which of them this process is, and a loss whose
gradients are the mean of all of theirs (PyTorch's distributed data parallel; gloo on processors,
NCCL on GPUs).  Without `torchrun` there is one, and nothing is shared.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from drumnet.errors import DataError


@dataclass(frozen=True)
class Ranks:
    """This process among those that train together.

    Args:
        number: from 0 to `of` - 1.
        device: of its model.
    """

    number: int
    of: int
    device: torch.device

    @property
    def is_first(self) -> bool:
        """Whether it is the one that writes and tells."""
        return self.number == 0

    def batch_of(self, step: int) -> int:
        """The number of the batch that it is taught in a step: each has its own."""
        return step * self.of + self.number

    def together(self, taught: nn.Module) -> nn.Module:
        """The module, its gradients those of all processes."""
        if self.of == 1:
            return taught
        # Of some batches a part of the model is not asked.
        return DistributedDataParallel(taught, find_unused_parameters=True)

    def mean(self, values: Tensor) -> Tensor:
        """The mean over all processes."""
        if self.of > 1:
            distributed.all_reduce(values)
            values = values / self.of
        return values

    def wait(self) -> None:
        """Until all are here."""
        if self.of > 1:
            distributed.barrier()


@contextmanager
def ranks() -> Iterator[Ranks]:
    """Those of this run, until the block ends.

    Raises:
        DataError: the others cannot be reached.
    """
    number, of, local = (
        int(os.environ.get(name, default))
        for name, default in (("RANK", "0"), ("WORLD_SIZE", "1"), ("LOCAL_RANK", "0"))
    )
    has_gpu = torch.cuda.is_available()
    device = torch.device("cuda", local) if has_gpu else torch.device("cpu")
    if of == 1:
        yield Ranks(0, 1, torch.device("cuda" if has_gpu else "cpu"))
        return
    if has_gpu:
        torch.cuda.set_device(device)
    try:
        distributed.init_process_group("nccl" if has_gpu else "gloo")
    except (ValueError, RuntimeError) as fault:
        raise DataError(
            f"the other processes of this training cannot be reached ({fault}): start it with "
            "torchrun"
        ) from fault
    try:
        yield Ranks(number, of, device)
    finally:
        distributed.destroy_process_group()

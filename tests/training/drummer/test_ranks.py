"""Training in two processes learns as one does with twice the batch, and a kill of one is gone on
from."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

if TYPE_CHECKING:
    from drumnet.training.drummer.config import TrainConfig

torch = pytest.importorskip("torch")

STEPS, THIRD = 30, 10


def hits_of(run: Path) -> NDArray[np.float64]:
    """(STEPS,) the loss of the hits."""
    with open(run / "log.csv", encoding="utf-8") as file:
        return np.array([float(row["hits"]) for row in csv.DictReader(file)])


def first_hits(prepared: Path, config: TrainConfig, number: int) -> float:
    """The loss of the hits of a batch, by a model that has learned nothing."""
    from drumnet.corpus.ticksong import SONGS_FILE, TickStore
    from drumnet.training.drummer.batches import Batches
    from drumnet.training.drummer.losses import losses
    from drumnet.training.drummer.model import GatedAutoencoder
    from drumnet.training.drummer.prepare import HEARINGS_FILE
    from drumnet.training.drummer.simulate import HearingBank

    songs = TickStore.load(prepared / SONGS_FILE).where(split="train")
    batches = Batches(songs, HearingBank.load(prepared / HEARINGS_FILE), config)
    torch.manual_seed(config.seed)
    model = GatedAutoencoder(config.model)
    generator = torch.Generator().manual_seed(config.seed * 1_000_003 + number)
    batch, windows = batches.batch(number), batches.windows(number)
    return float(losses(model, batch, windows, config, generator).hits.detach())


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found as Linux lists them")
@pytest.mark.skipif(not torch.distributed.is_available(), reason="this PyTorch trains alone")
@pytest.mark.parametrize(
    "is_killed",
    [
        False,
        pytest.param(
            True,
            marks=pytest.mark.skipif(
                "DRUMNET_TEST_RESTARTS" not in os.environ,
                reason="after a restart gloo was seen to wait for ever",
            ),
        ),
    ],
)
def test_two_processes_learn_as_one_with_twice_the_batch(
    is_killed: bool, tiny_prepared: Path, tiny_config: TrainConfig, tmp_path: Path
) -> None:
    from drumnet.training.drummer.loop import train

    whole = replace(tiny_config, steps=STEPS, checkpoint_every=1, batch_songs=6)
    train(tiny_prepared, tmp_path / "one", whole, loaders=0)
    half = replace(whole, batch_songs=3)
    half.save(tmp_path / "half.json")
    run = tmp_path / "two"
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node",
        "2", "--max-restarts", "3", "-m", "drumnet", "train", str(tiny_prepared), "-o", str(run),
        "--config", str(tmp_path / "half.json"), "--loaders", "0", "--resume"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "OMP_NUM_THREADS": "1"}  # fmt: skip
    log = tmp_path / "torchrun.log"
    with open(log, "w", encoding="utf-8") as told:
        torchrun = subprocess.Popen(command, env=environment, stdout=told, stderr=told)
    try:
        while is_killed and not (run / "state.pt").exists():
            assert torchrun.poll() is None, log.read_text()
            time.sleep(0.005)
        if is_killed:
            os.kill(children(torchrun.pid)[-1], signal.SIGKILL)
        assert torchrun.wait(timeout=500) == 0, log.read_text()
    finally:
        left = children(torchrun.pid) if torchrun.poll() is None else []
        torchrun.kill()
        torchrun.wait()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
    one, two = hits_of(tmp_path / "one"), hits_of(run)
    assert len(one) == len(two) == STEPS and ("exitcode: -9" in log.read_text()) == is_killed
    # Each was taught a batch of its own.
    first = [first_hits(tiny_prepared, half, number) for number in (0, 1)]
    assert two[0] == pytest.approx(np.mean(first), abs=1e-5) and first[0] != first[1]
    by_thirds = [hits.reshape(-1, THIRD).mean(axis=1) for hits in (one, two)]
    # Of so small a model other batches make as much of a difference by the end.
    assert np.abs(np.log(by_thirds[1] / by_thirds[0])).max() < 0.3
    assert by_thirds[1][-1] < 0.7 * by_thirds[1][0]
    state = torch.load(run / "state.pt", weights_only=True)
    assert state["step"] == STEPS


def test_each_process_is_taught_batches_of_its_own() -> None:
    from drumnet.training.drummer.ranks import Ranks

    device = torch.device("cpu")
    taught = [Ranks(number, 3, device).batch_of(step) for step in range(4) for number in range(3)]
    assert taught == list(range(12))
    assert [Ranks(0, 1, device).batch_of(step) for step in range(4)] == list(range(4))

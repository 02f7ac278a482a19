"""Kill a training while it saves, again and again, and look at what comes of it.

    python scripts/training_kills.py [NUMBER]

A small model is trained on a few made-up songs, once without a fault and once with as many kills:
each as soon as a state is being written, or some milliseconds later.  The run that was killed has
to end with the very same weights and the same log.  Needs the extra [train].
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from fixtures.training import write_corpus

from drumnet.training.drummer.config import ModelConfig, TrainConfig
from drumnet.training.drummer.loop import LOG_FILE, STATE_FILE, train
from drumnet.training.drummer.prepare import prepare

TINY = ModelConfig(
    width=8, mapping_width=8, heard_dilations=(1,), played_dilations=(1,), decoder_dilations=(1, 2)
)
CONFIG = TrainConfig(
    seed=3, steps=120, batch_songs=2, passage_beats=16, checkpoint_every=2, model=TINY
)


def resumed(prepared: Path, run: Path) -> subprocess.Popen[bytes]:
    """The training, in a process of its own."""
    return subprocess.Popen([sys.executable, __file__, "--train", str(prepared), str(run)])


def killed(prepared: Path, run: Path, after_s: float) -> str:
    """One kill, so long after a state is begun to be written."""
    process = resumed(prepared, run)
    while not any(run.glob(".drumnet-*/new/*")) and process.poll() is None:
        time.sleep(2e-4)
    time.sleep(after_s)
    process.kill()
    process.wait()
    return "while it was saved" if any(run.glob(".drumnet-*/new/*")) else "between two states"


def main(count: int = 20) -> int:
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        corpus, prepared, whole, run = (
            Path(place) / name for name in ("corpus", "prepared", "whole", "run")
        )
        corpus.mkdir()
        write_corpus(corpus)
        prepare([corpus], prepared, render=0, workers=1)
        resumed(prepared, whole).wait()
        for number in range(count):
            counts[killed(prepared, run, number % 10 * 2e-3)] += 1
        resumed(prepared, run).wait()
        states = [torch.load(at / STATE_FILE, weights_only=True) for at in (whole, run)]
        one, other = (state["averaged"] for state in states)
        is_same = all(torch.equal(one[name], other[name]) for name in one)
        is_same &= (whole / LOG_FILE).read_bytes() == (run / LOG_FILE).read_bytes()
        left = list(run.glob(".drumnet-*"))
    for what, how_many in counts.most_common():
        print(how_many, "killed", what)
    print("the very same weights and log" if is_same else "OTHER WEIGHTS")
    print(len(left), "files left")
    return int(not is_same or bool(left))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--train"]:
        torch.set_num_threads(1)
        train(Path(sys.argv[2]), Path(sys.argv[3]), CONFIG, resume=True)
    else:
        sys.exit(main(*map(int, sys.argv[1:])))

#!/usr/bin/env python3
"""What the means of `drumnet.live.priority` are worth on this machine: threads wake up every
millisecond, side by side and each in a process and a session of its own, while a process spins on
each core. In the session of the last one another process spins, as the composer of the drums would
if it did not stand apart. Prints how late they are, in ms.

    scripts/wake_lateness.py --seconds 60
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.connection import Connection

import numpy as np

from drumnet.live.priority import realtime, short_slices, stand_apart
from live_jitter import running, spin

_STEP_S = 1e-3
_MEANS: dict[str, Callable[[], object]] = {
    "realtime priority": realtime,
    "short slices": short_slices,
    "neither": lambda: None,
    "neither, beside the composer": lambda: None,
}


def wake(pipe: Connection, means: str, seconds: float) -> None:
    """A process that notes how late it wakes up each time."""
    stand_apart()
    if means.endswith("composer"):
        multiprocessing.get_context("spawn").Process(target=busy, daemon=True).start()
    had = _MEANS[means]()
    late_s, due_s = [], time.perf_counter()
    end_s = due_s + seconds
    while due_s < end_s:
        # What is late is not made up for: the next one is due a step after now.
        due_s = max(due_s, time.perf_counter()) + _STEP_S
        time.sleep(max(0.0, due_s - time.perf_counter()))
        late_s.append(time.perf_counter() - due_s)
    pipe.send((had is not False, np.array(late_s)))


def busy() -> None:
    """Load in this session."""
    while True:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    cores = os.cpu_count() or 1
    print("| means | load average | p50 | p95 | p99 | max |\n|---|---|---|---|---|---|")
    with ExitStack() as stack:
        stack.enter_context(running(spin, cores))
        ours = {}
        for means in _MEANS:
            ours[means], theirs = context.Pipe(duplex=False)
            context.Process(target=wake, args=(theirs, means, asked.seconds)).start()
        for means, pipe in ours.items():
            was_had, late_s = pipe.recv()
            figures = [f"{1000 * np.quantile(late_s, q):.2f}" for q in (0.5, 0.95, 0.99, 1.0)]
            name = means if was_had else f"{means} (not to be had)"
            print(f"| {name} | {os.getloadavg()[0]:.1f} | " + " | ".join(figures) + " |")


if __name__ == "__main__":
    main()

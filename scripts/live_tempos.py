#!/usr/bin/env python3
"""How far `drumnet live` is from a DAW whose tempo changes at once, by its MIDI clock alone.

The clocks come when they are due, in time that is handed in: what is measured is what a follower
cannot know before the next clocks are there. Prints a table: the longest error in ms, positive
where the drums are early, and how long after the change it is.

    scripts/live_tempos.py
"""

from __future__ import annotations

import itertools
from collections import deque

import numpy as np

from drumnet.live.clock_follower import ClockFollower
from software_clock import SoftwareClock

_BPMS = (96.0, 120.0, 133.0, 174.0)
#: Clocks before and after the change; steps in which time passes.
_BEFORE, _AFTER, _STEP_S = 192, 96, 5e-4


def longest_error(before_bpm: float, after_bpm: float) -> tuple[float, float]:
    """Seconds by which the drums are early, and seconds since the change."""
    daw = SoftwareClock(bpm=before_bpm).start().play(_BEFORE)
    changed_s = daw.time_s
    daw.play(_AFTER, after_bpm)
    follower, events = ClockFollower(before_bpm), deque(daw.events)
    found = (0.0, 0.0)
    for now_s in np.arange(daw.events[0][0], events[-1][0], _STEP_S).tolist():
        while events[0][0] <= now_s:
            at_s, message = events.popleft()
            follower.receive(message, at_s)
        if now_s >= changed_s:
            ahead = follower.at(now_s).position - daw.position(now_s)
            found = max(found, (ahead * 60 / after_bpm, now_s - changed_s), key=lambda f: abs(f[0]))
    return found


def main() -> None:
    print("| from, bpm | to, bpm | longest error, ms | after, ms |\n|---|---|---|---|")
    for before_bpm, after_bpm in itertools.permutations(_BPMS, 2):
        error_s, after_s = longest_error(before_bpm, after_bpm)
        row = f"{before_bpm:.0f} | {after_bpm:.0f} | {1000 * error_s:+.1f} | {1000 * after_s:.0f}"
        print(f"| {row} |")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""How exactly `drumnet live` follows a clock: a software clock in another process drives a player
in this one, while the composer's process plays a song anew every two seconds.

The clock changes its tempo, loops and jumps. Each stroke of the score has a key and a velocity of
its own, so that what is sent is compared with where the clock's schedule has it, in real time:
what the clock itself is late counts, too. With load, a process spins on each core, in a session of
its own, as other programs are. The clock has realtime priority where the system gives it, as a DAW
has, and so has the player, but in the rows "slices" it has short slices alone, as `drumnet live`
has where realtime priority is not to be had, and in the rows "ordinary" not even these. Prints a
table.

    scripts/live_jitter.py --minutes 2
    scripts/live_jitter.py --minutes 20 --rows none
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import queue
import resource
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import numpy as np
from mido import Message
from numpy.typing import NDArray

from drumnet import Drummer
from drumnet.demo.song import demo_song
from drumnet.hits import PIECES, DrumTrack
from drumnet.live.clock_follower import ClockFollower
from drumnet.live.composer_process import ComposerProcess
from drumnet.live.controls import Wish
from drumnet.live.plan import Plan
from drumnet.live.player import Player
from drumnet.live.priority import go_first, short_slices, stand_apart
from drumnet.live.recomposing import LiveSong
from drumnet.live.score import Score, Take
from drumnet.midi.keys import load_midi_map
from drumnet.settings import Settings
from software_clock import SoftwareClock

#: Quarter notes that the score is long, strokes in each, and velocities that tell them apart.
_QUARTERS, _STROKES, _VELOCITIES = 256, 8, 127
_BPMS = (120.0, 133.0, 96.0, 174.0, 118.0)
_WISH_EVERY_S = 2.0
#: Strokes so soon after a jump or another tempo are counted apart, in seconds.
_AFTER_S = 0.5
#: What was sent farther from where it is due is of another pass.
_SAME_S = 2.0


def score() -> tuple[Score, NDArray[np.float64]]:
    """Strokes that are told apart by key and velocity, and where they are."""
    rng = np.random.default_rng(0)
    grid = np.arange(_QUARTERS * _STROKES) / _STROKES
    starts = np.sort(np.maximum(grid + rng.normal(0, 0.01, len(grid)), 0))
    number = np.arange(len(starts))
    played = Score(starts, starts + 0.1, number // _VELOCITIES, number % _VELOCITIES + 1)
    return played, starts


def schedule(seconds: float) -> tuple[SoftwareClock, list[float], list[float]]:
    """What the DAW does, with the times of its jumps and of its tempos."""
    rng = np.random.default_rng(1)
    daw = SoftwareClock(time_s=0.5).start().play(192)
    jumps: list[float] = []
    tempos: list[float] = []
    while daw.time_s < seconds:
        tempos.append(daw.time_s)
        daw.play(int(rng.integers(100, 400)), float(rng.choice(_BPMS)))
        jumps.append(daw.time_s)
        daw.locate(float(rng.integers(0, (_QUARTERS - 64) * 4)) / 4)
        daw.play(int(rng.integers(100, 400)))
    return daw.stop(), jumps, tempos


def send_clock(pipe: Connection, events: list[tuple[float, bytes]], start_s: float) -> None:
    """The process of the clock: each message at its time; last, how late it was, in seconds."""
    stand_apart()
    go_first()
    late = []
    for due_s, data in events:
        while (left_s := start_s + due_s - time.perf_counter()) > 0:
            time.sleep(left_s)
        pipe.send_bytes(data)
        late.append(time.perf_counter() - start_s - due_s)
    pipe.send_bytes(b"")
    pipe.send(late)


def spin() -> None:
    """Load."""
    stand_apart()
    while True:
        pass


@dataclass
class PipePort:
    """A port whose other end is the clock's process; keeps what is sent, and when."""

    pipe: Connection
    hurry: Callable[[], object]
    came: deque[tuple[float, Message]] = field(default_factory=deque)
    sent: list[tuple[float, int]] = field(default_factory=list)
    hanging: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        """As the thread of a MIDI library: stamp what comes in."""
        self.hurry()
        while data := self.pipe.recv_bytes():
            self.came.append((time.perf_counter(), Message.from_bytes(data)))
        self.is_over.set()

    def received(self) -> Iterator[tuple[float, Message]]:
        while self.came:
            yield self.came.popleft()

    def send(self, message: Message) -> None:
        is_on = message.type == "note_on"
        self.hanging += 1 if is_on else -1
        if is_on:
            number = message.note * _VELOCITIES + message.velocity - 1
            self.sent.append((time.perf_counter(), number))


@contextmanager
def running(target: Callable[..., None], number: int) -> Iterator[None]:
    """So many processes, while it lasts."""
    context = multiprocessing.get_context("spawn")
    all_ = [context.Process(target=target, daemon=True) for _ in range(number)]
    for one in all_:
        one.start()
    try:
        yield
    finally:
        for one in all_:
            one.terminate()
            one.join()


def live_song() -> LiveSong:
    """The built-in song."""
    built_in = demo_song()
    drummer = Drummer()
    listening = drummer.listen(built_in.song, built_in.beats)
    styles = [drummer.style(name) for name in drummer.presets]
    plan = Plan.of(styles, (), Settings(), drummer.find_style)
    return LiveSong(drummer, listening, PIECES, DrumTrack(), plan, load_midi_map())


def rss_mb() -> float:
    """Memory that this process has now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


@dataclass
class Composing:
    """Wishes every two seconds, and how long each takes until its first take is there."""

    song: LiveSong
    took_s: list[float] = field(default_factory=list)
    rss: list[float] = field(default_factory=list)
    _told_s: queue.SimpleQueue[float] = field(default_factory=queue.SimpleQueue)

    def run(self, is_over: threading.Event) -> None:
        composer = ComposerProcess(
            self.song, Wish(Settings()), lambda _take: self._told_s.put(time.perf_counter())
        )
        while not is_over.wait(_WISH_EVERY_S):
            self.rss.append(rss_mb())
            while not self._told_s.empty():
                self._told_s.get()
            asked_s = time.perf_counter()
            composer.ask(self._wish(), 8.0 + len(self.took_s) % 40)
            self.took_s.append(self._told_s.get(timeout=60) - asked_s)
        composer.stop()

    def _wish(self) -> Wish:
        """Another one, of style and complexity."""
        turn = len(self.took_s) + 1
        settings = Settings(seed=1, complexity=0.2 + 0.15 * (turn % 5))
        return Wish(settings, style=turn % len(self.song.plan.styles), fills=turn // 3)


@dataclass
class Run:
    """What one run gave; errors in seconds, of each stroke."""

    due_s: NDArray[np.float64]
    error_s: NDArray[np.float64]
    clock_late_s: NDArray[np.float64]
    after_jump: NDArray[np.bool_]
    after_tempo: NDArray[np.bool_]
    num_jumps: int
    missed: int
    hanging: int
    composing: Composing


def measured(seconds: float, song: LiveSong, hurry: Callable[[], object]) -> Run:
    """Play along with the clock for so long; `hurry` is what the player's threads do first."""
    daw, jumps, tempos = schedule(seconds)
    played, starts = score()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    start_s = time.perf_counter() + 5.0  # the processes have to come up
    events = [(due_s, bytes(message.bytes())) for due_s, message in daw.events]
    clock = context.Process(target=send_clock, args=(theirs, events, start_s), daemon=True)
    clock.start()
    port, composing = PipePort(ours, hurry), Composing(song)
    player = Player(port, ClockFollower(120.0), Wish(Settings()), 1, 4)
    player.play(Take(played))
    works = [
        threading.Thread(target=port.listen),
        threading.Thread(target=_run, args=(player, hurry)),
        threading.Thread(target=composing.run, args=(port.is_over,)),
    ]
    for work in works:
        work.start()
    port.is_over.wait()
    time.sleep(0.1)
    player.stop()
    for work in works:
        work.join()
    late = np.array(ours.recv())
    clock.join()
    return compared(port, daw, starts, start_s, late, jumps, tempos, composing)


def _run(player: Player, hurry: Callable[[], object]) -> None:
    """The player's thread, as `Session` has it."""
    hurry()
    player.run()


def compared(
    port: PipePort,
    daw: SoftwareClock,
    starts: NDArray[np.float64],
    start_s: float,
    late: NDArray[np.float64],
    jumps: list[float],
    tempos: list[float],
    composing: Composing,
) -> Run:
    """Each stroke that is due with the nearest that was sent."""
    sent: dict[int, list[float]] = {}
    for at_s, number in port.sent:
        sent.setdefault(number, []).append(at_s - start_s)
    due: list[tuple[float, float]] = []
    missed = 0
    for number, passes in enumerate(daw.all_passes(starts.tolist())):
        own = np.array(sent.get(number, []))
        missed += max(0, len(passes) - len(own)) + max(0, len(own) - len(passes))
        errors = [
            float(own[np.argmin(abs(own - at))] - at) if own.size else np.inf for at in passes
        ]
        found = zip(passes, errors, strict=True)
        due += [(at, error) for at, error in found if abs(error) < _SAME_S]
    due_s, error_s = np.array(sorted(due)).T

    def soon_after(times: list[float]) -> NDArray[np.bool_]:
        last = np.searchsorted(times, due_s, side="right") - 1
        return np.where(last >= 0, due_s - np.array(times)[last] < _AFTER_S, False)

    after = soon_after(jumps), soon_after(tempos)
    return Run(due_s, error_s, late, *after, len(jumps), missed, port.hanging, composing)


def row(name: str, run: Run, seconds: float) -> str:
    """A line of the table, times in ms."""

    def ms(values: NDArray[np.float64], *quantiles: float) -> list[str]:
        return [f"{1000 * np.quantile(values, q):.2f}" for q in quantiles]

    size = np.abs(run.error_s)
    first, last = run.due_s < 60, run.due_s > run.due_s[-1] - 60
    drift = 1000 * (np.median(run.error_s[last]) - np.median(run.error_s[first]))
    rss = run.composing.rss
    cells = [
        name,
        f"{os.getloadavg()[1]:.1f}",
        f"{seconds / 60:.0f}",
        f"{run.num_jumps}",
        str(len(size)),
        *ms(size, 0.5, 0.95, 1.0),
        *ms(size[run.after_jump], 0.95, 1.0),
        *ms(size[run.after_tempo], 0.95, 1.0),
        *ms(run.clock_late_s, 0.95, 1.0),
        f"{run.missed}",
        f"{run.hanging}",
        f"{drift:+.2f}",
        *[f"{value:.0f}" for value in (1000 * np.median(run.composing.took_s),)],
        f"{1000 * max(run.composing.took_s):.0f}",
        f"{np.median(rss[:10]):.0f} to {np.median(rss[-10:]):.0f}",
    ]
    return "| " + " | ".join(cells) + " |"


#: What the player's threads do first.
_HURRIES: dict[str, Callable[[], object]] = {"slices": short_slices, "ordinary": lambda: None}
ROWS = ("none", "load", "load slices", "load ordinary")
HEAD = (
    "| load | load average | minutes | jumps | strokes | p50 | p95 | max | after jumps, p95 | max "
    "| after tempos, p95 | max | the clock's own, p95 | max | lost or twice | hanging | drift "
    "| a wish, p50 | max | RSS, MB |"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--rows", default=",".join(ROWS), help="which, with commas")
    asked = parser.parse_args()
    song = live_song()
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; times in ms\n")
    print(HEAD)
    print("|---" * HEAD.count(" |") + "|", flush=True)
    seconds = asked.minutes * 60
    for name in asked.rows.split(","):
        with running(spin, (os.cpu_count() or 1) if "load" in name else 0):
            run = measured(seconds, song, _HURRIES.get(name.split()[-1], go_first))
        print(row(name, run, seconds), flush=True)


if __name__ == "__main__":
    main()

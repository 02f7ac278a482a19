"""The tracks of a project as sound, by LMMS, and whether they sound when their notes say.

In: a `Project`, and LMMS as a command.  Out: a sound file of each track of drums, and one of the
band; and how late the strokes of a track begin.  A stroke begins where the peak level leaves what
it was by a tenth of the way to the next peak.  Most samples do so at once, some after up to
20 ms, always the same: that is measured, and the strokes are moved by it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import read_audio
from drumnet.errors import DataError
from drumnet.files import atomic_files
from drumnet.training.band.lmms.project import Project, write_part

RATE_HZ = 44_100
Wave = NDArray[np.float32]
_COMMAND = "lmms"
_DRUMS_FOLDER, _BAND_FILE = "drums", "band.wav"
#: No project takes longer to render, all of its tracks together.
_TIMEOUT_S = 3_600.0


@dataclass(frozen=True)
class TimingConfig:
    """Args:
    step_s: of the peak level.
    before_s, after_s: a stroke begins so near to its note.
    apart_s: strokes that follow another sooner are not looked at.
    start_share: it has begun at this share of the way to its peak ...
    least_rise: ... if that is so many times what sounded before.
    latest_s: by so much a sample may be late, all along, ...
    spread_s: ... and its strokes may lie beside that, 9 in 10 of them.
    held_s: longer than half a swing of the lowest drum.
    echo_share, most_echoes: rises to this share of the loudest that no note explains, and how
        many of them there may be, of its strokes.
    """

    step_s: float = 0.001
    before_s: float = 0.015
    after_s: float = 0.06
    apart_s: float = 0.04
    start_share: float = 0.1
    least_rise: float = 2.0
    latest_s: float = 0.025
    spread_s: float = 0.005
    held_s: float = 0.025
    echo_share: float = 0.15
    most_echoes: float = 0.05


DEFAULT_TIMING = TimingConfig()


@dataclass(frozen=True)
class Timing:
    """How strokes sound against their notes.

    Args:
        looked_at: strokes that stand out of what sounds before.
        lateness_s: how late they begin, in the median.
        spread_s: 9 in 10 begin within this of the median.
        echoes: rises that no note explains, of the number of strokes.
    """

    looked_at: int
    lateness_s: float
    spread_s: float
    echoes: float

    def holds(self, config: TimingConfig = DEFAULT_TIMING) -> bool:
        """Whether the notes say when it sounds."""
        return (
            self.looked_at > 0
            and abs(self.lateness_s) <= config.latest_s
            and self.spread_s <= config.spread_s
            and self.echoes <= config.most_echoes
        )


def rendered(
    project: Project, drums: Sequence[int], band: Sequence[int], stems: Path
) -> tuple[dict[int, Wave], Wave]:
    """Each track of drums, by its number, and the band together; (num_samples,) mono at
    44.1 kHz, all of one length.

    Args:
        drums, band: numbers of tracks that are not muted.
        stems: the folder of the sound files; they are rendered if it is missing.

    Raises:
        DataError: LMMS is missing, or fails.
    """
    if not stems.is_dir():
        with atomic_files(stems) as made:
            (made / _DRUMS_FOLDER).mkdir()
            if drums:
                _render(project, drums, "rendertracks", made / _DRUMS_FOLDER)
            if band:
                _render(project, band, "render", made / _BAND_FILE)
    waves = _tracks_in(stems / _DRUMS_FOLDER, sorted(drums))
    together = _read(stems / _BAND_FILE) if band else np.zeros(0, dtype=np.float32)
    longest = max([len(together), *map(len, waves.values())])
    padded = {number: np.pad(wave, (0, longest - len(wave))) for number, wave in waves.items()}
    return padded, np.pad(together, (0, longest - len(together)))


def _tracks_in(folder: Path, numbers: Sequence[int]) -> dict[int, Wave]:
    """LMMS calls a track's file by its place among those that sound, from 1, and its name."""
    waves = {}
    for place, number in enumerate(numbers, 1):
        files = sorted(folder.glob(f"{place}_*"))
        if len(files) != 1:
            raise DataError(
                f"'{folder}' is not what LMMS renders: remove '{folder.parent}', and it is "
                "rendered again"
            )
        waves[number] = _read(files[0])
    return waves


def _read(path: Path) -> Wave:
    return np.asarray(read_audio(path).mono().samples[0], dtype=np.float32)


def _render(project: Project, numbers: Sequence[int], action: str, out: Path) -> None:
    """Render those tracks, to a file each or to one."""
    if shutil.which(_COMMAND) is None:
        raise DataError("rendering projects needs LMMS: apt-get install lmms lmms-common")
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "part.mmp"
        write_part(project.path, numbers, part)
        command = [_COMMAND, "--allowroot", action, str(part)]
        command += ["-o", str(out), "-s", str(RATE_HZ), "-x", "1"]
        surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=_TIMEOUT_S, check=False, env=surroundings
            )
        except subprocess.TimeoutExpired as fault:
            raise DataError(f"LMMS does not come to an end of {project.name}") from fault
    if done.returncode or not (out.is_file() or (out.is_dir() and any(out.iterdir()))):
        said = done.stderr.decode(errors="replace").strip()[-200:]
        raise DataError(f"LMMS fails on {project.name}: {said}")


def timing_of(
    sound: Wave, times_s: NDArray[np.float64], config: TimingConfig = DEFAULT_TIMING
) -> Timing:
    """How strokes sound against their notes.

    Args:
        sound: (num_samples,) of one track at 44.1 kHz.
        times_s: when its notes begin.
    """
    level = _peak_level(sound, config.step_s)
    step_s = round(config.step_s * RATE_HZ) / RATE_HZ
    before, after = (round(reach / config.step_s) for reach in (config.before_s, config.after_s))
    times = np.unique(times_s)
    late = []
    for at, last in zip(times.tolist(), [-np.inf, *times[:-1].tolist()], strict=True):
        here = round(at / step_s)
        if at - last < config.apart_s or here + after > len(level):
            continue
        first = max(0, here - before)
        floor = float(level[first : max(here - 2, first + 1)].max())
        near = level[first : here + after]
        top = float(near.max())
        if top > config.least_rise * floor and top > 1e-4:
            begins = int(np.argmax(near > floor + config.start_share * (top - floor)))
            late.append((first + begins) * step_s - at)
    if not late:
        return Timing(0, 0.0, 0.0, 0.0)
    lateness = float(np.median(late))
    spread = float(np.quantile(np.abs(np.array(late) - lateness), 0.9))
    rises = _rises(level, config) * step_s
    nearest = np.abs(rises[:, None] - times[None, :]).min(axis=1, initial=np.inf)
    echoes = int(np.count_nonzero(nearest > config.after_s))
    return Timing(len(late), lateness, spread, echoes / len(times))


def _peak_level(sound: Wave, step_s: float) -> NDArray[np.float32]:
    size = round(step_s * RATE_HZ)
    steps = len(sound) // size
    return np.asarray(np.abs(sound[: steps * size]).reshape(steps, size).max(axis=1, initial=0.0))


def _rises(level: NDArray[np.float32], config: TimingConfig) -> NDArray[np.int64]:
    """Steps at which a level, held for a while, rises to a share of the loudest."""
    held = round(config.held_s / config.step_s)
    if len(level) <= 2 * held:
        return np.zeros(0, dtype=np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(level, (held - 1, 0)), held)
    top = windows.max(axis=1)
    up = (top[held:] > config.least_rise * top[:-held]) & (
        top[held:] > config.echo_share * level.max()
    )
    steps = np.flatnonzero(up) + held
    return np.asarray(steps[np.diff(steps, prepend=-np.inf) > held], dtype=np.int64)

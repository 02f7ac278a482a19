"""Recordings played faster or slower, with a drifting tempo, or begun later:
still the same song.

In: a recording in the layout of MDB (stems as FLAC, `beats.tsv`, `drums.tsv`).
Out: the same folder altered, annotations and all.  Its pitch moves with its
speed, as a tape's does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.files import read_beats
from drumnet.corpus.halves import BEATS_FILE, DRUMS_FILE
from drumnet.evaluation.timed import bent

#: Cut this long before a beat, so that what is played on it stays.
_EARLY_S = 0.02


def altered_recording(folder: Path, out: Path, *, speed: float = 1.0, first_beat: int = 0) -> Path:
    """Write the new folder `out`, and return it.

    Args:
        speed: 1.2 plays it 20 % faster.
        first_beat: the beats before this one are cut off.
    """
    import soundfile

    beat_s = float(read_beats(folder / BEATS_FILE).beats_s[first_beat])
    start_s = max(beat_s - _EARLY_S, 0.0) if first_beat else 0.0
    out.mkdir(parents=True)
    for path in sorted(folder.glob("*.flac")):
        samples, rate = soundfile.read(path, dtype="int32")
        soundfile.write(out / path.name, samples[round(start_s * rate) :], round(rate * speed))
    _move_annotations(folder, out, lambda time: (time - start_s) / speed)
    return out


def bent_recording(folder: Path, out: Path) -> Path:
    """Write the new folder `out` with a drifting tempo (see `timed.bent`), and
    return it."""
    import soundfile

    out.mkdir(parents=True)
    for path in sorted(folder.glob("*.flac")):
        samples, rate = soundfile.read(path, always_2d=True)
        soundfile.write(out / path.name, _bent_samples(samples, rate), rate)
    _move_annotations(folder, out, lambda time: float(bent(np.array([time]))[0]))
    return out


def _bent_samples(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """(num_samples, channels) read at the speed of the drift, by linear
    interpolation."""
    place_s = np.arange(len(samples)) / rate
    moved_s = bent(place_s)
    wanted_s = np.arange(int(moved_s[-1] * rate) + 1) / rate
    source = np.interp(wanted_s, moved_s, np.arange(len(samples)))
    index = np.arange(len(samples))
    return np.stack([np.interp(source, index, channel) for channel in samples.T], axis=1)


def _move_annotations(folder: Path, out: Path, move: Callable[[float], float]) -> None:
    """Write the annotations at their new times; what comes before 0 is lost."""
    for name in (BEATS_FILE, DRUMS_FILE):
        rows = [line.split("\t", 1) for line in (folder / name).read_text().splitlines()]
        moved = [(move(float(time)), rest) for time, rest in rows]
        lines = [f"{time:.6f}\t{rest}\n" for time, rest in moved if time >= 0]
        (out / name).write_text("".join(lines))

"""Two bars of a performance, and the rhythm that is tapped of them.

In: the Groove MIDI Dataset, a folder with `info.csv`.  Out: `Window`s on 16ths.

The task of Gillick et al., "Learning to Groove with Inverse Sequence
Transformations" (ICML 2019), as Haki et al., "Real-Time Drum Accompaniment
Using Transformer Architecture" (AIMC 2022) measure it: all beats in 4/4, two
bars long, one every bar; the last bar counts where half of it is played.  Each
hit is on the nearest 16th, and the way from there is its offset.  The tap is
one voice: where anything is hit, with the velocity and the offset of the
loudest piece.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.reading import GROOVE_SPLITS, read_info
from drumnet.corpus.subdivisions import SIXTEENTH, on_sixteenths
from drumnet.corpus.ticksong import NUM_ROLES, TickSong, tick_song
from drumnet.errors import DataError, DrumnetError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning, on_grid
from drumnet.midi.read import read_midi
from drumnet.song.onsets import Onsets

INFO_FILE = "info.csv"
#: Of `info.csv`: grooves, not fills, in four.
_BEAT_TYPE, _METRE = "beat", "4-4"
_BAR_BEATS = 4
#: Of the beats that taps are played to; a tap may be a little before the first.
_BEAT_S, _LEAD_IN_S = 0.5, 1.0
WINDOW_BEATS = 2 * _BAR_BEATS
#: Ticks of a 16th, and 16ths of a window.
STEP_TICKS = SIXTEENTH
NUM_STEPS = WINDOW_BEATS * TICKS_PER_BEAT // STEP_TICKS


@dataclass(frozen=True, eq=False)
class Tap:
    """One voice, (32,) float32 each.

    Args:
        velocity: 0-1, 0 where nothing is tapped.
        offset: in 16ths from the 16th, -0.5 to 0.5.
    """

    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]

    @property
    def struck(self) -> NDArray[np.bool_]:
        """(32,) where something is tapped."""
        return np.asarray(self.velocity > 0)


@dataclass(frozen=True, eq=False)
class Window:
    """Two bars, (num_pieces, 32) float32 each, rows as in `Piece`.

    Args:
        song: the performance that they are of.
        bpm: its tempo.
        velocity: 0-1, 0 where nothing is hit.
        offset: in 16ths from the 16th, -0.5 to 0.5; 0 where nothing is hit.
    """

    song: str
    bpm: float
    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]

    @property
    def struck(self) -> NDArray[np.bool_]:
        """(num_pieces, 32) where something is hit."""
        return np.asarray(self.velocity > 0)

    @property
    def step_ms(self) -> float:
        """A 16th."""
        return 60_000 / self.bpm * STEP_TICKS / TICKS_PER_BEAT

    @property
    def tap(self) -> Tap:
        """The loudest piece of each 16th; of equals, the first."""
        loudest = self.velocity.argmax(axis=0)
        steps = np.arange(NUM_STEPS)
        return Tap(self.velocity[loudest, steps], self.offset[loudest, steps])


def silent_window() -> tuple[Conditioning, BeatGrid]:
    """Two bars in four without a band, and their beats: what a tap is played to."""
    beats = np.arange(WINDOW_BEATS + 1)
    beats_s = np.asarray(_LEAD_IN_S + _BEAT_S * beats, dtype=np.float64)
    grid = BeatGrid(beats_s, beats % _BAR_BEATS + 1)
    silence = np.zeros((len(HEARD_ROLES), grid.num_ticks), dtype=np.float32)
    return on_grid(silence, np.zeros(len(HEARD_ROLES), dtype=bool), grid), grid


def tap_onsets(tap: Tap, grid: BeatGrid) -> Onsets:
    """A tap as somebody taps it to these beats."""
    at = np.flatnonzero(tap.struck)
    times_s = grid.ticks_to_seconds(STEP_TICKS * (at + tap.offset[at]))
    return Onsets(times_s, tap.velocity[at])


def windows(song: TickSong) -> list[Window]:
    """The windows of a performance that are not silent, one every bar."""
    drums = song.tick[song.row >= NUM_ROLES]
    if not len(drums):
        return []
    num_bars = round((int(drums[-1]) + 1) / (_BAR_BEATS * TICKS_PER_BEAT))
    placed = on_sixteenths(song)
    found = []
    for bar in range(num_bars - WINDOW_BEATS // _BAR_BEATS + 1):
        dense = placed.dense(bar * _BAR_BEATS, WINDOW_BEATS)
        if dense.velocity.any():
            found.append(
                Window(
                    str(song.about["name"]),
                    float(song.about["bpm"]),
                    dense.velocity[:, ::STEP_TICKS],
                    dense.offset[:, ::STEP_TICKS] / np.float32(STEP_TICKS),
                )
            )
    return found


def groove_entries(folder: Path, split: str) -> list[Mapping[str, str]]:
    """The lines of `info.csv` that are beats in 4/4 of a split.

    Raises:
        DataError: no readable `info.csv`, or no such line in it.
    """
    found = [
        line
        for line in read_info(folder, ("midi_filename", "beat_type", "time_signature"))
        if (line["beat_type"], line["time_signature"]) == (_BEAT_TYPE, _METRE)
        and GROOVE_SPLITS[line["split"]] == split
    ]
    if not found:
        raise DataError(f"'{folder / INFO_FILE}' lists no beat in 4/4 of the split '{split}'")
    return found


def groove_windows(folder: Path, entry: Mapping[str, str]) -> list[Window]:
    """The windows of the performance of one line.

    Raises:
        DataError: it cannot be read.
    """
    try:
        midi = read_midi(folder / entry["midi_filename"])
        grid = midi.beat_grid().covering(midi.duration_s)
        drums = midi.drum_track(grid)
    except DrumnetError as fault:
        raise DataError(f"{fault}: download the Groove MIDI Dataset again") from fault
    about = {"name": entry["midi_filename"], "bpm": float(entry["bpm"])}
    return windows(tick_song(about, {}, drums, grid))


def grooves_sha256(folder: Path) -> str:
    """Of the list of the performances, and of those that are measured, tuned on or
    remembered.

    Raises:
        DataError: no readable `info.csv`, or a file that it lists is missing.
    """
    digest = hashlib.sha256()
    for split in GROOVE_SPLITS.values():
        for entry in groove_entries(folder, split):
            path = folder / entry["midi_filename"]
            if not path.is_file():
                raise DataError(f"'{path}' is missing: download the Groove MIDI Dataset again")
            digest.update(repr(sorted(entry.items())).encode() + path.read_bytes())
    return digest.hexdigest()

"""Activations of the drum network to strokes, and strokes to hits.

In: a sound.  Out: `Strokes`: when which piece is struck, how loud; or hits on a
beat grid.  A stroke is a frame in which the onset probability of a piece is the
highest near and above the piece's threshold; the network's own offset puts it
between frames, and what is struck in the treble is put where the treble rises.

Of a recording one cannot tell how hard a drum was struck, but how much harder
than at other times: the velocity is relative to the strong strokes of the same
piece, by the law of the kit (`kit.velocity_gain`: the square of the velocity).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import AudioSource
from drumnet.audio.spectrum import Frames
from drumnet.grid import BeatGrid
from drumnet.hits import MAX_VELOCITY, DrumTrack, Hit, Piece
from drumnet.transcribe.attack import attack_step
from drumnet.transcribe.network import DrumNetwork, StrokeActivations, load_drum_network
from drumnet.transcribe.spectrum import FRAME_RATE_HZ, SILENCE, STEP_S, drum_sound, log_mel, loudest


@dataclass(frozen=True)
class PickConfig:
    """Args:
    near_frames: a stroke is the highest so many frames to either side; strokes
        of one piece are farther apart.
    strong_quantile: this quantile of the levels of a piece is a strong stroke ...
    strong_velocity: ... of this velocity.
    decade_db: by how much a stroke of ten times the velocity is louder.
    reach_steps: a hat's or ride's attack is looked for so far to either side, 14 ms, ...
    mean_steps: ... as a step of the treble's mean, over 10 ms, ...
    least_step: ... to so many times what it was.
    """

    near_frames: int = 3
    strong_quantile: float = 0.9
    strong_velocity: float = 112.0
    decade_db: float = 40.0
    reach_steps: int = 13
    mean_steps: int = 9
    least_step: float = 1.5


DEFAULT_PICKING = PickConfig()
_CLOSED, _OPEN = (list(Piece).index(piece) for piece in (Piece.CLOSED_HAT, Piece.OPEN_HAT))
_IN_TREBLE = (_CLOSED, _OPEN, list(Piece).index(Piece.RIDE))


@dataclass(frozen=True, eq=False)
class Strokes:
    """Strokes in order of time, (num_strokes,) each.

    Args:
        times_s: seconds from 0:00.
        pieces: index of the piece in `Piece`.
        levels_db: relative to the loudest frame of the sound.
    """

    times_s: NDArray[np.float64]
    pieces: NDArray[np.int64]
    levels_db: NDArray[np.float64]

    def times_of(self, piece: Piece) -> NDArray[np.float64]:
        """When one piece is struck."""
        return np.asarray(self.times_s[self.pieces == list(Piece).index(piece)])


def hear_strokes(source: AudioSource, network: DrumNetwork | None = None) -> Strokes:
    """The strokes of a drum stem of any length; silence has none.

    Raises:
        AudioError: the sound cannot be read.
        CheckpointError: the weights are damaged.
    """
    network = network or load_drum_network()
    sound = drum_sound(source)
    reference = loudest(sound.magnitude)
    if reference < SILENCE:
        return Strokes(np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0))
    heard = log_mel(sound.magnitude, reference)
    return in_treble(pick_strokes(network.activations(heard), network.thresholds), sound.treble)


def pick_strokes(
    found: StrokeActivations,
    thresholds: Mapping[Piece, float],
    config: PickConfig = DEFAULT_PICKING,
) -> Strokes:
    """The strokes that activations show."""
    near = config.near_frames
    padded = np.pad(found.onset, ((near, near), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * near + 1, axis=0)
    least = np.array([thresholds[piece] for piece in Piece])
    frames, pieces = np.nonzero((found.onset >= windows.max(axis=2)) & (found.onset >= least))
    frames, pieces = _one_hat(found.onset, frames, pieces, near)
    offset = np.clip(found.offset[frames, pieces], -1.0, 1.0)
    times = np.maximum((frames + offset.astype(np.float64)) / FRAME_RATE_HZ, 0.0)
    levels = found.level_db[frames, pieces].astype(np.float64)
    order = np.lexsort((pieces, times))
    return Strokes(times[order], pieces[order].astype(np.int64), levels[order])


def in_treble(strokes: Strokes, treble: Frames, config: PickConfig = DEFAULT_PICKING) -> Strokes:
    """The strokes, those of hats and rides where their attack starts in the treble: under a
    kick or a snare the network hears them with it.

    Args:
        treble: peak level every `STEP_S`.
    """
    times = strokes.times_s.copy()
    for number in np.flatnonzero(np.isin(strokes.pieces, _IN_TREBLE)).tolist():
        here = min(round(times[number] / STEP_S), len(treble) - 1)
        around = (here - config.reach_steps, here, here + config.reach_steps)
        found = attack_step(treble, *around, config.mean_steps, config.least_step)
        if found != here:
            times[number] = STEP_S * found
    order = np.lexsort((strokes.pieces, times))
    return Strokes(times[order], strokes.pieces[order], strokes.levels_db[order])


def _one_hat(
    onset: Frames, frames: NDArray[np.intp], pieces: NDArray[np.intp], near_frames: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The strokes without hats that are closed and open at once: the likelier stays."""
    kept = np.ones(len(frames), dtype=bool)
    for piece, other in ((_CLOSED, _OPEN), (_OPEN, _CLOSED)):
        for at in np.flatnonzero(pieces == piece):
            rival = (pieces == other) & (np.abs(frames - frames[at]) <= near_frames)
            likelier = onset[frames[rival], other].max(initial=0.0)
            kept[at] = likelier < onset[frames[at], piece]
    return frames[kept], pieces[kept]


def stroke_velocities(strokes: Strokes, config: PickConfig = DEFAULT_PICKING) -> NDArray[np.int64]:
    """(num_strokes,) MIDI velocities, each relative to its piece's strong strokes."""
    velocity = np.zeros(len(strokes.pieces))
    for piece in np.unique(strokes.pieces):
        own = strokes.pieces == piece
        levels = strokes.levels_db[own]
        strong = np.quantile(levels, config.strong_quantile)
        velocity[own] = config.strong_velocity * 10 ** ((levels - strong) / config.decade_db)
    return np.clip(np.round(velocity), 1, MAX_VELOCITY).astype(np.int64)


def stroke_hits(strokes: Strokes, grid: BeatGrid) -> DrumTrack:
    """Strokes as hits on the grid."""
    names = list(Piece)
    ticks = grid.nearest_ticks(strokes.times_s)
    columns = (strokes.times_s, ticks, strokes.pieces, stroke_velocities(strokes))
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return DrumTrack(tuple(Hit(at, tick, names[piece], loud) for at, tick, piece, loud in rows))

"""What players make of a score: timing, velocity, chords, and what else is struck.

In: a part of a `Score`.  Out: its notes on an excerpt's own time, as somebody might have
played them, under a seed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drumnet.hits import MAX_VELOCITY
from drumnet.training.band.instruments import Part
from drumnet.training.band.scores import Score
from drumnet.training.band.strokes import OTHER_KEYS, PIECE_KEYS

Notes = NDArray[np.float64]

_HATS, _SNARES = (22, 42, 44), (38, 40)
#: What hats are changed for: ride, half-open hat, crash.
_RIDES = (51, 51, 46, 49)
#: What a backbeat is changed for: side stick, electric snare, clap.
_BACKBEATS = (37, 37, 40, 39)
_TAMBOURINE, _SHAKER, _CLAP = 54, 70, 39
_CHORDS: Sequence[tuple[int, ...]] = (
    (0,), (0,), (0, 7, 12), (0, 7), (0, 4, 7), (0, 3, 7), (0, 4, 7, 12), (0, 7, 12, 16),
)  # fmt: skip
#: A stroke later than this before the end is cut off.
_LAST_S = 0.02


def played_drums(
    score: Score, start_s: float, speed: float, length_s: float, rng: np.random.Generator
) -> Notes:
    """(num_notes, 3) seconds from the start of the excerpt, key, velocity."""
    notes = score.strokes.copy()
    notes[:, 0] = notes[:, 0] / speed - start_s
    notes = notes[(notes[:, 0] >= 0) & (notes[:, 0] < length_s - _LAST_S)]
    if not score.is_performed:
        notes = _performed(notes, rng)
    notes = _with_percussion(_on_other_drums(notes, rng), length_s, rng)
    notes[:, 0] = np.clip(notes[:, 0], 0.0, length_s - _LAST_S)
    notes[:, 2] = np.clip(notes[:, 2], 1.0, MAX_VELOCITY)
    return np.asarray(notes[np.argsort(notes[:, 0], kind="stable")])


def _performed(notes: Notes, rng: np.random.Generator) -> Notes:
    """A chart's strokes with a player's timing and velocity, ghost notes and flams."""
    notes[:, 0] += rng.normal(0.0, rng.uniform(0.0, 0.010), len(notes))
    base = {int(key): rng.uniform(70, 118) for key in np.unique(notes[:, 1])}
    notes[:, 2] = [rng.normal(base[int(key)], 14.0) for key in notes[:, 1]]
    hats = np.flatnonzero(np.isin(notes[:, 1], (*_HATS, 51)))
    if rng.random() < 0.4 and len(hats):  # every other one softer
        notes[hats[int(rng.integers(2)) :: 2], 2] -= rng.uniform(10, 45)
    added = []
    snares = notes[np.isin(notes[:, 1], _SNARES)]
    if rng.random() < 0.25 and len(snares) > 1:
        step_s = float(np.median(np.diff(snares[:, 0]))) / int(rng.choice((4, 6, 8)))
        if step_s > 0.07:
            places = rng.choice((-3, -2, -1, 1, 2, 3), len(snares)) * step_s
            ghosts = snares.copy()[rng.random(len(snares)) < 0.6]
            ghosts[:, 0] += places[: len(ghosts)]
            ghosts[:, 2] = rng.uniform(18, 50, len(ghosts))
            added.append(ghosts)
    if rng.random() < 0.15 and len(snares):
        flams = snares.copy()[rng.random(len(snares)) < 0.3]
        flams[:, 0] -= rng.uniform(0.015, 0.045)
        flams[:, 2] *= 0.5
        added.append(flams)
    return np.concatenate([notes, *added])


def _on_other_drums(notes: Notes, rng: np.random.Generator) -> Notes:
    """Hats played on another cymbal, the backbeat with another stick, toms moved."""
    if rng.random() < 0.2:
        notes[:, 1] = np.where(np.isin(notes[:, 1], _HATS), rng.choice(_RIDES), notes[:, 1])
    if rng.random() < 0.15:
        notes[:, 1] = np.where(notes[:, 1] == 38, rng.choice(_BACKBEATS), notes[:, 1])
    if rng.random() < 0.04:  # a snare part on a tom, as in jungle beats
        notes[:, 1] = np.where(notes[:, 1] == 38, rng.choice((43, 47, 50)), notes[:, 1])
    if rng.random() < 0.05:  # hats on a tom or on percussion
        other = rng.choice((43, _TAMBOURINE, _TAMBOURINE, _SHAKER))
        notes[:, 1] = np.where(np.isin(notes[:, 1], _HATS), other, notes[:, 1])
    return notes


def _with_percussion(notes: Notes, length_s: float, rng: np.random.Generator) -> Notes:
    """A tambourine, a shaker or claps that somebody plays beside the drums."""
    if rng.random() > 0.2 or len(notes) < 2:
        return notes
    key = int(rng.choice((_TAMBOURINE, _TAMBOURINE, _SHAKER, _CLAP, *OTHER_KEYS)))
    snares = notes[np.isin(notes[:, 1], _SNARES)]
    if len(snares) > 1 and rng.random() < 0.5:
        at = snares[:, 0]
    else:
        step_s = 60.0 / rng.uniform(70, 180) / int(rng.choice((1, 2, 2, 4)))
        if len(snares) > 1:
            step_s = float(np.median(np.diff(snares[:, 0]))) / int(rng.choice((1, 2, 4, 8)))
        at = np.arange(float(notes[0, 0]), length_s, max(step_s, 0.08))
    at = at + rng.normal(0.0, 0.008, len(at))
    velocities = rng.normal(rng.uniform(50, 110), 15.0, len(at))
    played = np.stack([at, np.full(len(at), key), velocities], axis=1)
    return np.concatenate([notes, played[(at >= 0) & (at < length_s - _LAST_S)]])


def random_strokes(length_s: float, rng: np.random.Generator) -> Notes:
    """Strokes anywhere: what no pattern helps to hear."""
    rows = [np.zeros((0, 3))]
    for key in (*PIECE_KEYS, *OTHER_KEYS):
        if rng.random() < 0.35:
            count = int(rng.poisson(length_s * np.exp(rng.uniform(np.log(0.1), np.log(3.0)))))
            times = np.sort(rng.uniform(0.0, length_s - _LAST_S, count))
            times = times[np.diff(times, prepend=-1.0) > 0.06]
            loud = rng.uniform(30, MAX_VELOCITY, len(times))
            rows.append(np.stack([times, np.full(len(times), key), loud], axis=1))
    notes = np.concatenate(rows)
    return np.asarray(notes[np.argsort(notes[:, 0], kind="stable")])


def played_part(
    notes: Notes,
    part: Part | None,
    is_performed: bool,
    rng: np.random.Generator,
    late_s: float = 0.012,
) -> Notes:
    """(num_notes, 4) start and end in seconds, key, velocity; a chart's guitar as chords.

    Args:
        part: None for drums.
        late_s: standard deviation of a player's timing, at most.
    """
    if not len(notes):
        return notes
    notes = notes.copy()
    if not is_performed:
        if part in (Part.GUITAR, Part.KEYS):
            chord = _CHORDS[int(rng.integers(len(_CHORDS)))]
            strum_s = rng.uniform(0.0, 0.02)
            shifts = [(strum_s * i, strum_s * i, interval, 0) for i, interval in enumerate(chord)]
            notes = np.concatenate([notes + np.array(shift) for shift in shifts])
            notes[:, 2] = np.minimum(notes[:, 2], 127)
        notes[:, 1] += rng.uniform(0.0, 0.3)  # most ring on longer than a game says
        if part is Part.GUITAR and rng.random() < 0.3:  # palm muted
            notes[:, 1] = np.minimum(notes[:, 1], notes[:, 0] + rng.uniform(0.05, 0.14))
    late = rng.normal(0.0, rng.uniform(0.0, late_s), len(notes))
    notes[:, 0] = np.maximum(0.0, notes[:, 0] + late)
    notes[:, 1] = np.maximum(notes[:, 1], notes[:, 0] + 0.03)
    notes[:, 3] = np.clip(notes[:, 3] + rng.normal(0.0, 14.0, len(notes)), 25, MAX_VELOCITY)
    return notes

"""Drum kits and instruments of a General MIDI soundfont, by FluidSynth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from drumnet.training.band.fluidsynth import presets, synthesised
from drumnet.training.band.instruments import KEY_STEP, KEYS_OF, PROGRAMS, Instrument
from drumnet.training.band.sources import HELD_S, ORDINARY_VELOCITY, VELOCITIES
from drumnet.training.band.strokes import (
    LONGEST_S,
    OTHER_KEYS,
    PIECE_KEYS,
    RATE_HZ,
    StrokeKit,
    Wave,
    clean_stroke,
)

#: General MIDI percussion programs (from 0); the orchestra's has timpani for toms.
_KIT_PROGRAMS = (0, 8, 16, 24, 25, 32, 40)
_DRUM_BANK = 128


def soundfont_kits(soundfont: Path) -> Iterator[StrokeKit]:
    """The kits of a soundfont that differ from each other.

    Raises:
        DataError: FluidSynth fails.
    """
    if not has_drum_bank(soundfont):  # it is of drums alone, as those of AVL
        yield StrokeKit(soundfont.stem, _strokes(soundfont, 0, PIECE_KEYS, drums=False))
        return
    seen: set[bytes] = set()
    for program in _KIT_PROGRAMS:
        keys = (*PIECE_KEYS, *(OTHER_KEYS if program == 0 else ()))
        strokes = _strokes(soundfont, program, keys, drums=True)
        marks = (wave[:400].astype(np.float16) for key in (36, 38) for wave in strokes.get(key, ()))
        mark = b"".join(wave.tobytes() for wave in marks)
        if mark in seen:  # what a soundfont lacks is played with its standard kit
            continue
        seen.add(mark)
        yield StrokeKit(f"{soundfont.stem}_{program}", strokes)


def has_drum_bank(soundfont: Path) -> bool:
    """Whether it has presets for the channel of the drums."""
    return any(bank == _DRUM_BANK for bank, _ in presets(soundfont))


def _strokes(
    soundfont: Path, program: int, keys: Sequence[int], *, drums: bool
) -> dict[int, list[Wave]]:
    """By key, softest first."""
    notes = [(key, velocity) for key in keys for velocity in VELOCITIES]
    sounds = rendered_notes(soundfont, notes, program, drums=drums)
    strokes: dict[int, list[Wave]] = {}
    for (key, _), sound in zip(notes, sounds, strict=True):
        wave = clean_stroke(sound)
        if wave is not None:
            strokes.setdefault(key, []).append(wave)
    return strokes


def soundfont_instruments(soundfont: Path) -> Iterator[Instrument]:
    """What the parts of a band may be played with; nothing of one of drums alone.

    Raises:
        DataError: FluidSynth fails.
    """
    if not has_drum_bank(soundfont):
        return
    for part, programs in PROGRAMS.items():
        lowest, highest = KEYS_OF[part]
        keys = range(lowest, highest + 1, KEY_STEP)
        for program in sorted(set(programs)):
            notes = [(key, ORDINARY_VELOCITY) for key in keys]
            waves = map(clean_stroke, rendered_notes(soundfont, notes, program, drums=False))
            found = {key: wave for key, wave in zip(keys, waves, strict=True) if wave is not None}
            if found:
                yield Instrument(f"{soundfont.stem}_{program}", part, found)


def rendered_notes(
    soundfont: Path,
    notes: Sequence[tuple[int, int]],
    program: int,
    *,
    drums: bool,
    held_s: float = HELD_S,
) -> list[Wave]:
    """3 s of sound of each (key, velocity), without reverb; it is struck at their start.

    Raises:
        DataError: FluidSynth fails.
    """
    at = np.arange(len(notes)) * LONGEST_S
    keys, velocities = np.array(notes).T
    table = np.stack([at, at + held_s, keys, velocities], axis=1)
    length_s = len(notes) * LONGEST_S
    made = synthesised(
        table, soundfont, program=program, drums=drums, duration_s=length_s,
        sample_rate_hz=RATE_HZ, effects=False,
    )  # fmt: skip
    heard = made.samples.mean(axis=0, dtype=np.float32)
    bounds = np.round(np.append(at, length_s) * RATE_HZ).astype(int)
    return [heard[start:stop] for start, stop in pairwise(bounds.tolist())]

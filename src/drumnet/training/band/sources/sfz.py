"""Drum kits and instruments of SFZ banks, by sfizz (`pip install pysfizz`, BSD-2).

In: a bank that is laid out as General MIDI is: `Drums/001-Standard Kit.sfz`,
`Melodic/034-Electric Bass (finger).sfz`, a number a program, from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

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

#: What stands in a bank for a program that it lacks.
_NOT_THERE = "sample=*sine"


def bank_kits(bank: Path) -> Iterator[StrokeKit]:
    """The drum kits of a bank; none where pysfizz is not installed."""
    for file in sorted(bank.glob("Drums/*.sfz")):
        sampler = _sampler(file)
        if sampler is None:
            continue
        strokes: dict[int, list[Wave]] = {}
        for key in set(sampler.playable_keys) & {*PIECE_KEYS, *OTHER_KEYS}:
            waves = [clean_stroke(_note(sampler, key, velocity)) for velocity in VELOCITIES]
            if found := [wave for wave in waves if wave is not None]:
                strokes[key] = found
        yield StrokeKit(f"{bank.name}_{file.stem}", strokes)


def bank_instruments(bank: Path) -> Iterator[Instrument]:
    """The instruments of a bank that a band has; none where pysfizz is not installed."""
    for part, programs in PROGRAMS.items():
        lowest, highest = KEYS_OF[part]
        for program in sorted(set(programs)):
            for file in bank.glob(f"Melodic/{program + 1:03d}-*.sfz"):
                sampler = _sampler(file)
                if sampler is None:
                    continue
                keys = set(range(lowest, highest + 1, KEY_STEP)) & set(sampler.playable_keys)
                waves = {key: clean_stroke(_note(sampler, key, ORDINARY_VELOCITY)) for key in keys}
                found = {key: wave for key, wave in waves.items() if wave is not None}
                if found:
                    yield Instrument(f"{bank.name}_{file.stem}", part, found)


def _sampler(file: Path) -> Any:
    """None where there is no sampler, or where the bank has no such instrument."""
    try:
        import pysfizz
    except ImportError:
        return None
    if _NOT_THERE in file.read_text(encoding="utf-8", errors="replace"):
        return None
    sampler = pysfizz.Synth(sample_rate=RATE_HZ, block_size=1024)
    sampler.load_sfz_file(str(file))
    return sampler


def _note(sampler: Any, key: int, velocity: int) -> Wave:
    sound = sampler.render_note(key, velocity, HELD_S, LONGEST_S)
    return np.asarray(sound.mean(axis=0), dtype=np.float32)

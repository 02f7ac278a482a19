"""Pitched instruments, a note at a time.

Out: an `Instrument`: notes of some keys; any other is the nearest, tuned.  What a part of
the band may be played with is a table of General MIDI programs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, read_arrays, write_arrays
from drumnet.training.band.strokes import RATE_HZ, Wave

#: A note that was let go fades for so long.
_RELEASE_S = 0.06
#: Strings and voices are bent to their pitch for so long.
_BEND_S = 0.15


class Part(Enum):
    """A part of the band beside the drums; `value` is the name of its track in the corpus."""

    BASS = "BASS"
    GUITAR = "GUITAR"
    KEYS = "KEYS"
    VOCALS = "VOCALS"


#: General MIDI programs (from 0) that a part may be played with, more often what comes twice.
PROGRAMS: Mapping[Part, tuple[int, ...]] = {
    Part.BASS: (32, 33, 33, 33, 34, 34, 35, 36, 37, 38, 39, 43, 58, 87),
    Part.GUITAR: (24, 25, 25, 26, 27, 27, 28, 29, 29, 30, 30, 105, 15, 46),
    Part.KEYS: (0, 0, 1, 2, 4, 5, 6, 7, 11, 16, 17, 18, 21, 48, 50, 61, 80, 81, 88, 90),
    Part.VOCALS: (22, 40, 52, 53, 54, 56, 65, 66, 68, 71, 73, 85),
}
#: And those of drum kits.
DRUM_PROGRAMS = (0, 0, 8, 16, 24, 25, 32, 40)
#: Lowest and highest key of the notes that are kept, and their distance.
KEYS_OF: Mapping[Part, tuple[int, int]] = {
    Part.BASS: (26, 56),
    Part.GUITAR: (38, 80),
    Part.KEYS: (34, 88),
    Part.VOCALS: (48, 84),
}
KEY_STEP = 6


@dataclass(frozen=True, eq=False)
class Instrument:
    """Args:
    name: of the source and the program.
    part: what it plays in the band.
    notes: by MIDI key; (n,) at 44.1 kHz, the loudest 50 ms at an RMS of 1.
    """

    name: str
    part: Part
    notes: Mapping[int, Wave]

    def note(self, key: int, length_s: float, bend: float = 0.0) -> Wave:
        """A key, held for so long.

        Args:
            bend: semitones from which its pitch is bent to the key, within `_BEND_S`.
        """
        nearest = min(self.notes, key=lambda known: abs(known - key))
        wave = self.notes[nearest]
        factor = 2.0 ** ((key - nearest) / 12)
        release = round(_RELEASE_S * RATE_HZ)
        length = min(round(length_s * RATE_HZ) + release, int((len(wave) - 1) / factor))
        if length <= 0:
            return np.zeros(0, dtype=np.float32)
        at = np.arange(length) * factor
        if bend:
            far = np.maximum(1.0 - np.arange(length) / (_BEND_S * RATE_HZ), 0.0)
            at = np.cumsum(factor * 2.0 ** (bend * far / 12))
        out = np.interp(at, np.arange(len(wave)), wave)
        fade = min(release, length)
        out[length - fade :] *= np.linspace(1.0, 0.0, fade)
        return np.asarray(out, dtype=np.float32)

    def save(self, path: Path) -> None:
        arrays: dict[str, NDArray[np.generic]] = {"about": np.array([self.name, self.part.value])}
        for key, wave in self.notes.items():
            arrays[f"n_{key}"] = wave.astype(np.float16)
        write_arrays(path, arrays)

    @staticmethod
    def load(path: Path) -> Instrument:
        """Raises:
        DataError: the file is missing or no instrument.
        """
        return read_arrays(path, "instrument", _instrument_in, "remove its folder to make it anew")


def _instrument_in(found: Mapping[str, NDArray[np.generic]]) -> Instrument:
    name, part = (str(text) for text in found["about"])
    waves = {
        int(key[2:]): fitting(wave, None).astype(np.float32)
        for key, wave in found.items()
        if key != "about"
    }
    if not waves or not all(map(len, waves.values())):
        raise ValueError("an instrument of no notes")
    return Instrument(name, Part(part), waves)

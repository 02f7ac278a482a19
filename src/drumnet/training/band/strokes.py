"""Single strokes of drums, to render drums from.

Out: a `StrokeKit`: strokes of the nine pieces and of other percussion by the General MIDI
key that plays them, softest first, each brought to one level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, read_arrays, write_arrays
from drumnet.hits import Piece
from drumnet.transcribe.spectrum import SPECTRUM

RATE_HZ = SPECTRUM.sample_rate_hz
Wave = NDArray[np.float32]

#: Percussion that is heard in drum stems and is none of the nine pieces:
#: tambourine, cowbell, bongos, congas, maracas, claves, wood block, shaker.
OTHER_KEYS = (54, 56, 60, 61, 62, 63, 64, 69, 70, 75, 76, 82)
#: The keys of the pieces that kits are asked for.
PIECE_KEYS = tuple(key for key in range(35, 60) if Piece.from_midi_key(key) is not None)
#: A stroke is kept for so long.
LONGEST_S = 3.0
_LEVEL_S = 0.050
#: Sound before this share of the peak is cut off, and after the last above it.
_START, _END = 10 ** (-30 / 20), 10 ** (-60 / 20)
_FADE_S = 0.05
_LEAST_PEAK = 1e-4


@dataclass(frozen=True, eq=False)
class StrokeKit:
    """Args:
    name: of the source and of the kit in it.
    strokes: by General MIDI key, softest first; (n,) at 44.1 kHz, the loudest
        50 ms at an RMS of 1, starting with the attack.
    """

    name: str
    strokes: Mapping[int, Sequence[Wave]]

    @property
    def is_whole(self) -> bool:
        """Whether it has a kick, a snare and a closed hat."""
        pieces = {Piece.from_midi_key(key) for key in self.strokes}
        return {Piece.KICK, Piece.SNARE, Piece.CLOSED_HAT} <= pieces

    def save(self, path: Path) -> None:
        arrays: dict[str, NDArray[np.generic]] = {"name": np.array([self.name])}
        for key, waves in self.strokes.items():
            for number, wave in enumerate(waves):
                arrays[f"s_{key}_{number:02d}"] = wave.astype(np.float16)
        write_arrays(path, arrays)

    @staticmethod
    def load(path: Path) -> StrokeKit:
        """Raises:
        DataError: the file is missing or no kit.
        """
        return read_arrays(path, "kit of strokes", _kit_in, "remove its folder to make it again")


def _kit_in(found: Mapping[str, NDArray[np.generic]]) -> StrokeKit:
    strokes: dict[int, list[Wave]] = {}
    for name in sorted(found):
        if name == "name":
            continue
        _, key, _ = name.split("_")
        wave = fitting(found[name], None).astype(np.float32)
        if not len(wave):
            raise ValueError("a stroke of no samples")
        strokes.setdefault(int(key), []).append(wave)
    return StrokeKit(str(found["name"][0]), strokes)


def clean_stroke(sound: Wave) -> Wave | None:
    """A stroke from its attack to its end, its loudest 50 ms at an RMS of 1;
    None where nothing sounds."""
    peak = float(np.abs(sound).max(initial=0.0))
    if peak < _LEAST_PEAK:
        return None
    loud = np.flatnonzero(np.abs(sound) > peak * _START)
    heard = np.flatnonzero(np.abs(sound) > peak * _END)
    stop = min(int(heard[-1]) + 1, int(loud[0]) + round(LONGEST_S * RATE_HZ))
    wave = sound[int(loud[0]) : stop].astype(np.float32)
    fade = min(len(wave), round(_FADE_S * RATE_HZ))
    wave[len(wave) - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    width = round(_LEVEL_S * RATE_HZ)
    energy = np.concatenate([[0.0], np.cumsum(np.pad(wave, (0, width)).astype(np.float64) ** 2)])
    level = float(np.sqrt((energy[width:] - energy[:-width]).max() / width))
    return np.asarray(wave / max(level, 1e-9), dtype=np.float32)

"""A kit that was recorded with several microphones, mixed in several ways.

In: a folder `Samples/ARTICULATION/HIT-ARTICULATION-MICROPHONE.flac`, as DrumGizmo's kits have
it (the MuldjordKit: CC BY 4.0).  Out: kits, each a mix of the microphones: near and dry, from
overhead, or as the room hears it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import read_audio
from drumnet.training.band.strokes import LONGEST_S, RATE_HZ, StrokeKit, Wave, clean_stroke

#: What is struck, by General MIDI key.
_KEYS: Mapping[str, int] = {
    "KdrumL": 35, "KdrumR": 36, "Snare": 38, "SnareRest": 37, "HihatClosed": 42, "HihatOpen": 46,
    "Tom1": 50, "Tom2": 48, "Tom3": 45, "Tom4": 43, "CrashL": 49, "CrashR": 57, "China": 52,
    "RideL": 59, "RideR": 51, "RideRBell": 53,
}  # fmt: skip
_OVERHEAD, _ROOM = ("OHL", "OHR"), ("AmbL", "AmbR")
_NOT_HEARD = ("Trigger",)
_LAYERS = 6
#: Standard deviation of the level of a microphone, dB.
_SPREAD_DB = 4.0


def microphone_kits(folder: Path, count: int, seed: int = 0) -> Iterator[StrokeKit]:
    """So many mixes of a kit.

    Raises:
        AudioError: a sample that cannot be read.
    """
    rng = np.random.default_rng(seed)
    names = sorted({file.stem.split("-")[-1] for file in folder.glob("Samples/*/*.flac")})
    mixes = [_levels(names, rng) for _ in range(count)]
    strokes: list[dict[int, list[Wave]]] = [{} for _ in mixes]
    for articulation, key in _KEYS.items():
        hits = sorted({f.name.split("-")[0] for f in folder.glob(f"Samples/{articulation}/*.flac")})
        heard = [_microphones(folder, articulation, hit) for hit in hits]
        heard.sort(key=lambda sounds: max(float(np.abs(s).max()) for s in sounds.values()))
        kept = np.linspace(0, len(heard) - 1, min(_LAYERS, len(heard))).round().astype(int)
        for sounds in (heard[i] for i in kept.tolist()):
            for made, levels in zip(strokes, mixes, strict=True):
                wave = clean_stroke(_mixed(sounds, levels, articulation))
                if wave is not None:
                    made.setdefault(key, []).append(wave)
    for number, made in enumerate(strokes):
        yield StrokeKit(f"{folder.name}_{number:02d}", made)


def _levels(names: list[str], rng: np.random.Generator) -> Mapping[str, float]:
    """The gain of each microphone in a mix."""
    overhead_db, room_db = rng.uniform(-18, 4), rng.uniform(-30, 2)
    near_db = float(rng.choice((0.0, 0.0, -14.0)))
    kinds = {**dict.fromkeys(_OVERHEAD, overhead_db), **dict.fromkeys(_ROOM, room_db)}
    return {
        name: 10 ** ((kinds.get(name, near_db) + rng.normal(0, _SPREAD_DB)) / 20)
        for name in names
        if name not in _NOT_HEARD
    }


def _microphones(folder: Path, articulation: str, hit: str) -> dict[str, NDArray[np.float32]]:
    """What each microphone heard of a hit, (n,)."""
    found = {}
    for file in sorted(folder.glob(f"Samples/{articulation}/{hit}-{articulation}-*.flac")):
        sound = read_audio(file).mono().resampled(RATE_HZ).samples[0]
        found[file.stem.split("-")[-1]] = sound[: round(LONGEST_S * RATE_HZ)]
    return found


def _mixed(
    sounds: Mapping[str, NDArray[np.float32]], levels: Mapping[str, float], articulation: str
) -> Wave:
    """Near microphones of other drums are turned down, as by a gate."""
    out = np.zeros(max(map(len, sounds.values())), dtype=np.float32)
    for name, sound in sounds.items():
        if name in levels:
            is_its_own = name in (*_OVERHEAD, *_ROOM) or articulation[:4] == name[:4]
            gain = levels[name] * (1.0 if is_its_own else 0.3)
            out[: len(sound)] += np.float32(gain) * sound
    return out

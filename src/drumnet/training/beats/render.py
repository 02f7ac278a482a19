"""Songs rendered to sound, and what is heard of them.

In: a `BeatSong`.  Out: a `Clip`: an excerpt's beats, and the evidence of every
part and of their mixtures, from sound (FluidSynth with a General MIDI soundfont)
in which instruments, playing, amplifier, room and noise vary under a seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, read_arrays, write_arrays
from drumnet.audio.source import Audio
from drumnet.beats.evidence import NUM_BANDS, NUM_CHROMA, StemEvidence, hear_stem
from drumnet.training.band.desk import amplified
from drumnet.training.band.fluidsynth import synthesised
from drumnet.training.band.instruments import DRUM_PROGRAMS, PROGRAMS, Part
from drumnet.training.band.playing import played_part
from drumnet.training.beats.songs import (
    BASS,
    DRUMS,
    GUITAR,
    KEYS,
    NUM_COLUMNS,
    PARTS,
    BeatSong,
    check_timed,
)

#: Mixtures that are heard besides the parts.
REST_MIX, NO_DRUMS_MIX, FULL_MIX = "rest", "undrummed", "full"
SAMPLE_RATE_HZ = 16_000
_LEAST_BEATS = 12


@dataclass(frozen=True)
class RenderConfig:
    """Args:
    excerpt_s: length of the excerpt of each song.
    timing_s: standard deviation of a player's timing, at most.
    """

    excerpt_s: float = 40.0
    timing_s: float = 0.012


@dataclass(frozen=True, eq=False)
class Clip:
    """An excerpt as it is heard.

    Args:
        heard: the evidence by part (`BASS`, ...) and mixture (`rest`, ...).
        notes: (num_notes, 5) the notes inside, as in `BeatSong`.
        beats_s, beat_in_bar: on the excerpt's own time.
    """

    song: str
    split: str
    source: str
    soundfont: str
    heard: Mapping[str, StemEvidence]
    notes: NDArray[np.float32]
    beats_s: NDArray[np.float64]
    beat_in_bar: NDArray[np.int64]

    def save(self, path: Path) -> None:
        arrays = {
            "about": np.array([self.song, self.split, self.source, self.soundfont]),
            "notes": self.notes,
            "beats_s": self.beats_s,
            "beat_in_bar": self.beat_in_bar,
        }
        for name, heard in self.heard.items():
            arrays[f"flux_{name}"] = heard.flux.astype(np.float16)
            arrays[f"chroma_{name}"] = heard.chroma.astype(np.float16)
        write_arrays(path, arrays)

    @staticmethod
    def load(path: Path) -> Clip:
        """Raises:
        DataError: the file is missing or no clip.
        """
        return read_arrays(path, "clip", _clip_in, "remove it, and it is rendered again")


def _clip_in(found: Mapping[str, NDArray[Any]]) -> Clip:
    heard = {
        name[5:]: StemEvidence(
            fitting(found[name], None, NUM_BANDS).astype(np.float32),
            fitting(found["chroma_" + name[5:]], None, NUM_CHROMA).astype(np.float32),
        )
        for name in found
        if name.startswith("flux_")
    }
    song, split, source, soundfont = (str(text) for text in found["about"])
    notes = fitting(found["notes"], None, NUM_COLUMNS)
    beats_s = fitting(found["beats_s"], None)
    timed = check_timed(notes, beats_s, fitting(found["beat_in_bar"], len(beats_s)))
    return Clip(song, split, source, soundfont, heard, *timed)


def excerpt_beats(
    song: BeatSong, start_s: float, length_s: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The beats of an excerpt, on its own time."""
    inside = (song.beats_s >= start_s) & (song.beats_s < start_s + length_s)
    return song.beats_s[inside] - start_s, song.beat_in_bar[inside]


@dataclass(frozen=True, eq=False)
class Excerpt:
    """An excerpt as sound, 16 kHz.

    Args:
        parts: each part on its own.
        bass, rest, drums: at the levels of the mixture; silent where missing.
        notes, beats_s, beat_in_bar: as in `Clip`.
    """

    parts: Mapping[int, NDArray[np.float32]]
    bass: NDArray[np.float32]
    rest: NDArray[np.float32]
    drums: NDArray[np.float32]
    notes: NDArray[np.float32]
    beats_s: NDArray[np.float64]
    beat_in_bar: NDArray[np.int64]


def rendered_excerpt(
    song: BeatSong, soundfont: Path, rng: np.random.Generator, config: RenderConfig
) -> Excerpt | None:
    """An excerpt as sound; None where too little happens in it.

    Raises:
        DataError: FluidSynth fails.
    """
    latest = max(0.0, song.duration_s - config.excerpt_s)
    start_s = 0.0 if rng.random() < 0.3 else float(rng.uniform(0.0, latest))
    inside = (song.notes[:, 0] >= start_s) & (song.notes[:, 0] < start_s + config.excerpt_s)
    notes = song.notes[inside].copy()
    notes[:, :2] -= start_s
    beats_s, beat_in_bar = excerpt_beats(song, start_s, config.excerpt_s)
    if len(beats_s) < _LEAST_BEATS or len(notes) < 2 * _LEAST_BEATS:
        return None
    num_samples = round(config.excerpt_s * SAMPLE_RATE_HZ)
    parts: dict[int, NDArray[np.float32]] = {}
    for part in range(len(PARTS)):
        own = notes[notes[:, 2] == part]
        if len(own):
            sound = _sounded(own[:, [0, 1, 3, 4]], part, song.kind != "rb", soundfont, rng, config)
            sound = np.pad(sound[:num_samples], (0, max(0, num_samples - len(sound))))
            parts[part] = _levelled(sound, rng)
    if not {BASS, GUITAR, KEYS} & set(parts):
        return None
    silence = np.zeros(num_samples, dtype=np.float32)
    groups = {BASS: silence, DRUMS: silence, -1: silence}
    for part, sound in parts.items():
        level = np.float32(10 ** (rng.uniform(-8, 4) / 20) * (2.0 if part == DRUMS else 1.0))
        group = part if part in groups else -1
        groups[group] = groups[group] + level * sound
    bass, drums, rest = groups[BASS], groups[DRUMS], groups[-1]
    return Excerpt(parts, bass, rest, drums, notes, beats_s, beat_in_bar)


def rendered_clip(
    song: BeatSong, soundfont: Path, rng: np.random.Generator, config: RenderConfig
) -> Clip | None:
    """An excerpt rendered and heard; None where too little happens in it.

    Raises:
        DataError: FluidSynth fails.
    """
    made = rendered_excerpt(song, soundfont, rng, config)
    if made is None:
        return None
    heard = {PARTS[part]: _hear(sound) for part, sound in made.parts.items()}
    for name, mix in (
        (REST_MIX, made.rest),
        (NO_DRUMS_MIX, made.rest + made.bass),
        (FULL_MIX, made.rest + made.bass + made.drums),
    ):
        noise = 10 ** (rng.uniform(-80, -40) / 20) * rng.standard_normal(len(mix))
        heard[name] = _hear((_levelled(mix, rng) + noise).astype(np.float32))
    about = (song.name, song.split, song.source, soundfont.name)
    return Clip(*about, heard, made.notes, made.beats_s, made.beat_in_bar)


def _hear(sound: NDArray[np.float32]) -> StemEvidence:
    return hear_stem(Audio(sound[None], SAMPLE_RATE_HZ))


def _sounded(
    notes: NDArray[np.float32],
    part: int,
    is_performed: bool,
    soundfont: Path,
    rng: np.random.Generator,
    config: RenderConfig,
) -> NDArray[np.float32]:
    """A part as somebody might play it, through an amplifier if it has one."""
    of_band = None if part == DRUMS else Part[PARTS[part]]
    played = played_part(notes.astype(np.float64), of_band, is_performed, rng, config.timing_s)
    found = synthesised(
        played,
        soundfont,
        program=int(rng.choice(DRUM_PROGRAMS if of_band is None else PROGRAMS[of_band])),
        drums=of_band is None,
        duration_s=config.excerpt_s,
        sample_rate_hz=SAMPLE_RATE_HZ,
    )
    sound = np.asarray(found.samples.mean(axis=0), dtype=np.float32)
    return sound if of_band is None else amplified(sound, of_band, rng, SAMPLE_RATE_HZ)


def _levelled(sound: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    peak = float(np.abs(sound).max(initial=0.0))
    gain = 10 ** (rng.uniform(-12, 0) / 20) / peak if peak > 1e-6 else 1.0
    return np.asarray(sound * gain, dtype=np.float32)

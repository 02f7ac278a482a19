"""Songs rendered to sound, and what is heard of them.

In: a `BeatSong`.  Out: a `Clip`: an excerpt's beats, and the evidence of every
part and of their mixtures, from sound (FluidSynth with a General MIDI soundfont)
in which instruments, playing, amplifier, room and noise vary under a seed.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, read_arrays, write_arrays
from drumnet.audio.source import Audio, read_audio
from drumnet.beats.evidence import NUM_BANDS, NUM_CHROMA, StemEvidence, hear_stem
from drumnet.errors import DataError
from drumnet.training.beats.songs import (
    BASS,
    DRUMS,
    GUITAR,
    KEYS,
    NUM_COLUMNS,
    PARTS,
    VOCALS,
    BeatSong,
    check_timed,
)
from drumnet.training.soundfont import write_score

#: General MIDI programs (from 0) that a part may be played with.
_PROGRAMS: Mapping[int, Sequence[int]] = {
    BASS: (32, 33, 33, 33, 34, 34, 35, 36, 37, 38, 39, 43, 58, 87),
    GUITAR: (24, 25, 25, 26, 27, 27, 28, 29, 29, 30, 30, 105, 15, 46),
    KEYS: (0, 0, 1, 2, 4, 5, 6, 7, 11, 16, 17, 18, 21, 48, 50, 61, 80, 81, 88, 90),
    VOCALS: (22, 40, 52, 53, 54, 56, 65, 66, 68, 71, 73, 85),
    DRUMS: (0, 0, 8, 16, 24, 25, 32, 40),
}
#: Mixtures that are heard besides the parts.
REST_MIX, NO_DRUMS_MIX, FULL_MIX = "rest", "undrummed", "full"
_CHORDS = ((0,), (0,), (0, 7, 12), (0, 7), (0, 4, 7), (0, 3, 7), (0, 4, 7, 12), (0, 7, 12, 16))
SAMPLE_RATE_HZ = 16_000
_TIMEOUT_S = 30.0
_LEAST_BEATS = 12


@dataclass(frozen=True)
class RenderConfig:
    """Args:
    excerpt_s: length of the excerpt of each song.
    timing_s: standard deviation of a player's timing, at most.
    velocity: standard deviation of velocities.
    """

    excerpt_s: float = 40.0
    timing_s: float = 0.012
    velocity: float = 14.0


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
        played = _played(notes[notes[:, 2] == part], part, song.kind == "rb", rng, config)
        if len(played):
            program = int(rng.choice(_PROGRAMS[part]))
            sound = _sounded(played, program, part == DRUMS, soundfont, config.excerpt_s)
            sound = np.pad(sound[:num_samples], (0, max(0, num_samples - len(sound))))
            parts[part] = _treated(sound, part, rng)
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


def _played(
    notes: NDArray[np.float32],
    part: int,
    chart: bool,
    rng: np.random.Generator,
    config: RenderConfig,
) -> NDArray[np.float32]:
    """The notes as a person might play them; a chart's guitar as chords."""
    if not len(notes):
        return notes
    notes = notes.copy()
    if chart and part in (GUITAR, KEYS):
        chord = _CHORDS[int(rng.integers(len(_CHORDS)))]
        strum = rng.uniform(0.0, 0.02)
        strings = []
        for string, interval in enumerate(chord):
            copy = notes.copy()
            copy[:, 3] = np.minimum(copy[:, 3] + interval, 127)
            copy[:, 0] += strum * string
            strings.append(copy)
        notes = np.concatenate(strings)
    if chart:  # the charts' lengths are those of the game: most ring on
        notes[:, 1] += rng.uniform(0.0, 0.3)
    late = rng.normal(0.0, rng.uniform(0.0, config.timing_s), len(notes))
    notes[:, 0] = np.maximum(0.0, notes[:, 0] + late)
    notes[:, 1] = np.maximum(notes[:, 1], notes[:, 0] + 0.03)
    velocity = notes[:, 4] + rng.normal(0.0, config.velocity, len(notes))
    notes[:, 4] = np.clip(velocity, 25, 127)
    return notes


def _sounded(
    notes: NDArray[np.float32], program: int, drums: bool, soundfont: Path, duration_s: float
) -> NDArray[np.float32]:
    with tempfile.TemporaryDirectory() as folder:
        score, sound = Path(folder, "part.mid"), Path(folder, "part.wav")
        write_score(score, notes[:, [0, 1, 3, 4]], program, drums, duration_s)
        command = ["fluidsynth", "-ni", "-q", "-g", "0.6", "-r", str(SAMPLE_RATE_HZ)]
        command += ["-o", "synth.dynamic-sample-loading=1"]
        command += ["-T", "wav", "-F", str(sound), str(soundfont), str(score)]
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)
        if done.returncode or not sound.is_file():
            raise DataError(f"fluidsynth failed on {soundfont.name}: {done.stderr.decode()[-200:]}")
        return np.asarray(read_audio(sound).samples.mean(axis=0), dtype=np.float32)


def _treated(
    sound: NDArray[np.float32], part: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Amplifier, tone and room."""
    sound = _levelled(sound, rng)
    if part in (GUITAR, BASS, KEYS) and rng.random() < (0.4 if part == GUITAR else 0.15):
        drive = rng.uniform(2.0, 20.0)
        sound = np.tanh(drive * sound).astype(np.float32)
    if rng.random() < 0.5:
        spectrum = np.fft.rfft(sound)
        octaves = np.log2(np.maximum(np.arange(len(spectrum)), 1) / len(spectrum))
        tilt_db = rng.uniform(-3.0, 3.0) * (octaves + 4.0)
        bump_db = rng.uniform(-8, 8) * np.exp(-0.5 * (octaves - rng.uniform(-6, -0.5)) ** 2)
        toned = np.fft.irfft(spectrum * 10 ** ((tilt_db + bump_db) / 20), len(sound))
        sound = toned.astype(np.float32)
    if rng.random() < 0.3:
        length = int(rng.uniform(0.1, 0.6) * SAMPLE_RATE_HZ)
        room = rng.standard_normal(length) * np.exp(-5.0 * np.arange(length) / length)
        room *= rng.uniform(0.1, 0.6) / np.sqrt((room**2).sum())
        room[0] += 1.0
        size = len(sound) + length
        wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)
        sound = wet[: len(sound)].astype(np.float32)
    return _levelled(np.asarray(sound, np.float32), rng)


def _levelled(sound: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    peak = float(np.abs(sound).max(initial=0.0))
    gain = 10 ** (rng.uniform(-12, 0) / 20) / peak if peak > 1e-6 else 1.0
    return np.asarray(sound * gain, dtype=np.float32)

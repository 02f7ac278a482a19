"""A world of sounds whose onsets are known: stems for `measure_onset_times.py` and the tests.

In: our kits, kicks made here, voices made here, and General MIDI soundfonts by FluidSynth.
Out: a `Scene`: a stem as sound, and when each of its kinds of notes begins.

A note begins when its sound, alone, first reaches a tenth of the highest level that it has
in its first 100 ms: what a sample holds before is silence or breath.  (What is perceived as
the onset lies 6 to 15 dB below the maximum: Vos & Rasch, Perception & Psychophysics 29,
1981.)  A note is sharp where it is half as high within 10 ms of that; one that swells has
no onset that could be told to a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.errors import DataError
from drumnet.hits import Piece
from drumnet.kits.kit import embedded_kit
from drumnet.kits.synth import Character

RATE_HZ = 44_100
Wave = NDArray[np.float64]
Times = NDArray[np.float64]

#: A note begins at this share of its peak, and is sharp if it is at another so much later.
BEGINS, SHARP, SHARP_S = 0.1, 0.5, 0.010
PEAK_WITHIN_S = 0.1
#: Less is no sound.
LEAST_PEAK = 1e-4
#: Pitched notes are held so long.
HELD_S = 1.2

#: General MIDI programs (from 0) of each role, and the lowest and highest key of their notes.
PROGRAMS: Mapping[str, tuple[tuple[int, ...], tuple[int, int]]] = {
    "bass": (tuple(range(32, 40)), (28, 52)),
    "guitar": (tuple(range(24, 31)), (40, 76)),
    "keys": ((*range(0, 8), *range(16, 21)), (40, 84)),
    "voice": ((52, 53, 54), (50, 74)),
}
#: Plays chords besides single notes.
CHORDAL = ("guitar", "keys")
#: General MIDI keys of the pieces, the first that a kit has is taken.
KEYS: Mapping[Piece, tuple[int, ...]] = {
    Piece.KICK: (36, 35),
    Piece.SNARE: (38, 40),
    Piece.CLOSED_HAT: (42, 44),
    Piece.OPEN_HAT: (46,),
    Piece.LOW_TOM: (41, 43),
    Piece.MID_TOM: (45, 47),
    Piece.HIGH_TOM: (48, 50),
    Piece.CRASH: (49, 57),
    Piece.RIDE: (51, 59),
}
#: Peak of a hard stroke in the drum mix, dB below full scale.
PEAK_DB: Mapping[Piece, float] = {
    Piece.KICK: 0,
    Piece.SNARE: -1,
    Piece.CLOSED_HAT: -11,
    Piece.OPEN_HAT: -9,
    Piece.LOW_TOM: -3,
    Piece.MID_TOM: -3,
    Piece.HIGH_TOM: -3,
    Piece.CRASH: -6,
    Piece.RIDE: -11,
}
#: Two bars on 16ths, for two hands and two feet: "x" struck, "o" struck softly.
RHYTHM: Mapping[Piece, str] = {
    Piece.KICK: "x.....x.x.......x..x..x.x...x...",
    Piece.SNARE: "....x..o.o..x.......x..o........",
    Piece.CLOSED_HAT: "x.xox.xox.x.x...................",
    Piece.OPEN_HAT: "..............x.................",
    Piece.RIDE: "................x.x.x.x.x.x.x...",
    Piece.CRASH: "x...............................",
    Piece.HIGH_TOM: ".........................xx.....",
    Piece.MID_TOM: "...........................xx...",
    Piece.LOW_TOM: ".............................xxx",
}


@dataclass(frozen=True, eq=False)
class Note:
    """A sound alone, (n,) at 44.1 kHz, its peak at 1, and when it begins."""

    wave: Wave
    begins_s: float
    is_sharp: bool


@dataclass(frozen=True, eq=False)
class Scene:
    """Args:
    name: what plays.
    sound: the stem.
    onsets_s: when what it plays begins, by kind: a piece, or a role.
    is_sharp: whether most of its notes have sharp attacks.
    """

    name: str
    sound: Audio
    onsets_s: Mapping[str, Times]
    is_sharp: bool = True


def note(wave: NDArray[np.floating]) -> Note:
    """A sound as a note."""
    wave = np.asarray(wave, dtype=np.float64)
    level = np.abs(wave)
    peak = level[: round(PEAK_WITHIN_S * RATE_HZ)].max()
    begins = int(np.argmax(level >= BEGINS * peak))
    half = int(np.argmax(level >= SHARP * peak))
    return Note(wave / level.max(), begins / RATE_HZ, half - begins <= SHARP_S * RATE_HZ)


def kick(start_hz: float, fall_s: float, click: float, attack_s: float, sub: float) -> Wave:
    """A sine that falls to 48 Hz, a noise of 2 ms, and a slower sine of 48 Hz under them."""
    t = np.arange(RATE_HZ // 2) / RATE_HZ
    phase = 2 * np.pi * np.cumsum(48 + (start_hz - 48) * np.exp(-t / fall_s)) / RATE_HZ
    sound = np.sin(phase) * np.minimum(t / attack_s, 1) * np.exp(-t / 0.15)
    sound += click * np.random.default_rng(1).normal(size=len(t)) * np.exp(-t / 0.002)
    sound += sub * np.sin(2 * np.pi * 48 * t) * np.minimum(t / 0.008, 1) * np.exp(-t / 0.25)
    return sound / np.abs(sound).max()


#: Start of the pitch, its fall, the click, the attack, the sub.
PLANE = (
    (60.0, 100.0, 160.0, 290.0, 400.0),
    (0.005, 0.012, 0.025, 0.05),
    (0.0, 0.3, 0.8),
    (0.0005, 0.001, 0.003),
    (0.0, 0.7),
)


def synthesised_kicks() -> dict[str, Wave]:
    """A kick at each point of the plane, by name."""
    return {
        f"{hz:.0f} Hz, {1000 * fall:.0f} ms, click {click}, attack {1000 * attack} ms, sub {sub}": (
            kick(hz, fall, click, attack, sub)
        )
        for hz, fall, click, attack, sub in product(*PLANE)
    }


def sung(pitch_hz: float, consonant: float, seed: int) -> Wave:
    """A vowel, "ah", of a voice that vibrates, after a noise ("s") of 60 ms.

    A listener takes a syllable to begin with its vowel (Morton, Marcus & Frankish,
    Psychological Review 83, 1976), and so does a note here: the noise is below a tenth.
    """
    t = np.arange(round(HELD_S * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * np.cumsum(pitch_hz * (1 + 0.006 * np.sin(2 * np.pi * 5.5 * t))) / RATE_HZ
    vowel = np.zeros(len(t))
    for number in range(1, int(5_000 / pitch_hz)):
        hz = number * pitch_hz
        formants = sum(
            gain / (1 + ((hz - centre) / width) ** 2)
            for centre, width, gain in ((730, 90, 1.0), (1_090, 110, 0.5), (2_440, 160, 0.2))
        )
        vowel += formants / number**0.5 * np.sin(number * phase)
    vowel *= np.clip((t - 0.06) / 0.02, 0, 1) / np.abs(vowel).max()
    noise = np.diff(np.random.default_rng(seed).uniform(-0.5, 0.5, size=len(t)), prepend=0)
    return vowel + consonant * noise * np.clip(t / 0.005, 0, 1) * np.clip((0.07 - t) / 0.01, 0, 1)


@lru_cache(maxsize=2)
def drum_programs(soundfont: Path) -> Mapping[int, str]:
    """The drum kits of a soundfont: the presets of its bank 128, by program.

    Raises:
        DataError: it cannot be read, or is no soundfont.

    Source: SoundFont Technical Specification 2.04, 7.2: a record of 38 bytes a preset.
    """
    try:
        data = soundfont.read_bytes()
    except OSError as fault:
        raise DataError(f"cannot read the soundfont '{soundfont}' ({fault.strerror})") from fault
    if b"phdr" not in data:
        raise DataError(f"'{soundfont}' is no soundfont: give an .sf2 or .sf3")
    start = data.find(b"phdr") + 8
    size = int.from_bytes(data[start - 4 : start], "little")
    found = {}
    for at in range(start, start + size - 38, 38):
        record = data[at : at + 38]
        if int.from_bytes(record[22:24], "little") == 128:
            name = record[:20].split(b"\0")[0].decode("latin-1").strip()
            found[int.from_bytes(record[20:22], "little")] = name
    return dict(sorted(found.items()))


def kit_notes(soundfont: Path, program: int) -> dict[Piece, list[Note]]:
    """The pieces of a soundfont's kit, a softer and a harder stroke of each."""
    from drumnet.training.band.sources.soundfonts import rendered_notes

    keys = [(piece, key) for piece in Piece for key in KEYS[piece]]
    strikes = [(key, velocity) for _, key in keys for velocity in (70, 115)]
    waves = rendered_notes(soundfont, strikes, program, drums=True)
    found: dict[Piece, list[Note]] = {}
    for (piece, _), pair in zip(keys, zip(waves[::2], waves[1::2], strict=True), strict=True):
        strokes = [note(wave) for wave in pair if np.abs(wave).max(initial=0) > LEAST_PEAK]
        if strokes and piece not in found:
            found[piece] = strokes
    return found


def our_notes(character: Character) -> dict[Piece, list[Note]]:
    """The pieces of one of our kits, its softest and hardest layers."""
    kit = embedded_kit(character)
    found = {}
    for piece, sound in kit.sounds.items():
        shots = [layer.shots[0].mean(axis=0) for layer in (sound.layers[-2], sound.layers[-1])]
        found[piece] = [note(shot) for shot in shots]
    return found


def drum_kits(soundfonts: Sequence[Path]) -> Iterator[tuple[str, dict[Piece, list[Note]]]]:
    """Our kits, and those of the soundfonts, with their names."""
    for character in Character:
        yield f"our {character.value}", our_notes(character)
    for soundfont in soundfonts:
        for program, name in drum_programs(soundfont).items():
            yield f"{soundfont.stem} {name}", kit_notes(soundfont, program)


def played(length_s: float, notes: Sequence[tuple[Note, float, float]]) -> Audio:
    """Notes, each with when it begins and its gain."""
    sound = _floor(length_s, np.random.default_rng(0))
    for one, at_s, gain in notes:
        _add(sound, one, at_s, gain)
    return _audio(sound)


def kick_scene(name: str, notes: Sequence[Note]) -> Scene:
    """A kick stem: sixteen strokes of changing strength, at least 0.45 s apart."""
    rng = _chance(name)
    times = 0.5 + 0.48 * np.arange(16) + rng.uniform(0, 0.03, 16)
    sound = _floor(9.0, rng)
    for number, at in enumerate(times):
        _add(sound, notes[number % len(notes)], at, rng.uniform(0.4, 0.7))
    return Scene(name, _audio(sound), {Piece.KICK.value: times})


def drum_scene(name: str, kit: Mapping[Piece, Sequence[Note]]) -> Scene:
    """A drum mix: `RHYTHM` four times, each stroke up to some milliseconds off as people
    play."""
    rng = _chance(name)
    step_s = 60 / rng.uniform(88, 132) / 4
    sound = _floor(1.5 + 4 * 32 * step_s, rng)
    onsets: dict[str, Times] = {}
    for piece, strokes in kit.items():
        times = []
        for step, mark in enumerate(4 * RHYTHM[piece]):
            if mark != ".":
                at = 0.5 + step * step_s + float(np.clip(rng.normal(0, 0.005), -0.012, 0.012))
                loud = 10 ** ((PEAK_DB[piece] + rng.normal(0, 1.5) - 8) / 20)
                soft = mark == "o"
                _add(sound, strokes[0 if soft else -1], at, loud * (0.35 if soft else 1))
                times.append(at)
        onsets[piece.value] = np.array(times)
    return Scene(name, _audio(sound), onsets)


def pitched_notes(soundfont: Path, program: int, role: str) -> list[Note]:
    """Notes of an instrument, from its lowest to its highest."""
    from drumnet.training.band.sources.soundfonts import rendered_notes

    lowest, highest = PROGRAMS[role][1]
    keys = [(key, velocity) for key in range(lowest, highest + 1, 3) for velocity in (80, 110)]
    waves = rendered_notes(soundfont, keys, program, drums=False, held_s=HELD_S)
    return [note(wave) for wave in waves if np.abs(wave).max(initial=0) > LEAST_PEAK]


#: How loud the consonant of the voice is.
SUNG = {"made voice, vowels": 0.0, "made voice, with consonants": 0.08}


def sung_notes(consonant: float) -> list[Note]:
    """The synthesised voice, from low to high."""
    return [note(sung(110 * 2 ** (number / 4), consonant, number)) for number in range(9)]


def melody_scene(name: str, role: str, notes: Sequence[Note]) -> Scene:
    """A melody on 8ths, each note held till the next or for a while; of chordal instruments
    every third onset is a chord, struck at once."""
    rng = _chance(name)
    times, at = [], 0.5
    while at < 16.0:
        times.append(at)
        at += 0.25 * rng.choice([1, 1, 2, 3]) + rng.uniform(-0.01, 0.01)
    sound = _floor(18.0, rng)
    for number, (start, following) in enumerate(zip(times, [*times[1:], at], strict=True)):
        chord = 3 if role in CHORDAL and number % 3 == 0 else 1
        length_s = (following - start) * rng.choice([0.6, 0.95, 1.0])
        for each in rng.choice(len(notes), chord, replace=False):
            _add(sound, notes[each], start, rng.uniform(0.5, 0.9) / chord, length_s)
    sharp = np.mean([each.is_sharp for each in notes]) > 0.5
    return Scene(name, _audio(0.5 * sound), {role: np.array(times)}, bool(sharp))


def _chance(name: str) -> np.random.Generator:
    """Another for each scene, and the same each time."""
    return np.random.default_rng(crc32(name.encode()))


def _floor(length_s: float, rng: np.random.Generator) -> Wave:
    return np.asarray(1e-5 * rng.normal(size=round(length_s * RATE_HZ)))


def _add(sound: Wave, one: Note, at_s: float, gain: float, length_s: float | None = None) -> None:
    """Let a note begin at a time; it is let go, in 30 ms, after `length_s`."""
    wave = gain * one.wave
    if length_s is not None:
        wave = wave[: round((length_s + one.begins_s) * RATE_HZ)].copy()
        fade = min(len(wave), round(0.03 * RATE_HZ))
        wave[-fade:] *= np.linspace(1, 0, fade)
    start = round((at_s - one.begins_s) * RATE_HZ)
    part = sound[start : start + len(wave)]
    part += wave[: len(part)]


def _audio(sound: Wave) -> Audio:
    return Audio(sound.astype(np.float32)[None], RATE_HZ)

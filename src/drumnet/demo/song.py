"""Two built-in songs, composed and rendered here when they are asked for.

In: nothing.  Out: a song without drums to play to (bass, keys and a snare, two
sections whose bass rhythms differ), and a shorter one with a kick, to take a
style from.  Both are this project's own work, under its licence.

The parts are written as text, one character for a 16th.  Bass: `0` root, `3`
minor third, `5` fifth, `7` seventh, `8` octave; `-` holds the note, `.` is a
rest.  Keys: `x` strikes the bar's chord.  Drums: `x` a stroke, `o` a soft one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import Audio, write_wav
from drumnet.beats.files import write_beats
from drumnet.files import refuse_overwrite
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.kits.kit import KIT_RATE_HZ, embedded_kit, velocity_gain
from drumnet.rendering.render import render
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem

RATE_HZ = KIT_RATE_HZ

_BEATS_PER_BAR = 4
_STEPS_PER_BEAT = 4
_STEPS_PER_BAR = _BEATS_PER_BAR * _STEPS_PER_BEAT
_TICKS_PER_STEP = TICKS_PER_BEAT // _STEPS_PER_BEAT
_RING_S = 0.8  # after the last bar
_HUMAN_S = 0.003  # standard deviation of the players' timing
_SEMITONES = {"0": 0, "3": 3, "5": 7, "7": 10, "8": 12}
_VELOCITY = {"x": 104, "X": 122, "o": 52}


@dataclass(frozen=True, eq=False)
class DemoSong:
    """A song with its true beats, and its kick where it has one."""

    song: Song
    beats: BeatGrid
    kick: DrumTrack | None = None


@dataclass(frozen=True)
class _Chord:
    root: int  # MIDI pitch of the bass
    voicing: tuple[int, ...]  # MIDI pitches of the keys


_DM = _Chord(38, (57, 62, 65, 72))
_BB = _Chord(34, (58, 62, 65, 69))
_C = _Chord(36, (55, 60, 64, 67))
_GM = _Chord(31, (58, 62, 65, 70))
_F = _Chord(29, (57, 60, 65, 69))
_AM = _Chord(33, (57, 60, 64, 67))
_EM = _Chord(28, (55, 59, 62, 67))


@dataclass(frozen=True)
class _Section:
    """Bars; parts shorter than the chords are repeated."""

    chords: Sequence[_Chord]
    bass: Sequence[str]
    keys: Sequence[str]
    snare: Sequence[str]
    kick: Sequence[str] = ()


_VERSE = _Section(
    chords=(_DM, _DM, _BB, _C) * 2,
    bass=("0-----0.0---....", "0-----0.0---7.5."),
    keys=("x-----x---------", "x-----x-----x---"),
    snare=("....x.......x...",) * 7 + ("....x.......x.xx",),
)
_CHORUS = _Section(
    chords=(_GM, _BB, _F, _C) * 2,
    bass=("0.000.0.0.000.8.", "0.000.0.0.0.5.85"),
    keys=("..x-..x-..x-..x-",),
    snare=("....x..o.o..x...",) * 7 + ("....x..o.o..xxxx",),
)
_GROOVE = _Section(
    chords=(_AM, _F, _AM, _EM) * 2,
    bass=("0--0--5-..0-....", "0--0--5-..0-.0.3"),
    keys=("x---------x-----", "x---------x--x--"),
    snare=("....x.......x...",),
    kick=("X..x..x...x.....", "X..x..x...x..x.x"),
)


@lru_cache(maxsize=1)
def demo_song() -> DemoSong:
    """16 bars at 104 bpm without drums but a snare: eight of a calm verse, eight
    of a chorus in eighths."""
    return _render_song((_VERSE, _CHORUS), bpm=104.0, seed=1)


@lru_cache(maxsize=1)
def demo_reference_song() -> DemoSong:
    """8 bars at 92 bpm with a syncopated kick, whose hits are `kick`."""
    return _render_song((_GROOVE,), bpm=92.0, seed=2)


def write_demo_stems(folder: Path | str, overwrite: bool = False) -> list[Path]:
    """Write `demo_song` as `drumnet generate` takes it: a WAV file for each stem
    and `beats.tsv`.

    Returns:
        The files, the stems first.

    Raises:
        OutputError: a file exists and `overwrite` is false, or cannot be written.
    """
    folder, demo = Path(folder), demo_song()
    audios = {f"{stem.name}.wav": stem.source for stem in demo.song.stems}
    paths = [folder / name for name in (*audios, "beats.tsv")]
    refuse_overwrite(paths, overwrite)
    for path in paths[:-1]:
        audio = audios[path.name]
        assert isinstance(audio, Audio)
        write_wav(path, audio.blocks(), audio.sample_rate, audio.num_channels)
    write_beats(paths[-1], demo.beats)
    return paths


def _render_song(sections: Sequence[_Section], bpm: float, seed: int) -> DemoSong:
    num_bars = sum(len(section.chords) for section in sections)
    step_s = 60.0 / bpm / _STEPS_PER_BEAT
    bars_s = num_bars * _STEPS_PER_BAR * step_s
    duration_s = bars_s + _RING_S
    chords = [chord for section in sections for chord in section.chords]
    rng = np.random.default_rng(seed)

    def stem(role: Role, notes: Iterable[tuple[float, NDArray[np.float64]]], peak: float) -> Stem:
        return Stem(role.value, role, _placed(notes, duration_s, peak, rng))

    bass = (
        (step * step_s, _bass_note(chords[step // _STEPS_PER_BAR].root + _SEMITONES[mark], held))
        for step, mark, held in _notes(_line(sections, lambda section: section.bass), step_s)
    )
    keys = (
        (step * step_s, _keys_chord(chords[step // _STEPS_PER_BAR].voicing, held))
        for step, _, held in _notes(_line(sections, lambda section: section.keys), step_s)
    )
    snare = (
        (step * step_s, _snare_stroke() * velocity_gain(_VELOCITY[mark]))
        for step, mark, _ in _notes(_line(sections, lambda section: section.snare), step_s)
    )
    stems = [stem(Role.BASS, bass, 0.5), stem(Role.KEYS, keys, 0.35), stem(Role.SNARE, snare, 0.4)]
    beats = BeatGrid.constant(bpm, bars_s, beats_per_bar=_BEATS_PER_BAR)
    if not all(section.kick for section in sections):
        return DemoSong(Song(tuple(stems)), beats)
    kick = DrumTrack(
        tuple(
            Hit(step * step_s, step * _TICKS_PER_STEP, Piece.KICK, _VELOCITY[mark])
            for step, mark, _ in _notes(_line(sections, lambda section: section.kick), step_s)
        )
    )
    stems.append(Stem("kick", Role.KICK, render(kick, embedded_kit(), duration_s)))
    return DemoSong(Song(tuple(stems)), beats, kick)


def _line(sections: Sequence[_Section], part: Callable[[_Section], Sequence[str]]) -> str:
    """One part through all sections."""
    return "".join(
        part(section)[bar % len(part(section))]
        for section in sections
        for bar in range(len(section.chords))
    )


def _notes(line: str, step_s: float) -> list[tuple[int, str, float]]:
    """The notes of a part: its step, its mark, and how long it is held in s."""
    notes = []
    for step, mark in enumerate(line):
        if mark not in ".-":
            end = step + 1
            while end < len(line) and line[end] == "-":
                end += 1
            notes.append((step, mark, (end - step) * step_s))
    return notes


def _placed(
    notes: Iterable[tuple[float, NDArray[np.float64]]],
    duration_s: float,
    peak: float,
    rng: np.random.Generator,
) -> Audio:
    out = np.zeros(round(duration_s * RATE_HZ))
    for onset_s, note in notes:
        start = max(0, round((onset_s + _HUMAN_S * rng.standard_normal()) * RATE_HZ))
        part = out[start : start + len(note)]
        part += note[: len(part)] * rng.uniform(0.85, 1.0)
    return Audio((out * (peak / np.abs(out).max()))[np.newaxis].astype(np.float32), RATE_HZ)


def _hertz(pitch: int) -> float:
    return float(440.0 * 2.0 ** ((pitch - 69) / 12))


def _time(held_s: float, release_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Time from the onset, and an envelope with a short attack and the release."""
    t = np.arange(round((held_s + release_s) * RATE_HZ)) / RATE_HZ
    envelope = np.minimum(t / 0.004, 1.0) * np.clip((held_s + release_s - t) / release_s, 0.0, 1.0)
    return t, envelope


@lru_cache(maxsize=128)
def _bass_note(pitch: int, held_s: float) -> NDArray[np.float64]:
    """A plucked string: harmonics, the higher the sooner gone."""
    t, envelope = _time(0.9 * held_s, 0.03)
    turns = 2 * np.pi * _hertz(pitch) * t
    tone = sum(np.sin(k * turns) / k * np.exp(-t * (0.8 + 2.5 * (k - 1))) for k in range(1, 11))
    return np.asarray(np.tanh(0.9 * tone) * envelope)


@lru_cache(maxsize=128)
def _keys_chord(pitches: tuple[int, ...], held_s: float) -> NDArray[np.float64]:
    """An electric piano by frequency modulation (Chowning 1973)."""
    t, envelope = _time(0.95 * held_s, 0.12)
    index = 1.4 * np.exp(-t / 0.25)
    chord = np.zeros(len(t))
    for pitch in pitches:
        turns = 2 * np.pi * _hertz(pitch) * t
        chord += np.sin(turns + index * np.sin(turns)) * np.exp(-t / 0.7)
    return chord * envelope


@lru_cache(maxsize=1)
def _snare_stroke() -> NDArray[np.float64]:
    t, envelope = _time(0.16, 0.04)
    wires = np.random.default_rng(0).standard_normal(len(t)) * np.exp(-t / 0.045)
    skin = np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.03)
    return np.asarray((0.35 * np.diff(wires, prepend=0.0) + skin) * envelope)

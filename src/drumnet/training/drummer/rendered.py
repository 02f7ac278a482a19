"""Stems rendered to sound and heard again.

In: a MIDI song.  Out: an excerpt of it on ticks whose stems are onset curves
of audio (FluidSynth with a General MIDI soundfont), and what that hearing did
to the onsets.  Instruments, velocities and timing vary at random under a seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.reading import HEARD_PIECES, ROLE_OF_TRACK
from drumnet.corpus.ticksong import TickSong, tick_song
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import tick_strength
from drumnet.hearing.onset_strength import OnsetCurve, onset_pulses, onset_strength
from drumnet.hits import MAX_VELOCITY, DrumTrack, Hit, Piece
from drumnet.midi.read import MidiSong
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.training.band.fluidsynth import synthesised
from drumnet.training.band.instruments import PROGRAMS, Part
from drumnet.training.drummer.simulate import Hearing, learn_hearing

_PARTS: Mapping[Role, Part] = {
    Role.BASS: Part.BASS,
    Role.GUITAR: Part.GUITAR,
    Role.KEYS: Part.KEYS,
    Role.VOCALS: Part.VOCALS,
}
_SAMPLE_RATE_HZ = 16_000


@dataclass(frozen=True)
class RenderConfig:
    """Args:
    excerpt_s: length of the excerpt of each song.
    timing_s: standard deviation of a player's timing.
    velocity: standard deviation of velocities.
    """

    excerpt_s: float = 60.0
    timing_s: float = 0.006
    velocity: float = 14.0


@dataclass(frozen=True)
class _Notes:
    """(num_notes,) arrays: start and end in seconds, key, velocity."""

    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    key: NDArray[np.int64]
    velocity: NDArray[np.int64]


def rendered_song(
    midi: MidiSong,
    about: Mapping[str, Any],
    soundfonts: Sequence[Path],
    rng: np.random.Generator,
    config: RenderConfig,
) -> tuple[TickSong, dict[Role, Hearing]] | None:
    """An excerpt of a song as audio gives it; None where it is too short."""
    whole = midi.beat_grid().covering(midi.duration_s)
    start_s = float(rng.uniform(0, max(0.0, midi.duration_s - config.excerpt_s)))
    inside = (whole.beats_s >= start_s) & (whole.beats_s <= start_s + config.excerpt_s)
    if inside.sum() < 16:
        return None
    grid = BeatGrid(whole.beats_s[inside] - start_s, whole.beat_in_bar[inside])
    soundfont = soundfonts[int(rng.integers(len(soundfonts)))]
    curves: dict[Role, OnsetCurve] = {}
    hearings: dict[Role, Hearing] = {}
    for role, notes in _stems(midi, start_s, config).items():
        program = int(rng.choice(PROGRAMS[_PARTS[role]] if role in _PARTS else (0,)))
        played = _played(notes, rng, config)
        curve = _heard(played, program, role in HEARD_PIECES, soundfont, config.excerpt_s)
        curves[role] = curve
        events = onset_pulses(Onsets(notes.start_s, np.ones(len(notes.key), np.float32)))
        hearing = learn_hearing(tick_strength(events, grid), tick_strength(curve, grid))
        if hearing is not None:
            hearings[role] = hearing
    drums = DrumTrack(
        tuple(
            Hit(hit.onset_s - start_s, 0, hit.piece, hit.velocity)
            for hit in midi.drum_track(whole)
            if start_s <= hit.onset_s < start_s + config.excerpt_s
        )
    )
    if not curves or not drums.of(Piece.KICK):
        return None
    return tick_song({**about, "heard": "rendered"}, curves, drums, grid), hearings


def _stems(midi: MidiSong, start_s: float, config: RenderConfig) -> dict[Role, _Notes]:
    """The notes of every role inside the excerpt, on the excerpt's time."""
    keys_of = {
        role: [key for key in range(128) if Piece.from_midi_key(key) in pieces]
        for role, pieces in HEARD_PIECES.items()
    }
    parts: dict[Role, list[NDArray[np.float64]]] = {}
    for track in midi.tracks:
        table = np.stack(
            [midi.seconds(track.ticks), midi.seconds(track.end_ticks), track.keys, track.velocities]
        )
        table = table[:, (table[0] >= start_s) & (table[0] < start_s + config.excerpt_s)]
        if track.is_drums:
            for role, keys in keys_of.items():
                parts.setdefault(role, []).append(table[:, np.isin(table[2], keys)])
        elif track.name in ROLE_OF_TRACK:
            parts.setdefault(ROLE_OF_TRACK[track.name], []).append(table)
    stems = {}
    for role, tables in parts.items():
        joined = np.concatenate(tables, axis=1)
        if joined.shape[1]:
            times = joined[:2] - start_s
            stems[role] = _Notes(times[0], times[1], *joined[2:].astype(np.int64))
    return stems


def _played(notes: _Notes, rng: np.random.Generator, config: RenderConfig) -> _Notes:
    """The notes as a person might play them."""
    late = rng.normal(0.0, config.timing_s, len(notes.key))
    velocity = notes.velocity + rng.normal(0.0, config.velocity, len(notes.key))
    start = np.maximum(0.0, notes.start_s + late)
    return _Notes(
        start,
        np.maximum(notes.end_s, start + 0.03),
        notes.key,
        np.clip(velocity, 25, MAX_VELOCITY).astype(np.int64),
    )


def _heard(
    notes: _Notes, program: int, drums: bool, soundfont: Path, duration_s: float
) -> OnsetCurve:
    """The onset strength of notes rendered to sound."""
    table = np.stack([notes.start_s, notes.end_s, notes.key, notes.velocity], axis=1)
    found = synthesised(
        table,
        soundfont,
        program=program,
        drums=drums,
        duration_s=duration_s,
        sample_rate_hz=_SAMPLE_RATE_HZ,
    )
    return onset_strength(found)

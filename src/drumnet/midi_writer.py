"""A drum track written as a Standard MIDI File that a DAW lines up with.

In: hits and the beat grid.  Out: a type 1 file whose time 0 is the start of the
recording and whose tempo map follows the beats.

Source: Standard MIDI Files 1.0 (MIDI Manufacturers Association, 1996).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import mido
import numpy as np
from numpy.typing import NDArray

from drumnet.beats.grid import BeatGrid
from drumnet.files import atomic_path
from drumnet.hits import DrumTrack
from drumnet.midi import DRUM_CHANNEL

#: Ticks in a quarter note: one is under 1 ms above 63 bpm.
_PPQ = 960
_MAX_TEMPO_US = 2**24 - 1
#: Of the beat before the first one at or after 0:00, less than this is joined
#: to that one, more becomes a beat of its own.
_OWN_BEAT = 0.5
#: Beats for which the last tempo goes on behind the grid.
_BEYOND = 1e5


def write_midi(path: str | Path, track: DrumTrack, grid: BeatGrid) -> None:
    """Write a drum track as a type 1 file: tempo and metre map, then the hits.

    MIDI time 0 is 0:00 of the recording; every beat of the grid from there on
    is a quarter note.  Where the song does not start on a beat, the lead-in
    gets a tempo of its own.
    """
    beats_s, signatures = _beats_from_zero(grid)
    tempo_us, starts_s = _tempo_map(beats_s)
    tracks = [_conductor(tempo_us, signatures), _drums(track, tempo_us, starts_s)]
    file = mido.MidiFile(type=1, ticks_per_beat=_PPQ, tracks=tracks)
    with atomic_path(path) as part:
        file.save(part)


def _conductor(tempo_us: list[int], signatures: list[tuple[int, int]]) -> mido.MidiTrack:
    events: list[tuple[int, mido.MetaMessage]] = [
        (beat * _PPQ, mido.MetaMessage("time_signature", numerator=length, denominator=4))
        for beat, length in signatures
    ]
    changes = [i for i, tempo in enumerate(tempo_us) if i == 0 or tempo != tempo_us[i - 1]]
    events += [(i * _PPQ, mido.MetaMessage("set_tempo", tempo=tempo_us[i])) for i in changes]
    # The last beat is the end, so that reading gives every beat back.
    events.append((len(tempo_us) * _PPQ, mido.MetaMessage("end_of_track")))
    return mido.MidiTrack([mido.MetaMessage("track_name", name="Tempo"), *_delta_times(events)])


def _drums(track: DrumTrack, tempo_us: list[int], starts_s: NDArray[np.float64]) -> mido.MidiTrack:
    knots_s = np.append(starts_s, starts_s[-1] + _BEYOND * tempo_us[-1] * 1e-6)
    knots = np.append(np.arange(len(starts_s)), len(starts_s) - 1 + _BEYOND) * _PPQ
    notes: list[tuple[int, mido.Message]] = []
    for hit in track:
        start = max(0, round(float(np.interp(hit.onset_s, knots_s, knots))))
        key = {"channel": DRUM_CHANNEL, "note": hit.piece.midi_key}
        notes.append((start, mido.Message("note_on", velocity=hit.velocity, **key)))
        notes.append((start + _PPQ // 8, mido.Message("note_off", velocity=0, **key)))
    return mido.MidiTrack([mido.MetaMessage("track_name", name="Drums"), *_delta_times(notes)])


def _beats_from_zero(grid: BeatGrid) -> tuple[NDArray[np.float64], list[tuple[int, int]]]:
    """Beats that start at 0:00 and the metre changes, as (beat, beats in bar)."""
    start = int(np.searchsorted(grid.beats_s, -1e-9))
    start = min(start, grid.num_beats - 2)
    beats, numbers = grid.beats_s[start:], grid.beat_in_bar[start:]
    lead = beats[0] / (beats[1] - beats[0])
    if lead > _OWN_BEAT:
        own = max(1, round(lead))
        beats = np.concatenate([np.arange(own) * (beats[0] / own), beats])
        length = int(grid.bar_length[start])
        head = (numbers[0] - 1 - np.arange(own, 0, -1)) % length + 1
        numbers = np.concatenate([head, numbers])
    beats = beats.copy()
    beats[0] = 0.0
    downbeats = np.flatnonzero(numbers == 1)
    if not downbeats.size:
        return beats, [(0, int(numbers.max()))]
    starts = downbeats if downbeats[0] == 0 else np.concatenate([[0], downbeats])
    lengths = np.diff(np.append(starts, len(numbers)))
    if len(lengths) > 1:  # the last bar may be cut short by the end of the grid
        lengths[-1] = max(lengths[-1], lengths[-2])
    else:
        lengths[-1] = max(lengths[-1], int(grid.bar_length[start]))
    return beats, [
        (int(at), int(length))
        for i, (at, length) in enumerate(zip(starts, lengths, strict=True))
        if i == 0 or length != lengths[i - 1]
    ]


def _tempo_map(beats_s: NDArray[np.float64]) -> tuple[list[int], NDArray[np.float64]]:
    """Whole microseconds per beat whose rounding errors do not add up, and
    the times at which the beats then are."""
    tempo: list[int] = []
    starts = [0]
    for after in beats_s[1:]:
        step = round(float(after) * 1e6) - starts[-1]
        # Within a microsecond of the last tempo is the same tempo.
        if tempo and abs(step - tempo[-1]) <= 1:
            step = tempo[-1]
        tempo.append(int(np.clip(step, 1, _MAX_TEMPO_US)))
        starts.append(starts[-1] + tempo[-1])
    return tempo, np.array(starts) * 1e-6


def _delta_times(events: Iterable[tuple[int, mido.Message]]) -> list[mido.Message]:
    """Messages in order of time, each with the ticks since the one before."""
    ordered = sorted(events, key=lambda event: (event[0], event[1].type != "note_off"))
    deltas = []
    now = 0
    for tick, message in ordered:
        deltas.append(message.copy(time=tick - now))
        now = tick
    return deltas

"""A drum track written as a Standard MIDI File that a DAW lines up with.

In: hits and the beat grid.  Out: a type 1 file whose time 0 is the start of the
recording and whose tempo map follows the beats.

Source: Standard MIDI Files 1.0 (MIDI Manufacturers Association, 1996).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np
from numpy.typing import NDArray

from drumnet.files import atomic_path
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack
from drumnet.midi.keys import MidiMap, load_midi_map
from drumnet.midi.read import DRUM_CHANNEL

#: Ticks in a quarter note: one is under 1 ms above 63 bpm.
_PPQ = 960
_MAX_TEMPO_US = 2**24 - 1
#: Before the first beat at or after 0:00, more of a beat than this becomes beats
#: of their own, less a bar of an eighth or a sixteenth, the least joins that beat.
_OWN_BEAT, _OWN_EIGHTH, _OWN_SIXTEENTH = 0.5, 0.35, 0.1
#: Beats for which the last tempo goes on behind the grid.
_BEYOND = 1e5


@dataclass(frozen=True, eq=False)
class _Score:
    """Beats from 0:00 on.

    Args:
        beats_s: (num_beats,) seconds, the first 0.
        quarters: (num_beats,) where they are, in quarter notes.
        signatures: (quarter, numerator, denominator) of each change.
    """

    beats_s: NDArray[np.float64]
    quarters: NDArray[np.float64]
    signatures: list[tuple[float, int, int]]


def write_midi(
    path: str | Path, track: DrumTrack, grid: BeatGrid, keys: MidiMap | None = None
) -> None:
    """Write a drum track as a type 1 file: tempo and metre map, then the hits.

    MIDI time 0 is 0:00 of the recording; every beat of the grid from there on
    is a quarter note.  Where the song does not start on a beat, the lead-in
    gets a short bar and a tempo of its own.

    Args:
        keys: which key a piece is written with; those not named keep General MIDI.
    """
    score = _score(grid)
    keys = load_midi_map({} if keys is None else keys)
    tempo_us, starts_s = _tempo_map(score)
    tracks = [_conductor(score, tempo_us), _drums(track, keys, score, tempo_us, starts_s)]
    file = mido.MidiFile(type=1, ticks_per_beat=_PPQ, tracks=tracks)
    with atomic_path(path) as part:
        file.save(part)


def _conductor(score: _Score, tempo_us: list[int]) -> mido.MidiTrack:
    events: list[tuple[int, mido.MetaMessage]] = [
        (
            round(quarter * _PPQ),
            mido.MetaMessage("time_signature", numerator=length, denominator=unit),
        )
        for quarter, length, unit in score.signatures
    ]
    ticks = np.round(score.quarters * _PPQ).astype(int).tolist()
    changes = [i for i, tempo in enumerate(tempo_us) if i == 0 or tempo != tempo_us[i - 1]]
    events += [(ticks[i], mido.MetaMessage("set_tempo", tempo=tempo_us[i])) for i in changes]
    # The last beat is the end, so that reading gives every beat back.
    events.append((ticks[-1], mido.MetaMessage("end_of_track")))
    return mido.MidiTrack([mido.MetaMessage("track_name", name="Tempo"), *_delta_times(events)])


def _drums(
    track: DrumTrack,
    keys: MidiMap,
    score: _Score,
    tempo_us: list[int],
    starts_s: NDArray[np.float64],
) -> mido.MidiTrack:
    knots_s = np.append(starts_s, starts_s[-1] + _BEYOND * tempo_us[-1] * 1e-6)
    knots = np.append(score.quarters, score.quarters[-1] + _BEYOND) * _PPQ
    notes: list[tuple[int, mido.Message]] = []
    for hit in track:
        start = max(0, round(float(np.interp(hit.onset_s, knots_s, knots))))
        key = {"channel": DRUM_CHANNEL, "note": keys[hit.piece]}
        notes.append((start, mido.Message("note_on", velocity=hit.velocity, **key)))
        notes.append((start + _PPQ // 8, mido.Message("note_off", velocity=0, **key)))
    return mido.MidiTrack([mido.MetaMessage("track_name", name="Drums"), *_delta_times(notes)])


def _score(grid: BeatGrid) -> _Score:
    start = int(np.searchsorted(grid.beats_s, -1e-9))
    start = min(start, grid.num_beats - 2)
    beats, numbers = grid.beats_s[start:].copy(), grid.beat_in_bar[start:]
    lead = beats[0] / (beats[1] - beats[0])
    length = int(grid.bar_length[start])
    lead_in = 0.0
    if lead > _OWN_BEAT:
        own = max(1, round(lead))
        beats = np.concatenate([np.arange(own) * (beats[0] / own), beats])
        head = (numbers[0] - 1 - np.arange(own, 0, -1)) % length + 1
        numbers = np.concatenate([head, numbers])
    elif lead >= _OWN_SIXTEENTH:
        lead_in = 0.5 if lead > _OWN_EIGHTH else 0.25
    else:
        beats[0] = 0.0
    quarters = np.arange(len(beats), dtype=np.float64) + lead_in
    signatures = [(lead_in + at, beats_in_bar, 4) for at, beats_in_bar in _metre(numbers, length)]
    if lead_in:
        beats, quarters = np.append(0.0, beats), np.append(0.0, quarters)
        signatures.insert(0, (0.0, 1, round(4 / lead_in)))
    return _Score(beats, quarters, signatures)


def _metre(numbers: NDArray[np.int64], length: int) -> list[tuple[int, int]]:
    """The changes of metre, as (beat, beats in bar); `length` is the first bar's."""
    downbeats = np.flatnonzero(numbers == 1)
    if not downbeats.size:
        return [(0, int(numbers.max()))]
    starts = downbeats if downbeats[0] == 0 else np.concatenate([[0], downbeats])
    lengths = np.diff(np.append(starts, len(numbers)))
    # The last bar may be cut short by the end of the grid.
    lengths[-1] = max(lengths[-1], lengths[-2] if len(lengths) > 1 else length)
    return [
        (int(at), int(beats_in_bar))
        for i, (at, beats_in_bar) in enumerate(zip(starts, lengths, strict=True))
        if i == 0 or beats_in_bar != lengths[i - 1]
    ]


def _tempo_map(score: _Score) -> tuple[list[int], NDArray[np.float64]]:
    """Whole microseconds per quarter whose rounding errors do not add up, and
    the times at which the beats then are."""
    tempo: list[int] = []
    starts_us = [0.0]
    for after_s, quarters in zip(score.beats_s[1:], np.diff(score.quarters), strict=True):
        step = round((float(after_s) * 1e6 - starts_us[-1]) / quarters)
        # Within a microsecond of the last tempo is the same tempo.
        if tempo and abs(step - tempo[-1]) <= 1:
            step = tempo[-1]
        tempo.append(int(np.clip(step, 1, _MAX_TEMPO_US)))
        starts_us.append(starts_us[-1] + tempo[-1] * float(quarters))
    return tempo, np.array(starts_us) * 1e-6


def _delta_times(events: Iterable[tuple[int, mido.Message]]) -> list[mido.Message]:
    """Messages in order of time, each with the ticks since the one before."""
    ordered = sorted(events, key=lambda event: (event[0], event[1].type != "note_off"))
    deltas = []
    now = 0
    for tick, message in ordered:
        deltas.append(message.copy(time=tick - now))
        now = tick
    return deltas

"""A drum track written as a Standard MIDI File that a DAW lines up with.

In: hits, the beat grid and the song's sections.  Out: a type 1 file whose time 0 is the start of
the recording, with the tempos, bars and beats of `timeline`, the notes of `notes`, and a marker
where each section begins.  Text is UTF-8.

Source: Standard MIDI Files 1.0 (MIDI Manufacturers Association, 1996).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import mido

from drumnet.files import atomic_path
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack
from drumnet.midi.layout import MidiLayout, Tempo, Tracks
from drumnet.midi.markers import Marker, markers_of
from drumnet.midi.notes import DRUM_CHANNEL, Note, notes_of
from drumnet.midi.timeline import Timeline


def write_midi(
    path: str | Path,
    track: DrumTrack,
    grid: BeatGrid,
    layout: MidiLayout | None = None,
    sections: Iterable[tuple[int, str]] = (),
) -> None:
    """Write a drum track as `midi_file` makes it."""
    file = midi_file(track, grid, layout, sections)
    with atomic_path(path) as part:
        file.save(part)


def midi_file(
    track: DrumTrack,
    grid: BeatGrid,
    layout: MidiLayout | None = None,
    sections: Iterable[tuple[int, str]] = (),
) -> mido.MidiFile:
    """A drum track as a type 1 file: a track with tempo and metre, then the hits.

    MIDI time 0 is 0:00 of the recording; every beat of the grid from there on
    is the note that it is of its metre.  Where the song does not start on a beat, the lead-in
    gets a short bar and a tempo of its own.  No hit is farther than 1 ms from its
    time (`timeline.MAX_ERROR_S`).

    Args:
        layout: General MIDI in one track, with the song's tempo map, if None.
        sections: first beat and name of each.
    """
    layout = layout or MidiLayout()
    timeline = Timeline.of(grid, layout.tempo)
    notes = notes_of(track, timeline)
    markers = markers_of(sections, grid, timeline)
    tracks = [_conductor(timeline, markers, layout.tempo is not Tempo.NONE)]
    if layout.tracks is Tracks.ONE:
        tracks.append(_drums("Drums", notes, layout))
    else:
        for piece in track.pieces:
            own = [note for note in notes if note.hit.piece is piece]
            tracks.append(_drums(piece.value, own, layout))
    ppq = timeline.ticks_per_quarter
    return mido.MidiFile(type=1, ticks_per_beat=ppq, tracks=tracks, charset="utf-8")


def _conductor(timeline: Timeline, markers: Iterable[Marker], has_tempo: bool) -> mido.MidiTrack:
    ppq = timeline.ticks_per_quarter
    events: list[tuple[int, mido.MetaMessage]] = [
        (
            round(quarter * ppq),
            mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator),
        )
        for quarter, numerator, denominator in timeline.signatures
    ]
    if has_tempo:
        tempo = timeline.tempo
        events += [
            (round(start * ppq), mido.MetaMessage("set_tempo", tempo=step))
            for start, step in zip(tempo.starts.tolist(), tempo.tempo_us.tolist(), strict=True)
        ]
    events += [
        (round(marker.quarter * ppq), mido.MetaMessage("marker", text=marker.name))
        for marker in markers
    ]
    # The last beat is the end, so that reading gives every beat back.
    events.append((round(timeline.end * ppq), mido.MetaMessage("end_of_track")))
    head = [mido.MetaMessage("track_name", name="Tempo")]
    if timeline.first_bar is not None:
        head.append(mido.MetaMessage("text", text=timeline.first_bar.said))
    return mido.MidiTrack([*head, *_delta_times(events)])


def _drums(name: str, notes: Iterable[Note], layout: MidiLayout) -> mido.MidiTrack:
    messages: list[tuple[int, mido.Message]] = []
    for start, end, hit in notes:
        # Keys and velocities are what they may be: mido, which is slow at it, need not check.
        key = {"channel": DRUM_CHANNEL, "note": layout.keys[hit.piece], "skip_checks": True}
        messages.append((start, mido.Message("note_on", velocity=hit.velocity, **key)))
        messages.append((end, mido.Message("note_off", velocity=0, **key)))
    return mido.MidiTrack([mido.MetaMessage("track_name", name=name), *_delta_times(messages)])


def _delta_times(events: Iterable[tuple[int, mido.Message]]) -> list[mido.Message]:
    """Messages in order of time, each with the ticks since the one before."""
    ordered = sorted(events, key=lambda event: (event[0], event[1].type != "note_off"))
    deltas = []
    now = 0
    for tick, message in ordered:
        deltas.append(message.copy(skip_checks=True, time=tick - now))
        now = tick
    return deltas

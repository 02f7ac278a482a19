"""Drums, heard: a stem of the kick or of the whole kit in, hits out.

A stem of the kick alone is heard by `kick`, which needs no weights; all pieces of a drum stem
by a network (`strokes`), which tells a kick from a tom (docs/transcription.md).
"""

from __future__ import annotations

from drumnet.grid import BeatGrid
from drumnet.hearing.lateness import settled
from drumnet.hits import DrumTrack
from drumnet.midi.read import MIDI_SUFFIXES, read_midi
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Stem
from drumnet.transcribe.kick import kick_onsets, kick_track
from drumnet.transcribe.strokes import Strokes, hear_strokes, stroke_hits

__all__ = ["Strokes", "drum_track", "hear_strokes", "kick_onsets", "kick_track"]


def drum_track(stem: Stem, grid: BeatGrid) -> DrumTrack:
    """The hits of a kick or drum stem, on the grid.

    Args:
        stem: sound, a MIDI file's drums, or the events of a kick.

    Raises:
        AudioError: the sound cannot be read.
        CheckpointError: the embedded weights are damaged.
    """
    return settled(_heard_track(stem, grid), grid)


def _heard_track(stem: Stem, grid: BeatGrid) -> DrumTrack:
    """The same, each on the nearest tick."""
    if stem.role is Role.KICK:
        return kick_track(stem, grid)
    if not isinstance(stem.source, Onsets):
        return stroke_hits(hear_strokes(stem.source), grid)
    if stem.path is not None and stem.path.suffix.lower() in MIDI_SUFFIXES:
        midi = read_midi(stem.path)
        if any(track.is_drums for track in midi.tracks):
            return midi.drum_track(grid)
    return kick_track(stem, grid)

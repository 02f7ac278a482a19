"""Strokes as notes that a sampler plays well.

In: a drum track, and the timeline that it is played on.  Out: notes in its ticks, each long
enough to sound, none of them in the way of the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.midi.timeline import Timeline

#: MIDI channel 10, counted from 0.
DRUM_CHANNEL = 9
#: Quarter notes that a stroke is held: a sampler that ends sounds with their notes lets a
#: drum sound whole, and what rings for two beats.
_HELD = 0.25
_RINGS: Mapping[Piece, float] = {Piece.OPEN_HAT: 2.0, Piece.CRASH: 2.0, Piece.RIDE: 2.0}
#: What ends a note besides the next of its own key: the foot closes the hat.
_ENDED_BY = {Piece.OPEN_HAT: {Piece.OPEN_HAT, Piece.CLOSED_HAT}}


class Note(NamedTuple):
    """A stroke in ticks."""

    start: int
    end: int
    hit: Hit


def notes_of(track: DrumTrack, timeline: Timeline) -> list[Note]:
    """The strokes of a track; each ends before the next of its key, and with the song."""
    ppq = timeline.ticks_per_quarter
    onsets = timeline.quarters([hit.onset_s for hit in track])
    starts = np.round(onsets * ppq).astype(int).tolist()
    last = round(timeline.end * ppq)
    notes: list[Note] = []
    following: dict[Piece, int] = {}
    for hit, start in reversed(list(zip(track, starts, strict=True))):
        ended_by = _ENDED_BY.get(hit.piece, {hit.piece})
        stops = [following[piece] for piece in ended_by if piece in following]
        held = start + round(_RINGS.get(hit.piece, _HELD) * ppq)
        end = min([held, *stops, *([last] if start < last else [])])
        notes.append(Note(start, max(end, start + 1), hit))
        following[hit.piece] = start
    return notes[::-1]

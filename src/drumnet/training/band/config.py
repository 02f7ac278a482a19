"""How much an excerpt may vary from what is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RenderConfig:
    """Args:
    length_s: of an excerpt.
    lead_s: what sounds before it and rings on into it.
    level_db, tuning_semitones: standard deviations, a drum in an excerpt.
    other_kit: share of drums that come from another kit.
    layered: share of drums to which one of another kit is added.
    rattled: share of kicks and toms with a click, or with wires that buzz.
    treated: share of drums with an equaliser, and maybe a reverb, of their own.
    dropped: chance that a drum is not played.
    random_strokes: share of excerpts whose strokes are anywhere.
    recorded: share that goes through a room and a desk.
    drifting: share whose tempo swings ...
    drift: ... by at most so much to either side.
    doubled: share of guitars that are played twice.
    bent: share of parts of strings and voices some of whose notes are bent to their pitch.
    """

    length_s: float = 8.0
    lead_s: float = 1.5
    level_db: float = 5.0
    tuning_semitones: float = 2.0
    other_kit: float = 0.3
    layered: float = 0.08
    rattled: float = 0.5
    treated: float = 0.35
    dropped: float = 0.14
    random_strokes: float = 0.08
    recorded: float = 1.0
    drifting: float = 0.25
    drift: float = 0.06
    doubled: float = 0.3
    bent: float = 0.3

"""Beats as they travel <-> the core's grid, and what happens to sections and
edits when the grid changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from drumnet.beats.confidence import Confidence
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.studio.schemas.song import MAX_TICKS, Beats, Change, Edits, Lock, LockedHit, Section

HitKind = TypeVar("HitKind", Change, LockedHit)

TRACKED, BY_HAND = "tracked", "by hand"


def beats_of(grid: BeatGrid, origin: str, sure: Confidence | None = None) -> Beats:
    """The grid as it travels.

    Args:
        sure: of beats that were heard.
    """
    doubt: Literal["beat", "bar"] | None = None
    if sure is not None and sure.bars_word == "low":
        doubt = "beat" if sure.beats_word == "low" else "bar"
    return Beats(
        times_s=np.round(grid.beats_s, 6).tolist(),
        beat_in_bar=grid.beat_in_bar.tolist(),
        tempo_bpm=round(grid.tempo_bpm, 3),
        origin=origin,
        doubt=doubt,
    )


def grid_of(beats: Beats) -> BeatGrid:
    """The core's grid of it."""
    return BeatGrid(np.array(beats.times_s), np.array(beats.beat_in_bar))


@dataclass(frozen=True)
class Move:
    """From one grid to another.

    Args:
        by_s: so much later than before (where the beats were nudged, what lies
            on them goes with them).
    """

    old: BeatGrid
    new: BeatGrid
    by_s: float = 0.0

    def sections(self, sections: Sequence[Section]) -> list[Section]:
        """At the same places in time; what falls together becomes one."""
        placed: dict[int, Section] = {}
        for section in sections:
            beat = round(self._tick(section.start_beat * TICKS_PER_BEAT) / TICKS_PER_BEAT)
            beat = min(max(beat, 0), self.new.num_beats - 1)
            placed[beat] = section.model_copy(update={"start_beat": beat})
        return [placed[beat] for beat in sorted(placed)]

    def edits(self, edits: Edits) -> Edits:
        """At the same places in time; what falls out of the song is lost."""
        changes = (self._hit(change) for change in edits.changes)
        locks = (self._lock(lock) for lock in edits.locks)
        return Edits(
            locks=[lock for lock in locks if lock is not None],
            changes=[change for change in changes if change is not None],
        )

    def _tick(self, tick: float) -> float:
        seconds = float(self.old.ticks_to_seconds(tick)) + self.by_s
        return float(self.new.seconds_to_ticks(seconds))

    def _hit(self, hit: HitKind) -> HitKind | None:
        place = self._tick(hit.tick + hit.shift_ticks)
        # The tick that the hit belongs to, as far from it as before if that can be.
        tick = round(self._tick(hit.tick))
        if not 0 <= tick < min(self.new.num_ticks, MAX_TICKS):
            return None
        shift = round(min(max(place - tick, -1.0), 1.0), 6)
        return hit.model_copy(update={"tick": tick, "shift_ticks": shift})

    def _lock(self, lock: Lock) -> Lock | None:
        start = max(round(self._tick(lock.start_tick)), 0)
        end = min(round(self._tick(lock.end_tick)), self.new.num_ticks, MAX_TICKS)
        if end <= start:
            return None
        hits = [moved for moved in map(self._hit, lock.hits) if moved is not None]
        return lock.model_copy(update={"start_tick": start, "end_tick": end, "hits": hits})

"""What happens to a project beyond its row in the library: files, jobs, beats."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import numpy as np

from drumnet.beats import by_hand
from drumnet.grid import BeatGrid
from drumnet.studio.errors import ConflictError, DamagedError, StudioError, UnknownError
from drumnet.studio.events import Hub
from drumnet.studio.hear.analysis import Analysis
from drumnet.studio.hear.listening import Listener
from drumnet.studio.schemas.project import Event, EventKind, Project, Status, StemChange
from drumnet.studio.schemas.song import (
    FASTEST_BPM,
    MAX_BEATS,
    SLOWEST_BPM,
    BeatEdit,
    NudgeBeats,
    SetBeats,
    SetMeter,
    SetTempo,
    ShiftBeats,
    SimpleBeatEdit,
    TapTempo,
)
from drumnet.studio.store.disk import Disk
from drumnet.studio.store.grids import BY_HAND, Move, beats_of, grid_of
from drumnet.studio.store.projects import ProjectStore
from drumnet.studio.store.stems import StemStore

INTERRUPTED = "listening was interrupted when the studio was stopped: start it again"


class Songs:
    """Projects as a whole."""

    def __init__(
        self,
        disk: Disk,
        hub: Hub,
        projects: ProjectStore,
        stems: StemStore,
        listener: Listener,
        analysis: Analysis,
    ) -> None:
        self._disk, self._hub, self._analysis = disk, hub, analysis
        self._projects, self._stems, self._listener = projects, stems, listener
        self._ladders: dict[str, _Ladder] = {}

    def mend(self) -> None:
        """Put right what a kill has left: jobs that were running, files of nothing."""
        for project_id in self._projects.interrupted():
            with suppress(DamagedError):
                self._projects.set_status(project_id, Status.FAILED, INTERRUPTED)
        self._disk.sweep(*self._projects.stored_ids())

    def delete(self, project_id: str) -> None:
        """The project and its files."""
        self._projects.delete(project_id)
        self._listener.forget(project_id)
        self._ladders.pop(project_id, None)
        self._disk.remove_project(project_id)

    def change_stem(self, project_id: str, stem_id: str, change: StemChange) -> Project:
        """Another role or name: what was heard stays, it only counts differently."""
        stem = self._stems.get(project_id, stem_id)
        return self._stems.change(stem, change.role, change.name)

    def delete_stem(self, project_id: str, stem_id: str) -> Project:
        """The stem and its files; the others are listened to anew."""
        stem = self._stems.get(project_id, stem_id)
        project = self._stems.delete(stem)
        self._disk.remove_stem(stem)
        if project.status is Status.EMPTY:
            self._listener.forget(project_id)
        else:
            self._listener.start(project_id)
        return project

    def edit_beats(self, project_id: str, revision: int, edit: BeatEdit) -> Project:
        """Beats by hand.

        Raises:
            ConflictError: it is not ready, or was changed meanwhile.
            BeatError: too few beats for what is asked.
        """
        project = self._projects.get(project_id)
        if project.beats is None or project.duration_s is None:
            raise ConflictError("this song has no beats yet: wait until it was listened to")
        old = grid_of(project.beats)
        tracked = self._projects.tracked_beats(project_id)
        if isinstance(edit, SimpleBeatEdit):
            if edit.action == "reset":
                beats = tracked or project.beats
                move = Move(old, grid_of(beats))
                return self._projects.set_beats(project_id, revision, beats, move)
            new = self._other_time(project_id, old, edit.action, project.duration_s)
        else:
            onsets = None
            if isinstance(edit, TapTempo):
                onsets = self._analysis.onsets(self._stems.all(project_id))
            mended = _mended(old, edit, project.duration_s, onsets)
            new = mended.covering(project.duration_s)
            if isinstance(edit, ShiftBeats) and edit.beats % 1:
                old = mended  # what lies on the beats goes with them
        if not (SLOWEST_BPM <= new.tempo_bpm <= FASTEST_BPM) or new.num_beats > MAX_BEATS:
            raise StudioError(
                f"that gives a tempo of {new.tempo_bpm:.0f} bpm: "
                f"{SLOWEST_BPM} to {FASTEST_BPM} can be played"
            )
        by_s = edit.seconds if isinstance(edit, NudgeBeats) else 0.0
        beats = beats_of(new, BY_HAND)
        if tracked is not None and _are_same(new, grid_of(tracked)):
            beats = tracked
        return self._projects.set_beats(project_id, revision, beats, Move(old, new, by_s))

    def _other_time(
        self, project_id: str, grid: BeatGrid, action: Literal["half", "double"], duration_s: float
    ) -> BeatGrid:
        """Half or double time; the other one's inverse, as long as nothing else is changed."""
        ladder = self._ladders.get(project_id)
        if ladder is None or not _are_same(ladder.grids[ladder.at], grid):
            ladder = self._ladders[project_id] = _Ladder({0: grid})
        ladder.at += 1 if action == "double" else -1
        if ladder.at not in ladder.grids:
            other = grid.double_time() if action == "double" else grid.half_time()
            ladder.grids[ladder.at] = grid_of(beats_of(other.covering(duration_s), BY_HAND))
        return ladder.grids[ladder.at]

    def events(self, project_id: str) -> AsyncIterator[bytes]:
        """The events of a project, as text; first of all its revision.

        Raises:
            UnknownError: there is no such project.
        """
        self._projects.get(project_id)

        def first() -> Event:
            try:
                revision = self._projects.get(project_id).revision
            except UnknownError:  # removed just now
                return Event(kind=EventKind.DELETED, revision=0)
            return Event(kind=EventKind.CHANGED, revision=revision)

        return self._hub.stream(project_id, first)


@dataclass
class _Ladder:
    """The grids that half and double time went through, by the power of two; where a grid has a
    pickup, it does not itself say which of twice as many bars belong together."""

    grids: dict[int, BeatGrid]
    at: int = 0


def _are_same(one: BeatGrid, other: BeatGrid) -> bool:
    return np.array_equal(one.beats_s, other.beats_s) and np.array_equal(
        one.beat_in_bar, other.beat_in_bar
    )


def _mended(
    grid: BeatGrid, edit: BeatEdit, duration_s: float, onsets: by_hand.Heard | None
) -> BeatGrid:
    """By all edits but half and double time, and back.

    Args:
        onsets: what taps are put on.
    """
    match edit:
        case ShiftBeats():
            whole, rest = int(edit.beats), edit.beats % 1
            moved = by_hand.shifted(grid, whole)
            return by_hand.shifted_by_half(moved, 1 if edit.beats > 0 else -1) if rest else moved
        case NudgeBeats():
            return by_hand.nudged(grid, edit.seconds, duration_s)
        case SetMeter():
            return by_hand.with_metre(grid, edit.beats_per_bar)
        case SetTempo():
            first_s = edit.first_downbeat_s
            if first_s is None:
                heard = grid.is_downbeat & (grid.beats_s >= 0)
                first_s = float(grid.beats_s[heard][0]) if heard.any() else 0.0
            return BeatGrid.constant(
                edit.bpm,
                duration_s,
                beats_per_bar=_metre(grid),
                first_downbeat_s=first_s,
            )
        case TapTempo():
            return by_hand.tapped(edit.times_s, duration_s, _metre(grid), onsets)
        case SetBeats():
            return BeatGrid(np.array(edit.times_s), np.array(edit.beat_in_bar))
        case SimpleBeatEdit():
            raise AssertionError(f"'{edit.action}' needs more than the grid")


def _metre(grid: BeatGrid) -> int:
    """Beats in most of the bars."""
    lengths = grid.bar_length[grid.is_downbeat]
    values: list[int] = (lengths if len(lengths) else grid.bar_length).tolist()
    return max(set(values), key=values.count)

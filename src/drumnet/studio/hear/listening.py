"""The job that listens to a project, and the listened songs in memory.

Off the event loop, one at a time.  A job starts when no more stems come; when
the stems change meanwhile it ends at the next block of sound, and another one
starts.  What was heard of a stem stays on disk, so that nothing is heard twice:
not after a change, and not after a restart.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np

from drumnet.beats.tracker import NetworkTracker
from drumnet.drummer import Drummer
from drumnet.errors import DrumnetError
from drumnet.hearing.conditioning import conditioning_of_curves
from drumnet.playing.listening import Listening
from drumnet.rendering.mixdown import measure_mix
from drumnet.song.roles import Role
from drumnet.song.song import Song, counted, seconds_of_sound
from drumnet.studio.errors import ConflictError, DamagedError, LibraryError, UnknownError
from drumnet.studio.events import Hub
from drumnet.studio.hear.analysis import READS, Analysis
from drumnet.studio.memory import Tidier
from drumnet.studio.schemas.project import Event, EventKind, Project, Status
from drumnet.studio.schemas.song import Beats, Style
from drumnet.studio.store.grids import TRACKED, beats_of, grid_of
from drumnet.studio.store.kit_samples import Kits
from drumnet.studio.store.projects import ProjectStore
from drumnet.studio.store.rows import StemRow
from drumnet.studio.store.stems import StemStore
from drumnet.style.code import StyleCode

_MOST_KEPT = 16
#: How often finding the beats, and measuring the levels, read the sound.
_BEAT_READS, _LEVEL_READS = 1, 1
#: Progress is told when it has grown by so much.
_LEAST_PROGRESS = 0.01
#: Where another program holds the library, a job is tried again after this.
_LIBRARY_BUSY_S = 5.0

_log = logging.getLogger(__name__)


#: The stems of a song: id, role, and whether it is not heard.
_MadeOf = tuple[tuple[str, Role, bool], ...]


class _StoppedError(Exception):
    """The stems have changed: what is heard now is of no use."""


@dataclass(frozen=True, eq=False)
class _Kept:
    """A song in memory, and what it was made of."""

    stems: _MadeOf
    beats: Beats
    listening: Listening


class _Progress:
    """Tells the tabs how far a job is, and ends it when it is stopped."""

    def __init__(self, hub: Hub, project: Project, stop: threading.Event, total_s: float) -> None:
        self._hub, self._project, self._stop = hub, project, stop
        self._total_s = max(total_s, 1e-3)
        self._done_s = self._told = 0.0
        self.stage = "listening"

    def __call__(self, seconds: float) -> None:
        if self._stop.is_set():
            raise _StoppedError
        self._done_s += seconds
        fraction = min(self._done_s / self._total_s, 1.0)
        if fraction - self._told >= _LEAST_PROGRESS:
            self._told = fraction
            event = Event(
                kind=EventKind.PROGRESS,
                revision=self._project.revision,
                fraction=round(fraction, 3),
                stage=self.stage,
            )
            self._hub.publish(self._project.id, event)


#: Of a project and what was heard of it, the style that it begins with, if it has none yet.
FirstTake = Callable[[Project, Listening], Style | None]


class Listener:
    """Listens to projects; to be made where the event loop runs."""

    def __init__(
        self,
        drummer: Drummer,
        kits: Kits,
        projects: ProjectStore,
        stems: StemStore,
        analysis: Analysis,
        hub: Hub,
        tidier: Tidier,
        settle_s: float,
        first_take: FirstTake,
    ) -> None:
        self._drummer, self._kits, self._first_take = drummer, kits, first_take
        self._projects, self._stems, self._analysis = projects, stems, analysis
        self._hub, self._tidier, self._settle_s = hub, tidier, settle_s
        self._loop = asyncio.get_running_loop()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="listening")
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._stops: dict[str, threading.Event] = {}
        self._held: dict[str, int] = {}
        self._postponed: dict[str, threading.Event] = {}
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def close(self) -> None:
        """Stop all jobs; what was heard stays."""
        with self._lock:
            for stop in self._stops.values():
                stop.set()
        self._worker.shutdown(wait=True, cancel_futures=True)

    @contextmanager
    def held(self, project_id: str) -> Iterator[None]:
        """Listening does not start before the block has ended: stems are coming."""
        with self._lock:
            self._held[project_id] = self._held.get(project_id, 0) + 1
        try:
            yield
        finally:
            with self._lock:
                self._held[project_id] -= 1
                stop = None
                if not self._held[project_id]:
                    del self._held[project_id]
                    stop = self._postponed.pop(project_id, None)
            if stop is not None:
                self._loop.call_soon_threadsafe(self._settle, project_id, stop)

    def start(self, project_id: str) -> None:
        """Listen to a project whose stems have changed, when no more of them come."""
        with self._lock:
            self._stop(project_id)
            stop = self._stops[project_id] = threading.Event()
        self._loop.call_soon_threadsafe(self._settle, project_id, stop)

    def restart(self, project_id: str) -> Project:
        """Listen again.

        Raises:
            ConflictError: there is nothing to listen to.
        """
        if not self._stems.all(project_id):
            raise ConflictError("this song has no stems yet: add some to listen to")
        project = self._projects.set_status(project_id, Status.LISTENING)
        self.start(project_id)
        return project

    def forget(self, project_id: str) -> None:
        """The project is gone, or empty: stop its job."""
        with self._lock:
            self._stop(project_id)
            self._kept.pop(project_id, None)

    def listening(self, project: Project) -> Listening:
        """The song of a ready project, from memory or from what is on disk.

        Raises:
            ConflictError: it is not ready.
        """
        if project.status is not Status.READY or project.beats is None:
            raise ConflictError("this song was not listened to yet: wait until it is ready")
        made_of = tuple((stem.id, stem.role, stem.replaced) for stem in project.stems)
        kept = self._recall(project, made_of)
        if kept is not None:
            return kept
        with self._building:
            kept = self._recall(project, made_of)
            return kept or self._build(project, made_of, project.beats)

    def song(self, project: Project) -> Song:
        """The stems of a project, as the files that they are in."""
        return self._analysis.song(self._stems.all(project.id))

    def _recall(self, project: Project, made_of: _MadeOf) -> Listening | None:
        with self._lock:
            kept = self._kept.get(project.id)
            if kept is None or kept.stems != made_of or kept.beats != project.beats:
                return None
            self._kept.move_to_end(project.id)
            return kept.listening

    def _build(self, project: Project, made_of: _MadeOf, beats: Beats) -> Listening:
        stems = self._stems.all(project.id)
        song = self._analysis.song(stems)
        listening = self._listened(song, stems, beats)
        with self._lock:
            self._kept[project.id] = _Kept(made_of, beats, listening)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return listening

    def _listened(self, song: Song, stems: Sequence[StemRow], beats: Beats) -> Listening:
        grid = grid_of(beats)
        heard = (stem for stem in stems if not stem.is_unheard)
        curves = ((stem.role, self._analysis.curve(stem)) for stem in heard)
        return self._drummer.listen_to(conditioning_of_curves(curves, grid), grid, song.duration_s)

    def _stop(self, project_id: str) -> None:
        stop = self._stops.pop(project_id, None)
        if stop is not None:
            stop.set()

    def _settle(self, project_id: str, stop: threading.Event, more_s: float = 0.0) -> None:
        self._loop.call_later(self._settle_s + more_s, self._submit, project_id, stop)

    def _submit(self, project_id: str, stop: threading.Event) -> None:
        if stop.is_set():
            return
        with self._lock:
            if project_id in self._held:
                self._postponed[project_id] = stop
                return
        job = self._worker.submit(self._run, project_id, stop)
        job.add_done_callback(partial(self._ended, project_id))

    def _run(self, project_id: str, stop: threading.Event) -> None:
        try:
            self._hear(project_id, stop)
        except (_StoppedError, UnknownError):
            return  # other stems, or the project is gone
        except LibraryError:  # what was heard is on disk
            self._loop.call_soon_threadsafe(self._settle, project_id, stop, _LIBRARY_BUSY_S)
        except DrumnetError as fault:
            if not stop.is_set():
                self._fail(project_id, self._named(project_id, str(fault)))
        finally:
            self._tidier.busy()

    def _ended(self, project_id: str, job: Future[None]) -> None:
        """A bug of ours must not leave a project "listening" for ever."""
        fault = None if job.cancelled() else job.exception()
        if fault is None:
            return
        _log.error("listening to project %s failed", project_id, exc_info=fault)
        self._fail(
            project_id,
            "listening failed for a fault of the studio's own: the terminal that it runs in "
            "says more",
        )

    def _fail(self, project_id: str, error: str) -> None:
        try:
            project = self._projects.set_status(project_id, Status.FAILED, error)
        except (UnknownError, DamagedError):
            return
        event = Event(kind=EventKind.FAILED, revision=project.revision, error=error)
        self._hub.publish(project_id, event)

    def _named(self, project_id: str, message: str) -> str:
        """A message that calls files what the user calls them."""
        for stem in self._stems.all(project_id):
            message = message.replace(str(self._analysis.file(stem)), stem.name)
        return message

    def _hear(self, project_id: str, stop: threading.Event) -> None:
        project, stems = self._projects.get(project_id), self._stems.all(project_id)
        song = self._analysis.song(stems)
        unheard = [stem for stem in stems if not self._analysis.is_heard(stem)]
        total_s = (_BEAT_READS + _LEVEL_READS) * seconds_of_sound(song)
        total_s += READS * sum(stem.duration_s for stem in unheard)
        progress = _Progress(self._hub, project, stop, total_s)
        for stem in unheard:
            progress.stage = f"listening to {stem.name}"
            self._analysis.hear(stem, progress)
        stems = self._analysis.told_apart(stems)
        song = self._analysis.song(stems)
        progress.stage = "finding the beats"
        watched = counted(song, progress)
        tracked = NetworkTracker().hear(watched)
        progress.stage = "measuring the levels"
        beats = beats_of(tracked.grid, TRACKED, tracked.confidence)
        listening = self._listened(song, stems, beats)
        chosen = self._first_take(project, listening)
        code = np.array((chosen or project.style).code, dtype=np.float32)
        style = StyleCode(code, self._drummer.checkpoint.name)
        track = self._drummer.play(listening, style)
        levels = measure_mix(watched, track, self._kits.kit(), song.duration_s)
        progress(0.0)
        heard = self._projects.set_heard(
            project_id, stems, beats, song.duration_s, levels.drums_gain, chosen
        )
        with self._lock:
            if self._stops.get(project_id) is stop:
                del self._stops[project_id]
        if heard is not None:
            self._hub.publish(project_id, Event(kind=EventKind.READY, revision=heard.revision))

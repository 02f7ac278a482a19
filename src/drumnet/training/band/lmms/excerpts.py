"""Excerpts of projects: the drums, what is struck in them, and the band beside them.

In: projects, and a folder to work in.  Out: in the folder `stems/PROJECT/` (the sound of each
drum, and of the band), `songs/PROJECT.npz` (what is made of it), and `songs/PROJECT.tsv` (what
became of each track); what is there already is kept.  A track that may be drums, but is not
named, or does not sound when its notes say, is left out of both drums and band.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, read_arrays, write_arrays
from drumnet.errors import DataError
from drumnet.files import atomic_path
from drumnet.hits import MAX_VELOCITY, ORDINARY_VELOCITY
from drumnet.training.band.lmms.drums import key_of_track, may_be_drums
from drumnet.training.band.lmms.project import Project, ProjectTrack, find_projects, read_project
from drumnet.training.band.lmms.rendering import RATE_HZ, Timing, Wave, rendered, timing_of

STEMS_FOLDER, SONGS_FOLDER = "stems", "songs"
#: What becomes of a track.
DRUMS, BAND, UNNAMED, UNTIMED = "drums", "band", "unnamed", "untimed"
TABLE_HEAD = ("fate", "key", "strokes", "late_ms", "spread_ms", "echoes", "track", "sample")
#: Strokes of one key that are nearer are one: layers of one drum.
_ONE_STROKE_S = 0.03
#: A stroke's level is that of its loudest so many seconds, of as many times it.
_LEVEL_S, _LEVEL_REACH = 0.05, 4
#: Excerpts that are shorter are left out.
_SHORTEST_S = 4.0

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class LmmsExcerpt:
    """Sound is (num_samples,) float32, mono at 44.1 kHz.

    Args:
        project: its name.
        drums: all drums that are named.
        others: everything else.
        strokes: (num_strokes, 3) seconds, General MIDI key, velocity; in order of time.
        levels: (num_strokes,) RMS of the loudest 50 ms of each stroke in `drums`.
    """

    project: str
    drums: Wave
    others: Wave
    strokes: NDArray[np.float64]
    levels: NDArray[np.float64]

    @property
    def duration_s(self) -> float:
        return len(self.drums) / RATE_HZ

    def part(self, start_s: float, stop_s: float) -> LmmsExcerpt:
        """What sounds from one second to another."""
        first, last = round(start_s * RATE_HZ), round(stop_s * RATE_HZ)
        inside = (self.strokes[:, 0] >= start_s) & (self.strokes[:, 0] < stop_s)
        strokes = self.strokes[inside] - np.array([start_s, 0.0, 0.0])
        return LmmsExcerpt(
            self.project,
            self.drums[first:last],
            self.others[first:last],
            strokes,
            self.levels[inside],
        )


@dataclass(frozen=True)
class Fate:
    """What becomes of a track, and why; a `key` of 0 is none."""

    track: ProjectTrack
    fate: str
    key: int
    timing: Timing

    def cells(self) -> tuple[str, ...]:
        """As `TABLE_HEAD` has them."""
        timing = self.timing
        numbers = (1000 * timing.lateness_s, 1000 * timing.spread_s, timing.echoes)
        said = tuple(f"{number:.2f}" for number in numbers) if self.key else ("", "", "")
        names = (self.track.name, self.track.sample)
        return (self.fate, str(self.key), str(len(self.track.notes)), *said, *map(_in_cell, names))


def make_excerpts(root: Path, work: Path, progress: Progress) -> None:
    """Render the projects in a folder, and what can be used of them.

    Args:
        root: where LMMS has its projects: `/usr/share/lmms/projects`.
        work: the folder that `lmms_excerpts` reads.

    Raises:
        DataError: there is no project, or LMMS is missing or fails.
    """
    paths = find_projects(root)
    if not paths:
        raise DataError(f"'{root}' holds no project of LMMS: apt-get install lmms-common")
    for done, path in enumerate(paths, 1):
        song = work / SONGS_FOLDER / f"{path.stem}.npz"
        if not song.is_file():
            project = read_project(path)
            keys = {track.number: _key_that_sounds(track) for track in project.tracks}
            struck = [number for number, key in keys.items() if key is not None]
            band = [track.number for track in project.tracks if _is_band(track)]
            waves, together = rendered(project, struck, band, work / STEMS_FOLDER / project.name)
            fates = [
                fate_of(track, keys[track.number], waves.get(track.number))
                for track in project.tracks
                if not track.is_muted
            ]
            song.parent.mkdir(parents=True, exist_ok=True)
            _write_table(song.with_suffix(".tsv"), project, fates)
            _save(song, assembled(project.name, fates, waves, together))
        progress("projects", done, len(paths))


def _key_that_sounds(track: ProjectTrack) -> int | None:
    return key_of_track(track) if len(track.notes) and not track.is_muted else None


def _is_band(track: ProjectTrack) -> bool:
    is_struck = _key_that_sounds(track) is not None or may_be_drums(track)
    return not (is_struck or track.is_muted)


def fate_of(track: ProjectTrack, key: int | None, wave: Wave | None) -> Fate:
    """What becomes of a track that strikes this key, if any, and so sounds."""
    if key is None or wave is None:
        return Fate(track, BAND if _is_band(track) else UNNAMED, 0, Timing(0, 0.0, 0.0, 0.0))
    timing = timing_of(wave, track.notes[:, 0])
    return Fate(track, DRUMS if timing.holds() else UNTIMED, key, timing)


def assembled(
    name: str, fates: Sequence[Fate], waves: Mapping[int, Wave], band: Wave
) -> LmmsExcerpt:
    """A whole project as one excerpt.

    Args:
        waves: of the tracks that are struck, by their numbers, as long as the band.
    """
    used = [(fate, waves[fate.track.number]) for fate in fates if fate.fate == DRUMS]
    drums = np.zeros_like(band)
    for _, wave in used:
        drums += wave
    found = [_strokes(fate, wave) for fate, wave in used]
    table = np.concatenate(found) if found else np.zeros((0, 4))
    table = one_a_stroke(table[np.lexsort((table[:, 1], table[:, 0]))])
    return LmmsExcerpt(name, drums, band, table[:, :3], table[:, 3])


def _strokes(fate: Fate, wave: Wave) -> NDArray[np.float64]:
    """(num_strokes, 4) seconds, key, velocity, level, of a track of drums."""
    times = np.maximum(fate.track.notes[:, 0] + fate.timing.lateness_s, 0.0)
    velocity = np.clip(ORDINARY_VELOCITY * np.sqrt(fate.track.notes[:, 2]), 1.0, MAX_VELOCITY)
    keys = np.full(len(times), float(fate.key))
    table = np.stack([times, keys, np.round(velocity), _levels(wave, times)], axis=1)
    return table[(table[:, 3] > 0.0) & (fate.track.notes[:, 2] > 0.0)]


def _levels(wave: Wave, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """RMS of the loudest 50 ms from each time on, before the next."""
    width = round(_LEVEL_S * RATE_HZ)
    energy = np.concatenate([[0.0], np.cumsum(wave.astype(np.float64) ** 2)])
    starts = np.minimum(np.round(times * RATE_HZ).astype(np.int64), len(wave))
    stops = np.minimum(np.append(starts[1:], len(wave)), starts + _LEVEL_REACH * width)
    levels = np.zeros(len(times))
    for index, (start, stop) in enumerate(zip(starts.tolist(), stops.tolist(), strict=True)):
        last = max(start, stop - width)
        first = np.arange(start, last + 1, width // 8)
        sums = energy[np.minimum(first + width, len(wave))] - energy[first]
        levels[index] = np.sqrt(max(float(sums.max()), 0.0) / width)
    return levels


def one_a_stroke(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Strokes (seconds, key, velocity, level) in order of time, the layers of a drum as one:
    when the first begins, as loud as all."""
    kept: list[NDArray[np.float64]] = []
    last: dict[float, NDArray[np.float64]] = {}
    for row in table.copy():
        before = last.get(float(row[1]))
        if before is not None and row[0] - before[0] < _ONE_STROKE_S:
            before[2] = max(before[2], row[2])
            before[3] = np.hypot(before[3], row[3])
        else:
            kept.append(row)
            last[float(row[1])] = row
    return np.array(kept).reshape(-1, 4)


def _write_table(path: Path, project: Project, fates: Sequence[Fate]) -> None:
    rows = [TABLE_HEAD, *(fate.cells() for fate in fates)]
    with atomic_path(path) as part:
        lines = (f"# {_in_cell(project.name)} {project.bpm:g} bpm", *map("\t".join, rows))
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _in_cell(text: str) -> str:
    return " ".join(text.split())


def _save(path: Path, song: LmmsExcerpt) -> None:
    arrays: dict[str, NDArray[Any]] = {"strokes": song.strokes, "levels": song.levels}
    arrays |= {"drums": song.drums.astype(np.float16), "others": song.others.astype(np.float16)}
    write_arrays(path, arrays)


def lmms_excerpts(work: Path, length_s: float = 30.0) -> list[LmmsExcerpt]:
    """All excerpts of that length in which drums are struck; the last of a project is shorter.

    Args:
        work: the folder that `make_excerpts` filled.

    Raises:
        DataError: nothing is there, or it is damaged.
    """
    files = sorted((work / SONGS_FOLDER).glob("*.npz"))
    if not files:
        raise DataError(f"'{work}' holds no rendered projects: make them with make_excerpts")
    found: list[LmmsExcerpt] = []
    for file in files:
        remedy = "remove it, and it is made again"
        song = read_arrays(file, "song of LMMS", _song_in, remedy)
        song = LmmsExcerpt(file.stem, song.drums, song.others, song.strokes, song.levels)
        found += [part for part in _parts(song, length_s) if len(part.strokes)]
    return found


def _song_in(arrays: Mapping[str, NDArray[Any]]) -> LmmsExcerpt:
    drums = fitting(arrays["drums"], None).astype(np.float32)
    others = fitting(arrays["others"], len(drums)).astype(np.float32)
    strokes = fitting(arrays["strokes"], None, 3).astype(np.float64)
    return LmmsExcerpt("", drums, others, strokes, fitting(arrays["levels"], len(strokes)))


def _parts(song: LmmsExcerpt, length_s: float) -> Iterator[LmmsExcerpt]:
    for start_s in np.arange(0.0, song.duration_s, length_s).tolist():
        stop_s = min(start_s + length_s, song.duration_s)
        if stop_s - start_s >= min(_SHORTEST_S, length_s):
            yield song.part(start_s, stop_s)

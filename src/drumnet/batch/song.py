"""One song, in the process that does it: a request in, its results at their place, and its line
of the summary out.

The way is that of the commands: `BeatChoice` finds the beats, `generate` plays and writes,
`extract_style` and `drum_track` hear drums.  Whatever goes wrong with a song is said in its line.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from drumnet.batch.places import BEGUN, RECORD_FILE, place_of, record_text
from drumnet.batch.request import Job, SongRequest, drummer_of, kit_of
from drumnet.beats.files import write_beats
from drumnet.beats.tracker import Tracked
from drumnet.errors import NO_MEMORY, DrumnetError, OutputError, SongError
from drumnet.extraction import extract_style
from drumnet.generation import generate
from drumnet.grid import BeatGrid
from drumnet.hits_csv import write_hits
from drumnet.midi.write import write_midi
from drumnet.song.casting import cast
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem, load_song, song_of_rhythm
from drumnet.transcribe import drum_track
from drumnet.words import in_words

#: Beside what `generate` writes: what is heard of the song's own drums.
BEATS_FILE, OWN_STYLE_FILE = "beats.tsv", "own-style.json"
OWN_HITS_FILE, OWN_MIDI_FILE = "own-hits.csv", "own-drums.mid"
DONE, KEPT, FAULT = "done", "kept", "fault"


@dataclass(frozen=True)
class Line:
    """A song's line of the summary; what is not known of it is None.

    Args:
        name: of the folder of its results.
        status: `done` in this run, `kept` from an earlier one, or `fault`.
        fault: what went wrong, in a line.
        check: what to check by ear, and why.
        metre: as 4/4; of most bars.
        beats_sure, bars_sure: `high`, `fair` or `low`, of beats that were tracked.
        style: where it comes from, in words; plays: what it plays.
        own_plays: what the song's own drums play.
        hits_per_bar: how dense the drums are.
    """

    name: str
    status: str
    fault: str | None = None
    check: str | None = None
    duration_s: float | None = None
    tempo_bpm: float | None = None
    metre: str | None = None
    num_bars: int | None = None
    beats_sure: str | None = None
    bars_sure: str | None = None
    style: str | None = None
    plays: str | None = None
    own_plays: str | None = None
    pieces: str | None = None
    num_hits: int | None = None
    hits_per_bar: float | None = None
    seed: int | None = None
    weights: str | None = None

    @staticmethod
    def read(name: str, row: Mapping[str, Any]) -> Line | None:
        """The line of an earlier run; None where the row holds something else."""
        known = {key: row.get(key) for key in KINDS if key not in ("name", "status")}
        if not all(one is None or isinstance(one, KINDS[key]) for key, one in known.items()):
            return None
        return Line(name, KEPT, **known)


#: The columns of the summary, and what stands in them where anything is known.
KINDS: Mapping[str, Any] = {
    name: (int, float) if "float" in hint else int if "int" in hint else str
    for name, hint in ((one.name, str(one.type)) for one in fields(Line))
}
COLUMNS = tuple(KINDS)
#: Of the processor, by stage.
Seconds = defaultdict[str, float]


@dataclass(frozen=True)
class Reported:
    """What a process says of a song: its line, and the processor's seconds by stage."""

    line: Line
    seconds: dict[str, float] = field(default_factory=dict)


def work_on(out: str, overwrite: bool, request: SongRequest) -> Reported:
    """Make what is asked for a song, unless it is there already."""
    seconds: Seconds = defaultdict(float)
    try:
        line = _made(out, overwrite, request, seconds)
    except DrumnetError as fault:
        line = Line(request.name, FAULT, str(fault))
    except MemoryError:
        line = Line(request.name, FAULT, NO_MEMORY)
    except Exception as fault:  # one song never stops the others
        at = traceback.extract_tb(fault.__traceback__)[-1]
        what = " ".join(f"{type(fault).__name__}: {fault}".split())
        where = f"{Path(at.filename).name}:{at.lineno}"
        line = Line(request.name, FAULT, f"a fault of drumnet's own ({what}, {where}): report it")
    return Reported(line, dict(seconds))


def _made(out: str, overwrite: bool, request: SongRequest, seconds: Seconds) -> Line:
    place = place_of(out)
    with _timed(seconds, "hash"):
        made_of = request.made_of()
    record = place.record(request.name)
    if record is not None and record["made_of"] == made_of:
        kept = Line.read(request.name, record["row"])
        if kept is not None:
            return kept
    overwrite = overwrite or (record is not None and record["made_of"] == BEGUN)
    if not overwrite and (record is not None or place.has(request.name)):
        raise OutputError(
            "its folder is there, made of another song, settings, weights or version: say "
            "--overwrite to make it again"
            if record is not None
            else "a folder or file of its name is there: choose another place with -o, or another "
            "name"
        )
    with place.writing(request.name, overwrite) as folder:
        line = _Making(request, folder, seconds).line()
        names = sorted(
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        )
        row = {name: getattr(line, name) for name in COLUMNS if name not in ("name", "status")}
        text = record_text(made_of, names, row)
        (folder / RECORD_FILE).write_text(text, encoding="utf-8", newline="\n")
    return line


@contextmanager
def _timed(seconds: Seconds, stage: str) -> Iterator[None]:
    begun = time.thread_time()
    try:
        yield
    finally:
        seconds[stage] += time.thread_time() - begun


@dataclass
class _Making:
    """A song while its jobs are done; what they find is gathered in a line."""

    request: SongRequest
    folder: Path
    seconds: Seconds

    def line(self) -> Line:
        """Do all jobs."""
        request = self.request
        with _timed(self.seconds, "beats"):
            song = self._song()
            grid, heard = request.beats.listen(song)
        line = replace(_of_beats(request.name, grid, heard), duration_s=round(song.duration_s, 3))
        checks = _to_check(song, heard)
        how_to: dict[Job, Callable[[Song, BeatGrid, Line], Line]] = {
            Job.BEATS: self._beats,
            Job.STYLE: self._style,
            Job.TRANSCRIBE: self._transcribe,
            Job.GENERATE: self._generate,
        }
        for job in request.jobs:
            with _timed(self.seconds, job.value):
                line = how_to[job](song, grid, line)
        if line.num_hits == 0:
            checks.append("no drums are played: try another style, or a higher density")
        return replace(line, check="; ".join(checks) or None)

    def _song(self) -> Song:
        request, rhythm = self.request, self.request.how["rhythm"]
        if rhythm is not None and not (request.paths or request.stems):
            return song_of_rhythm(rhythm)
        return load_song(request.paths, request.stems, request.skip_bad)

    def _beats(self, _song: Song, grid: BeatGrid, line: Line) -> Line:
        if Job.GENERATE not in self.request.jobs:  # which writes them itself
            write_beats(self.folder / BEATS_FILE, grid)
        return line

    def _style(self, song: Song, grid: BeatGrid, line: Line) -> Line:
        tracked = self.request.beats.of_song(song).is_tracked
        drummer = drummer_of(self.request.how["model"])
        found = extract_style(song, beats=grid, tracked=tracked, model=drummer)
        plays = in_words(found.drums, found.beats).text
        replace(found.style, plays=plays).save(self.folder / OWN_STYLE_FILE)
        return replace(line, own_plays=plays, weights=drummer.checkpoint.name)

    def _transcribe(self, song: Song, grid: BeatGrid, line: Line) -> Line:
        track = drum_track(_drum_stem(song), grid)
        write_hits(self.folder / OWN_HITS_FILE, track, grid)
        write_midi(self.folder / OWN_MIDI_FILE, track, grid)
        return replace(line, own_plays=line.own_plays or in_words(track, grid).text)

    def _generate(self, song: Song, grid: BeatGrid, line: Line) -> Line:
        how: dict[str, Any] = dict(self.request.how)
        drummer = drummer_of(how.pop("model"))
        kit = how.pop("kit")
        how["kit"] = None if kit is None else kit_of(kit)
        how["beats"] = grid
        made = generate(
            cast(song, how["pieces"], drummer.checkpoint.pieces).song,
            self.folder,
            model=drummer,
            overwrite=True,
            **how,
        )
        return replace(
            line,
            style=made.style_note,
            plays=made.style.plays or None,
            pieces=" ".join(piece.value for piece in made.track.pieces) or None,
            num_hits=len(made.track),
            hits_per_bar=round(len(made.track) / max(1, line.num_bars or 1), 2),
            seed=made.seed,
            weights=drummer.checkpoint.name,
        )


def _of_beats(name: str, grid: BeatGrid, heard: Tracked | None) -> Line:
    num_bars = int(grid.is_downbeat[:-1].sum())
    ((length, unit), _), *_ = Counter(
        zip(grid.bar_length.tolist(), grid.unit.tolist(), strict=True)
    ).most_common(1)
    sure = heard and heard.confidence
    return Line(
        name,
        DONE,
        tempo_bpm=round(grid.tempo_bpm, 2),
        metre=f"{length}/{unit}",
        num_bars=num_bars,
        beats_sure=sure.beats_word if sure else None,
        bars_sure=sure.bars_word if sure else None,
    )


def _to_check(song: Song, heard: Tracked | None) -> list[str]:
    """What people should hear for themselves."""
    said = []
    if heard is not None and heard.confidence.advice:
        said.append(heard.confidence.advice)
    if all(stem.is_quiet for stem in song.stems):
        said.append("the song is quiet, below -60 dB of full scale")
    said += [f"left out: {one.name} {one.why}" for one in song.left_out]
    return said


def _drum_stem(song: Song) -> Stem:
    """The whole drums, or the kick; a song of one stem is drums."""
    found = (*song.with_role(Role.DRUMS), *song.with_role(Role.KICK))
    if not found and len(song.stems) > 1:
        raise SongError("it has no stem of drums to transcribe: name it in the column 'drums'")
    return found[0] if found else song.stems[0]

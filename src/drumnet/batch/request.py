"""What is asked for one song, checked before any is heard, and the hash of all that goes into it.

In: files, and the arguments of `generate`.  Out: a `SongRequest`, which goes to other processes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

import drumnet
from drumnet.beats.choice import BeatChoice
from drumnet.beats.network import load_beat_network
from drumnet.drummer import Drummer
from drumnet.errors import DataError, DrumnetError
from drumnet.graph import MODEL_FILE
from drumnet.job import require_audio
from drumnet.kits.kit import Kit
from drumnet.kits.loading import load_kit
from drumnet.midi.keys import load_midi_map
from drumnet.playing.arranging import AUTO, AskedSections
from drumnet.playing.given import EarlierTake
from drumnet.projects.formats import ProjectFormat
from drumnet.song.files import files_of
from drumnet.song.roles import Role, parse_pieces
from drumnet.style.code import RANDOM
from drumnet.style.players import player_called
from drumnet.transcribe.network import load_drum_network

#: Arguments that are a name, or a file.
NAME_OR_FILE = ("style", "kit", "midi_map", "sections", "model")


class Job(Enum):
    """What is made of a song, in the order in which it is made."""

    BEATS = "beats"
    STYLE = "style"
    TRANSCRIBE = "transcribe"
    GENERATE = "generate"

    @staticmethod
    def parse(names: str) -> tuple[Job, ...]:
        """Jobs by name, with commas between.

        >>> Job.parse("generate,beats")
        (<Job.BEATS: 'beats'>, <Job.GENERATE: 'generate'>)

        Raises:
            DataError: no job of that name.
        """
        said = {name.strip().lower() for name in names.split(",") if name.strip()}
        known = [one.value for one in Job]
        for name in said:
            if name not in known:
                raise DataError(f"no job is called '{name}': choose from {', '.join(known)}")
        if not said:
            raise DataError(f"there is nothing to do: choose from {', '.join(known)}")
        return tuple(one for one in Job if one.value in said)


@dataclass(frozen=True, eq=False)
class SongRequest:
    """A song and what is asked for it.

    Args:
        name: of its folder in the results.
        where: it stands in the list, for people.
        paths, stems, skip_bad: as `load_song` takes them.
        how: arguments of `generate`, besides the song and the place; its settings have a seed.
    """

    name: str
    where: str
    paths: tuple[Path, ...]
    stems: tuple[tuple[str, Path], ...]
    skip_bad: bool
    jobs: tuple[Job, ...]
    how: Mapping[str, Any]

    @property
    def beats(self) -> BeatChoice:
        """What is said of them."""
        choice: BeatChoice = self.how["beats"]
        return choice

    def check(self) -> None:
        """All that can be known without hearing the song.

        Raises:
            DrumnetError: what is wrong, and where.
        """
        try:
            self._check()
        except DrumnetError as fault:
            raise DataError(f"{self.where}: {fault}") from fault
        except OSError as fault:
            raise DataError(f"{self.where}: '{fault.filename}' ({fault.strerror})") from fault

    def _check(self) -> None:
        how = self.how
        if not self.paths and not self.stems and how["rhythm"] is None:
            roles = ", ".join(role.value for role in Role)
            raise DataError(
                "it names no sound: give a folder or files in the column 'song', or stems in the "
                f"columns {roles}"
            )
        for role, _ in self.stems:
            if role not in {one.value for one in Role}:
                raise DataError(f"no role is called '{role}'")
        for path in self._sounds():
            if not path.is_file():
                raise DataError(f"there is no '{path}'")
        for file in (self.beats.beats_file, self.beats.taps_file, how["keep"], how["rhythm"]):
            if file is not None and not Path(file).is_file():
                raise DataError(f"there is no '{file}'")
        drummer = drummer_of(how["model"])
        drummer.require(parse_pieces(how["pieces"]) if how["pieces"] != "kit" else ())
        if how["player"] is not None:
            player_called(how["player"])
        if how["style"] not in (None, RANDOM):
            drummer.find_style(how["style"])
        if how["kit"] is not None:
            kit_of(how["kit"])
        load_midi_map(how["midi_map"])
        require_audio(ProjectFormat.parse(how["projects"]), how["audio"])
        if how["sections"] not in (None, AUTO):
            AskedSections.of(how["sections"])
        EarlierTake.of(how["keep"], how["keep_pieces"], how["keep_bars"])

    def _sounds(self) -> Iterator[Path]:
        """The files of the song, as far as they are known: those in a folder are there."""
        for path in self.paths:
            if path.is_dir():
                next(files_of(path))
            else:
                yield path
        yield from (path for _, path in self.stems)

    def made_of(self) -> str:
        """A hash of all that decides what is made: the bytes of every file, their names, which
        tell roles, the settings, the weights and this version.

        Raises:
            DrumnetError: a file cannot be read.
        """
        stems = [file for path in self.paths for file in files_of(path)]
        drummer = drummer_of(self.how["model"])
        content = {
            "drumnet": drumnet.__version__,
            "weights": [
                digest(drummer.checkpoint.folder / MODEL_FILE),
                load_beat_network().name,
                load_drum_network().name,
            ],
            "jobs": [job.value for job in self.jobs],
            "song": [[file.name, digest(file)] for file in stems],
            "stems": [[role, file.name, digest(file)] for role, file in self.stems],
            "skip_bad": self.skip_bad,
            "how": {
                name: _plain(Path(one) if _is_file(name, one) else one)
                for name, one in self.how.items()
                if name not in ("model", "kit")
            },
            "kit": _digests_of_kit(self.how["kit"]),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=4)
def drummer_of(model: str) -> Drummer:
    """The drummer of some weights, loaded once in a process."""
    return Drummer(model)


@lru_cache(maxsize=4)
def kit_of(kit: str) -> Kit | str:
    """A kit of files, loaded once in a process; the name of an embedded one."""
    return load_kit(kit) if Path(kit).exists() else _embedded(kit)


def _embedded(kit: str) -> str:
    load_kit(kit, ())
    return kit


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise DataError(f"'{path}' cannot be read ({fault.strerror})") from fault


def _is_file(name: str, value: Any) -> bool:
    return name in NAME_OR_FILE and isinstance(value, str) and Path(value).is_file()


def _digests_of_kit(kit: str | None) -> Any:
    """Of a kit of files, what is in them; the name of an embedded one."""
    if kit is None or not Path(kit).exists():
        return kit
    path, found = Path(kit), kit_of(kit)
    own = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    beside = found.files if isinstance(found, Kit) else ()
    return [digest(one) for one in (*own, *beside) if one.is_file()]


def _plain(value: Any) -> Any:
    """The value as JSON has it; of a file, what is in it."""
    if isinstance(value, Path):
        return ["file", digest(value)]
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return sorted([_plain(key), _plain(one)] for key, one in value.items())
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value

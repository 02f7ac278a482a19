"""A song as the drummer gets it: stems, each with its role.

In: a folder of stems, several files, or one mix; sound files, or events as
MIDI or a table of times.  Out: a `Song`.  Roles are guessed from the names
(`drumnet.song.roles`) or said.  All stems start at 0:00, whatever their length and
rate.  Only headers are read here: the sound stays on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from drumnet.audio.level import QUIET_DB, SILENT_DB, loudest_db
from drumnet.audio.metered import Tell, counted_source
from drumnet.audio.paired import PairedSource
from drumnet.audio.source import AudioSource, open_audio, track_names
from drumnet.audio.video import MIX_TRACK
from drumnet.errors import DrumnetError, SongError
from drumnet.midi.read import MIDI_SUFFIXES
from drumnet.song.files import TABLE_SUFFIXES, files_of
from drumnet.song.guessing import guess_roles
from drumnet.song.mixes import mixes_of
from drumnet.song.onsets import (
    Onsets,
    read_midi_onsets,
    read_midi_parts,
    read_onset_table,
    read_rhythm,
)
from drumnet.song.pairs import pairs_of
from drumnet.song.roles import Role, guess_role

IS_SUM = "is the sum of the others; --stem other=FILE takes it all the same"
_IS_MIX = "is the mix of the other tracks"
_IS_SILENT = "is silent throughout"
_REPLACED = frozenset((Role.KICK, Role.DRUMS))


@dataclass(frozen=True, eq=False)
class Stem:
    """One track of a song.

    Args:
        path: the file that it is read from, None where it was made.
        is_quiet: it is too quiet for music throughout.
        right_path: the file of its right side, where that is one of its own.
    """

    name: str
    role: Role
    source: AudioSource | Onsets
    path: Path | None = None
    is_quiet: bool = False
    right_path: Path | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that it is read from."""
        return tuple(path for path in (self.path, self.right_path) if path is not None)

    @property
    def duration_s(self) -> float:
        """The length of the sound; of events, to a second after the last."""
        return self.source.duration_s


@dataclass(frozen=True)
class LeftOut:
    """A file that is no stem.

    Args:
        why: in a few words, for people.
    """

    name: str
    why: str


@dataclass(frozen=True, eq=False)
class Song:
    """The tracks of a song, all starting at 0:00.

    Args:
        anew: the roles that are written anew: their stems are neither heard nor mixed.
        left_out: what was given and is no stem.
    """

    stems: tuple[Stem, ...]
    anew: frozenset[Role] = _REPLACED
    left_out: tuple[LeftOut, ...] = ()

    def __post_init__(self) -> None:
        if not self.stems:
            raise SongError("a song needs a stem: give a sound file or a folder of stems")

    @property
    def duration_s(self) -> float:
        """The length of the longest stem."""
        return max(stem.duration_s for stem in self.stems)

    @property
    def title(self) -> str:
        """What it is called: as the folder of its stems, or, of one file, as that."""
        files = {stem.path.resolve() for stem in self.stems if stem.path is not None}
        if len(files) == 1 and len(self.stems) > 1:
            return song_name(files.pop())
        folders = {file.parent for file in files}
        if len(self.stems) > 1 and len(folders) == 1 and (name := folders.pop().name):
            return name
        return self.stems[0].name

    def with_role(self, role: Role) -> tuple[Stem, ...]:
        """The stems of one role."""
        return tuple(stem for stem in self.stems if stem.role is role)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that the song has, in the order of `Role`."""
        return tuple(role for role in Role if self.with_role(role))

    @property
    def heard(self) -> tuple[Stem, ...]:
        """What the generator listens to; a kick that is given is known as hits."""
        return tuple(stem for stem in self.sounding if stem.role not in _REPLACED)

    @property
    def sounding(self) -> tuple[Stem, ...]:
        """What sounds beside the drums that are written."""
        return tuple(stem for stem in self.stems if stem.role not in self.anew)

    @property
    def replaced(self) -> tuple[Stem, ...]:
        """What is written anew, and whatever holds it: not heard."""
        return tuple(stem for stem in self.stems if stem.role in self.anew)


def load_song(
    paths: Sequence[Path | str] | Path | str,
    stems: Mapping[str, Path | str] | Sequence[tuple[str, Path | str]] = (),
    skip_bad: bool = False,
) -> Song:
    """Gather the stems of a song.

    Args:
        paths: sound or MIDI files, and folders of them, or with a folder of them inside;
            the role of each is guessed from its name, OTHER where the name
            says nothing.
        stems: (role, path) where the role is said: a sound file, a MIDI file,
            or a table of onset times in seconds (.csv, .tsv, .txt; first
            column; rows labelled with another role are left out).
        skip_bad: leave out files that cannot be read to their end, and say which.

    A file that is named twice counts once, with the role that was said; stems
    whose role was said come last.  The tracks of a file are stems; two files that are the
    sides of one in stereo are one stem.  A mix beside its own stems is left out, and so is
    silence beside sound.

    Raises:
        SongError: no stems, an unknown role, or a table that cannot be read.
        AudioError, MidiError: a file that cannot be read.
    """
    said = stems.items() if isinstance(stems, Mapping) else stems
    # dicts keep the order and count twins once
    asked = {(Path(path).resolve(), _role(role)): Path(path) for role, path in said}
    said_paths = {real for real, _ in asked}
    given = [paths] if isinstance(paths, str | Path) else paths
    listed = {file.resolve(): file for path in given for file in files_of(Path(path))}
    guessed = [file for real, file in listed.items() if real not in said_paths]
    found: list[Stem] = []
    bad: list[LeftOut] = []
    for file, role in zip(guessed, guess_roles([f.stem for f in guessed]), strict=True):
        try:
            stems_of_file = _guessed_stems(file, role)
            if skip_bad:
                _read_whole(stems_of_file)
        except DrumnetError as fault:
            if not skip_bad:
                raise
            bad.append(LeftOut(file.name, f"is left out as asked: {fault}"))
        else:
            found += stems_of_file
    bad += [LeftOut(stem.name, _IS_MIX) for stem in found if _is_mix_track(stem)]
    found = _paired([stem for stem in found if not _is_mix_track(stem)])
    chosen = [_stem(file, role) for (_, role), file in asked.items()]
    if not found and not chosen:
        raise SongError("nothing to listen to: give a sound file or a folder of stems")
    levels = levels_db([*found, *chosen])
    no_stems = no_stems_among(found, levels)
    taken = {stem: level for stem, level in levels.items() if stem not in no_stems}
    return Song(
        tuple(replace(stem, is_quiet=level < QUIET_DB) for stem, level in taken.items()),
        left_out=(*bad, *(LeftOut(stem.name, why) for stem, why in no_stems.items())),
    )


def levels_db(stems: Iterable[Stem]) -> dict[Stem, float]:
    """How loud each is at its loudest, as far as it matters; events are at full scale.

    Raises:
        AudioError: a stem cannot be read.
    """
    return {stem: _level_db(stem) for stem in stems}


def no_stems_among(guessed: Sequence[Stem], levels: Mapping[Stem, float]) -> dict[Stem, str]:
    """What is no stem beside the others, and why: mixes of them, and silence.

    Args:
        guessed: those whose role nobody said: of the others none is taken for a mix.
        levels: of all stems, as of `levels_db`.

    Raises:
        AudioError: a stem cannot be read.
    """
    found = {stem: IS_SUM for stem in mixes_of(guessed)} if len(guessed) > 1 else {}
    left = [stem for stem in levels if stem not in found]
    silent = [stem for stem in left if levels[stem] < SILENT_DB]
    if len(silent) < len(left):
        found |= dict.fromkeys(silent, _IS_SILENT)
    return found


def song_of_rhythm(path: Path | str) -> Song:
    """A song of nothing but a tapped rhythm, which is not heard but played.

    Raises:
        SongError, MidiError: as of `read_rhythm`.
    """
    path = Path(path)
    return Song((Stem(path.stem, Role.DRUMS, read_rhythm(path), path),))


def counted(song: Song, tell: Tell) -> Song:
    """The song with every sound counted; what `tell` raises ends the reading."""
    return replace(
        song,
        stems=tuple(
            stem
            if isinstance(stem.source, Onsets)
            else replace(stem, source=counted_source(stem.source, tell))
            for stem in song.stems
        ),
    )


def seconds_of_sound(song: Song) -> float:
    """What there is to read, all stems together; events are no sound."""
    sounds = (stem for stem in song.stems if not isinstance(stem.source, Onsets))
    return sum(stem.duration_s for stem in sounds)


def _role(name: str) -> Role:
    try:
        return Role(name.strip().lower())
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise SongError(f"no role is called '{name}': choose from {known}") from None


def _read_whole(stems: Iterable[Stem]) -> None:
    for stem in stems:
        if not isinstance(stem.source, Onsets):
            loudest_db(stem.source, enough_db=np.inf)


def _level_db(stem: Stem) -> float:
    return 0.0 if isinstance(stem.source, Onsets) else loudest_db(stem.source)


def _paired(stems: Sequence[Stem]) -> list[Stem]:
    """The stems, two sides of one in stereo as one, in the place of the first of them."""
    mono = [
        stem
        for stem in stems
        if not isinstance(stem.source, Onsets) and stem.source.num_channels == 1
    ]
    whole: dict[Stem, Stem | None] = {}
    for name, at_left, at_right in pairs_of([stem.name for stem in mono]):
        left, right = mono[at_left], mono[at_right]
        assert not isinstance(left.source, Onsets) and not isinstance(right.source, Onsets)
        if left.source.sample_rate == right.source.sample_rate:
            first, second = sorted((left, right), key=mono.index)
            source = PairedSource(left.source, right.source)
            whole[first] = Stem(name, left.role, source, left.path, right_path=right.path)
            whole[second] = None
    return [one for stem in stems if (one := whole.get(stem, stem)) is not None]


def _is_mix_track(stem: Stem) -> bool:
    return stem.path is not None and stem.name == f"{song_name(stem.path)} {MIX_TRACK}"


def song_name(path: Path) -> str:
    """What a file is called without what says its kind: `Song` of `Song.stem.mp4`."""
    return path.stem.removesuffix(".stem")


def _track_stems(path: Path, role: Role | None) -> list[Stem]:
    """A stem for each sound track of a file; of a plain file one."""
    names = track_names(path)
    if len(names) < 2:
        return [_stem(path, role or Role.OTHER)]
    return [
        Stem(
            f"{song_name(path)} {name or number}",
            guess_role(name) or Role.OTHER,
            open_audio(path, number - 1),
            path,
        )
        for number, name in enumerate(names, 1)
    ]


def _guessed_stems(path: Path, role: Role | None) -> list[Stem]:
    if role in (None, Role.DRUMS) and path.suffix.lower() in MIDI_SUFFIXES:
        return [
            Stem(f"{path.stem} {part.name}".strip(), part.role, part.onsets, path)
            for part in read_midi_parts(path)
        ]
    if path.suffix.lower() in MIDI_SUFFIXES:
        return [_stem(path, role or Role.OTHER)]
    return _track_stems(path, role)


def _stem(path: Path, role: Role) -> Stem:
    suffix = path.suffix.lower()
    if suffix in MIDI_SUFFIXES:
        return Stem(path.stem, role, read_midi_onsets(path, role), path)
    if suffix in TABLE_SUFFIXES:
        return Stem(path.stem, role, read_onset_table(path, role), path)
    return Stem(path.stem, role, open_audio(path), path)

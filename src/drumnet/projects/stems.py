"""The stems of a song as sound files of a project.

In: a song.  Out: a WAV for each stem that is sound, in the folder `stems`: a copy of a WAV, or
what others decode to, in 32-bit floats, so that nothing is lost.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from drumnet.audio.source import write_wav
from drumnet.files import safe_name
from drumnet.projects.session import Sound
from drumnet.song.onsets import Onsets
from drumnet.song.song import Song, Stem

STEMS_FOLDER = "stems"
_COPIED = frozenset((".wav", ".wave"))


def stem_files(song: Song) -> list[str | None]:
    """What the file of each stem is called in a project; None of events."""
    taken: set[str] = set()
    return [
        None if isinstance(stem.source, Onsets) else f"{STEMS_FOLDER}/{_free(stem.name, taken)}.wav"
        for stem in song.stems
    ]


def write_stems(folder: Path, song: Song) -> list[tuple[str, Sound | None]]:
    """Write them to a folder: the name and the sound of each.

    Raises:
        AudioError: a stem that cannot be read.
        OutputError: no place to write to.
    """
    return [
        (stem.name, None if name is None else _written(folder, name, stem))
        for stem, name in zip(song.stems, stem_files(song), strict=True)
    ]


def _written(folder: Path, name: str, stem: Stem) -> Sound:
    source, path = stem.source, folder / name
    assert not isinstance(source, Onsets)
    if len(stem.paths) == 1 and stem.paths[0].suffix.lower() in _COPIED:
        path.parent.mkdir(exist_ok=True)
        shutil.copyfile(stem.paths[0], path)
    else:
        write_wav(path, source.blocks(), source.sample_rate, source.num_channels, "FLOAT")
    return Sound(path, name, source.num_channels, source.sample_rate, source.duration_s)


def _free(name: str, taken: set[str]) -> str:
    """A name that no file of the folder has, also where case makes no difference."""
    wanted = base = safe_name(name, "stem")
    number = 2
    while wanted.casefold() in taken:
        wanted, number = f"{base} {number}", number + 1
    taken.add(wanted.casefold())
    return wanted

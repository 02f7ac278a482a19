"""Multitrack recordings on ticks: the original DrumNet's own kind of data.

The folder format, one folder a song:

    SONGS/[train|valid|test/]A SONG/
        kick.wav            the kick drum alone (or kick.mid, or kick.csv of hits)
        bass.wav, ...       the other stems, named by their role
        beats.tsv           optional: time in s, beat in bar; else it is tracked

Songs outside `train`, `valid` and `test` folders are put in a split by a hash
of their name: 90 / 5 / 5 %.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from drumnet.beats.files import read_beats
from drumnet.beats.tracker import NetworkTracker
from drumnet.corpus.ticksong import TickSong, tick_song
from drumnet.errors import DataError, DrumnetError
from drumnet.hearing.onset_strength import OnsetCurve, stem_curve
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import load_song
from drumnet.transcribe import kick_track

_SPLITS = ("train", "valid", "test")
_EVENT_FILES = ("kick.mid", "kick.csv", "kick.tsv")


def multitrack_folders(root: Path) -> list[Path]:
    """The song folders in `root`.

    Raises:
        DataError: there is none.
    """
    if not root.is_dir():
        raise DataError(f"'{root}' is no folder of songs")
    tops = [root / split for split in _SPLITS if (root / split).is_dir()] or [root]
    folders = sorted(folder for top in tops for folder in top.iterdir() if folder.is_dir())
    if not folders:
        raise DataError(f"'{root}' has no folder for each song: see docs/training.md")
    return folders


def multitrack_song(folder: Path) -> TickSong | None:
    """One recorded song; None where it has no kick or nothing else."""
    events = [folder / name for name in _EVENT_FILES if (folder / name).is_file()]
    try:
        song = load_song([folder], [("kick", events[0])] if events else [])
        kicks = song.with_role(Role.KICK)
        if not kicks or not song.heard:
            return None
        beats = folder / "beats.tsv"
        grid = read_beats(beats) if beats.is_file() else NetworkTracker().track(song)
    except DrumnetError:
        return None
    grid = grid.covering(song.duration_s)
    kick = next((stem for stem in kicks if isinstance(stem.source, Onsets)), kicks[0])
    curves: dict[Role, OnsetCurve] = {}
    for stem in song.heard:
        # Of several stems of one role, the first is heard in training.
        curves.setdefault(stem.role, stem_curve(stem))
    about = {
        "name": folder.name,
        "split": _split(folder),
        "open": False,
        "source": folder.parent.name,
        "kind": "multitrack",
        "heard": "recorded",
    }
    return tick_song(about, curves, kick_track(kick, grid), grid)


def _split(folder: Path) -> str:
    if folder.parent.name in _SPLITS:
        return folder.parent.name
    share = zlib.crc32(folder.name.encode()) % 100
    return "train" if share < 90 else "valid" if share < 95 else "test"

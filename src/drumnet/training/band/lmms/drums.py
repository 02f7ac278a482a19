"""Which tracks of a project are drums, by the names of their samples and their own.

In: a `ProjectTrack`.  Out: the General MIDI key that it strikes; that it belongs to the band;
or that it may be drums which nobody can name (loops, "K_8bit"), and is better left out.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import numpy as np

from drumnet.kits.one_shots import piece_of_name
from drumnet.song.roles import spelt_out
from drumnet.training.band.lmms.project import ProjectTrack

#: Folders of samples in which everything is struck, and what in them is not.
_STRUCK, _PITCHED = {"drums", "drumsynth", "beats"}, {"instrument", "effects", "misc_fx"}
#: What LMMS's samples are called besides what producers' files are; what comes first counts.
_WORDS: tuple[tuple[int, str], ...] = (
    (38, r"snare ?claps?"),
    (37, r"side ?sticks?|(?:snare )?rims?|rim ?shots?"),
    (39, r"(?:hand ?)?claps?"),
    (54, r"tamb\w*"),
    (56, r"cow ?bells?"),
    (63, r"congas?|cga|djembes?|bongos?|cajon"),
    (65, r"timbales?"),
    (70, r"maracas?|shakers?|shaaka"),
    (75, r"claves?"),
    (76, r"wood|wood ?blocks?"),
    (52, r"china"),
    (55, r"splash"),
    (44, r"pedal"),
)
_KEYS = tuple((key, re.compile(rf"(?:^| )(?:{words})(?= |$)")) for key, words in _WORDS)
#: A sample that is played higher or lower than this is another drum, or none.
_FARTHEST_SEMITONES = 12.0


def key_of_track(track: ProjectTrack) -> int | None:
    """The General MIDI key that a track strikes, None if it is not known to strike any."""
    if not track.plays_as_written:
        return None
    if track.sample and np.abs(track.notes[:, 1]).max(initial=0.0) > _FARTHEST_SEMITONES:
        return None
    sample = PurePosixPath(track.sample)
    folders = [part for part in sample.parts[:-1] if not part.startswith("tr")]
    names = [sample.stem, track.name, *reversed(folders)] if track.sample else [track.name]
    return next((key for key in map(key_of_name, names) if key is not None), None)


def key_of_name(name: str) -> int | None:
    """The General MIDI key of what a sample, a track or a folder is named after.

    >>> key_of_name("hihat_closed05"), key_of_name("TR606_Tom_L"), key_of_name("lo-fi_tamb")
    (42, 43, 54)
    >>> key_of_name("strings01")
    """
    words = spelt_out(name)
    found = next((key for key, pattern in _KEYS if pattern.search(words)), None)
    if found is not None:
        return found
    piece = piece_of_name(name)
    return None if piece is None else piece.midi_key


def may_be_drums(track: ProjectTrack) -> bool:
    """Whether a track that strikes no known key may be drums all the same."""
    folders = PurePosixPath(track.sample).parts[:-1]
    return bool(folders) and folders[0] in _STRUCK and not _PITCHED.intersection(folders)

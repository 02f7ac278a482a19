"""What a file holds, as stems of the library: a sound, or the parts of a MIDI file."""

from __future__ import annotations

from pathlib import Path, PurePath
from uuid import uuid4

import numpy as np

from drumnet.audio.level import loudest_db
from drumnet.audio.source import is_audio, open_audio
from drumnet.errors import DrumnetError
from drumnet.midi.read import MIDI_SUFFIXES
from drumnet.song.onsets import read_midi_parts
from drumnet.song.roles import Role, guess_role
from drumnet.studio.errors import UnsupportedError
from drumnet.studio.schemas.song import MAX_NAME, StemKind
from drumnet.studio.store.rows import StemRow

#: At the fastest tempo this has as many beats as a project may have.
MAX_SONG_S = 3600.0


def known_suffix(name: str) -> str:
    """The suffix of a name, one of those that are known.

    Raises:
        UnsupportedError: it is no other's.
    """
    suffix = PurePath(name.replace("\\", "/")).suffix.lower()
    if not (is_audio(Path(f"x{suffix}")) or suffix in MIDI_SUFFIXES):
        raise UnsupportedError(
            f"'{name}' is no sound that can be read: give WAV, AIFF, FLAC, OGG, MP3, M4A or MIDI"
        )
    return suffix


def rows_of_file(part: Path, name: str, project_id: str, to_its_end: bool = True) -> list[StemRow]:
    """What a file holds: a sound, or the parts of a MIDI file.

    Args:
        to_its_end: whether a sound is read whole, so that one that is cut off is refused.

    Raises:
        DrumnetError: it cannot be read; the message names it as the user does.
    """
    try:
        if part.suffix.lower() in MIDI_SUFFIXES:
            return _midi_rows(part, name, project_id)
        row = _sound_row(part, name, project_id)
        if to_its_end:
            loudest_db(open_audio(part), enough_db=np.inf)
        return [row]
    except DrumnetError as fault:
        raise UnsupportedError(str(fault).replace(str(part), name)) from fault


def _sound_row(part: Path, name: str, project_id: str) -> StemRow:
    audio = open_audio(part)
    _check_length(audio.duration_s, name)
    return StemRow(
        id=str(uuid4()),
        project_id=project_id,
        name=name[:MAX_NAME],
        role=Role.OTHER,
        role_is_said=False,
        suffix=part.suffix.lower(),
        kind=StemKind.SOUND,
        size_bytes=part.stat().st_size,
        duration_s=audio.duration_s,
        sample_rate=audio.sample_rate,
        num_channels=audio.num_channels,
    )


def _midi_rows(part: Path, name: str, project_id: str) -> list[StemRow]:
    """One stem if the name says the role, else one for each role that is played."""
    parts = read_midi_parts(part)
    said = guess_role(PurePath(name).stem)
    roles = [said] if said is not None else list(dict.fromkeys(each.role for each in parts))
    _check_length(max(each.onsets.duration_s for each in parts), name)
    return [
        StemRow(
            id=str(uuid4()),
            project_id=project_id,
            name=(name if len(roles) == 1 else f"{role.value}, {name}")[:MAX_NAME],
            role=role,
            role_is_said=said is None,
            suffix=part.suffix.lower(),
            kind=StemKind.EVENTS,
            size_bytes=part.stat().st_size,
            duration_s=max(each.onsets.duration_s for each in parts),
            sample_rate=None,
            num_channels=None,
        )
        for role in roles
    ]


def _check_length(duration_s: float, name: str) -> None:
    if duration_s > MAX_SONG_S:
        raise UnsupportedError(
            f"'{name}' lasts {duration_s / 60:.0f} minutes: give at most {MAX_SONG_S / 60:.0f}"
        )

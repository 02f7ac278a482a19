"""A stem given as events: MIDI notes, hits, or a table of times.

In: a Standard MIDI File, or a text table whose first column is seconds
(`hits.csv`, annotations as MDB Drums has them).  Out: `Onsets`, which stand
for a stem as its sound would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import SongError
from drumnet.hits import Piece
from drumnet.onsets import Onsets
from drumnet.roles import Role, guess_role

__all__ = ["Onsets", "Part", "read_midi_onsets", "read_midi_parts", "read_onset_table"]

#: The track of a rhythm-game chart that carries the beats.
_BEAT_TRACK = "BEAT"
_MAX_VELOCITY = 127

_ROLE_OF_PIECE = {
    Piece.KICK: Role.KICK,
    Piece.SNARE: Role.SNARE,
    Piece.CLOSED_HAT: Role.HAT,
    Piece.OPEN_HAT: Role.HAT,
    Piece.LOW_TOM: Role.TOMS,
    Piece.MID_TOM: Role.TOMS,
    Piece.HIGH_TOM: Role.TOMS,
    Piece.CRASH: Role.CYMBALS,
    Piece.RIDE: Role.CYMBALS,
}


@dataclass(frozen=True, eq=False)
class Part:
    """One instrument of a MIDI file."""

    name: str
    role: Role
    onsets: Onsets


def read_midi_parts(path: Path) -> list[Part]:
    """The instruments of a MIDI file: a part for each track, its role guessed
    from its name, and one for each kind of piece on the drum channel.

    Raises:
        MidiError: the file cannot be read.
        SongError: it holds no notes.
    """
    from drumnet.midi import read_midi

    song = read_midi(path)
    parts: list[Part] = []
    for track in song.tracks:
        if track.name == _BEAT_TRACK:
            continue
        times, strengths = song.seconds(track.ticks), track.velocities / _MAX_VELOCITY
        role_of_note = [guess_role(track.name) or Role.OTHER] * len(times)
        if track.is_drums:
            role_of_note = [_role_of_key(int(key)) for key in track.keys]
        for role in Role:
            rows = np.array([each is role for each in role_of_note], dtype=bool)
            if rows.any():
                parts.append(Part(track.name, role, _merged(times[rows], strengths[rows])))
    if not parts:
        raise SongError(f"'{path}' holds no notes: give a MIDI file with notes, or sound files")
    return parts


def read_midi_onsets(path: Path, role: Role) -> Onsets:
    """The notes of a MIDI file as one stem; of its drums, where they play
    what the role names, those alone.

    Raises:
        MidiError, SongError: as of `read_midi_parts`.
    """
    parts = read_midi_parts(path)
    chosen = [part.onsets for part in parts if part.role is role] or [p.onsets for p in parts]
    return _merged(
        np.concatenate([onsets.times_s for onsets in chosen]),
        np.concatenate([onsets.strengths for onsets in chosen]),
    )


def read_onset_table(path: Path, role: Role) -> Onsets:
    """Times from the first column of a table (tabs, commas, semicolons or
    spaces between; a header or none).  Where a column of words names pieces or
    roles (`KD`, `closed_hat`), the rows of other roles are left out.  A column
    headed `velocity` gives the strengths.

    Raises:
        SongError: the file cannot be read, or a row does not begin with a time.
    """
    rows = list(_table_rows(path))
    if any(row.role is not None for row in rows):
        rows = [row for row in rows if row.role is role]
        if not rows:
            raise SongError(f"'{path}' names pieces, but none of its rows is {role.value}")
    if not rows:
        raise SongError(f"'{path}' holds no times: give a table with seconds in its first column")
    return _merged(np.array([row.time_s for row in rows]), np.array([r.strength for r in rows]))


@dataclass(frozen=True)
class _Row:
    time_s: float
    strength: float
    role: Role | None


def _table_rows(path: Path) -> Iterator[_Row]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise SongError(f"no such file: '{path}'; check the name") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SongError(f"cannot read '{path}' as a table of times ({error})") from error
    velocity_column: int | None = None
    first = True
    for number, line in enumerate(lines, 1):
        cells = re.split(r"\s*[\t,;]\s*|\s+", line.strip())
        if cells == [""] or line.lstrip().startswith("#"):
            continue
        values = [_number(cell) for cell in cells]
        if first and values[0] is None:
            velocity_column = cells.index("velocity") if "velocity" in cells else None
        elif values[0] is None or values[0] < 0:
            raise SongError(f"'{path}', line {number}: '{cells[0]}' is no time in seconds")
        else:
            label = next((cells[i] for i, value in enumerate(values) if value is None), "")
            yield _Row(values[0], _strength(values, velocity_column), guess_role(label))
        first = False


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _strength(values: list[float | None], velocity_column: int | None) -> float:
    velocity = None
    if velocity_column is not None and velocity_column < len(values):
        velocity = values[velocity_column]
    return 1.0 if velocity is None else min(max(velocity / _MAX_VELOCITY, 0.0), 1.0)


def _role_of_key(key: int) -> Role:
    piece = Piece.from_midi_key(key)
    return Role.OTHER if piece is None else _ROLE_OF_PIECE[piece]


def _merged(times_s: NDArray[np.float64], strengths: NDArray[np.floating]) -> Onsets:
    """Notes that start together (a chord) are one onset, as strong as the strongest."""
    times, place = np.unique(times_s, return_inverse=True)
    strongest = np.zeros(len(times), dtype=np.float32)
    np.maximum.at(strongest, place, strengths.astype(np.float32))
    return Onsets(times, strongest)

"""Onsets: a stem given as events instead of sound.

In: MIDI notes, hits, or a text table whose first column is seconds (`hits.csv`,
annotations as MDB Drums has them).  Out: `Onsets`, which stand for a stem as
its sound would.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import SongError
from drumnet.grid import BeatGrid
from drumnet.hits import MAX_VELOCITY, ORDINARY_VELOCITY, DrumTrack, Hit, Piece
from drumnet.limits import MAX_SONG_S
from drumnet.midi.read import BEAT_TRACK, MIDI_SUFFIXES, read_midi
from drumnet.number_table import read_text, rows_of
from drumnet.song.roles import ROLE_OF_PIECE, Role, guess_role

#: What is taken for the pieces that a word stands for.
_PIECE_OF_ROLE = {
    Role.KICK: Piece.KICK,
    Role.SNARE: Piece.SNARE,
    Role.HAT: Piece.CLOSED_HAT,
    Role.TOMS: Piece.MID_TOM,
    Role.CYMBALS: Piece.CRASH,
}
#: How long the last onset is taken to sound.
_LAST_ONSET_S = 1.0


@dataclass(frozen=True, eq=False)
class Onsets:
    """Onsets of one stem.

    Args:
        times_s: (n,) seconds from 0:00; put in order here.
        strengths: (n,) from 0 to 1.
        ends_s: (n,) when each has ended, where that is known.

    Raises:
        SongError: times that are negative or not finite, strengths outside
            0-1, or not one strength for each time.
    """

    times_s: NDArray[np.float64]
    strengths: NDArray[np.float32]
    ends_s: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        times = np.asarray(self.times_s, dtype=np.float64).reshape(-1)
        strengths = np.asarray(self.strengths, dtype=np.float32).reshape(-1)
        if len(times) != len(strengths):
            raise SongError(f"{len(times)} onset times but {len(strengths)} strengths: give both")
        if not (np.isfinite(times) & (times >= 0)).all():
            raise SongError("onset times must be seconds from 0:00, finite and not negative")
        if not ((strengths >= 0) & (strengths <= 1)).all():
            raise SongError("onset strengths must lie between 0 and 1")
        order = np.argsort(times, kind="stable")
        kept: list[tuple[str, NDArray[Any]]] = [
            ("times_s", times[order]),
            ("strengths", strengths[order]),
        ]
        if self.ends_s is not None:
            kept.append(("ends_s", np.asarray(self.ends_s, dtype=np.float64)[order]))
        for name, values in kept:
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    def __len__(self) -> int:
        return len(self.times_s)

    @property
    def duration_s(self) -> float:
        """A second after the last onset; 0 without onsets."""
        return float(self.times_s[-1]) + _LAST_ONSET_S if len(self) else 0.0


def onset_track(onsets: Onsets, piece: Piece, grid: BeatGrid) -> DrumTrack:
    """The onsets as hits of a piece, each on the nearest tick; where all are as strong as can
    be, nothing is known of their velocity, and it is an ordinary one."""
    ticks = grid.nearest_ticks(onsets.times_s).tolist()
    most = ORDINARY_VELOCITY if (onsets.strengths == 1).all() else MAX_VELOCITY
    velocities = np.clip(np.round(onsets.strengths * most), 1, MAX_VELOCITY)
    times = zip(onsets.times_s.tolist(), ticks, velocities.astype(int).tolist(), strict=True)
    return DrumTrack(tuple(Hit(time_s, tick, piece, velocity) for time_s, tick, velocity in times))


@dataclass(frozen=True, eq=False)
class Part:
    """One instrument of a MIDI file."""

    name: str
    role: Role
    onsets: Onsets


def read_midi_parts(path: Path) -> list[Part]:
    """The instruments of a MIDI file: a part for each track, its role guessed
    from its name, and one for each kind of piece on the drum channel, or in a track that is
    called drums.

    Raises:
        MidiError: the file cannot be read.
        SongError: it holds no notes.
    """
    song = read_midi(path)
    parts: list[Part] = []
    for track in song.tracks:
        if track.name == BEAT_TRACK:
            continue
        times, strengths = song.seconds(track.ticks), track.velocities / MAX_VELOCITY
        ends = song.seconds(track.end_ticks)
        role_of_track = guess_role(track.name) or Role.OTHER
        role_of_note = [role_of_track] * len(times)
        if track.is_drums or role_of_track is Role.DRUMS:
            role_of_note = [_role_of_key(int(key)) for key in track.keys]
        for role in Role:
            rows = np.array([each is role for each in role_of_note], dtype=bool)
            if rows.any():
                onsets = chords(times[rows], strengths[rows], ends[rows])
                parts.append(Part(track.name, role, onsets))
    if not parts:
        raise SongError(f"'{path}' holds no notes: give a MIDI file with notes, or sound files")
    return parts


def read_midi_onsets(path: Path, role: Role) -> Onsets:
    """The notes of a MIDI file as one stem: of what the role names, if that is in it; else
    of what has no name that says something else.

    Raises:
        MidiError, SongError: as of `read_midi_parts`.
    """
    parts = read_midi_parts(path)
    named = [part.onsets for part in parts if part.role is role]
    unnamed = [part.onsets for part in parts if part.role is Role.OTHER]
    chosen = named or unnamed or [part.onsets for part in parts]
    return _joined(chosen)


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
    return chords(np.array([row.time_s for row in rows]), np.array([r.strength for r in rows]))


def read_drum_onsets(path: Path) -> dict[Piece, Onsets]:
    """The drums of a table whose rows name pieces, as annotations do (`KD`, `SD`, `HH`, `TT`,
    `CY`): a word for several pieces is taken for one of them.  Empty where no row names any.

    Raises:
        SongError: the file cannot be read, or a row does not begin with a time.
    """
    rows = list(_table_rows(path))
    found = {}
    for role, piece in _PIECE_OF_ROLE.items():
        own = [row for row in rows if row.role is role]
        if own:
            times, strengths = ([row.time_s for row in own], [row.strength for row in own])
            found[piece] = chords(np.array(times), np.array(strengths))
    return found


def read_rhythm(path: Path) -> Onsets:
    """A rhythm, whatever plays it: all notes of a MIDI file, or all rows of a table.

    Raises:
        MidiError, SongError: the file cannot be read, or has none.
    """
    if path.suffix.lower() in MIDI_SUFFIXES:
        return _joined([part.onsets for part in read_midi_parts(path)])
    rows = list(_table_rows(path))
    if not rows:
        raise SongError(f"'{path}' holds no times: give a table with seconds in its first column")
    return chords(np.array([row.time_s for row in rows]), np.array([r.strength for r in rows]))


@dataclass(frozen=True)
class _Row:
    time_s: float
    strength: float
    role: Role | None


def _table_rows(path: Path) -> Iterator[_Row]:
    try:
        text = read_text(path)
    except FileNotFoundError:
        raise SongError(f"no such file: '{path}'; check the name") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SongError(f"cannot read '{path}' as a table of times ({error})") from error
    velocity_column: int | None = None
    first = True
    for number, _, cells in rows_of(text):
        values = [_number(cell) for cell in cells]
        if first and values[0] is None:
            velocity_column = cells.index("velocity") if "velocity" in cells else None
        elif values[0] is None or not 0 <= values[0] <= MAX_SONG_S:
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
    return 1.0 if velocity is None else min(max(velocity / MAX_VELOCITY, 0.0), 1.0)


def _role_of_key(key: int) -> Role:
    piece = Piece.from_midi_key(key)
    return Role.OTHER if piece is None else ROLE_OF_PIECE[piece]


def chords(
    times_s: NDArray[np.float64],
    strengths: NDArray[np.floating],
    ends_s: NDArray[np.float64] | None = None,
) -> Onsets:
    """Notes that start together (a chord) are one onset, as strong as the strongest and as long
    as the longest."""
    times, place = np.unique(times_s, return_inverse=True)
    strongest = np.zeros(len(times), dtype=np.float32)
    np.maximum.at(strongest, place, strengths.astype(np.float32))
    if ends_s is None:
        return Onsets(times, strongest)
    last = times.copy()
    np.maximum.at(last, place, ends_s)
    return Onsets(times, strongest, last)


def _joined(parts: Sequence[Onsets]) -> Onsets:
    """Several stems as one."""
    ends = [part.ends_s for part in parts if part.ends_s is not None]
    return chords(
        np.concatenate([part.times_s for part in parts]),
        np.concatenate([part.strengths for part in parts]),
        np.concatenate(ends) if len(ends) == len(parts) else None,
    )

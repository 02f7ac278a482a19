"""Standard MIDI Files read: a song's notes, its beats, its drums.

What DrumNet needs is kept: when the notes sound, track by track, and the tempo
and metre map as a `BeatGrid`.  `write` writes.

Source: Standard MIDI Files 1.0 (MIDI Manufacturers Association, 1996).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.errors import MidiError
from drumnet.grid import BEAT_UNITS, MAX_BEATS_PER_BAR, TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.limits import MAX_BEATS, MAX_SONG, MAX_SONG_S, MAX_TEXT_BYTES
from drumnet.midi.notes import DRUM_CHANNEL

if TYPE_CHECKING:
    import mido

MIDI_SUFFIXES = frozenset((".mid", ".midi", ".smf"))
_DEFAULT_TEMPO_US = 500_000
#: The track and keys that carry beats in rhythm-game charts.
BEAT_TRACK = "BEAT"
_BEAT_DOWN, _BEAT_OTHER = 12, 13
#: What a track of drums is called that is on another channel.
_DRUMS = re.compile(r"drum|kit\b|schlagzeug|batteri|bateria|kick|bass ?drum|\bbd\b")
#: Beats of a file, whatever their tempo: more would fill the memory.
_MAX_QUARTERS = MAX_BEATS
_MAX_DENOMINATOR = 64
_KEY_SIGNATURE = re.compile(rb"\xff\x59\x02(..)", re.DOTALL)


class _Beats(NamedTuple):
    """(num_beats,) each: where they are, their numbers in their bars, the notes that they are."""

    ticks: NDArray[np.int64]
    numbers: NDArray[np.int64]
    units: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class MidiTrack:
    """The notes of one track, ordered by time.

    Args:
        name: the track's name, empty where it has none.
        is_drums: the notes are on MIDI channel 10.
        ticks, end_ticks: (num_notes,) where each note starts and ends.
        keys, velocities: (num_notes,) key 0-127, velocity 1-127.
    """

    name: str
    is_drums: bool
    ticks: NDArray[np.int64]
    end_ticks: NDArray[np.int64]
    keys: NDArray[np.int64]
    velocities: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class MidiSong:
    """A Standard MIDI File: its tracks, tempo map and time signatures.

    Args:
        ticks_per_quarter: resolution of every `ticks` in here.
        tempo: (num_changes, 2) tick and microseconds per quarter note.
        time_signatures: (num_changes, 3) tick, numerator, denominator.
        tracks: those with notes.
        end_tick: the last event.
        has_tempo: it says its tempo, or its metre.
    """

    ticks_per_quarter: int
    tempo: NDArray[np.int64]
    time_signatures: NDArray[np.int64]
    tracks: tuple[MidiTrack, ...]
    end_tick: int
    has_tempo: bool = False

    def seconds(self, ticks: ArrayLike) -> NDArray[np.float64]:
        """Times in seconds of MIDI ticks."""
        at = np.asarray(ticks, dtype=np.float64)
        starts, tempo_us = self.tempo[:, 0], self.tempo[:, 1]
        per_tick = tempo_us / self.ticks_per_quarter * 1e-6
        start_s = np.concatenate([[0.0], np.cumsum(np.diff(starts) * per_tick[:-1])])
        section = np.clip(np.searchsorted(starts, at, side="right") - 1, 0, None)
        return np.asarray(start_s[section] + (at - starts[section]) * per_tick[section])

    @property
    def duration_s(self) -> float:
        return float(self.seconds(self.end_tick))

    def beat_grid(self) -> BeatGrid:
        """The beats: of a chart's BEAT track where there is one, else of the
        time signatures (one beat to the denominator's note).

        Raises:
            MidiError: the file lasts less than a beat.
        """
        charted = [track for track in self.tracks if track.name == BEAT_TRACK]
        ticks, numbers, units = _charted_beats(charted[0]) if charted else self._metric_beats()
        if len(ticks) < 2:
            raise MidiError("the MIDI file lasts less than a beat: it gives no beat grid")
        return BeatGrid(self.seconds(ticks), numbers, units, self._bends(ticks))

    def _bends(self, beat_ticks: NDArray[np.int64]) -> NDArray[np.float64]:
        """(num_bends, 2) of a `BeatGrid` with beats there: what the tempo does between them."""
        changes = self.tempo[1:, 0][np.diff(self.tempo[:, 1]) != 0]
        inside = changes[(changes > beat_ticks[0]) & (changes < beat_ticks[-1])]
        between = inside[~np.isin(inside, beat_ticks)]
        beats = np.arange(len(beat_ticks)) * TICKS_PER_BEAT
        return np.stack([np.interp(between, beat_ticks, beats), self.seconds(between)], axis=1)

    def drum_track(self, grid: BeatGrid) -> DrumTrack:
        """The hits of the drum tracks that sound a piece of the kit, on the ticks of `grid`."""
        return self._hits([track for track in self.tracks if track.is_drums], grid)

    def _hits(self, tracks: Sequence[MidiTrack], grid: BeatGrid) -> DrumTrack:
        hits = []
        for track in tracks:
            onsets = self.seconds(track.ticks)
            ticks = grid.nearest_ticks(onsets)
            for onset, tick, key, velocity in zip(
                onsets, ticks, track.keys, track.velocities, strict=True
            ):
                piece = Piece.from_midi_key(int(key))
                if piece is not None:
                    hits.append(Hit(float(onset), int(tick), piece, int(velocity)))
        return DrumTrack(tuple(hits))

    def _metric_beats(self) -> _Beats:
        ends = [*self.time_signatures[1:, 0], self.end_tick + 1]
        ticks: list[NDArray[np.int64]] = []
        numbers: list[NDArray[np.int64]] = []
        units: list[NDArray[np.int64]] = []
        for (start, numerator, denominator), end in zip(self.time_signatures, ends, strict=True):
            beats_per_bar, quarters = _beats_of_signature(int(numerator), int(denominator))
            step = quarters * self.ticks_per_quarter
            count = max(0, int(np.ceil((end - start) / step)))
            if start == 0 and self._is_lead_in(end):
                continue
            ticks.append(np.round(start + np.arange(count) * step).astype(np.int64))
            numbers.append(np.arange(count) % beats_per_bar + 1)
            units.append(np.full(count, round(4 / quarters)))
        at, first = np.unique(np.concatenate(ticks), return_index=True)
        return _Beats(at, np.concatenate(numbers)[first], np.concatenate(units)[first])

    def _is_lead_in(self, end: int) -> bool:
        """Whether what ends there is a bar shorter than a beat of the next one:
        it brings the song to its first beat, as in the files we write."""
        following = [row for row in self.time_signatures.tolist() if row[0] == end]
        if not following:
            return False
        _, quarters = _beats_of_signature(*following[0][1:])
        return bool(end < quarters * self.ticks_per_quarter)


def _beats_of_signature(numerator: int, denominator: int) -> tuple[int, float]:
    """Beats in a bar and quarters in a beat; odd notations count in quarters."""
    if denominator in BEAT_UNITS and numerator <= MAX_BEATS_PER_BAR:
        return numerator, 4.0 / denominator
    return max(1, round(4 * numerator / denominator)), 1.0


def _charted_beats(track: MidiTrack) -> _Beats:
    """Beats of a BEAT track, numbered from one downbeat to the next."""
    marks = np.isin(track.keys, (_BEAT_DOWN, _BEAT_OTHER))
    ticks, first = np.unique(track.ticks[marks], return_index=True)
    down = (track.keys[marks] == _BEAT_DOWN)[first]
    index = np.arange(len(ticks))
    last_down = np.maximum.accumulate(np.where(down, index, -1))
    if not down.any():
        return _Beats(ticks, index % 4 + 1, np.full(len(ticks), 4))
    lead = int(np.argmax(down))
    length = int(np.median(np.diff(np.flatnonzero(down)))) if down.sum() > 1 else 4
    pickup = (index - lead) % max(length, 1)
    numbers = np.where(last_down >= 0, index - last_down, pickup) + 1
    return _Beats(ticks, numbers, np.full(len(ticks), 4))


def read_midi(path: str | Path) -> MidiSong:
    """Read a Standard MIDI File.

    Raises:
        MidiError: the file is missing or not a usable MIDI file.
    """
    file = _parsed(Path(path))
    tempo: dict[int, int] = {0: _DEFAULT_TEMPO_US}
    signatures: dict[int, tuple[int, int]] = {0: (4, 4)}
    tracks: list[MidiTrack] = []
    says_tempo, end = False, 0
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            says_tempo |= message.type in ("set_tempo", "time_signature")
            if message.type == "set_tempo" and message.tempo > 0:
                tempo[now] = message.tempo
            elif message.type == "time_signature" and _in_a_score(message):
                signatures[now] = (message.numerator, message.denominator)
        end = max(end, now)
        if end > _MAX_QUARTERS * file.ticks_per_beat:
            raise _too_long(path)
        tracks += _split_drums(_text(track.name).strip(), _notes(track))
    song = MidiSong(
        file.ticks_per_beat,
        np.array(sorted(tempo.items()), dtype=np.int64),
        np.array([(at, *signatures[at]) for at in sorted(signatures)], dtype=np.int64),
        tuple(tracks),
        end,
        says_tempo,
    )
    if song.duration_s > MAX_SONG_S:
        raise _too_long(path)
    return song


def _too_long(path: str | Path) -> MidiError:
    return MidiError(f"'{path}' lasts more than {MAX_SONG}, it is damaged: export it again")


def _parsed(path: Path) -> mido.MidiFile:
    import mido

    if not path.is_file():
        raise MidiError(f"there is no MIDI file '{path}'")
    try:
        if path.stat().st_size > MAX_TEXT_BYTES:
            raise ValueError(f"more than {MAX_TEXT_BYTES >> 20} MB")
        data = _needed_of(path.read_bytes())
        file = mido.MidiFile(file=BytesIO(data), clip=True)
    # What mido raises on damaged files.
    except (OSError, EOFError, ValueError, LookupError, TypeError, mido.KeySignatureError) as fault:
        reason = str(fault) or "it ends too early"
        raise MidiError(f"'{path}' cannot be read as a Standard MIDI File ({reason})") from fault
    if file.type == 2 or file.ticks_per_beat <= 0:
        raise MidiError(f"'{path}' is a type 2 or SMPTE-timed MIDI file: export it as type 1")
    return file


def _needed_of(data: bytes) -> bytes:
    """A MIDI file out of its RIFF wrapping (RMID), with key signatures that there are: no
    note depends on them."""
    if data[:4] == b"RIFF" and data[8:12] == b"RMID" and b"MThd" in data:
        data = data[data.index(b"MThd") :]
    return _KEY_SIGNATURE.sub(_mended_key, data)


def _mended_key(found: re.Match[bytes]) -> bytes:
    sharps, is_minor = found[1][0], found[1][1]
    is_there = (sharps <= 7 or sharps >= 249) and is_minor <= 1
    return found[0] if is_there else found[0][:-2] + bytes(2)


def _text(name: str) -> str:
    """The text of MIDI has no encoding of its own: UTF-8 where it is that."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name


def _in_a_score(signature: mido.MetaMessage) -> bool:
    """Others are damage: the bars before them go on."""
    return bool(signature.numerator > 0 and signature.denominator <= _MAX_DENOMINATOR)


def _notes(track: mido.MidiTrack) -> NDArray[np.int64]:
    """(num_notes, 5) start, end, key, velocity, channel, ordered by start."""
    notes: list[list[int]] = []
    sounding: dict[tuple[int, int], int] = {}
    now = 0
    for message in track:
        now += message.time
        if message.type not in ("note_on", "note_off"):
            continue
        key = (message.channel, message.note)
        if key in sounding:  # released, or struck again
            notes[sounding.pop(key)][1] = now
        if message.type == "note_on" and message.velocity:
            sounding[key] = len(notes)
            notes.append([now, -1, message.note, message.velocity, message.channel])
    for index in sounding.values():  # never released
        notes[index][1] = now
    table = np.array(notes, dtype=np.int64).reshape(-1, 5)
    return table[np.lexsort((table[:, 2], table[:, 0]))]


def _split_drums(name: str, notes: NDArray[np.int64]) -> list[MidiTrack]:
    """A track's notes, those on channel 10 apart (type 0 files mix them)."""
    drums = notes[:, 4] == DRUM_CHANNEL
    return [
        MidiTrack(name, is_drums, part[:, 0], part[:, 1], part[:, 2], part[:, 3])
        for is_drums, part in ((True, notes[drums]), (False, notes[~drums]))
        if len(part)
    ]


def read_drum_track(path: str | Path, grid: BeatGrid | None = None) -> DrumTrack:
    """The hits of a MIDI file's drum track, on the file's own beats or `grid`'s.

    Without notes on channel 10, tracks that are called drums are read, or else the first
    one (a kick exported alone).

    Raises:
        MidiError: no drum notes that belong to a piece of the kit.
    """
    song = read_midi(path)
    grid = grid if grid is not None else song.beat_grid()
    if any(track.is_drums for track in song.tracks):
        found = song.drum_track(grid)
    else:
        called = [track for track in song.tracks if _DRUMS.search(track.name.lower())]
        found = song._hits(called or song.tracks[:1], grid)
    if not len(found):
        raise MidiError(f"'{path}' has no General MIDI drum notes (channel 10, keys 35-59)")
    return found

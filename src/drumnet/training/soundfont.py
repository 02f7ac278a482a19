"""Notes to sound, by FluidSynth with a General MIDI soundfont.

In: a MIDI file.  Out: a WAV file.  Both are Debian's, and nothing of them is part of this
project.

Source: SoundFont Technical Specification 2.04 (E-mu Systems, 2006), sections 4 and 7.2.
"""

from __future__ import annotations

import shutil
import struct
from pathlib import Path
from typing import BinaryIO

import mido
import numpy as np
from numpy.typing import NDArray

from drumnet.errors import DataError
from drumnet.midi.notes import DRUM_CHANNEL

_SOUNDFONT_FOLDERS = (Path("/usr/share/sounds/sf2"), Path("/usr/share/soundfonts"))
_TICKS_PER_SECOND = 1_000
#: Presets of General MIDI, all in the first bank.
_PRESETS = {(0, program) for program in range(128)}
#: A preset's name, program and bank; what else its header has points into the file.
_PRESET = struct.Struct("<20sHH14x")


def find_soundfonts() -> tuple[Path, ...]:
    """The General MIDI soundfonts of this machine; one of drums alone, or one that only adds to
    another, is left out.

    Raises:
        DataError: FluidSynth or every soundfont is missing.
    """
    if shutil.which("fluidsynth") is None:
        raise DataError("rendering needs FluidSynth: apt-get install fluidsynth fluid-soundfont-gm")
    there = {file.resolve() for folder in _SOUNDFONT_FOLDERS for file in folder.glob("*.sf[23]")}
    found = [file for file in there if _presets(file) >= _PRESETS]
    if not found:
        raise DataError("rendering needs a soundfont: apt-get install fluid-soundfont-gm")
    return tuple(sorted(found))


def _presets(path: Path) -> set[tuple[int, int]]:
    """(bank, program) of each preset of a soundfont; none of a file that is none."""
    with path.open("rb") as file:
        for wanted in (b"RIFFsfbk", b"LISTpdta", b"phdr"):
            size = _enter(file, wanted)
        headers = file.read(size)
    whole = headers[: len(headers) // _PRESET.size * _PRESET.size]
    # The last one ends the list.
    return {(bank, program) for _, program, bank in list(_PRESET.iter_unpack(whole))[:-1]}


def _enter(file: BinaryIO, wanted: bytes) -> int:
    """Go on to the inside of the next chunk of this name, and of this kind if it is a list; its
    size, 0 where there is none."""
    while len(head := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", head)
        kind = file.read(len(wanted) - 4)
        if name + kind == wanted:
            return int(size)
        file.seek(size + size % 2 - len(kind), 1)
    return 0


def write_score(
    path: Path, notes: NDArray[np.floating], program: int, drums: bool, duration_s: float
) -> None:
    """A MIDI file of one stem in which a tick is a millisecond.

    Args:
        notes: (num_notes, 4) start and end in seconds, key, velocity.

    Every note is released by the end: FluidSynth renders for as long as one
    sounds, which for some instruments is for ever.
    """
    channel = DRUM_CHANNEL if drums else 0
    start, end = np.round(np.minimum(notes[:, :2].T, duration_s) * _TICKS_PER_SECOND).astype(int)
    end = np.maximum(end, start + 1)  # released before it is struck, a note sounds for ever
    events = [
        (int(at), kind, int(key), int(velocity))
        for kind, times in (("note_on", start), ("note_off", end))
        for at, (key, velocity) in zip(times, notes[:, 2:], strict=True)
    ]
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000)])
    track.append(mido.Message("program_change", channel=channel, program=program))
    now = 0
    # Of events at one time, releases come first.
    for at, kind, key, velocity in sorted(events, key=lambda event: event[:2]):
        track.append(
            mido.Message(kind, channel=channel, note=key, velocity=velocity, time=at - now)
        )
        now = at
    mido.MidiFile(type=1, ticks_per_beat=_TICKS_PER_SECOND, tracks=[track]).save(path)

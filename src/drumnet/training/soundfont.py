"""Notes to sound, by FluidSynth with a General MIDI soundfont.

In: a MIDI file.  Out: a WAV file.  Both are Debian's, and nothing of them is part of this
project.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import mido
import numpy as np
from numpy.typing import NDArray

from drumnet.errors import DataError
from drumnet.midi.notes import DRUM_CHANNEL

_SOUNDFONT_FOLDERS = (Path("/usr/share/sounds/sf2"), Path("/usr/share/soundfonts"))
_TICKS_PER_SECOND = 1_000


def find_soundfonts() -> tuple[Path, ...]:
    """The General MIDI soundfonts of this machine.

    Raises:
        DataError: FluidSynth or every soundfont is missing.
    """
    if shutil.which("fluidsynth") is None:
        raise DataError("rendering needs FluidSynth: apt-get install fluidsynth fluid-soundfont-gm")
    found = {file.resolve() for folder in _SOUNDFONT_FOLDERS for file in folder.glob("*.sf[23]")}
    if not found:
        raise DataError("rendering needs a soundfont: apt-get install fluid-soundfont-gm")
    return tuple(sorted(found))


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

"""Notes to sound, by FluidSynth with a General MIDI soundfont.

In: notes in seconds.  Out: their sound.  Program and soundfonts are the machine's own;
nothing of them is part of this project.

Source: SoundFont Technical Specification 2.04 (E-mu Systems, 2006), sections 4 and 7.2.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import BinaryIO

import mido
import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import Audio, read_audio
from drumnet.errors import DataError
from drumnet.midi.notes import DRUM_CHANNEL

_SOUNDFONT_FOLDERS = (
    Path("/usr/share/sounds/sf2"),
    Path("/usr/share/sounds/sf3"),
    Path("/usr/share/soundfonts"),
)
_TICKS_PER_SECOND = 1_000
_TIMEOUT_S = 120.0
#: Presets of General MIDI, all in the first bank.
_PRESETS = {(0, program) for program in range(128)}
#: A preset's name, program and bank; what else its header has points into the file.
_PRESET = struct.Struct("<20sHH14x")


def find_soundfonts() -> tuple[Path, ...]:
    """The soundfonts of this machine, of drums alone too.

    Raises:
        DataError: FluidSynth or every soundfont is missing.
    """
    if shutil.which("fluidsynth") is None:
        raise DataError("rendering needs FluidSynth: apt-get install fluidsynth fluid-soundfont-gm")
    found = {file.resolve() for folder in _SOUNDFONT_FOLDERS for file in folder.glob("*.sf[23]")}
    if not found:
        raise DataError("rendering needs a soundfont: apt-get install fluid-soundfont-gm")
    return tuple(sorted(found))


def general_midi_soundfonts() -> tuple[Path, ...]:
    """Those with all instruments of General MIDI; one of drums alone, or one that only adds to
    another, is left out.

    Raises:
        DataError: FluidSynth or every soundfont is missing.
    """
    found = tuple(file for file in find_soundfonts() if presets(file) >= _PRESETS)
    if not found:
        raise DataError(
            "rendering needs a General MIDI soundfont: apt-get install fluid-soundfont-gm"
        )
    return found


def presets(path: Path) -> set[tuple[int, int]]:
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


def synthesised(
    notes: NDArray[np.floating],
    soundfont: Path,
    *,
    program: int,
    drums: bool,
    duration_s: float,
    sample_rate_hz: int,
    effects: bool = True,
) -> Audio:
    """The notes of one stem as sound, at least as long as the last of them sounds.

    Args:
        notes: (num_notes, 4) start and end in seconds, key, velocity.
        effects: with the reverb and the chorus of the synthesiser.

    Raises:
        DataError: FluidSynth fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        score, sound = Path(folder, "stem.mid"), Path(folder, "stem.wav")
        write_score(score, notes, program, drums, duration_s)
        command = ["fluidsynth", "-ni", "-q", "-g", "0.6", "-r", str(sample_rate_hz)]
        command += ["-o", "synth.dynamic-sample-loading=1"]
        command += [] if effects else ["-R", "0", "-C", "0"]
        command += ["-T", "wav", "-F", str(sound), str(soundfont), str(score)]
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)
        if done.returncode or not sound.is_file():
            raise DataError(f"fluidsynth failed on {soundfont.name}: {done.stderr.decode()[-200:]}")
        return read_audio(sound)

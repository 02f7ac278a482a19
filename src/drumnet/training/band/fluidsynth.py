"""Notes to sound, by FluidSynth with a General MIDI soundfont.

In: notes in seconds.  Out: their sound.  Program and soundfonts are the machine's own;
nothing of them is part of this project.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

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
#: From a piano's middle key to a drum's.
_TO_SNARE = np.array([0.0, 0.0, 22.0, 0.0])
_LEAST_PEAK = 1e-3


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
    """Those that have both a piano and drums, as General MIDI asks for.

    Raises:
        DataError: FluidSynth or every soundfont is missing.
    """
    found = tuple(filter(_is_general_midi, find_soundfonts()))
    if not found:
        raise DataError(
            "rendering needs a General MIDI soundfont: apt-get install timgm6mb-soundfont"
        )
    return found


@lru_cache
def _is_general_midi(soundfont: Path) -> bool:
    note = np.array([[0.0, 0.2, 60.0, 127.0]])
    facts: dict[str, Any] = {"program": 0, "duration_s": 0.2, "sample_rate_hz": 16_000}
    piano, drums = (
        synthesised(note - shift, soundfont, drums=drums, **facts)
        for shift, drums in ((0, False), (_TO_SNARE, True))
    )
    return all(float(np.abs(sound.samples).max()) > _LEAST_PEAK for sound in (piano, drums))


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

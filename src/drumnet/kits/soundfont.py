"""A SoundFont as a kit, played by FluidSynth.

In: an .sf2 or .sf3 with a General MIDI drum kit (bank 128, program 0).  Out: a
`Kit` of what FluidSynth makes of each piece at several velocities.

A SoundFont is more than its samples: generators and modulators say how they
sound, so a synthesiser plays them.  FluidSynth is run as a program of its own
(LGPL 2.1), which is in every Linux distribution, Homebrew and Chocolatey; the
Python bindings either need the same library installed (pyfluidsynth) or
PortAudio besides (tinysoundfont).

Source: Standard MIDI Files 1.0 (MIDI Manufacturers Association, 1996).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import read_audio
from drumnet.errors import KitError
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.kits.kit import KIT_RATE_HZ, Kit, Layer, PieceSound, Shot, default_chokes, levelled
from drumnet.kits.regions import keys_of

#: The velocities that are played: each is the top of a layer.
_TOPS = (31, 63, 95, MAX_VELOCITY)

_SLOT_S = 4.0
_HELD_S = 3.5
#: What is left in a slot that a louder one has filled before is no stroke.
_SILENT = 10 ** (-70 / 20)
#: A stroke ends where it stays below this part of its peak.
_TAIL = 10 ** (-66 / 20)
_FADE_S = 0.02
_GAIN = "0.5"
_TIMEOUT_S = 120.0
_TICKS_PER_SECOND = 1_000
_DRUM_CHANNEL = 9


def load_soundfont(path: Path) -> Kit:
    """The drum kit of a SoundFont.

    Raises:
        KitError: FluidSynth is not installed or cannot play the file, or there
            are no drums in it.
    """
    program = shutil.which("fluidsynth")
    if program is None:
        raise KitError(
            f"the kit '{path}' needs FluidSynth: install it (apt-get install fluidsynth, "
            "brew install fluid-synth, choco install fluidsynth), or give SFZ or one-shots"
        )
    with path.open("rb") as file:
        head = file.read(12)
    if not (head.startswith(b"RIFF") and head.endswith(b"sfbk")):
        raise KitError(f"'{path}' is no SoundFont: download it again")
    strikes = [(piece, key, top) for piece in Piece for key in keys_of(piece)[:1] for top in _TOPS]
    sound = _played(program, path, [(key, top) for _, key, top in strikes])
    shots: dict[Piece, list[tuple[int, Shot]]] = {}
    width = round(_SLOT_S * KIT_RATE_HZ)
    for index, (piece, _, top) in enumerate(strikes):
        shot = _stroke(sound[:, index * width : (index + 1) * width])
        if shot is not None:
            shots.setdefault(piece, []).append((top, shot))
    if not shots:
        raise KitError(f"'{path}' has no General MIDI drum kit (bank 128): give another SoundFont")
    sounds = {}
    for piece, layers in shots.items():
        tops = [*(top for top, _ in layers[:-1]), MAX_VELOCITY]
        sounds[piece] = PieceSound(
            tuple(Layer(top, (shot,)) for top, (_, shot) in zip(tops, layers, strict=True)),
            default_chokes(piece),
        )
    return Kit(path.stem, levelled(sounds))


def _stroke(slot: NDArray[np.float32]) -> Shot | None:
    """A stroke, to where it has died away; None where nothing sounds."""
    level = np.abs(slot).max(axis=0, initial=0.0)
    peak = float(level.max(initial=0.0))
    if peak < _SILENT:
        return None
    loud = np.flatnonzero(level > peak * _TAIL)
    start, stop = int(loud[0]), int(loud[-1]) + 1
    shot = slot[:, start:stop].copy()
    fade = min(shot.shape[1], round(_FADE_S * KIT_RATE_HZ))
    shot[:, -fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    same = shot.shape[0] == 2 and np.array_equal(shot[0], shot[1])
    return shot[:1] if same else shot


def _played(
    program: str, soundfont: Path, strikes: Sequence[tuple[int, int]]
) -> NDArray[np.float32]:
    """What FluidSynth makes of keys and velocities, `_SLOT_S` each, (2, n)."""
    with tempfile.TemporaryDirectory(prefix="drumnet-kit-") as folder:
        score, sound = Path(folder, "strikes.mid"), Path(folder, "strikes.wav")
        _write_score(score, strikes)
        command = [program, "-ni", "-q", "-R", "0", "-C", "0", "-g", _GAIN]
        command += ["-r", str(KIT_RATE_HZ), "-T", "wav", "-O", "float", "-F", str(sound)]
        command += [str(soundfont.resolve()), str(score)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            raise KitError(
                f"FluidSynth took over two minutes for '{soundfont}': give another"
            ) from None
        if done.returncode or not sound.is_file():
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise KitError(
                f"FluidSynth cannot play '{soundfont}' ({said[-1] if said else 'no reason given'})"
            )
        return read_audio(sound).samples


def _write_score(path: Path, strikes: Sequence[tuple[int, int]]) -> None:
    """A MIDI file with one stroke a slot, each of them released: FluidSynth
    renders for as long as a note sounds, which for some is for ever."""
    import mido

    slot, held = (round(s * _TICKS_PER_SECOND) for s in (_SLOT_S, _HELD_S))
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000)])
    wait = 0
    for key, velocity in strikes:
        drum = {"channel": _DRUM_CHANNEL, "note": key}
        track.append(mido.Message("note_on", velocity=velocity, time=wait, **drum))
        track.append(mido.Message("note_off", velocity=0, time=held, **drum))
        wait = slot - held
    track.append(mido.MetaMessage("end_of_track", time=wait))
    mido.MidiFile(type=1, ticks_per_beat=_TICKS_PER_SECOND, tracks=[track]).save(path)

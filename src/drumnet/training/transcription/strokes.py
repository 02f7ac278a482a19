"""Single strokes, to render drums from.

In: General MIDI soundfonts (by FluidSynth) and Hydrogen drum kits (folders with
a `drumkit.xml`).  Out: a `StrokeKit` of each: strokes of the nine pieces, of
other percussion and of pitched instruments, by the General MIDI key that plays
them, softest first, each brought to one level.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, read_arrays, write_arrays
from drumnet.audio.source import read_audio
from drumnet.errors import DataError, DrumnetError
from drumnet.hits import Piece
from drumnet.kits.one_shots import piece_of_name
from drumnet.song.roles import spelt_out
from drumnet.training.soundfont import write_score
from drumnet.transcribe.spectrum import SPECTRUM

RATE_HZ = SPECTRUM.sample_rate_hz
Wave = NDArray[np.float32]

#: Percussion that is heard in drum stems and is none of the nine pieces:
#: tambourine, cowbell, bongos, congas, maracas, claves, wood block, shaker.
OTHER_KEYS = (54, 56, 60, 61, 62, 63, 64, 69, 70, 75, 76, 82)
#: The keys of the pieces that kits are asked for.
PIECE_KEYS = tuple(key for key in range(35, 60) if Piece.from_midi_key(key) is not None)
#: General MIDI percussion programs (from 0); the orchestra's has timpani for toms.
_KIT_PROGRAMS = (0, 8, 16, 24, 25, 32, 40)
#: Instruments whose sound may leak into a drum stem, and their lowest and highest key.
_LEAKS: Mapping[int, tuple[int, int]] = {
    33: (28, 52), 34: (28, 52), 38: (28, 52), 0: (40, 84), 18: (48, 84), 27: (40, 76),
    29: (40, 70), 30: (40, 64), 25: (40, 76), 48: (48, 84), 53: (52, 79), 81: (48, 84),
}  # fmt: skip
_VELOCITIES = (30, 62, 95, 127)
_SPACE_S, _HELD_S = 3.0, 2.6
_LEVEL_S = 0.050
#: Sound before this share of the peak is cut off, and after the last above it.
_START, _END = 10 ** (-30 / 20), 10 ** (-60 / 20)
_FADE_S = 0.05
_LEAST_PEAK = 1e-4
_TIMEOUT_S = 120.0

#: How the instruments of Hydrogen kits are called besides what producers' files are.
_WORDS: tuple[tuple[str, int], ...] = (
    (r"stick|rim click|click", 37),
    (r"clap", 39),
    (r"bell", 53),
    (r"ride flink|flink|choke|roll|swish|snaps?|foot|zap|fx", 0),
    (r"semi ?open|hi hat free|open(?:ed)?|op(?= |$)|ohh", 46),
    (r"pedal|pd(?= |$)", 44),
    (r"tambourine", 54),
    (r"cow ?bell|agogo", 56),
    (r"maraca|shaker", 70),
    (r"conga|djembe|bongo|cajon", 63),
    (r"china", 52),
    (r"splash", 55),
)
_HAT_WORDS = re.compile(r"(?:^| )(?:hats?|hi hats?|hh|ohh|chh)(?= |$)")


@dataclass(frozen=True, eq=False)
class StrokeKit:
    """Args:
    name: of the soundfont and its program, or of the Hydrogen kit.
    strokes: by General MIDI key, softest first; (n,) at 44.1 kHz, the loudest
        50 ms at an RMS of 1, starting with the attack.
    leaks: notes of pitched instruments, likewise.
    """

    name: str
    strokes: Mapping[int, Sequence[Wave]]
    leaks: Sequence[Wave] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it has a kick, a snare and a closed hat."""
        pieces = {Piece.from_midi_key(key) for key in self.strokes}
        return {Piece.KICK, Piece.SNARE, Piece.CLOSED_HAT} <= pieces

    def save(self, path: Path) -> None:
        arrays: dict[str, NDArray[np.generic]] = {"name": np.array([self.name])}
        for key, waves in self.strokes.items():
            for number, wave in enumerate(waves):
                arrays[f"s_{key}_{number:02d}"] = wave.astype(np.float16)
        for number, wave in enumerate(self.leaks):
            arrays[f"l_0_{number:03d}"] = wave.astype(np.float16)
        write_arrays(path, arrays)

    @staticmethod
    def load(path: Path) -> StrokeKit:
        """Raises:
        DataError: the file is missing or no kit.
        """
        return read_arrays(path, "kit of strokes", _kit_in, "remove its folder to make it again")


def _kit_in(found: Mapping[str, NDArray[np.generic]]) -> StrokeKit:
    strokes: dict[int, list[Wave]] = {}
    leaks: list[Wave] = []
    for name in sorted(found):
        if name == "name":
            continue
        kind, key, _ = name.split("_")
        wave = fitting(found[name], None).astype(np.float32)
        if not len(wave):
            raise ValueError("a stroke of no samples")
        leaks.append(wave) if kind == "l" else strokes.setdefault(int(key), []).append(wave)
    return StrokeKit(str(found["name"][0]), strokes, leaks)


def clean_stroke(sound: Wave) -> Wave | None:
    """A stroke from its attack to its end, its loudest 50 ms at an RMS of 1;
    None where nothing sounds."""
    peak = float(np.abs(sound).max(initial=0.0))
    if peak < _LEAST_PEAK:
        return None
    loud = np.flatnonzero(np.abs(sound) > peak * _START)
    heard = np.flatnonzero(np.abs(sound) > peak * _END)
    stop = min(int(heard[-1]) + 1, int(loud[0]) + round(_SPACE_S * RATE_HZ))
    wave = sound[int(loud[0]) : stop].astype(np.float32)
    fade = min(len(wave), round(_FADE_S * RATE_HZ))
    wave[len(wave) - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    width = round(_LEVEL_S * RATE_HZ)
    energy = np.concatenate([[0.0], np.cumsum(np.pad(wave, (0, width)).astype(np.float64) ** 2)])
    level = float(np.sqrt((energy[width:] - energy[:-width]).max() / width))
    return np.asarray(wave / max(level, 1e-9), dtype=np.float32)


def soundfont_kits(soundfont: Path) -> Iterator[StrokeKit]:
    """The kits of a soundfont that differ from each other; the first has its leaks.

    Raises:
        DataError: FluidSynth fails.
    """
    seen: set[bytes] = set()
    for program in _KIT_PROGRAMS:
        keys = (*PIECE_KEYS, *(OTHER_KEYS if program == 0 else ()))
        notes = [(key, velocity) for key in keys for velocity in _VELOCITIES]
        waves = _rendered(soundfont, notes, program, drums=True)
        strokes: dict[int, list[Wave]] = {}
        for (key, _), wave in zip(notes, waves, strict=True):
            if wave is not None:
                strokes.setdefault(key, []).append(wave)
        marks = (wave[:400].astype(np.float16) for key in (36, 38) for wave in strokes.get(key, ()))
        mark = b"".join(wave.tobytes() for wave in marks)
        if mark in seen:  # what a soundfont lacks is played with its standard kit
            continue
        seen.add(mark)
        leaks = list(_leaks(soundfont)) if program == 0 else []
        yield StrokeKit(f"{soundfont.stem}_{program}", strokes, leaks)


def _leaks(soundfont: Path) -> Iterator[Wave]:
    for program, (lowest, highest) in _LEAKS.items():
        notes = [(key, 100) for key in range(lowest, highest, 5)]
        yield from filter(_is_wave, _rendered(soundfont, notes, program, drums=False))


def _is_wave(wave: Wave | None) -> bool:
    return wave is not None


def _rendered(
    soundfont: Path, notes: Sequence[tuple[int, int]], program: int, *, drums: bool
) -> list[Wave | None]:
    """Each (key, velocity) as a stroke of its own, without reverb."""
    return [clean_stroke(wave) for wave in rendered_notes(soundfont, notes, program, drums=drums)]


def rendered_notes(
    soundfont: Path,
    notes: Sequence[tuple[int, int]],
    program: int,
    *,
    drums: bool,
    held_s: float = _HELD_S,
) -> list[Wave]:
    """3 s of sound of each (key, velocity), without reverb; it is struck at their start.

    Raises:
        DataError: FluidSynth fails.
    """
    at = np.arange(len(notes)) * _SPACE_S
    keys, velocities = np.array(notes).T
    table = np.stack([at, at + held_s, keys, velocities], axis=1)
    with tempfile.TemporaryDirectory() as folder:
        score, sound = Path(folder, "strokes.mid"), Path(folder, "strokes.wav")
        write_score(score, table, program, drums, len(notes) * _SPACE_S)
        command = ["fluidsynth", "-ni", "-q", "-g", "0.6", "-R", "0", "-C", "0"]
        command += ["-o", "synth.dynamic-sample-loading=1", "-r", str(RATE_HZ)]
        command += ["-T", "wav", "-F", str(sound), str(soundfont), str(score)]
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)
        if done.returncode or not sound.is_file():
            raise DataError(f"fluidsynth failed on {soundfont.name}: {done.stderr.decode()[-200:]}")
        heard = read_audio(sound).samples.mean(axis=0, dtype=np.float32)
    bounds = np.round(np.append(at, len(notes) * _SPACE_S) * RATE_HZ).astype(int)
    return [heard[start:stop] for start, stop in pairwise(bounds.tolist())]


def hydrogen_kit(folder: Path) -> StrokeKit:
    """The kit of a folder with a `drumkit.xml` (Hydrogen's format).

    Raises:
        DataError: no readable kit in the folder.
    """
    try:
        text = (folder / "drumkit.xml").read_text(encoding="utf-8", errors="replace")
        root = ElementTree.fromstring(re.sub(r'\sxmlns="[^"]+"', "", text, count=1))
    except (OSError, ElementTree.ParseError) as fault:
        raise DataError(f"'{folder}' has no readable drumkit.xml: {fault}") from fault
    strokes: dict[int, list[Wave]] = {}
    for instrument in root.iter("instrument"):
        key = key_of_name(instrument.findtext("name") or "")
        layers = sorted(
            (_softest(layer.findtext("min")), layer.findtext("filename") or "")
            for layer in instrument.iter("layer")
        ) or [(0.0, instrument.findtext("filename") or "")]
        for _, name in layers if key else ():
            wave = _file_stroke(folder / name)
            if wave is not None:
                strokes.setdefault(key, []).append(wave)
    return StrokeKit(folder.name, strokes)


def _softest(text: str | None) -> float:
    """Of a layer's velocities; of one that does not say it in a number, 0."""
    with suppress(ValueError, TypeError):
        return float(text or 0)
    return 0.0


def _file_stroke(path: Path) -> Wave | None:
    try:
        sound = read_audio(path)
        return clean_stroke(sound.mono().resampled(RATE_HZ).samples[0])
    except DrumnetError:  # of an empty sample, or a name without a file
        return None


def key_of_name(name: str) -> int:
    """The General MIDI key of an instrument's name; 0 for what is none of ours.

    >>> key_of_name("Closed HH"), key_of_name("Paiste Bell"), key_of_name("Zap 1")
    (42, 53, 0)
    """
    words = spelt_out(name.split("(")[0])
    for pattern, key in _WORDS:
        if re.search(rf"(?:^| )(?:{pattern})(?= |$)", words):
            if key in (44, 46) and not _HAT_WORDS.search(words):
                continue
            return key
    if "tom" in words.split():
        ranks = (("floor", 43), ("low", 43), ("mid", 47), ("2", 47), ("middle", 47))
        return next((key for word, key in ranks if word in words.split()), 50)
    piece = piece_of_name(name.split("(")[0])
    return 0 if piece is None else piece.midi_key

"""Drum kits of Hydrogen, and folders of one-shots.

In: a folder with a `drumkit.xml`, or with a sound file a stroke.  Out: its strokes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

from drumnet.audio.source import read_audio
from drumnet.errors import DataError, DrumnetError
from drumnet.training.band.sources.names import key_of_name
from drumnet.training.band.strokes import RATE_HZ, StrokeKit, Wave, clean_stroke

#: In a kit the bell is the ride's; in a folder it may be anything.
_ANY_BELL = 53
_SOUNDS = (".wav", ".flac", ".ogg", ".aif", ".aiff")


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
            wave = file_stroke(folder / name)
            if wave is not None:
                strokes.setdefault(key, []).append(wave)
    return StrokeKit(folder.name, strokes)


def _softest(text: str | None) -> float:
    """Of a layer's velocities; of one that does not say it in a number, 0."""
    with suppress(ValueError, TypeError):
        return float(text or 0)
    return 0.0


def file_stroke(path: Path) -> Wave | None:
    """The stroke that a sound file is; None where it is none."""
    try:
        sound = read_audio(path)
        return clean_stroke(sound.mono().resampled(RATE_HZ).samples[0])
    except DrumnetError:  # of an empty sample, or a name without a file
        return None


def one_shot_kits(folder: Path) -> Iterator[StrokeKit]:
    """Kits of a folder of one-shots that are named by what they are (`bd_haus.flac`): the
    first sound of each drum, then the second of each, and so on."""
    found: dict[int, list[Path]] = {}
    for file in sorted(folder.iterdir()):
        key = key_of_name(file.stem) if file.suffix.lower() in _SOUNDS else 0
        if key and key != _ANY_BELL:
            found.setdefault(key, []).append(file)
    for number in range(max(map(len, found.values()), default=0)):
        files = {key: paths[number] for key, paths in found.items() if number < len(paths)}
        waves = {key: file_stroke(path) for key, path in files.items()}
        strokes = {key: [wave] for key, wave in waves.items() if wave is not None}
        if strokes:
            yield StrokeKit(f"{folder.name}_{number}", strokes)

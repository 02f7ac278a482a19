#!/usr/bin/env python3
"""ADTOF on recordings: writes what it hears as MIDI, for `measure_drum_ears.py`.

ADTOF (Zehren, Alunno and Bientinesi, "High-Quality and Reproducible Automatic Drum
Transcription from Crowdsourced Data", Signals 4, 2023) as ported to PyTorch by X. Riley. Its
weights are CC BY-NC-SA 4.0: measured against, no part of DrumNet. So it has an environment of
its own, and nothing of DrumNet is imported here:

    git clone https://github.com/xavriley/ADTOF-pytorch
    python -m venv adtof && adtof/bin/pip install ./ADTOF-pytorch soundfile
    adtof/bin/python scripts/run_adtof.py REAL [--gain-db DB] -o ESTIMATES

REAL holds a folder a song, with stems of sound, one of them `drums`. ESTIMATES gets
`drums/SONG.mid`, heard in the drum stem, and `mix/SONG.mid`, heard in the sum of all stems.
On the CPU, with the thresholds that come with it. It takes sound at the level that it has, and
what it hears depends on it: hence `--gain-db`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import soundfile
from adtof_pytorch import transcribe_to_midi

SUFFIXES = {".wav", ".flac", ".ogg", ".mp3"}


def stems_of(song: Path) -> list[Path]:
    return sorted(path for path in song.iterdir() if path.suffix.lower() in SUFFIXES)


def write_sum(stems: list[Path], gain_db: float, output: Path) -> None:
    """The sum of the stems, mono, as float so that nothing clips."""
    sounds = [soundfile.read(stem, always_2d=True) for stem in stems]
    length = min(len(samples) for samples, _ in sounds)
    total = sum(samples[:length].mean(axis=1) for samples, _ in sounds)
    soundfile.write(output, total * 10 ** (gain_db / 20), sounds[0][1], subtype="FLOAT")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("real", type=Path)
    parser.add_argument("--gain-db", type=float, default=0.0)
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    songs = [path.parent for path in sorted(arguments.real.glob("*/drums.tsv"))]
    if not songs:
        parser.error(f"no folder in '{arguments.real}' has a drums.tsv")
    with TemporaryDirectory() as scratch:
        sound = Path(scratch) / "sound.wav"
        for song in songs:
            stems = stems_of(song)
            drums = [stem for stem in stems if stem.stem == "drums"]
            if not drums:
                parser.error(f"'{song}' has no drum stem: name it drums.wav, or .flac")
            for heard, kind in ((drums, "drums"), (stems, "mix")):
                write_sum(heard, arguments.gain_db, sound)
                written = arguments.output / kind / f"{song.name}.mid"
                transcribe_to_midi(sound, written, device="cpu")
                print(written)


if __name__ == "__main__":
    main()

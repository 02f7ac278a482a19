#!/usr/bin/env python3
"""Render songs of the MIDI corpus to a catalogue of stems, for `measure_batch.py`.

    python scripts/batch_catalogue.py CORPUS OUT [--songs 40] [--links 100] [--workers 2]

Songs of the split `test` that last about three minutes are played by FluidSynth with a General
MIDI soundfont: a 16-bit stereo WAV at 44.1 kHz for each of bass, guitar, keys and voice, all as
long as the song.  With --links the catalogue has so many songs, those that are rendered again
under other names (hard links).  The first of every hundred is damaged: its first stem is cut
off in the middle of its header.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from drumnet.training.soundfont import find_soundfonts, write_score

from drumnet.corpus.reading import ROLE_OF_TRACK, read_manifest
from drumnet.midi.read import read_midi
from drumnet.song.roles import Role
from drumnet.workers import LocalWorkers, in_order

SHORTEST_S, LONGEST_S = 165.0, 195.0
PROGRAMS = {Role.BASS: 33, Role.GUITAR: 27, Role.KEYS: 4, Role.VOCALS: 53}
RATE_HZ = 44_100
DAMAGED_EVERY = 100


def rendered(corpus: Path, out: Path, soundfont: Path, file: str) -> Path:
    """The stems of a song, in a folder of its name."""
    midi = read_midi(corpus / file)
    folder = out / Path(file).stem
    folder.mkdir(parents=True, exist_ok=True)
    for track in midi.tracks:
        role = ROLE_OF_TRACK.get(track.name)
        if role not in PROGRAMS or (folder / f"{role.value}.wav").exists():
            continue
        begins_s, ends_s = midi.seconds(track.ticks), midi.seconds(track.end_ticks)
        notes = np.stack([begins_s, ends_s, track.keys, track.velocities], axis=1)
        with tempfile.TemporaryDirectory() as work:
            score = Path(work) / "score.mid"
            write_score(score, notes, PROGRAMS[role], False, midi.duration_s)
            wav = folder / f"{role.value}.wav"
            command = ["fluidsynth", "-ni", "-q", "-F", str(wav), "-r", str(RATE_HZ), "-O", "s16"]
            subprocess.run([*command, str(soundfont), str(score)], check=True, capture_output=True)
    return folder


def linked(folders: list[Path], out: Path, number: int) -> None:
    """So many songs in all, the first of every hundred damaged."""
    for index in range(number):
        source = folders[index % len(folders)]
        folder = out / f"{index // DAMAGED_EVERY:03}" / f"{index:06} {source.name}"[:60].strip(" .")
        folder.mkdir(parents=True, exist_ok=True)
        for place, stem in enumerate(sorted(source.glob("*.wav"))):
            if index % DAMAGED_EVERY == 0 and place == 0:
                (folder / stem.name).write_bytes(stem.read_bytes()[:30])
            elif not (folder / stem.name).exists():
                os.link(stem, folder / stem.name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--songs", type=int, default=40)
    parser.add_argument("--links", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    wanted = [
        entry["file"]
        for entry in read_manifest(asked.corpus)
        if entry["split"] == "test"
        and SHORTEST_S <= entry["duration_s"] <= LONGEST_S
        and len({*entry["tracks"]} & {"BASS", "GUITAR", "KEYS", "VOCALS"}) >= 3
    ][: asked.songs]
    soundfont = next(file for file in find_soundfonts() if file.name.startswith("FluidR3_GM."))
    work = partial(rendered, asked.corpus, asked.out / "rendered", soundfont)
    with LocalWorkers(asked.workers) as workers:
        folders = list(in_order(workers, work, wanted))
    linked(folders, asked.out / "catalogue", asked.links)
    print(f"{len(folders)} songs rendered, {asked.links} in {asked.out / 'catalogue'}")


if __name__ == "__main__":
    main()

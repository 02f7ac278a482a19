#!/usr/bin/env python3
"""`drumnet transcribe` beside other transcribers: writes docs/drum-ears.md.

Recordings: folders with stems (one of them `drums`) and `drums.tsv` (see `drum_classes`). What
another tool heard in them lies in a folder, as `drums/SONG.mid` for the drum stem and
`mix/SONG.mid` for the sum of all stems, or as `.tsv` with lines `seconds class`;
`scripts/run_adtof.py` writes them. Onsets match within 50 ms (mir_eval); all strokes of all
classes count the same (micro F1).

    scripts/measure_drum_ears.py REAL ADTOF=FOLDER "ADTOF at -10 dB=FOLDER" ... \\
        --side-sticks mdb_country1 mdb_reggae -o docs/drum-ears.md
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drum_classes import (
    CLASSES,
    ONE_STROKE_S,
    OTHER,
    Times,
    annotated,
    by_class,
    class_counts,
    micro,
    read_classes,
    song_folders,
)
from drumnet.audio.source import SOUND_SUFFIXES, Audio, read_audio
from drumnet.beats.choice import BeatChoice
from drumnet.errors import DrumnetError
from drumnet.hits import DrumTrack, Piece
from drumnet.metrics.hits import Counts
from drumnet.midi.read import MIDI_SUFFIXES, read_midi
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem
from drumnet.transcribe import drum_track
from drumnet.transcribe.network import load_drum_network

KINDS = {"drums": "Drum stems", "mix": "Full mixes, without separation"}
OURS, APART = "drumnet", "drumnet, pieces apart"
PREFACE = """\
Written by `scripts/measure_drum_ears.py`; do not edit. `drumnet` is `drumnet transcribe` with the
weights `{weights}`; ADTOF (Zehren et al. 2023, as ported to PyTorch) heard the same sound:
`scripts/run_adtof.py` says how it is obtained; its weights are CC BY-NC-SA, to measure against
only. It takes sound at the level that it has, so other levels stand beside it. A stroke is right
within 50 ms of an annotated one of its class; all strokes of all classes count the same. Two
pieces of one class within {together_ms:.0f} ms (crash and ride, two toms) are one stroke, for
ADTOF cannot say two; "pieces apart" counts both."""
SIDE_STICKS = """\
**MDB's classes.** The annotation is that of MDB Drums (Southall et al. 2017) by class. Its
subclasses are in them so: KD kick; SD all strokes on the snare (SD, SDB brushes, SDD drag, SDF
flam, SDG ghost note, SDNS without snares); HH closed, open and pedal hat; TT all toms; CY ride,
its bell, crash, china, splash; OT side stick (SST) and tambourine (TMB). OT is in none of the
five classes: who calls it a snare is wrong.

**As ADTOF reads them.** ADTOF's own evaluation (`MDBS_MIDI`, then `MIDI_REDUCED_5`, in its
`adtof/ressources/instrumentsMapping.py`) maps the subclasses to the same five classes, but a
side stick to the snare; a tambourine is left out. General MIDI's side stick is a snare to
DrumNet as well (`drumnet.hits`). The second tables of each kind take the other percussion (OT)
of {songs}, side sticks all of it, for snares."""


@dataclass(frozen=True)
class Heard:
    """What was wanted of a song, and what each tool heard in it, by class."""

    song: str
    wanted: Mapping[str, Times]
    found: Mapping[str, Mapping[str, Times]]

    def counts(self, tool: str, side_sticks: Collection[str] = ()) -> dict[str, Counts]:
        """Args:
        side_sticks: songs whose OT is a side stick, and taken for a snare.
        """
        wanted = dict(self.wanted)
        if self.song in side_sticks:
            wanted["SD"] = np.sort(np.concatenate([wanted["SD"], wanted[OTHER]]))
        return class_counts(wanted, self.found[tool])


def sound_of(song: Path, kind: str) -> Audio:
    """The drum stem, or the sum of the stems, mono."""
    paths = sorted(p for p in song.iterdir() if p.suffix.lower() in SOUND_SUFFIXES)
    if kind == "drums":
        paths = [path for path in paths if path.stem == "drums"]
    if not paths:
        raise DrumnetError(f"'{song}' has no drum stem: name it drums.wav, or .flac")
    stems = [read_audio(path).mono() for path in paths]
    length = min(stem.num_samples for stem in stems)
    total = sum(stem.samples[:, :length] for stem in stems)
    return Audio(np.asarray(total, dtype=np.float32), stems[0].sample_rate)


def transcribed(sound: Audio) -> DrumTrack:
    """As `drumnet transcribe` hears it."""
    stem = Stem("drums", Role.DRUMS, sound)
    song = Song((stem,))
    grid = BeatChoice().grid(song).covering(song.duration_s)
    return drum_track(stem, grid)


def heard_in(folder: Path, kind: str, others: Mapping[str, Path]) -> Heard:
    """What every tool hears in one recording."""
    strokes = [(hit.onset_s, hit.piece) for hit in transcribed(sound_of(folder, kind))]
    found = {OURS: by_class(strokes), APART: by_class(strokes, one_stroke_s=0.0)}
    for tool, estimates in others.items():
        found[tool] = estimated(estimates / kind, folder.name)
    return Heard(folder.name, annotated(folder), found)


def estimated(folder: Path, song: str) -> dict[str, Times]:
    """What the other tool heard, of its MIDI file or table."""
    for path in sorted(folder.glob(f"{song}.*")):
        if path.suffix == ".tsv":
            return read_classes(path)
        if path.suffix.lower() in MIDI_SUFFIXES:
            midi = read_midi(path)
            notes = [
                (float(at), Piece.from_midi_key(int(key)))
                for track in midi.tracks
                for at, key in zip(midi.seconds(track.ticks), track.keys, strict=True)
            ]
            return by_class((at, piece) for at, piece in notes if piece is not None)
    raise DrumnetError(f"'{folder}' has no {song}.mid or .tsv: let the other tool write it first")


def tables(songs: list[Heard], side_sticks: Collection[str]) -> Iterator[str]:
    """By song and pooled, by class and all of them."""
    names = [heard.song.removeprefix("mdb_") for heard in songs]
    yield f"| micro F1 | {' | '.join(names)} | pooled |"
    yield "|---|" + "---|" * (len(names) + 1)
    counted = {
        tool: [heard.counts(tool, side_sticks) for heard in songs] for tool in songs[0].found
    }
    for tool, found in counted.items():
        own = [micro(counts.values()) for counts in found]
        cells = " | ".join(f"{counts.f_measure:.3f}" for counts in own)
        yield f"| {tool} | {cells} | **{micro(own).f_measure:.3f}** |"
    yield ""
    yield f"| pooled F1 | {' | '.join(CLASSES)} |"
    yield "|---|" + "---|" * len(CLASSES)
    for tool, found in counted.items():
        pooled = [micro(counts[name] for counts in found) for name in CLASSES]
        cells = " | ".join(
            f"{c.f_measure:.3f} ({c.matched} of {c.wanted}, {c.played - c.matched} wrong)"
            for c in pooled
        )
        yield f"| {tool} | {cells} |"


def document(arguments: argparse.Namespace) -> Iterator[str]:
    yield "# Drums heard, beside the best"
    yield ""
    yield PREFACE.format(weights=load_drum_network().name, together_ms=1000 * ONE_STROKE_S)
    if arguments.side_sticks:
        songs = " and ".join(f"`{song}`" for song in arguments.side_sticks)
        yield from ("", SIDE_STICKS.format(songs=songs))
    for kind, title in KINDS.items():
        heard = [
            heard_in(folder, kind, dict(arguments.others))
            for folder in song_folders(arguments.real)
        ]
        yield from ("", f"## {title}", "", *tables(heard, ()))
        if arguments.side_sticks:
            yield from ("", "Side sticks taken for snares:", "")
            yield from tables(heard, arguments.side_sticks)


def named_folder(text: str) -> tuple[str, Path]:
    name, equals, folder = text.partition("=")
    if not (name and equals and Path(folder).is_dir()):
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=FOLDER with a folder that exists")
    return name, Path(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("real", type=Path)
    parser.add_argument("others", type=named_folder, nargs="*", metavar="NAME=FOLDER")
    parser.add_argument("--side-sticks", nargs="*", default=(), metavar="SONG")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    if not song_folders(arguments.real):
        parser.error(f"no folder in '{arguments.real}' has a drums.tsv")
    try:
        lines = list(document(arguments))
    except DrumnetError as error:
        parser.exit(1, f"{error}\n")
    arguments.output.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()

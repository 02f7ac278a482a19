#!/usr/bin/env python3
"""What each part of the world of sound is worth: writes a table.

The same network is trained on as many clips as often, rendered with more and more of the
world: the kits of soundfonts as they are; kits of samples and synthesised ones besides;
amplifiers, rooms, the band, noise; projects of LMMS.  Measured is the micro F1 of annotated
recordings' drum stems (50 ms, see `measure_drum_ears.py`) and of rendered clips that are
played with what was held out.  Thresholds are tuned on the latter.

    scripts/measure_world.py WORK REAL --projects LMMS -o TABLE.md

WORK is the folder of `drumnet train-drums`; what this makes is in WORK/worth, and is used again.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from drum_classes import CLASSES, annotated, by_class, class_counts, micro, song_folders
from drumnet.audio.source import open_audio
from drumnet.hits import Piece
from drumnet.metrics.hits import Counts
from drumnet.training.band.config import RenderConfig
from drumnet.training.band.inventory import Inventory, load_inventory
from drumnet.training.band.lmms import LmmsExcerpt, lmms_excerpts
from drumnet.training.band.scores import load_scores
from drumnet.training.transcription.export import export_drums
from drumnet.training.transcription.loop import DrumTrainingConfig, train_drums
from drumnet.training.transcription.prepare import (
    CLIPS_FOLDER,
    load_clips,
    save_clips,
    scores_file,
)
from drumnet.training.transcription.render import Clip, ClipConfig, project_clip, rendered_clip
from drumnet.transcribe import hear_strokes
from drumnet.transcribe.network import load_drum_network

#: How many clips, how often, and how many of them are of projects where there are any.
CLIPS, STEPS, OF_PROJECTS = 800, 300, 0.15
DRY = RenderConfig(layered=0.0, rattled=0.0, treated=0.0, recorded=0.0)
ALONE = ClipConfig(leak=0.0, mix=0.0, no_drums=0.0, noise=0.0, lossy=0.0, take=DRY)

Draw = Callable[[np.random.Generator], Clip]


def draws(work: Path, excerpts: list[LmmsExcerpt]) -> Iterator[tuple[str, Draw]]:
    """More and more of the world."""
    scores = load_scores(scores_file(work, "train"))
    with_band = [score for score in scores if score.parts]
    everything = load_inventory(work, "train")
    soundfonts = ("FluidR3", "MuseScore", "sf_GM", "OPL-3")
    fonts = Inventory(tuple(kit for kit in everything.kits if kit.name.startswith(soundfonts)))

    def drawn(inventory: Inventory, config: ClipConfig) -> Draw:
        def draw(rng: np.random.Generator) -> Clip:
            score = scores[int(rng.integers(len(scores)))]
            return rendered_clip(score, with_band, inventory, rng, config)

        return draw

    def with_projects(rng: np.random.Generator) -> Clip:
        if rng.random() < OF_PROJECTS:
            return project_clip(excerpts, rng, ClipConfig())
        return drawn(everything, ClipConfig())(rng)

    yield "soundfonts alone", drawn(fonts, ALONE)
    yield "+ samples and synthesised drums", drawn(everything, ALONE)
    rooms = replace(ALONE, noise=0.7, lossy=0.04, take=RenderConfig())
    yield "+ rooms, desks, noise", drawn(everything, rooms)
    yield "+ the band, through amplifiers", drawn(everything, ClipConfig())
    if excerpts:
        yield "+ projects of LMMS", with_projects


def trained(work: Path, folder: Path, draw: Draw) -> Path:
    """The weights of a network that was trained on such clips."""
    if (folder / "weights" / "model.json").is_file():
        return folder / "weights"
    (folder / CLIPS_FOLDER).mkdir(parents=True, exist_ok=True)
    file = folder / CLIPS_FOLDER / "train_0000.npz"
    if not file.is_file():
        rng = np.random.default_rng(0)
        save_clips(file, [draw(rng) for _ in range(CLIPS)])
    train_drums(folder, folder / "run", DrumTrainingConfig(steps=STEPS))
    export_drums(folder / "run", work, folder / "weights", {"data": folder.name})
    return folder / "weights"


def row(name: str, weights: Path, work: Path, real: Path) -> str:
    """Of the table."""
    network = load_drum_network(weights)
    pieces = list(Piece)
    total: dict[str, Counts] = {}
    for folder in song_folders(real):
        strokes = hear_strokes(open_audio(folder / "drums.flac"), network)
        heard = [
            (float(at), pieces[piece])
            for at, piece in zip(strokes.times_s, strokes.pieces, strict=True)
        ]
        for kind, counts in class_counts(annotated(folder), by_class(heard)).items():
            total[kind] = total.get(kind, Counts()) + counts
    rendered = network.provenance["valid_f"]
    _, wanted = load_clips(work, "valid")
    number = np.array([sum((c[:, 1] == i).sum() for c in wanted) for i in range(len(pieces))])
    mean = float(np.average([rendered[piece.value] for piece in pieces], weights=number))
    cells = [f"{total[kind].f_measure:.3f}" for kind in CLASSES]
    return f"| {name} | {micro(total.values()).f_measure:.3f} | {' | '.join(cells)} | {mean:.3f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("real", type=Path)
    parser.add_argument("--projects", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    excerpts = lmms_excerpts(args.projects) if args.projects else []
    lines = [
        f"| {CLIPS} clips, {STEPS} steps | micro | {' | '.join(CLASSES)} | rendered |",
        "|---|---|" + "---|" * (len(CLASSES) + 1),
    ]
    for number, (name, draw) in enumerate(draws(args.work, excerpts)):
        weights = trained(args.work, args.work / "worth" / str(number), draw)
        lines.append(row(name, weights, args.work, args.real))
        args.output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Measures weights as docs/results.md shows it, and writes the figures as JSON.

    python scripts/measure.py --prepared PREPARED --real REAL --model default \
        -o docs/results/default.json

PREPARED is what `drumnet prepare` made; REAL holds the annotated recordings
(folders `mdb_*` with `bass.flac`, `other.flac`, `beats.tsv`, `drums.tsv`).
Needs `pip install '.[evaluation]'`. `scripts/results_doc.py` makes the tables.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from drumnet.evaluation.protocol import activations, onset_scores, tick_scores
from drumnet.evaluation.retrieval import (
    VARIATIONS,
    ReadCode,
    Retrieval,
    encoder,
    extractor,
    fit_for_retrieval,
    nearest_is_own,
    retrievals,
    song_codes,
)
from drumnet.evaluation.variety import Play, variety
from numpy.typing import ArrayLike, NDArray

from drumnet import Drummer, __version__
from drumnet.beats.files import read_beats
from drumnet.beats.grid import BeatGrid
from drumnet.beats.tracker import OnsetTracker
from drumnet.checkpoint import MODEL_FILE, Checkpoint, file_hash, load_checkpoint
from drumnet.corpus.ticksong import TickSong, TickStore
from drumnet.demo import demo_song
from drumnet.drummer import Listening
from drumnet.errors import DataError, DrumnetError
from drumnet.evaluation.altered import altered_recording
from drumnet.evaluation.passages import all_halved, halved_recording
from drumnet.files import atomic_path
from drumnet.network import Network
from drumnet.song import Song, load_song
from drumnet.training.prepare import SONGS_FILE

FORMAT = "drumnet-results/1"
SEED = 0
RESAMPLES = 10_000
#: Groove is drums without a band: not what the kick is measured on.
DRUMS_ALONE = "groove/"
#: `style extract` takes a second for a song: it is measured on a part.
EXTRACTED_SONGS = 30
EXTRACTED_VARIATIONS = ("80 %", "120 %", "1 beat", "1 bar", "0.1 s")
#: Kind, name and alteration of the recordings.
ALTERATIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("tempo", "80 %", {"speed": 0.8}),
    ("tempo", "90 %", {"speed": 0.9}),
    ("tempo", "110 %", {"speed": 1.1}),
    ("tempo", "120 %", {"speed": 1.2}),
    ("shift", "1 beat", {"first_beat": 1}),
    ("shift", "2 beats", {"first_beat": 2}),
    ("shift", "1 bar of 4", {"first_beat": 4}),
)


def average(values: ArrayLike) -> dict[str, Any]:
    """The mean over songs, and its 95 % interval by bootstrap."""
    songs = np.asarray(values, dtype=float)
    drawn = songs[np.random.default_rng(SEED).integers(len(songs), size=(RESAMPLES, len(songs)))]
    low, high = np.quantile(drawn.mean(axis=1), (0.025, 0.975)).tolist()
    found: dict[str, Any] = rounded({"mean": float(songs.mean()), "ci95": [low, high]})
    return found


def rounded(value: Any) -> Any:
    """Floats to 4 places, NaN to None, at any depth."""
    if isinstance(value, float):
        return round(value, 4) if np.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return value


def corpus_songs(prepared: Path) -> list[TickSong]:
    """The test split, its stems as events."""
    store = TickStore.load(prepared / SONGS_FILE).where(split="test", heard="events")
    return [song for song in store if not str(song.about["name"]).startswith(DRUMS_ALONE)]


def measure_corpus(network: Network, songs: Sequence[TickSong], floor: float) -> dict[str, Any]:
    halves = all_halved(songs)
    if not halves:
        raise DataError("no song of the test split has a kick in both halves: prepare the corpus")
    scores = tick_scores(halves, activations(network, halves), floor)
    transfer = np.array(scores["transfer"].per_song)
    return {
        "songs": len(halves),
        "scores": {
            name: {**average(one.per_song), "pooled": rounded(one.pooled)}
            for name, one in scores.items()
        },
        "transfer_above": {
            name: average(transfer - np.array(one.per_song))
            for name, one in scores.items()
            if name != "transfer"
        },
    }


def measure_recordings(
    network: Network, folders: Sequence[Path], floor: float
) -> list[dict[str, Any]]:
    found = []
    for beats, tracker in (("given", None), ("tracked", OnsetTracker())):
        for snare in (True, False):
            songs = [halved_recording(f, snare=snare, tracker=tracker) for f in folders]
            scores = onset_scores(songs, activations(network, songs), floor)
            found.append(
                {
                    "beats": beats,
                    "snare": "given" if snare else "none",
                    "songs": [song.name for song in songs],
                    "scores": {name: rounded(asdict(one)) for name, one in scores.items()},
                }
            )
    return found


def recording_codes(read: ReadCode, folders: Iterable[Path]) -> NDArray[np.float32]:
    songs = [halved_recording(folder) for folder in folders]
    return np.array([read(song.heard, song.velocity) for song in songs])


def recording_retrievals(
    read: ReadCode, folders: Sequence[Path], codes: NDArray[np.float32]
) -> Iterator[Retrieval]:
    """The recordings altered, found among themselves and other `codes`."""
    codes = np.concatenate([recording_codes(read, folders), codes])
    for kind, name, change in ALTERATIONS:
        with tempfile.TemporaryDirectory() as work:
            altered = [altered_recording(f, Path(work, f.name), **change) for f in folders]
            varied = recording_codes(read, altered)
        yield Retrieval(kind, name, len(folders), *nearest_is_own(codes, varied))


def measure_retrieval(
    network: Network, songs: Sequence[TickSong], folders: Sequence[Path]
) -> dict[str, Any]:
    fit = fit_for_retrieval(songs)
    chosen = np.linspace(0, len(fit) - 1, min(EXTRACTED_SONGS, len(fit))).astype(int)
    fit = [fit[i] for i in chosen] + [song for i, song in enumerate(fit) if i not in chosen]
    codes, some = song_codes(encoder(network), fit), fit[: len(chosen)]
    extract = extractor(network)
    extracted = np.concatenate([song_codes(extract, some), codes[len(some) :]])
    few = [one for one in VARIATIONS if one.name in EXTRACTED_VARIATIONS]
    found = {
        "corpus": retrievals(encoder(network), fit, codes),
        "corpus, extracted": retrievals(extract, some, extracted, few),
        "recordings, extracted": recording_retrievals(extract, folders, extracted),
    }
    return {
        "codes": len(codes),
        "found": {place: [rounded(asdict(one)) for one in rows] for place, rows in found.items()},
    }


def player(drummer: Drummer, listening: Listening) -> Play:
    return lambda seed: drummer.play(listening, seed=seed)


def measure_variety(model: str, folders: Sequence[Path]) -> list[dict[str, Any]]:
    built_in = demo_song()
    songs: list[tuple[str, Song, BeatGrid]] = [("built-in song", built_in.song, built_in.beats)]
    for folder in folders:
        stems = [path for path in sorted(folder.glob("*.flac")) if path.stem != "drums"]
        songs.append((folder.name, load_song(stems), read_beats(folder / "beats.tsv")))
    drummers = (Drummer(model), Drummer(model))
    found = []
    for name, song, grid in songs:
        first, second = (drummer.listen(song, grid) for drummer in drummers)
        result = variety(
            player(drummers[0], first), player(drummers[1], second), first.beats, song.duration_s
        )
        found.append(
            rounded({"song": name, **asdict(result), "density_factor": result.density_factor})
        )
    return found


def provenance(checkpoint: Checkpoint) -> dict[str, Any]:
    packages = ("numpy", "onnxruntime", "mir_eval", "metricon", "soundfile", "soxr")
    return {
        "weights": {
            "name": checkpoint.name,
            "model_json_sha256": file_hash(checkpoint.folder / MODEL_FILE),
            "floors": list(checkpoint.floors),
            **checkpoint.provenance,
        },
        "made": {
            "date": datetime.date.today().isoformat(),
            "drumnet": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in packages},
            "machine": f"{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}",
            "seed": SEED,
        },
    }


def measure(model: str, prepared: Path, real: Path) -> dict[str, Any]:
    """All figures of one set of weights.

    Raises:
        DrumnetError: weights, prepared songs or recordings that are missing.
    """
    begun = time.perf_counter()
    folders = sorted(folder for folder in real.glob("mdb_*") if folder.is_dir())
    if not folders:
        raise DataError(f"'{real}' holds no folders mdb_*: --real names the recordings")
    checkpoint = load_checkpoint(model)
    network, floor = Network(checkpoint), checkpoint.floors[0]
    songs = corpus_songs(prepared)
    results = {"format": FORMAT, "model": Path(model).name, **provenance(checkpoint)}

    def note(stage: str) -> None:
        print(f"{time.perf_counter() - begun:6.0f} s  {stage}", file=sys.stderr, flush=True)

    note("corpus")
    results["corpus"] = measure_corpus(network, songs, floor)
    note("recordings")
    results["recordings"] = measure_recordings(network, folders, floor)
    note("variety")
    results["variety"] = measure_variety(model, folders)
    note("retrieval")
    results["retrieval"] = measure_retrieval(network, songs, folders)
    results["made"]["seconds"] = round(time.perf_counter() - begun)
    return results


def show(results: Mapping[str, Any]) -> None:
    """A compact table."""
    corpus = results["corpus"]
    print(f"{results['weights']['name']}, {results['made']['seconds']} s")
    print(f"{'corpus, ' + str(corpus['songs']) + ' songs':<26}mean   pooled  95 %")
    for name, one in corpus["scores"].items():
        low, high = one["ci95"]
        print(f"  {name:<22}{one['mean']:8.3f}{one['pooled']:8.3f}  {low:.3f}-{high:.3f}")
    for setting in results["recordings"]:
        print(f"recordings, beats {setting['beats']}, snare {setting['snare']}")
        for name, one in setting["scores"].items():
            songs = " ".join(f"{value:.2f}" for value in one["per_song"])
            print(f"  {name:<22}{one['mean']:8.3f}{one['pooled']:8.3f}  {songs}")
    for place, rows in results["retrieval"]["found"].items():
        print(f"retrieval, {place}: top 1, distance")
        for one in rows:
            print(f"  {one['kind'] + ', ' + one['name']:<36}{one['top_1']:.3f}  {one['distance']}")
    for one in results["variety"]:
        print(
            f"variety, {one['song']}: {one['num_patterns']} patterns, density "
            f"{one['least_density']:.2f}-{one['most_density']:.2f}, {one['num_silent']} silent, "
            f"same bytes {one['same_bytes']}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prepared", type=Path, required=True, help="made by drumnet prepare")
    parser.add_argument("--real", type=Path, required=True, help="the annotated recordings")
    parser.add_argument("--model", default="default", help="default, open, or a folder")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the JSON file to write")
    args = parser.parse_args()
    try:
        results = measure(args.model, args.prepared, args.real)
        with atomic_path(args.out) as part:
            part.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    except DrumnetError as fault:
        raise SystemExit(f"error: {fault}") from fault
    show(results)


if __name__ == "__main__":
    main()

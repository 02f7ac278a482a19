"""What several tests share: where the data lies, and a song with a known answer."""

from __future__ import annotations

import itertools
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

if TYPE_CHECKING:
    from drumnet.drummer import Drummer
    from drumnet.training.drummer.config import TrainConfig

REPO = Path(__file__).resolve().parents[1]
SAMPLE_RATE = 44_100


@pytest.fixture(scope="session", autouse=True)
def drawn_seeds() -> Iterator[None]:
    """Seeds that nobody gives are the same in each run of the tests, and all different:
    a test of what is played then fails always or never."""
    seeds = itertools.count(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "randbelow", lambda bound: next(seeds) % bound)
        yield


@pytest.fixture
def sixteenths() -> NDArray[np.float32]:
    """A probability of its own on every sixteenth of 16 bars of 4/4, next to nothing between."""
    probability = np.full(16 * 48, 0.001, np.float32)
    probability[::3] = np.random.default_rng(0).uniform(0.05, 0.95, 16 * 16)
    return probability


@pytest.fixture
def played() -> Callable[..., list[int]]:
    """What is picked of 16 bars of 4/4: `played(probability, floor, seed, piece, **freedom)`."""
    from drumnet.grid import BeatGrid
    from drumnet.hearing.conditioning import on_grid
    from drumnet.hits import Piece
    from drumnet.playing.peak_picking import Freedom, picked_ticks

    beats = np.arange(16 * 4 + 1)
    grid = BeatGrid(beats * 0.5, beats % 4 + 1)
    heard = on_grid(np.zeros((9, grid.num_ticks), np.float32), np.zeros(9, bool), grid)

    def picked(
        probability: NDArray[np.float32],
        floor: float = 0.5,
        seed: int = 0,
        piece: Piece = Piece.KICK,
        **freedom: float,
    ) -> list[int]:
        return picked_ticks(probability, floor, heard, Freedom(**freedom), seed, piece).tolist()

    return picked


@pytest.fixture(scope="session")
def repo() -> Path:
    """The checkout that the tests lie in."""
    return REPO


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder `shared/data` beside the checkout (or under `DRUMNET_SHARED`).

    It is no part of the project: where it is missing the test is skipped.
    """
    shared = Path(os.environ.get("DRUMNET_SHARED") or REPO.parent / "shared")
    if not (shared / "data").is_dir():
        pytest.skip(f"{shared / 'data'} is not there; DRUMNET_SHARED names another place")
    return shared / "data"


def plucks(times_s: NDArray[np.float64], pitch_hz: float, duration_s: float) -> NDArray[np.float32]:
    """Decaying tones that start at the given times; (duration_s * SAMPLE_RATE,)."""
    out = np.zeros(round(duration_s * SAMPLE_RATE), dtype=np.float32)
    t = np.arange(round(0.2 * SAMPLE_RATE)) / SAMPLE_RATE
    tone = (0.5 * np.exp(-t / 0.06) * np.sin(2 * np.pi * pitch_hz * t)).astype(np.float32)
    for start in np.round(times_s * SAMPLE_RATE).astype(int):
        part = out[start : start + len(tone)]
        part += tone[: len(part)]
    return out


@pytest.fixture(scope="session")
def song_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """16 s at 120 bpm: a bass on every beat, keys on every off-beat, a backbeat
    snare, and a kick on beats 1 and 3 (which a song of stems may have)."""
    import soundfile

    folder = tmp_path_factory.mktemp("song")
    beats_s = np.arange(0.0, 16.0, 0.5)
    parts = {
        "Bass DI": plucks(beats_s, 55.0, 16.0),
        "keys": plucks(beats_s + 0.25, 440.0, 16.0),
        "snare top": plucks(beats_s[1::2], 1800.0, 16.0),
        "kick in": plucks(beats_s[::2], 60.0, 16.0),
    }
    for name, samples in parts.items():
        soundfile.write(folder / f"{name}.wav", samples, SAMPLE_RATE, subtype="PCM_16")
    return folder


@pytest.fixture(scope="session")
def drummer() -> Drummer:
    """The drummer of the weights that are shipped."""
    import drumnet.drummer

    if not (Path(drumnet.__file__).parent / "weights" / "default").is_dir():
        pytest.skip("the default weights are not there yet")
    return drumnet.drummer.Drummer("default")


def write_corpus_song(
    path: Path, parts: dict[str, Sequence[int]], num_bars: int, metre: int, bpm: float
) -> None:
    """A MIDI file whose tracks play at the given ticks of every bar, 12 ticks a
    beat; `KICK` and `SNARE` go to the track of drums."""
    import mido

    tempo = mido.MetaMessage("set_tempo", tempo=round(6e7 / bpm))
    time = mido.MetaMessage("time_signature", numerator=metre, denominator=4)
    tracks = [mido.MidiTrack([tempo, time])]
    for name, bar in parts.items():
        channel, key = {"KICK": (9, 36), "SNARE": (9, 38)}.get(name, (0, 40))
        label = "DRUMS" if channel == 9 else name
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=label)])
        now = 0
        for at in (40 * (start * metre * 12 + tick) for start in range(num_bars) for tick in bar):
            note = {"channel": channel, "note": key}
            track.append(mido.Message("note_on", velocity=100, time=at - now, **note))
            track.append(mido.Message("note_off", time=20, **note))
            now = at + 20
        tracks.append(track)
    mido.MidiFile(type=1, ticks_per_beat=480, tracks=tracks).save(path)


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Songs of a bar that repeats: in most the kick copies the bass, in some it
    plays every beat; one is a waltz."""
    folder = tmp_path_factory.mktemp("corpus")
    rng = np.random.default_rng(0)
    songs: list[tuple[str, str, int, bool]] = [
        *((f"copy{i}", "train", 4, True) for i in range(5)),
        *((f"four{i}", "train", 4, False) for i in range(3)),
        ("copy5", "valid", 4, True),
        ("four3", "valid", 4, False),
        ("copy6", "test", 3, True),
    ]
    manifest = []
    for name, split, metre, is_open in songs:
        bass = sorted({0, *(3 * rng.choice(4 * metre, metre + 1, replace=False)).tolist()})
        kick = bass if name.startswith("copy") else range(0, 12 * metre, 12)
        parts = {"BASS": bass, "KEYS": [6, 18], "KICK": kick, "SNARE": [12, 36][: metre - 2]}
        bpm = float(rng.integers(80, 160))
        write_corpus_song(folder / f"{name}.mid", parts, 24, metre, bpm)
        manifest.append({"file": f"{name}.mid", "split": split, "open": is_open, "bpm": bpm})
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture(scope="session")
def tiny_prepared(tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The songs of `tiny_corpus` on ticks."""
    from drumnet.training.drummer.prepare import prepare

    out = tmp_path_factory.mktemp("prepared")
    prepare([tiny_corpus], out, render=0, workers=1)
    return out


@pytest.fixture(scope="session")
def tiny_config() -> TrainConfig:
    """A model so small that it learns in seconds."""
    from drumnet.training.drummer.config import ModelConfig, TrainConfig

    model = ModelConfig(
        width=24,
        mapping_width=16,
        heard_dilations=(1,),
        played_dilations=(1,),
        decoder_dilations=(1, 2),
    )
    return TrainConfig(
        seed=1,
        steps=150,
        batch_songs=6,
        passage_beats=16,
        learning_rate=0.01,
        average=0.9,
        checkpoint_every=25,
        model=model,
    )


@pytest.fixture(scope="session")
def tiny_run(
    tiny_prepared: Path, tiny_config: TrainConfig, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A run trained on the songs of `tiny_corpus`."""
    import torch

    from drumnet.training.drummer.loop import train

    torch.set_num_threads(1)
    run = tmp_path_factory.mktemp("runs") / "tiny"
    train(tiny_prepared, run, tiny_config)
    return run


@pytest.fixture(scope="session")
def tiny_weights(
    tiny_run: Path, tiny_prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """That run, exported."""
    from drumnet.training.drummer.export import export

    return export(tiny_run, tiny_prepared, tmp_path_factory.mktemp("weights") / "tiny").folder

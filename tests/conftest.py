"""What several tests share: where the data lies, and a song with a known answer."""

from __future__ import annotations

import itertools
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.hits import Piece

if TYPE_CHECKING:
    from drumnet.drummer import Drummer

#: Fixtures that stand elsewhere.
pytest_plugins = (
    "fixtures.songs",
    "fixtures.onsets",
    "fixtures.training",
    "fixtures.imitator",
    "fixtures.studio",
    "fixtures.clusters",
)

REPO = Path(__file__).resolve().parents[1]
SAMPLE_RATE = 44_100


class _Seeds:
    """Draws 1, 2, 3, ..."""

    def __init__(self) -> None:
        self.again()

    def again(self) -> None:
        self._next = itertools.count(1)

    def __call__(self, bound: int) -> int:
        return next(self._next) % bound


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is kept for later runs is kept for those of the tests, side by side ones too, and
    the user's own cache is left alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp().parent / "cache"))
        yield


@pytest.fixture(scope="session", autouse=True)
def drawn_seeds() -> Iterator[_Seeds]:
    """Seeds that nobody gives are the same in each run of the tests, and all different:
    a test of what is played then fails always or never."""
    seeds = _Seeds()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "randbelow", seeds)
        yield seeds


@pytest.fixture(autouse=True)
def seeds_begin_again(drawn_seeds: _Seeds) -> Iterator[None]:
    """After each test, so that what ran before on this core makes no difference."""
    yield
    drawn_seeds.again()


@pytest.fixture
def sixteenths() -> NDArray[np.float32]:
    """A probability of its own on every sixteenth of 16 bars of 4/4, next to nothing between."""
    probability = np.full(16 * 48, 0.001, np.float32)
    probability[::3] = np.random.default_rng(0).uniform(0.05, 0.95, 16 * 16)
    return probability


@pytest.fixture
def played() -> Callable[..., list[int]]:
    """What is picked of 16 bars of 4/4: `played(probability, floor, seed, piece, **dared)`."""
    from drumnet.grid import BeatGrid
    from drumnet.hearing.conditioning import on_grid
    from drumnet.playing.peak_picking import picked_ticks

    beats = np.arange(16 * 4 + 1)
    grid = BeatGrid(beats * 0.5, beats % 4 + 1)
    heard = on_grid(np.zeros((9, grid.num_ticks), np.float32), np.zeros(9, bool), grid)

    def picked(
        probability: NDArray[np.float32],
        floor: float = 0.5,
        seed: int = 0,
        piece: Piece = Piece.KICK,
        **dared: float,
    ) -> list[int]:
        return picked_ticks(probability, floor, heard, piece, seed=seed, **dared).tolist()

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

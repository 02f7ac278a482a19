"""What several tests share: where the data lies, and a song with a known answer."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

REPO = Path(__file__).resolve().parents[1]
SAMPLE_RATE = 44_100


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

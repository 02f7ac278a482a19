"""A catalogue of small songs, one of them damaged, and workers that are no processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
import soundfile

_RATE_HZ = 22_050
_BEAT_S = 0.5
_BARS = 4
#: Of each song the beats of its bass, in a bar.
_SONGS = {"album/one": (0.0, 1.0, 2.0, 3.0), "album/two": (0.0, 1.5, 3.0), "three": (0.0, 2.0)}


class InThisProcess:
    """The work done here, one item after the other."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None: ...

    def each(
        self, work: Callable[[Any], Any], items: Sequence[Any], at_a_time: int = 1
    ) -> Iterator[tuple[int, Any]]:
        for index, item in enumerate(items):
            yield index, work(item)


@pytest.fixture
def here() -> InThisProcess:
    """Workers that are no processes."""
    return InThisProcess()


def write_stem(path: Path, beats: Sequence[float], pitch_hz: float) -> None:
    """A sound that decays, on these beats of every bar, at 120 bpm."""
    out = np.zeros(round(_BARS * 4 * _BEAT_S * _RATE_HZ))
    t = np.arange(round(0.2 * _RATE_HZ)) / _RATE_HZ
    tone = 0.5 * np.exp(-t / 0.05) * np.sin(2 * np.pi * pitch_hz * t)
    for bar in range(_BARS):
        for beat in beats:
            start = round((4 * bar + beat) * _BEAT_S * _RATE_HZ)
            out[start : start + len(tone)] += tone[: len(out) - start]
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, out, _RATE_HZ, subtype="PCM_16")


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three songs with a kick, keys and bass, and one whose file is damaged."""
    root = tmp_path_factory.mktemp("catalogue")
    for name, bass in _SONGS.items():
        write_stem(root / name / "bass.wav", bass, 55.0)
        write_stem(root / name / "keys.wav", (0.5, 1.5, 2.5, 3.5), 440.0)
        write_stem(root / name / "kick.wav", (0.0, 2.0), 60.0)
    whole = (root / "three" / "bass.wav").read_bytes()
    (root / "broken").mkdir()
    (root / "broken" / "bass.wav").write_bytes(b"junk" + whole[40:4000])
    (root / "artwork").mkdir()
    (root / "artwork" / "cover.txt").write_text("no sound")
    return root

"""What is larger than anything people make is refused in one line, at once."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import mido
import numpy as np
import pytest

from drumnet.arrays import load_npz
from drumnet.beats.files import read_beats
from drumnet.errors import BeatError, DrumnetError, KitError
from drumnet.grid import BeatGrid
from drumnet.kits.loading import load_kit
from drumnet.midi.read import read_midi
from drumnet.song.onsets import read_rhythm
from drumnet.style.code import StyleCode

#: Millions of small Python objects in whose time a refusal comes, and bytes that it may take.
SOON, LITTLE = 20, 300 << 20


@contextmanager
def traced() -> Iterator[Callable[[], float]]:
    """Seconds that this process has worked since; tracing takes its part of them."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        yield lambda: time.process_time() - begun
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def a_million_s() -> float:
    """What a million small objects take on this machine."""
    with traced() as worked_s:
        for at in range(1_000_000):
            _ = [at]
        return worked_s()


@pytest.fixture(autouse=True)
def soon_and_small(a_million_s: float) -> Iterator[None]:
    with traced() as worked_s:
        yield
        took_s, peak = worked_s(), tracemalloc.get_traced_memory()[1]
    assert took_s < SOON * a_million_s
    assert peak < LITTLE


@pytest.mark.parametrize(
    "text",
    ["1e9\n1000000001\n", "0.0\n0.5\n50000.0\n", "-1e300\n1e300\n", "0\n1e-9\n2e-9\n",
     "1" * 5000 + ".1\n2.0\n", "1" * 5000 + ",1\n2,0\n", "0.0\t1." + "1" * 5000 + "\n1.0\t1.2\n"],
    ids=["far", "long", "huge", "fast", "digits", "digits, comma", "digits of a bar"],
)  # fmt: skip
def test_beats_of_no_song(text: str, tmp_path: Path) -> None:
    path = tmp_path / "beats.tsv"
    path.write_text(text)
    with pytest.raises(BeatError):
        read_beats(path).covering(200.0)


def test_onsets_of_no_song(tmp_path: Path) -> None:
    path = tmp_path / "taps.csv"
    path.write_text("0.5\n1e9\n")
    with pytest.raises(DrumnetError, match="is no time in seconds"):
        read_rhythm(path)


def test_a_grid_that_would_be_all_beats() -> None:
    fast = BeatGrid(np.array([0.0, 1e-7]), np.array([1, 2]))
    far = BeatGrid(np.array([1e9, 1e9 + 1]), np.array([1, 2]))
    for grid in (fast, far):
        with pytest.raises(BeatError, match="more than 300000 beats"):
            grid.covering(300.0)
    with pytest.raises(BeatError, match="is in no song"):
        BeatGrid.constant(120, 10.0, first_downbeat_s=1e12)


@pytest.mark.parametrize(("delta", "tempo"), [(2**28 - 1, 500_000), (2**27, 1), (2**20, 2**24 - 1)])
def test_midi_that_is_no_song(delta: int, tempo: int, tmp_path: Path) -> None:
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=tempo)])
    track += [mido.Message("note_on", note=36, time=delta), mido.Message("note_off", note=36)] * 4
    mido.MidiFile(tracks=[track], ticks_per_beat=96).save(tmp_path / "a.mid")
    with pytest.raises(DrumnetError, match="lasts more than 12 hours"):
        read_midi(tmp_path / "a.mid").beat_grid()


def test_json_that_is_nested_without_end(tmp_path: Path) -> None:
    (tmp_path / "style.json").write_text('{"code": ' + "[" * 100_000)
    with pytest.raises(DrumnetError):
        StyleCode.load(tmp_path / "style.json")
    (tmp_path / "style.json").write_text(json.dumps({"code": [1]})[:-2] + "9" * 5000 + "]}")
    with pytest.raises(DrumnetError):
        StyleCode.load(tmp_path / "style.json")


def fan(folder: Path) -> str:
    for depth in range(12):
        inner = "".join(f'#include "{depth + 1}.sfz"\n' for _ in range(10))
        (folder / f"{depth}.sfz").write_text(inner)
    (folder / "12.sfz").write_text("<region> key=36\n")
    return '#include "0.sfz"\n'


def doubling(_: Path) -> str:
    lines = ["#define $A0 xxxxxxxx"]
    lines += [f"#define $A{n} $A{n - 1}$A{n - 1}" for n in range(1, 40)]
    return "\n".join(lines) + "\n<region> sample=" + "$A39" * 2_000 + " key=36\n" * 3


def regions(_: Path) -> str:
    return "<region> key=36\n" * 60_000


@pytest.mark.parametrize("text", [fan, doubling, regions], ids=lambda text: text.__name__)
def test_an_sfz_that_fans_out(text: Callable[[Path], str], tmp_path: Path) -> None:
    (tmp_path / "kit.sfz").write_text(text(tmp_path))
    with pytest.raises(KitError):
        load_kit(tmp_path / "kit.sfz")


def test_arrays_that_say_they_are_huge(tmp_path: Path) -> None:
    header = io.BytesIO()
    shape = {"descr": "<f8", "fortran_order": False, "shape": (1 << 50,)}
    np.lib.format.write_array_header_1_0(header, shape)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", header.getvalue())
    with pytest.raises(ValueError):
        load_npz(tmp_path / "a.npz")

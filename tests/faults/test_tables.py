"""Times as other programs and countries write them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from drumnet.audio.source import open_audio, read_audio
from drumnet.beats.files import read_beats
from drumnet.beats.taps import read_taps
from drumnet.errors import AudioError, DrumnetError
from drumnet.song.onsets import read_onset_table, read_rhythm
from drumnet.song.roles import Role

TIMES = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0]
NUMBERS = [3, 1, 2, 3, 1, 2, 3, 1]


def comma(time: float, digits: int = 6) -> str:
    return f"{time:.{digits}f}".replace(".", ",")


FORMS = {
    "ours": "".join(f"{t:.6f}\t{n}\n" for t, n in zip(TIMES, NUMBERS, strict=True)),
    "csv": "".join(f"{t:.3f},{n}\n" for t, n in zip(TIMES, NUMBERS, strict=True)),
    "audacity": "".join(f"{t:.6f}\t{t:.6f}\t{n}\n" for t, n in zip(TIMES, NUMBERS, strict=True)),
    "audacity ranges": "".join(
        f"{t:.6f}\t{t + 0.1:.6f}\t{n}\n\\\t100.0\t900.0\n"
        for t, n in zip(TIMES, NUMBERS, strict=True)
    ),
    "audacity commas": "".join(
        f"{comma(t)}\t{comma(t)}\t{n}\n" for t, n in zip(TIMES, NUMBERS, strict=True)
    ),
    "excel, german": "time;beat\n"
    + "".join(f"{comma(t, 2)};{n}\n" for t, n in zip(TIMES, NUMBERS, strict=True)),
    "tabs and commas": "".join(
        f"{comma(t, 1)}\t{n}\r\n" for t, n in zip(TIMES, NUMBERS, strict=True)
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_beats_of_any_form(form: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "beats.txt"
    path.write_text(FORMS[form], encoding=encoding)
    grid = read_beats(path)
    assert grid.beats_s.tolist() == TIMES
    assert grid.beat_in_bar.tolist() == NUMBERS
    assert read_onset_table(path, Role.KICK).times_s.tolist() == TIMES
    assert read_rhythm(path).times_s.tolist() == TIMES


@pytest.mark.parametrize("digits", [1, 3, 6])
def test_taps_with_commas_alone(digits: int, tmp_path: Path) -> None:
    path = tmp_path / "taps.txt"
    path.write_text("".join(f"{comma(time, digits)}\n" for time in TIMES))
    assert read_taps(path) == tuple(TIMES)


def test_labels_that_are_words_are_beats_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_text("".join(f"{t:.6f}\t{t:.6f}\tbeat\n" for t in TIMES))
    assert read_taps(path) == tuple(TIMES)


def test_a_flac_that_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    """As an encoder writes it to a pipe."""
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, 30_000)
    path = tmp_path / "a.flac"
    soundfile.write(path, samples, 44_100)
    known = read_audio(path)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0  # the 36 bits of STREAMINFO that count the samples
    data[22:26] = bytes(4)
    path.write_bytes(data)
    assert open_audio(path).num_samples == 30_000
    assert (read_audio(path).samples == known.samples).all()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    for name, read in (
        ("a.wav", open_audio), ("a.tsv", read_beats), ("a.csv", read_rhythm),
        ("a.mid", read_rhythm),
    ):  # fmt: skip
        os.mkfifo(tmp_path / name)
        with pytest.raises(DrumnetError):
            read(tmp_path / name)
    with pytest.raises(AudioError, match="is a device or a pipe"):
        open_audio("/dev/zero")


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=200) | st.text("0123456789.,;-e \t\n#\\ab").map(str.encode))
def test_any_bytes_are_a_table_or_a_fault_that_is_told(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(data)
    for read in (read_beats, read_rhythm, lambda at: read_onset_table(at, Role.KICK)):
        try:
            read(path)
        except DrumnetError as fault:
            assert "\n" not in str(fault)

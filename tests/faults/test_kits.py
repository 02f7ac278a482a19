"""A kit plays the pieces that it has."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from drumnet.errors import KitError
from drumnet.hits import Piece
from drumnet.kits.loading import load_kit


def sound(path: Path) -> None:
    soundfile.write(path, np.exp(-np.arange(4_000) / 800) * 0.5, 44_100)


def test_a_sample_that_is_missing_costs_its_piece_alone(tmp_path: Path) -> None:
    for name in ("kick.wav", "snare soft.wav"):
        sound(tmp_path / name)
    (tmp_path / "kit.sfz").write_text(
        "<region> key=36 sample=kick.wav\n"
        "<region> key=38 hivel=63 sample=snare soft.wav\n"
        "<region> key=38 lovel=64 sample=snare hard.wav\n"
        "<region> key=42 sample=hat.wav\n"
    )
    kit = load_kit(tmp_path / "kit.sfz")
    assert kit.pieces == (Piece.KICK, Piece.SNARE)
    assert len(kit.sounds[Piece.SNARE].layers) == 1
    with pytest.raises(KitError, match="has no closed_hat"):
        kit.require([Piece.KICK, Piece.CLOSED_HAT])


def test_a_kit_that_has_none_of_its_samples_says_so(tmp_path: Path) -> None:
    (tmp_path / "kit.sfz").write_text("<region> key=36 sample=kick.wav\n")
    with pytest.raises(KitError, match=r"kit\.sfz:1 names the sample 'kick\.wav', but there is no"):
        load_kit(tmp_path / "kit.sfz")


def test_a_file_that_is_called_cymbal(tmp_path: Path) -> None:
    for name in ("Kick", "Cymbal", "Ride Cymbal"):
        sound(tmp_path / f"{name}.wav")
    assert load_kit(tmp_path).pieces == (Piece.KICK, Piece.CRASH, Piece.RIDE)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("F♯1 hat.wav", "key=42 sample=F♯1 hat.wav"),
        ("F#1 hat.wav", "key=42 sample=F♯1 hat.wav"),
        ("F♯1 hat.wav", "key=f♯2 sample=F#1 hat.wav"),
        ("hat.wav", 'key=42 sample="hat.wav"'),
        ("hat.wav", "key=\"42\" sample='hat.wav'"),
        ("samples/hat.wav", r"key=42 sample=\samples\hat.wav"),
        ("samples/hat.wav", r"key=42 sample=/Samples\HAT.WAV"),
        ("Grösse.wav", "key=42 sample=Gro\u0308sse.wav"),
        ("Gro\u0308sse.wav", "key=42 sample=Grösse.wav"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_samples_are_found_as_people_name_them(
    file: str, said: str, encoding: str, tmp_path: Path
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    sound(tmp_path / file)
    (tmp_path / "kit.sfz").write_text(f"<region> {said}\n", encoding=encoding)
    assert load_kit(tmp_path / "kit.sfz").pieces == (Piece.CLOSED_HAT,)


XML = (
    "<drumkit_info><name>K</name><instrumentList><instrument><name>Kick</name>"
    "<layer><filename>kick.wav</filename></layer></instrument></instrumentList></drumkit_info>"
)


@pytest.mark.parametrize("junk", ["", "\0\0", "\n</instrumentList></drumkit_info>\n", "<!-- "])
def test_a_hydrogen_kit_with_junk_behind_it_or_zipped(junk: str, tmp_path: Path) -> None:
    """What was longer before was not cut off by some; and who packs a kit by hand makes a ZIP."""
    sound(tmp_path / "kick.wav")
    (tmp_path / "drumkit.xml").write_text(XML + junk)
    assert load_kit(tmp_path).pieces == (Piece.KICK,)
    with zipfile.ZipFile(tmp_path / "kit.h2drumkit", "w") as archive:
        for name in ("drumkit.xml", "kick.wav"):
            archive.write(tmp_path / name, f"K/{name}")
    assert load_kit(tmp_path / "kit.h2drumkit").pieces == (Piece.KICK,)


def test_nothing_is_unpacked_outside_of_a_zip(tmp_path: Path) -> None:
    for name in ("../kick.wav", "/anywhere/kick.wav", "..\\kick.wav"):
        with zipfile.ZipFile(tmp_path / "kit.h2drumkit", "w") as archive:
            archive.writestr(zipfile.ZipInfo(name), "mine")
        with pytest.raises(KitError, match="not safe to unpack"):
            load_kit(tmp_path / "kit.h2drumkit")


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
def test_a_packed_kit_that_is_damaged(packing: str, tmp_path: Path) -> None:
    sound(tmp_path / "kick.wav")
    (tmp_path / "drumkit.xml").write_text(XML)
    path = tmp_path / "kit.h2drumkit"
    with tarfile.open(path, f"w:{packing}") as archive:  # type: ignore[call-overload]
        for name in ("drumkit.xml", "kick.wav"):
            archive.add(tmp_path / name, f"K/{name}")
    assert load_kit(path).pieces == (Piece.KICK,)
    data = bytearray(path.read_bytes())
    for harmed in (data[: len(data) // 2], data[:99] + bytes(40) + data[139:]):
        path.write_bytes(harmed)
        with pytest.raises(KitError, match=r"no Hydrogen drum kit|holds no drumkit\.xml"):
            load_kit(path)

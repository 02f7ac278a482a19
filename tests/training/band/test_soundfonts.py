"""Which soundfonts of a machine have every instrument of General MIDI."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from drumnet.errors import DataError
from drumnet.training.band import fluidsynth

WHOLE = [(0, program) for program in range(128)]


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def soundfont_of(presets: list[tuple[int, int]]) -> bytes:
    """One without sound that has these banks and programs."""
    ended = [*presets, (255, 255)]
    headers = [struct.pack("<20sHH14x", b"preset", program, bank) for bank, program in ended]
    info, samples = chunk(b"ifil", b"odd"), chunk(b"smpl", b"")
    inside = [b"INFO" + info, b"sdta" + samples, b"pdta" + chunk(b"phdr", b"".join(headers))]
    return chunk(b"RIFF", b"sfbk" + b"".join(chunk(b"LIST", one) for one in inside))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All soundfonts of a machine that has FluidSynth."""
    monkeypatch.setattr(fluidsynth, "_SOUNDFONT_FOLDERS", (tmp_path,))
    monkeypatch.setattr(shutil, "which", lambda _: "fluidsynth")
    return tmp_path


def test_one_that_lacks_instruments_is_left_out(folder: Path) -> None:
    """One of drums alone, one that adds to another, one that is cut off, and none at all."""
    (folder / "whole.sf2").write_bytes(soundfont_of([*WHOLE, (128, 0)]))
    (folder / "drums.sf2").write_bytes(soundfont_of([(128, 0)]))
    (folder / "more.sf2").write_bytes(soundfont_of([(8, 33)]))
    (folder / "cut off.sf2").write_bytes(soundfont_of(WHOLE)[:300])
    (folder / "text.sf3").write_text("no soundfont")
    (folder / "empty.sf3").touch()
    assert [file.name for file in fluidsynth.general_midi_soundfonts()] == ["whole.sf2"]


def test_where_none_is_whole_the_remedy_is_named(folder: Path) -> None:
    (folder / "drums.sf2").write_bytes(soundfont_of([(128, 0)]))
    with pytest.raises(DataError, match="apt-get install fluid-soundfont-gm"):
        fluidsynth.general_midi_soundfonts()

"""Names as they come: whatever files are called, nothing is lost and no line breaks."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drumnet.cli.main import main


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture
def stems(song_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(song_folder, tmp_path / "stems"))


def test_a_stem_is_never_replaced(stems: Path) -> None:
    """A producer's own drums.wav survives, even with --overwrite."""
    mine = shutil.move(stems / "kick in.wav", stems / "drums.wav")
    before = mine.read_bytes()
    asked = ("generate", stems, "-o", stems, "--bpm", 120, "--no-mix")
    assert "exists" in run(*asked).stderr
    refused = run(*asked, "--overwrite")
    assert refused.exit_code == 1
    assert "drums.wav' is a stem of the song" in refused.stderr
    assert mine.read_bytes() == before
    notes = run("generate", stems / "keys.wav", "--stem", f"drums={mine}", "-o", stems)
    assert notes.exit_code == 1


def test_the_last_take_is_not_heard_in_the_next(stems: Path) -> None:
    """Written beside the stems, the mix would be one of them the next time."""
    asked = ("generate", stems, "-o", stems, "--bpm", 120, "--overwrite")
    assert run(*asked).exit_code == 0
    again = run(*asked)
    assert again.exit_code == 1
    assert "is a stem of the song" in again.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file can be called that")
def test_names_do_not_break_the_lines(stems: Path, tmp_path: Path) -> None:
    keys = stems / "keys.wav"
    shutil.copy(keys, stems / "new\nline gtr.wav")
    shutil.copy(keys, os.fsencode(stems) + b"/B\xe4ss.wav")
    result = run("generate", stems, "-o", tmp_path / "o\nut", "--bpm", 120, "--no-mix")
    assert result.exit_code == 0, result.output
    assert "  guitar  new?line gtr\n" in result.stdout
    assert "B?ss\n" in result.stdout
    assert (tmp_path / "o\nut" / "hits.csv").exists()

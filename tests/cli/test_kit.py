"""Kits and MIDI maps on the command line."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from drumnet.cli.main import main


def generate(song: Path, out: Path, *args: str) -> Result:
    words = ["generate", str(song), "-o", str(out), "--bpm", "120", "--seed", "3", "--no-mix"]
    return CliRunner().invoke(main, [*words, *args], prog_name="drumnet")


def test_the_same_drums_with_another_kit_and_other_keys(song_folder: Path, tmp_path: Path) -> None:
    plain, other = tmp_path / "plain", tmp_path / "other"
    for out, args in ((plain, ()), (other, ("--kit", "808", "--midi-map", "ggd-invasion"))):
        result = generate(song_folder, out, "--pieces", "kick", *args)
        assert result.exit_code == 0, result.output
    assert (plain / "hits.csv").read_bytes() == (other / "hits.csv").read_bytes()
    sounds = [soundfile.read(out / "drums.wav")[0] for out in (plain, other)]
    assert sounds[0].shape == sounds[1].shape and not np.array_equal(*sounds)
    for out, key in ((plain, 36), (other, 24)):
        tracks = mido.MidiFile(out / "drums.mid").tracks
        keys = {m.note for track in tracks for m in track if m.type == "note_on"}
        assert keys == {key}


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--kit", "707"), "there is no kit '707': give a folder of one-shots, a file (.sfz"),
        (("--midi-map", "mine"), "there is no MIDI map 'mine': choose from general-midi"),
    ],
)
def test_slips_are_one_line_and_leave_nothing(
    args: tuple[str, str], says: str, song_folder: Path, tmp_path: Path
) -> None:
    result = generate(song_folder, tmp_path / "out", *args)
    assert result.exit_code == 1
    assert says in result.stderr and result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()

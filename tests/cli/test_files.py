"""Which files `drumnet generate` writes: none of silence, and no sound where none is wanted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from drumnet.cli.main import main
from drumnet.hits import Piece
from drumnet.hits_csv import read_hits

NOTES = {"drums.mid", "hits.csv", "beats.tsv", "style.json"}
#: A kick is given; of the others not all are played in so short a song.
ASKED = ("--bpm", "120", "--seed", "3", "--pieces", "snare,closed_hat,low_tom,crash")


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["generate", *map(str, arguments)])
    return result.exit_code, result.output


def names(out: Path) -> set[str]:
    return {file.name for file in out.iterdir()}


@pytest.fixture(scope="module")
def made(song_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("files") / "out"
    code, said = run(song_folder, "-o", out, *ASKED, "--mute", "low_tom")
    assert code == 0, said
    return out, said


def test_what_plays_nothing_has_no_file_and_it_is_said(made: tuple[Path, str]) -> None:
    out, said = made
    played = {row.piece for row in read_hits(out / "hits.csv")}
    assert Piece.LOW_TOM not in played and Piece.CLOSED_HAT in played
    sounds = {f"{piece.value}.wav" for piece in played}
    assert names(out) == {*NOTES, "drums.wav", "mix.wav", *sounds}
    (silent,) = [line for line in said.splitlines() if line.startswith("silent")]
    assert "low_tom" in silent and "--all-pieces" in silent
    assert "low_tom.wav" not in said.split("written")[1]


def test_all_pieces_have_files_if_that_is_asked_for(
    made: tuple[Path, str], song_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, said = run(song_folder, "-o", out, *ASKED, "--mute", "low_tom", "--all-pieces")
    assert code == 0 and "silent" not in said
    assert names(out) >= {"snare.wav", "closed_hat.wav", "low_tom.wav", "crash.wav"}
    assert not soundfile.read(out / "low_tom.wav")[0].any()
    for name in names(made[0]):
        assert (out / name).read_bytes() == (made[0] / name).read_bytes(), name


def test_silence_replaces_what_an_earlier_take_left(song_folder: Path, tmp_path: Path) -> None:
    """Or its low tom would be taken for that of the new take."""
    out = tmp_path / "out"
    out.mkdir()
    soundfile.write(out / "low_tom.wav", np.ones(100), 44_100)
    code, _ = run(song_folder, "-o", out, *ASKED, "--mute", "low_tom", "--overwrite")
    assert code == 0
    sound, _ = soundfile.read(out / "low_tom.wav")
    assert len(sound) > 100 and not sound.any()


def test_midi_and_hits_alone(made: tuple[Path, str], song_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = run(song_folder, "-o", out, *ASKED, "--mute", "low_tom", "--no-audio")
    assert code == 0 and names(out) == NOTES and "silent" not in said
    for name in NOTES:
        assert (out / name).read_bytes() == (made[0] / name).read_bytes(), name


def test_no_sound_of_several_takes(song_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = run(song_folder, "-o", out, "--bpm", 120, "--seed", 1, "--takes", 2, "--no-audio")
    assert code == 0, said
    assert [names(out / folder) for folder in ("take-1", "take-2")] == [NOTES, NOTES]


def test_a_project_needs_sound(song_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = run(song_folder, "-o", out, "--no-audio", "--project", "rpp")
    assert code == 1 and "leave out --no-audio, or --project" in said and not out.exists()

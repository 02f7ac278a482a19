"""Projects and MIDI for a DAW on the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import mido
import numpy as np
import pytest
from click.testing import CliRunner, Result

from drumnet.cli.main import main
from project_readers import read_project


def generate(song: Path, out: Path, *args: str) -> Result:
    """A kick, in place of the one that the song has, and hats."""
    words = ["generate", str(song), "-o", str(out), "--bpm", "120", "--seed", "3", "--no-mix"]
    asked = [*words, "--pieces", "kick,hats", *args]
    return CliRunner().invoke(main, asked, prog_name="drumnet")


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made(song_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    out = tmp_path_factory.mktemp("daw") / "out"
    projects = ("--project", "dawproject", "--project", "rpp")
    result = generate(song_folder, out, *projects, "--midi-tracks", "pieces")
    assert result.exit_code == 0, result.output
    return out, result


def test_projects_lie_beside_the_files_with_the_stems(made: tuple[Path, Result]) -> None:
    out, result = made
    stems = {f"stems/{name}.wav" for name in ("Bass DI", "keys", "snare top", "kick in")}
    pieces = {"kick.wav", "closed_hat.wav"}  # the open hat plays nothing
    usual = {"drums.wav", "drums.mid", "hits.csv", "beats.tsv", "style.json"}
    assert files(out) == {*usual, *pieces, *stems, "drums.dawproject", "drums.rpp"}
    assert "drums.dawproject" in result.stdout and "midi      bar 1 of the song" in result.stdout


@pytest.mark.parametrize("name", ["drums.dawproject", "drums.rpp"])
def test_a_project_has_the_song_and_the_hits(made: tuple[Path, Result], name: str) -> None:
    pytest.importorskip("rpp", reason="rpp, of the extra [dev], is not installed")
    out, _ = made
    project = read_project(out / name)
    with open(out / "hits.csv", newline="") as file:
        due = [float(row["time_s"]) for row in csv.DictReader(file)]
    found = sorted(hit.time_s for hit in project.tracks["kit notes"].hits)
    np.testing.assert_allclose(found, due, atol=1e-3)
    assert project.tempos == ((0.0, 120.0),)
    assert project.tracks["kick in"].mute and not project.tracks["Bass DI"].mute
    assert project.markers, "sections are found although none are asked for"
    midi = [one for one in mido.MidiFile(out / "drums.mid").tracks[0] if one.type == "marker"]
    assert [one.text for one in midi] == [marker for _, marker in project.markers]


def test_sections_are_not_asked_for_with_a_project(made: tuple[Path, Result]) -> None:
    out, result = made
    assert not (out / "sections.tsv").exists()
    assert "sections" not in result.stdout.split("written")[0]


def test_the_same_hits_without_a_project(
    made: tuple[Path, Result], song_folder: Path, tmp_path: Path
) -> None:
    result = generate(song_folder, tmp_path / "out")
    assert result.exit_code == 0, result.output
    for name in ("hits.csv", "kick.wav", "closed_hat.wav", "drums.wav"):
        assert (tmp_path / "out" / name).read_bytes() == (made[0] / name).read_bytes()


def test_midi_without_a_tempo(song_folder: Path, tmp_path: Path) -> None:
    result = generate(song_folder, tmp_path / "out", "--midi-tempo", "none")
    assert result.exit_code == 0, result.output
    messages = [m for track in mido.MidiFile(tmp_path / "out" / "drums.mid").tracks for m in track]
    assert not [m for m in messages if m.type == "set_tempo"]


def test_slips_are_one_line_and_leave_nothing(song_folder: Path, tmp_path: Path) -> None:
    result = generate(song_folder, tmp_path / "out", "--project", "dawproject,als")
    assert result.exit_code == 1 and not (tmp_path / "out").exists()
    assert "no project is called 'als': choose from dawproject, rpp" in result.stderr
    assert result.stderr.count("\n") == 1


def test_what_is_there_is_not_replaced_and_stems_least_of_all(
    song_folder: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "stems" / "keys.wav"
    taken.parent.mkdir()
    taken.write_bytes((song_folder / "keys.wav").read_bytes())
    for song, says, more in (
        (song_folder, "keys.wav' exists", ()),
        (taken.parent, "keys.wav' is a stem of the song", ("--overwrite",)),
    ):
        before = files(tmp_path)
        result = generate(song, tmp_path, "--project", "rpp", *more)
        assert result.exit_code == 1 and says in result.stderr
        assert files(tmp_path) == before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "stems").write_text("a file")
    result = generate(song_folder, tmp_path / "other", "--project", "rpp")
    assert result.exit_code == 1 and "is a file" in result.stderr

"""Players and words, as one meets them on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fixtures.patterns import drums

from drumnet.cli.main import main
from drumnet.drummer import Drummer
from drumnet.hits_csv import write_hits
from drumnet.style.players import PLAYERS


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], prog_name="drumnet")


def generated(song: Path, out: Path, *args: object) -> str:
    asked = ("--bpm", 120, "--seed", 1, "--no-mix", "--pieces", "kit", *args)
    result = run("generate", song, "-o", out, *asked)
    assert result.exit_code == 0, result.output
    return result.stdout


def said(printed: str, label: str) -> str:
    return next(line[10:] for line in printed.splitlines() if line.startswith(f"{label} "))


def test_every_player_is_listed_with_what_it_plays() -> None:
    lines = run("style", "players").stdout.splitlines()
    assert len(lines) == len(PLAYERS)
    for line, (name, player) in zip(lines, PLAYERS.items(), strict=True):
        assert line.startswith(name) and ", ".join(player.plays) in line


def test_a_take_says_what_it_plays(drummer: Drummer, song_folder: Path, tmp_path: Path) -> None:
    printed = generated(song_folder, tmp_path, "--style", "double-bass-metal")
    style = json.loads((tmp_path / "style.json").read_text())
    assert said(printed, "plays") == style["plays"]
    shown = run("style", "show", tmp_path / "style.json").stdout
    assert said(shown, "plays") == style["plays"]


def test_what_is_said_by_hand_comes_before_the_player(
    drummer: Drummer, song_folder: Path, tmp_path: Path
) -> None:
    style = ("--style", "double-bass-metal")

    def hits(name: str, *args: object) -> str:
        generated(song_folder, tmp_path / name, *args)
        return (tmp_path / name / "hits.csv").read_text()

    swung = hits("swung", "--player", "shuffler", *style)
    settings = [f"--{name}={value}" for name, value in PLAYERS["shuffler"].how]
    assert hits("by hand", *style, *settings) == swung, "the style is not the player's"
    straight = hits("straight", "--player", "shuffler", *style, "--swing", 0)
    assert straight != swung
    assert hits("straight by hand", *style, *settings, "--swing", 0) == straight


def test_a_style_goes_by_the_name_that_it_had(
    drummer: Drummer, song_folder: Path, tmp_path: Path
) -> None:
    printed = generated(song_folder, tmp_path, "--style", "busy-independent-5")
    assert said(printed, "style").startswith("double-bass-metal")
    assert said(run("style", "show", "busy-independent-5").stdout, "style") == "double-bass-metal"


@pytest.mark.parametrize("command", ["generate", "live"])
def test_an_unknown_player_is_told_in_a_line(
    command: str, song_folder: Path, tmp_path: Path
) -> None:
    out = ("-o", tmp_path / "out") if command == "generate" else ()
    result = run(command, song_folder, *out, "--player", "ringo")
    assert result.exit_code == 1 and not (tmp_path / "out").exists()
    assert "no player is called 'ringo': choose from rocker" in result.output


def test_the_drums_of_a_style_that_is_taken_are_told(
    drummer: Drummer, song_folder: Path, tmp_path: Path
) -> None:
    track, grid = drums(
        bpm=120, kick="x...", snare=".... x...", open_hat="..x.", times=7, beats_per_bar=4
    )
    write_hits(tmp_path / "hits.csv", track, grid)
    asked = ("--hits", tmp_path / "hits.csv", "--bpm", 120, "-o", tmp_path / "style.json")
    result = run("style", "extract", song_folder, *asked)
    assert result.exit_code == 0, result.output
    told = "four on the floor with disco hats on the off-beat"
    assert said(result.stdout, "plays") == told
    assert json.loads((tmp_path / "style.json").read_text())["plays"] == told

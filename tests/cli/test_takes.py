"""`drumnet generate --takes`: the best of many, each in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from drumnet.cli.main import main
from drumnet.style.code import StyleCode

NOTES = ("hits.csv", "drums.mid", "style.json")


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["generate", *map(str, arguments)])
    return result.exit_code, result.output


def test_each_take_has_a_folder_and_a_line(song_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = run(song_folder, "-o", out, "--bpm", 120, "--takes", 3, "--seed", 1, "--no-mix")
    assert code == 0, said
    folders = sorted(out.iterdir())
    assert [folder.name for folder in folders] == ["take-1", "take-2", "take-3"]
    for folder in folders:
        assert all((folder / name).is_file() for name in NOTES)
        style = StyleCode.load(folder / "style.json")
        assert f"{folder.name}  {style.plays}: " in said
    hits = {(folder / "hits.csv").read_bytes() for folder in folders}
    assert len(hits) == 3, "each is another"


def test_a_take_is_played_again_by_its_style(song_folder: Path, tmp_path: Path) -> None:
    common = ("--bpm", 120, "--seed", 1, "--no-mix")
    assert run(song_folder, "-o", tmp_path / "takes", "--takes", 2, *common)[0] == 0
    best = tmp_path / "takes" / "take-1"
    again = tmp_path / "again"
    assert run(song_folder, "-o", again, "--style", best / "style.json", *common)[0] == 0
    assert (again / "hits.csv").read_bytes() == (best / "hits.csv").read_bytes()


def test_takes_of_a_style_that_is_named_are_refused(song_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for more in (("--style", "four-on-the-floor"), ("--player", "punk"), ("--sections", "auto")):
        code, said = run(song_folder, "-o", out, "--takes", 2, *more)
        assert code == 1 and "leave out the style" in said and not out.exists()


def test_no_take_is_replaced(song_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    mine = out / "take-2" / "drums.mid"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    code, said = run(song_folder, "-o", out, "--takes", 2, "--bpm", 120)
    assert code == 1 and "take-2" in said and "exists" in said
    assert mine.read_text() == "mine" and [one.name for one in out.iterdir()] == ["take-2"]


def test_numbers_that_make_no_sense(song_folder: Path, tmp_path: Path) -> None:
    for number in ("0", "51", "many"):
        assert run(song_folder, "-o", tmp_path / "out", "--takes", number)[0] == 2

"""A command never writes over what it reads, and replaces files alone."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from drumnet.cli.main import COMMANDS, command_called
from drumnet.cli.options import RESULT
from drumnet.errors import OutputError
from drumnet.files import atomic_files, atomic_path, refuse_overwrite

Refused = Callable[..., str]
BPM = ("--bpm", 120)
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@pytest.mark.parametrize(
    "asked",
    [
        ("style", "extract", "keys.wav", "--drums", "kick in.wav", "-o", "kick in.wav", *BPM),
        ("style", "extract", "keys.wav", "--kick", "kick in.wav", "-o", "keys.wav", *BPM),
        ("style", "extract", "keys.wav", "--hits", "taps.csv", "-o", "taps.csv", *BPM),
        ("style", "mix", "a.json", "b.json", "-o", "b.json"),
        ("beats", "keys.wav", "--picture", "keys.wav", *BPM),
        ("beats", "keys.wav", "--beats", "beats.tsv", "-o", "beats.tsv"),
        ("beats", "keys.wav", "--tap", "taps.csv", "--click", "taps.csv"),
        ("beats", "--stem", "keys=taps.csv", "-o", "taps.csv", *BPM),
        ("transcribe", "kick in.wav", "--beats", "beats.mid", "-o", "beats.mid"),
        ("generate", "keys.wav", "-o", ".", "--beats", "beats.tsv"),
        ("generate", "keys.wav", "-o", ".", "--style", "style.json", *BPM),
        ("generate", "keys.wav", "-o", ".", "--rhythm", "drums.mid", *BPM),
        ("generate", "keys.wav", "-o", ".", "--sections", "sections.tsv", *BPM),
        ("generate", "keys.wav", "-o", "kit", "--kit", "kit", "--pieces", "kick", *BPM),
        ("generate", "keys.wav", "-o", "kit", "--kit", "kit.sfz", "--pieces", "kick", *BPM),
        ("generate", "keys.wav", "-o", ".", "--midi-map", "hits.csv", *BPM),
    ],
    ids=lambda asked: " ".join(map(str, asked)),
)
def test_what_is_read_is_never_written_over(
    asked: tuple[object, ...], stems: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(stems)
    (stems / "kit").mkdir()
    shutil.copy("kick in.wav", "kit/kick.wav")
    Path("kit.sfz").write_text("<region> sample=kit/kick.wav key=36\n")
    for name in ("beats.tsv", "taps.csv"):
        Path(name).write_text("".join(f"{beat * 0.5}\t{beat % 4 + 1}\n" for beat in range(32)))
    Path("hits.csv").write_text("piece,key\nkick,36\n")
    Path("sections.tsv").write_text("1\tverse\n")
    for name in ("a.json", "b.json", "style.json", "beats.mid", "drums.mid"):
        Path(name).write_text("mine")
    before = {path: path.read_bytes() for path in stems.rglob("*") if path.is_file()}
    line = refused(*asked, "--overwrite")
    assert "is read to make this" in line or "is a stem of the song" in line
    assert {path: path.read_bytes() for path in stems.rglob("*") if path.is_file()} == before


def test_every_result_of_a_command_is_known_as_one() -> None:
    """What is asked for as `--output` and the like is compared with what is read; where `batch`
    writes may be a URL, and is looked at by itself (tests/batch)."""
    named = {"output", "click_file", "picture_file", "export"}
    alike = [name for name in COMMANDS if name != "batch"]
    commands = [*map(command_called, alike), *command_called("style").commands.values()]
    options = [option for command in commands for option in command.params]
    assert {option.name for option in options if option.type is RESULT} == named
    assert all(option.type is RESULT for option in options if option.name in named)


def test_another_name_of_what_is_read_is_no_way_around(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("mine")
    os.link(tmp_path / "a.wav", tmp_path / "b.wav")
    around = tmp_path / "new" / ".." / "a.wav"
    (tmp_path / "new").mkdir()
    for other in (tmp_path / "b.wav", around):
        with pytest.raises(OutputError, match="is read to make this"):
            refuse_overwrite([other], True, [tmp_path / "a.wav"])


def test_two_results_are_not_one_file(stems: Path, refused: Refused) -> None:
    both = ("-o", stems / "x", "--click", stems / "x")
    assert "two results" in refused("beats", stems / "keys.wav", *BPM, *both)
    assert not (stems / "x").exists()


@needs_posix
@pytest.mark.parametrize("kind", ["link", "broken link", "pipe", "device"])
def test_only_a_file_is_replaced(kind: str, stems: Path, refused: Refused, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    mine = tmp_path / "mine.tsv"
    mine.write_text("mine")
    at = place / "beats.tsv"
    if kind == "pipe":
        os.mkfifo(at)
    elif kind == "device":
        at = Path(os.devnull)
    else:
        at.symlink_to(mine if kind == "link" else tmp_path / "gone")
    before = os.lstat(at).st_mode
    word = "is a link to" if "link" in kind else "is a device or a pipe"
    assert word in refused("beats", stems / "keys.wav", *BPM, "-o", at, "--overwrite")
    if kind != "device":
        assert word in refused("generate", stems, *BPM, "-o", place, "--overwrite")
        with (
            pytest.raises(OutputError, match=word),
            atomic_files(place, ["a.wav", "beats.tsv"]) as folder,
        ):
            for name in ("a.wav", "beats.tsv"):
                (folder / name).touch()
    with pytest.raises(OutputError, match=word), atomic_path(at):
        pass
    assert os.lstat(at).st_mode == before and mine.read_text() == "mine"
    assert not (place / "a.wav").exists()

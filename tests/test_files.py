"""A result is written whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from drumnet.errors import OutputError
from drumnet.files import atomic_files, atomic_path, refuse_overwrite, safe_name


def test_the_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "hits.csv"
    with atomic_path(target) as part:
        part.write_text("1.0")
        assert target.parent in part.parents
        assert part.suffix == ".csv"
        assert not target.exists()
    assert target.read_text() == "1.0"
    assert list(target.parent.iterdir()) == [target]


def test_a_fault_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "mix.wav"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_path(target) as part:
        part.write_text("half")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"cannot write '.*a\.wav' \(.*\): .* -o"),
        atomic_path(tmp_path / "a.wav"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_faults_of_others_pass_through(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "a.wav"):
        (tmp_path / "missing.wav").read_bytes()


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write"), atomic_path(tmp_path / "file" / "a.wav"):
        pass
    with pytest.raises(OutputError, match="a folder has that name"), atomic_path(tmp_path):
        pass


def test_several_files_appear_together_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out"
    names = ["a.wav", "b.mid"]
    with pytest.raises(KeyboardInterrupt), atomic_files(out, names) as folder:
        (folder / "a.wav").touch()
        raise KeyboardInterrupt
    assert not out.exists()
    (out / "b.mid").mkdir(parents=True)
    with (
        pytest.raises(OutputError, match=r"b\.mid': a folder has that name"),
        atomic_files(out, names) as folder,
    ):
        for name in names:
            (folder / name).touch()
    assert [path.name for path in out.iterdir()] == ["b.mid"]
    (out / "b.mid").rmdir()
    with atomic_files(out, names) as folder:
        for name in names:
            (folder / name).write_text(name)
    assert {path.name: path.read_text() for path in out.iterdir()} == {n: n for n in names}


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    there = [tmp_path / "new.mid", tmp_path / "b.mid", tmp_path / "c.mid"]
    there[1].touch()
    there[2].touch()
    with pytest.raises(OutputError, match=r"b\.mid' exists.*--overwrite"):
        refuse_overwrite(there, overwrite=False)
    refuse_overwrite(there, overwrite=True)
    refuse_overwrite(there[:1], overwrite=False)


def test_a_place_that_cannot_be_written_to_is_told_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "song.wav").touch()
    refuse_overwrite([tmp_path / "new" / "folder" / "a.wav", "new.wav"], overwrite=False)
    with pytest.raises(OutputError, match=r"cannot write .*a\.wav' \('.*song\.wav' is a file\)"):
        refuse_overwrite([tmp_path / "song.wav" / "new" / "a.wav"], overwrite=True)


def test_files_in_folders_appear_with_them(tmp_path: Path) -> None:
    out, names = tmp_path / "out", ["a.wav", "stems/b.wav"]
    with atomic_files(out, names) as folder:
        (folder / "stems").mkdir()
        for name in names:
            (folder / name).write_text(name)
    assert {path.name: path.read_text() for path in out.rglob("*.wav")} == {
        "a.wav": "a.wav",
        "b.wav": "stems/b.wav",
    }
    assert {path.name for path in out.iterdir()} == {"a.wav", "stems"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a/b\\c", "a_b_c"),
        ("..", "song"),
        (" x. ", "x"),
        ("\n", "_"),
        ("é" * 99, "é" * 60),
        ("NUL", "_NUL"),
        ("com1.wav", "_com1.wav"),
        ("Lpt³ .x", "_Lpt³ .x"),
        ("Con moto", "Con moto"),
        ("Auxiliary", "Auxiliary"),
        ("coda...", "coda"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_a_name_that_every_system_takes(text: str, name: str) -> None:
    assert safe_name(text, "song") == name

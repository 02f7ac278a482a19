"""A run that is killed leaves the old set of files or the new one, whenever it was."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from drumnet.errors import OutputError
from drumnet.files import atomic_files, atomic_path, refuse_overwrite
from drumnet.staging import clear_leftovers, new_files, staging

NAMES = ["drums.wav", "mix.wav", "stems/bass.wav", "drums.mid"]
#: Writes a set of files and dies after so many renames.
KILLED = """
import os, sys
from pathlib import Path
from drumnet.files import atomic_files
out, names, left = Path(sys.argv[1]), sys.argv[3:], int(sys.argv[2])
def dying(name):
    real = getattr(os, name)
    def step(*args, **how):
        global left
        if left == 0:
            os._exit(9)
        left -= 1
        return real(*args, **how)
    setattr(os, name, step)
for name in ("replace", "rename", "mkdir", "link", "unlink", "rmdir"):
    dying(name)
with atomic_files(out, names) as folder:
    (folder / "stems").mkdir()
    for name in names:
        (folder / name).write_text("new")
"""


def set_in(out: Path) -> set[str]:
    """What the files of a set hold; a file that is not there holds nothing."""
    return {(out / name).read_text() if (out / name).exists() else "" for name in NAMES}


@pytest.mark.parametrize("has_old", [False, True])
def test_a_kill_at_any_step_leaves_the_old_set_or_the_new(has_old: bool, tmp_path: Path) -> None:
    seen: list[str] = []
    for step in range(60):
        out = tmp_path / f"{step}" / "out"
        out.parent.mkdir()
        if has_old:
            (out / "stems").mkdir(parents=True)
            (out / "mine.txt").write_text("mine")
            for name in NAMES:
                (out / name).write_text("old")
        code = subprocess.run(
            [sys.executable, "-c", KILLED, out, str(step), *NAMES], check=False
        ).returncode
        if not has_old:  # one rename: at every moment there is none of them, or all
            assert len(set_in(out)) == 1
        refuse_overwrite([out / name for name in NAMES], overwrite=True)  # as the next run begins
        found = set_in(out)
        assert len(found) == 1, f"a mixed set after {step} steps: {found}"
        seen += found
        for hidden in out.parent.rglob(".drumnet-*"):
            # Killed while it was made, or removed: told by its age from one that lives.
            assert {path.name for path in hidden.iterdir()} <= {"lock.new"}, step
            os.utime(hidden, (0, 0))
            clear_leftovers(hidden.parent)
            assert not hidden.exists()
        assert not has_old or (out / "mine.txt").read_text() == "mine"
        if code == 0:
            break
    assert code == 0
    assert seen[0] == ("old" if has_old else "") and seen[-1] == "new"


def test_the_next_run_clears_what_a_kill_left(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from drumnet.files import atomic_path\n"
        "with atomic_path(Path(sys.argv[1]) / 'mix.wav') as part:\n"
        "    part.write_text('half'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    with atomic_path(tmp_path / "other.wav") as part:
        part.write_text("whole")
    assert [path.name for path in tmp_path.iterdir()] == ["other.wav"]


def test_what_another_run_is_writing_is_left_alone(tmp_path: Path) -> None:
    with staging(tmp_path) as hidden:
        (new_files(hidden) / "mix.wav").touch()
        clear_leftovers(tmp_path)
        assert (new_files(hidden) / "mix.wav").exists()
    assert not list(tmp_path.iterdir())


def test_nothing_that_only_looks_like_ours_is_cleared(tmp_path: Path) -> None:
    """The finished parts of an evaluation, a folder of the user's, a link."""
    for name in (".drumnet-parts", ".drumnet-0123abcd"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine").write_text("mine")
    os.utime(tmp_path / ".drumnet-0123abcd", (0, 0))
    (tmp_path / ".drumnet-00000000").symlink_to(tmp_path / ".drumnet-parts")
    clear_leftovers(tmp_path)
    assert len(list(tmp_path.rglob("mine"))) == 2


@pytest.mark.parametrize("is_there", [False, True])
def test_the_second_of_two_runs_is_refused(is_there: bool, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if is_there:
        out.mkdir()
    with pytest.raises(OutputError, match=r"drums\.wav' exists.*--overwrite"):  # noqa: SIM117
        with atomic_files(out, ["drums.wav", "a.mid"], overwrite=False) as second:
            with atomic_files(out, ["drums.wav", "a.mid"], overwrite=False) as first:
                for folder, text in ((first, "first"), (second, "second")):
                    for name in ("drums.wav", "a.mid"):
                        (folder / name).write_text(text)
    assert {path.name: path.read_text() for path in out.iterdir()} == {
        "drums.wav": "first",
        "a.mid": "first",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_of_many_runs_at_once_one_wins(tmp_path: Path) -> None:
    out, wins = tmp_path / "out", []
    out.mkdir()
    gate = threading.Barrier(8)

    def race(text: str) -> None:
        try:
            with atomic_files(out, NAMES[:2], overwrite=False) as folder:
                for name in NAMES[:2]:
                    (folder / name).write_text(text)
                gate.wait()
            wins.append(text)
        except OutputError:
            pass

    threads = [threading.Thread(target=race, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wins) == 1
    assert {path.name: path.read_text() for path in out.iterdir()} == dict.fromkeys(
        NAMES[:2], wins[0]
    )


def test_folders_that_were_made_for_a_fault_go_with_it(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "out"
    with pytest.raises(KeyboardInterrupt), atomic_files(deep, NAMES):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), atomic_path(deep / "x.wav"):
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_a_folder_may_be_written_to_as_any_other(tmp_path: Path) -> None:
    """What appears with one rename has the rights that the user's folders have."""
    (tmp_path / "like").mkdir()
    with atomic_files(tmp_path / "out", ["a"]) as folder:
        (folder / "a").touch()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "like").stat().st_mode
    assert time.time() - (tmp_path / "out").stat().st_mtime < 60

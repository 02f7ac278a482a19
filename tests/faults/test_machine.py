"""Faults of the machine are one line, and leave nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from drumnet.audio.source import open_audio
from drumnet.errors import AudioError

DRUMNET = [sys.executable, "-m", "drumnet"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="of a POSIX system")
ONE_LINE = r"drumnet: error: [^\n]+\n"


def process(*args: object, **how: Any) -> subprocess.CompletedProcess[str]:
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    return subprocess.run([*DRUMNET, *map(str, args)], text=True, check=False, **how)


def is_one_line(said: str) -> bool:
    return said.startswith("drumnet: error: ") and said.count("\n") == 1 and said.endswith("\n")


@pytest.mark.parametrize("change", ["deleted", "shorter", "another rate", "two channels", "text"])
def test_a_stem_that_changes_while_it_is_read(change: str, tmp_path: Path) -> None:
    path = tmp_path / "bass.wav"
    soundfile.write(path, np.zeros(40_000), 44_100)
    source = open_audio(path)
    path.unlink()
    if change == "shorter":
        soundfile.write(path, np.zeros(30_000), 44_100)
    elif change == "another rate":
        soundfile.write(path, np.zeros(40_000), 48_000)
    elif change == "two channels":
        soundfile.write(path, np.zeros((40_000, 2)), 44_100)
    elif change == "text":
        path.write_text("no sound")
    word = "deleted" if change == "deleted" else "changed"
    with pytest.raises(AudioError, match=rf"bass\.wav' was {word} while it was read"):
        list(source.blocks())


def test_a_stem_that_is_deleted_while_it_is_heard(
    stems: Path, refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import drumnet.generation

    hear = drumnet.generation.hear_song

    def delete_and_hear(*args: Any, **asked: Any) -> Any:
        (stems / "keys.wav").unlink(missing_ok=True)
        return hear(*args, **asked)

    monkeypatch.setattr(drumnet.generation, "hear_song", delete_and_hear)
    out = tmp_path / "new" / "out"
    assert "was deleted while it was read" in refused("generate", stems, "-o", out, "--bpm", 120)
    assert not out.parent.exists()


@posix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_stdout_that_is_full(stems: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with open("/dev/full", "w") as full:
        done = process("generate", stems, "-o", out, "--bpm", 120, stdout=full)
    assert done.returncode == 1
    assert is_one_line(done.stderr), done.stderr
    assert not out.exists()


@posix
@pytest.mark.parametrize("streams", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_closed_streams_do_no_harm(streams: str, stems: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = f'exec "$0" -m drumnet generate "$1" -o "$2" --bpm 120 --no-mix {streams}'
    asked = ["sh", "-c", command, sys.executable, stems, out]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr
    assert (out / "drums.wav").read_bytes().startswith(b"RIFF")
    assert (out / "hits.csv").read_text().startswith("time_s,")


@posix
def test_a_pipe_that_is_closed(stems: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = process("generate", stems, "-o", tmp_path / "out", "--bpm", 120, stdout=writing)
    os.close(writing)
    assert done.returncode != 0 and not done.stderr
    assert not (tmp_path / "out").exists()


@posix
def test_a_folder_that_is_gone(stems: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = 'rmdir "$PWD"; exec "$0" -m drumnet generate "$1" -o out --bpm 120'
    asked = ["sh", "-c", command, sys.executable, stems]
    done = subprocess.run(asked, cwd=gone, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert is_one_line(done.stderr) and "the folder that you are in is gone" in done.stderr


@posix
@pytest.mark.parametrize("after_s", [0.1, 0.15, 0.2, 0.3, 0.45, 0.6, 0.8, 1.2])
def test_ctrl_c_whenever_it_comes(after_s: float, stems: Path, tmp_path: Path) -> None:
    """Also while modules are loaded."""
    out = tmp_path / "out"
    started = subprocess.Popen(
        [*DRUMNET, "generate", str(stems), "-o", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with contextlib.suppress(subprocess.TimeoutExpired):
        started.wait(after_s)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate()
    assert "Traceback" not in said and "Error" not in said, said
    assert started.returncode in (0, 130, -signal.SIGINT)  # a shell says 130 of the last
    assert started.returncode == 0 or not out.exists()
    assert not list(tmp_path.rglob(".drumnet-*"))


@posix
@pytest.mark.parametrize("limit_kb", [1, 400, 3_000])
def test_a_full_disk_in_the_demo(limit_kb: int, tmp_path: Path) -> None:
    """A file over a limit is refused as by a full disk."""
    command = f'ulimit -f {2 * limit_kb}; exec "$0" -m drumnet demo -o "$1"'
    asked = ["sh", "-c", command, sys.executable, tmp_path / "demo"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert is_one_line(done.stderr), done.stderr
    assert "cannot write" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no such limit is kept")
@pytest.mark.parametrize("limit_mb", [150, 250, 350, 500])
def test_little_memory_is_enough_or_refused(limit_mb: int, stems: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = f'ulimit -v {limit_mb}000; exec "$0" -m drumnet generate "$1" -o "$2" --bpm 120'
    asked = ["sh", "-c", command, sys.executable, stems, out]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if limit_mb == 500:
        assert (done.returncode, done.stderr) == (0, "")
        return
    assert done.returncode == 1 and is_one_line(done.stderr), done.stderr
    assert "not enough memory" in done.stderr
    assert not out.exists() and not list(tmp_path.glob(".drumnet-*"))


def test_the_demo_again_over_the_last(run: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "demo"
    for more in ((), ("--overwrite",)):
        assert run("demo", "-o", out, *more).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo"]
    assert run("demo", "-o", out).exit_code == 1

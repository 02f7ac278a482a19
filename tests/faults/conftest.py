"""Commands as a musician runs them, and a short song to run them on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drumnet.cli.main import main

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """Run a command here; what it raises that is no fault of the user is raised."""

    def command(*args: object) -> Result:
        result = CliRunner().invoke(main, [str(arg) for arg in args], prog_name="drumnet")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return command


@pytest.fixture
def refused(run: Run) -> Callable[..., str]:
    """Run a command that is to be refused; gives its one line."""

    def command(*args: object) -> str:
        result = run(*args)
        assert result.exit_code == 1, result.output
        assert result.stderr.startswith("drumnet: error: ") and result.stderr.count("\n") == 1
        return result.stderr

    return command


@pytest.fixture
def stems(song_folder: Path, tmp_path: Path) -> Path:
    """The song of the conftest, to be harmed."""
    return Path(shutil.copytree(song_folder, tmp_path / "stems"))


def files_in(folder: Path) -> dict[str, bytes]:
    """All files under a folder, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

"""`drumnet evaluate`, as a researcher uses it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from drumnet.cli import extras
from drumnet.cli.main import main
from drumnet.evaluation import request as request_module
from drumnet.evaluation.report.file import read_report
from drumnet.evaluation.request import Size

Run = Callable[..., Result]
#: What is measured of a corpus; what the other parts are, is told by the runner's tests.
CORPUS = ("--split", "train", "--only", "corpus,drift")


@pytest.fixture(scope="module", autouse=True)
def tiny() -> Any:
    """Quicker than --quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request_module, "QUICK", Size(4, 4, 2, 1, 1, 2, folders=1))
        yield


@pytest.fixture(scope="module")
def run(tiny_weights: Path) -> Run:
    def called(*args: object) -> Result:
        asked = ["evaluate", "--model", tiny_weights, "--quick", "--workers", 1, *args]
        return CliRunner().invoke(main, list(map(str, asked)), prog_name="drumnet")

    return called


@pytest.fixture(scope="module")
def made(
    run: Run, tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Result]:
    out = tmp_path_factory.mktemp("evaluated") / "report"
    return out, run(*CORPUS, "--data", tiny_corpus, "-o", out)


def test_it_writes_the_report_and_its_page_and_nothing_else(made: tuple[Path, Result]) -> None:
    out, result = made
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == ["report.html", "report.json"]
    report = read_report(out)
    assert report.data["num_songs"] == 4
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!") and report.model["sha256"][:8] in page
    assert "://" not in page.replace("http://www.w3.org/", ""), "it loads nothing"


def test_it_prints_what_is_wanted_and_what_was_measured(made: tuple[Path, Result]) -> None:
    out, result = made
    lines = result.stdout.splitlines()
    for row in read_report(out).rows:
        if row.target is not None and row.value is not None:
            missed = "" if row.reached else "  (missed)"
            setting = f", {row.setting}" if row.setting else ""
            name = f"{row.section}, {row.experiment}, {row.metric}{setting}"
            wanted = f"at {'least' if row.better == 'higher' else 'most'} {row.target:g}"
            assert any(
                f"{row.value:.3f}" in line and line.endswith(f"{name}; wanted: {wanted}{missed}")
                for line in lines
            ), name
    assert lines[-1].endswith("report/  report.json report.html")


def test_a_report_that_exists_is_not_overwritten(
    made: tuple[Path, Result], run: Run, tiny_corpus: Path, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in made[0].iterdir()}
    again = run(*CORPUS, "--data", tiny_corpus, "-o", made[0])
    assert again.exit_code == 1
    assert again.stderr.startswith("drumnet: error: ") and "exists" in again.stderr
    assert {path: path.read_bytes() for path in made[0].iterdir()} == before
    (tmp_path / "report.json").write_text("mine")
    asked = (*CORPUS, "--data", tiny_corpus, "-o", tmp_path)
    assert run(*asked).exit_code == 1
    assert (tmp_path / "report.json").read_text() == "mine"
    assert run(*asked, "--overwrite").exit_code == 0
    one, two = (json.loads((folder / "report.json").read_text()) for folder in (made[0], tmp_path))
    assert one["rows"] == two["rows"]


@pytest.mark.parametrize(
    ("args", "status", "message"),
    [
        ((), 2, "nothing to measure on: give --data, --audio or --groove"),
        (("--data", "none"), 1, "'none' is no corpus"),
        (("--audio", "none"), 1, "'none' holds no folder with stems"),
        (("--groove", "none"), 1, "'none' has no readable info.csv"),
        (("--data", "none", "--split", "all"), 2, "'all' is not one of"),
        (("--data", "none", "--seed", "-1"), 2, "-1 is not in the range"),
    ],
)
def test_faults_are_said(
    run: Run, tmp_path: Path, args: tuple[str, ...], status: int, message: str
) -> None:
    result = run(*args, "-o", tmp_path / "out")
    assert (result.exit_code, message in result.stderr) == (status, True), result.output
    assert status == 2 or result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_without_the_extra_the_remedy_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    result = run("--data", tmp_path, "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert "pip install 'drumnet[evaluation]'" in result.stderr

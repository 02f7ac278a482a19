"""Installed from its source, DrumNet has the studio's page where there is Node; else all but it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

build_page = pytest.importorskip("build_page", reason="Hatchling is not installed")

#: As npm, with a log of what it was asked.
NPM = """#!/bin/sh
echo "$@" >> asked
case "$1" in
ci) mkdir -p node_modules && echo {} > node_modules/.package-lock.json ;;
run) mkdir -p ../src/drumnet/studio/static && echo page > ../src/drumnet/studio/static/index.html ;;
esac
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for npm is a shell script")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "checkout"
    (root / "web" / "src").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "index.html", "src/main.ts"):
        (root / "web" / name).write_text("")
        os.utime(root / "web" / name, (1_000, 1_000))
    (tmp_path / "npm").write_text(NPM)
    (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return root


def asked(checkout: Path) -> list[str]:
    log = checkout / "web" / "asked"
    return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []


def test_a_page_is_made_once_and_again_when_its_source_changes(checkout: Path) -> None:
    assert build_page.make_page(checkout) is None
    assert (checkout / "src/drumnet/studio/static/index.html").read_text() == "page\n"
    assert asked(checkout) == ["ci", "run"]
    assert build_page.make_page(checkout) is None
    assert asked(checkout) == ["ci", "run"]
    os.utime(checkout / "web" / "src" / "main.ts", (2**33, 2**33))
    assert build_page.make_page(checkout) is None
    assert asked(checkout) == ["ci", "run", "run"]


def test_a_page_that_is_there_needs_no_node(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_page.make_page(checkout)
    monkeypatch.setenv("PATH", "/nowhere")
    assert build_page.make_page(checkout) is None


def test_without_node_it_is_said_and_nothing_fails(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert "needs Node 20" in build_page.make_page(checkout)
    assert not (checkout / "src").exists()


def test_where_npm_fails_it_is_said_too(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "npm").write_text("#!/bin/sh\nexit 1\n")
    assert "'npm ci" in build_page.make_page(checkout)

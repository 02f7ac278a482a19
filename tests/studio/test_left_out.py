"""What is no stem is left out, as on the command line, and one bad file spoils no song."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

RATE_HZ = 44_100


@pytest.fixture
def folder(song_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(song_folder, tmp_path / "song"))


@pytest.fixture
def mixed(folder: Path) -> Path:
    sounds = [soundfile.read(path)[0] for path in sorted(folder.glob("*.wav"))]
    mix = np.sum([each[: min(map(len, sounds))] for each in sounds], axis=0)
    soundfile.write(folder / "rough.wav", mix / np.abs(mix).max(), RATE_HZ)
    soundfile.write(folder / "tom.wav", np.zeros(RATE_HZ * 5), RATE_HZ)
    return folder


def heard(page: Any, folder: Path) -> tuple[str, dict[str, dict[str, Any]]]:
    project_id = page.new_project()
    page.post(f"/projects/{project_id}/open", {"path": str(folder)})
    project = page.wait_until_heard(project_id)
    assert project["status"] == "ready", project["error"]
    return project_id, {stem["name"]: stem for stem in project["stems"]}


def test_a_mix_and_silence_are_left_out(page: Any, mixed: Path) -> None:
    project_id, stems = heard(page, mixed)
    assert "sum of the others" in stems["rough.wav"]["left_out"]
    assert "silent" in stems["tom.wav"]["left_out"]
    out = {name for name, stem in stems.items() if stem["left_out"]}
    assert out == {"rough.wav", "tom.wav"}
    assert stems["rough.wav"]["replaced"]  # the page does not play it over its stems
    hits = page.hits(project_id)
    assert "high_tom" in page.post(f"/projects/{project_id}/hits", {})["pieces"]

    for name in out:
        (mixed / name).unlink()
    plain, _ = heard(page, mixed)
    assert page.hits(plain) == hits
    exports = [
        page.client.get(f"/api/projects/{one}/export/mix.wav").content
        for one in (project_id, plain)
    ]
    assert exports[0] == exports[1]


def test_a_role_that_is_chosen_takes_it_all_the_same(page: Any, mixed: Path) -> None:
    project_id, stems = heard(page, mixed)
    path = f"/projects/{project_id}/stems/{stems['rough.wav']['id']}"
    project = page.ask("PATCH", path, json={"role": "keys"})
    rough = next(stem for stem in project["stems"] if stem["name"] == "rough.wav")
    assert (rough["left_out"], rough["replaced"]) == ("", False)
    page.post(f"/projects/{project_id}/listen")
    again = page.wait_until_heard(project_id)
    assert [stem["name"] for stem in again["stems"] if stem["left_out"]] == ["tom.wav"]


def _cut_off(path: Path) -> None:
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, RATE_HZ * 10)
    soundfile.write(path, sound, RATE_HZ, format="FLAC")
    path.write_bytes(path.read_bytes()[:-200_000])


def _no_sound(path: Path) -> None:
    path.write_text("no sound at all")


@pytest.mark.parametrize("damage", [_cut_off, _no_sound])
def test_one_bad_file_is_named_and_the_others_are_taken(
    page: Any, folder: Path, damage: Callable[[Path], None]
) -> None:
    bad = folder / "broken.flac"
    damage(bad)
    project_id = page.new_project()
    opened = page.post(f"/projects/{project_id}/open", {"path": str(folder)})
    (problem,) = opened["problems"]
    assert "broken.flac" in problem and str(folder) not in problem
    assert len(opened["stems"]) == 4
    assert page.wait_until_heard(project_id)["status"] == "ready"
    dropped = page.upload(project_id, "broken.flac", bad.read_bytes(), 415)
    assert "broken.flac" in dropped["error"]
    assert page.get(f"/projects/{project_id}")["status"] == "ready"

    alone = page.new_project()
    page.post(f"/projects/{alone}/open", {"path": str(bad)}, 415)
    assert page.get(f"/projects/{alone}")["stems"] == []

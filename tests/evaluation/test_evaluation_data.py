"""A corpus is the same songs as a folder, as an archive, and prepared."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drumnet.corpus.halves import all_halved
from drumnet.errors import DataError
from drumnet.evaluation.baselines import BASELINES
from drumnet.evaluation.data import EvaluationData, load_data
from drumnet.evaluation.experiments.scores import f1_rows
from drumnet.evaluation.nearest import NearestNeighbour
from drumnet.evaluation.takes import take_all


def quiet(_stage: str, _done: int, _of: int) -> None:
    pass


def load(path: Path, split: str = "valid", **options: Any) -> EvaluationData:
    return load_data(path, split, workers=1, progress=quiet, **options)


@pytest.fixture(scope="module")
def archive(tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archives") / "tiny.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        file.add(tiny_corpus, "corpus-tiny")
    return path


@pytest.fixture(scope="module")
def folder_data(tiny_corpus: Path) -> EvaluationData:
    return load(tiny_corpus)


def figures(data: EvaluationData) -> Mapping[tuple[str, ...], object]:
    songs = all_halved(data.songs)
    takes = take_all(songs, (*BASELINES, NearestNeighbour(data.train)))
    rows = f1_rows("corpus", "transfer", takes)
    return {row.key: (row.value, row.low, row.high, row.per_song) for row in rows}


def same_songs(one: EvaluationData, other: EvaluationData) -> None:
    for songs, others in ((one.songs, other.songs), (one.train, other.train)):
        assert [song.about for song in songs] == [song.about for song in others]
        for first, second in zip(songs, others, strict=True):
            for field in ("tick", "row", "value", "offset", "beat_in_bar", "bar"):
                np.testing.assert_array_equal(getattr(first, field), getattr(second, field))


def test_a_split_is_measured_and_the_train_split_is_remembered(folder_data: EvaluationData) -> None:
    names = [song.about["name"] for song in folder_data.songs]
    assert names == ["copy5.mid", "four3.mid"]
    assert {song.about["split"] for song in folder_data.train} == {"train"}
    assert len(folder_data.train) == 8
    assert set(folder_data.details) == {"copy5.mid", "four3.mid"}


def test_an_archive_is_the_folder_that_it_holds(archive: Path, folder_data: EvaluationData) -> None:
    found = load(archive)
    same_songs(found, folder_data)
    assert found.sha256 == folder_data.sha256
    assert found.name == "corpus-tiny"
    assert figures(found) == figures(folder_data)


def test_prepared_songs_are_those_of_the_corpus(
    tiny_prepared: Path, folder_data: EvaluationData
) -> None:
    found = load(tiny_prepared)
    same_songs(found, folder_data)
    assert figures(found) == figures(folder_data)


def test_an_archive_without_a_folder_in_it_has_its_own_name(
    tiny_corpus: Path, tmp_path: Path
) -> None:
    """Not that of the folder that it was unpacked to for the moment."""
    path = tmp_path / "flat.tar"
    with tarfile.open(path, "w") as file:
        for one in sorted(tiny_corpus.iterdir()):
            file.add(one, one.name)
    assert load(path).name == "flat"


def test_some_of_the_songs_are_always_the_same(tiny_corpus: Path, tiny_prepared: Path) -> None:
    few = load(tiny_corpus, "train", most_songs=3, most_train=2)
    names = [song.about["name"] for song in few.songs]
    assert names == ["copy0.mid", "copy3.mid", "four2.mid"], "evenly chosen"
    assert len(few.train) == 2
    same_songs(load(tiny_prepared, "train", most_songs=3, most_train=2), few)


def test_another_song_is_another_hash(
    tiny_corpus: Path, tmp_path: Path, folder_data: EvaluationData
) -> None:
    copy = Path(shutil.copytree(tiny_corpus, tmp_path / "copy"))
    assert load(copy).sha256 == folder_data.sha256
    shutil.copy(copy / "copy0.mid", copy / "four3.mid")
    assert load(copy).sha256 != folder_data.sha256


def test_songs_that_cannot_be_read_are_left_out(tiny_corpus: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tiny_corpus, tmp_path / "copy"))
    (copy / "copy5.mid").write_bytes(b"no midi")
    (copy / "copy1.mid").unlink()
    found = load(copy)
    assert [song.about["name"] for song in found.songs] == ["four3.mid"]
    assert len(found.train) == 7


# ------------------------------------------------------------------ faults


def one_line(path: Path, message: str, split: str = "valid") -> None:
    with pytest.raises(DataError, match=message) as fault:
        load(path, split)
    assert "\n" not in str(fault.value)


def test_a_wrong_folder_or_file_is_named(tmp_path: Path, recordings: Path) -> None:
    one_line(tmp_path, "is no corpus: name a folder with manifest.json")
    one_line(tmp_path / "none", "none' is no corpus")
    one_line(recordings, "is no corpus")
    (tmp_path / "notes.txt").write_text("songs")
    one_line(tmp_path / "notes.txt", r"notes\.txt' is no corpus")


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("songs")
    path = tmp_path / "notes.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        file.add(tmp_path / "notes.txt", "notes.txt")
    one_line(path, r"notes\.tar\.gz' holds no manifest\.json")


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_damaged_archive_gives_one_line(archive: Path, tmp_path: Path, share: float) -> None:
    whole = archive.read_bytes()
    path = tmp_path / "cut.tar.gz"
    path.write_bytes(whole[: int(share * len(whole))])
    one_line(path, r"cut\.tar\.gz' is (damaged|no corpus)")


def test_an_archive_with_a_broken_byte_gives_one_line(archive: Path, tmp_path: Path) -> None:
    whole = bytearray(archive.read_bytes())
    whole[len(whole) // 2 : len(whole) // 2 + 64] = bytes(64)
    path = tmp_path / "broken.tar.gz"
    path.write_bytes(whole)
    one_line(path, r"broken\.tar\.gz.* damaged")


def test_a_split_without_songs_is_named(tiny_corpus: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tiny_corpus, tmp_path / "copy"))
    entries = json.loads((copy / "manifest.json").read_text())
    kept = [entry for entry in entries if entry["split"] != "valid"]
    (copy / "manifest.json").write_text(json.dumps(kept))
    one_line(copy, "has no song in the split 'valid'")


@pytest.mark.parametrize("manifest", ["", "{", '{"songs": 3}', "[1, 2]", '[{"file": "a.mid"}]'])
def test_a_damaged_manifest_gives_one_line(
    tiny_corpus: Path, tmp_path: Path, manifest: str
) -> None:
    copy = Path(shutil.copytree(tiny_corpus, tmp_path / "copy"))
    (copy / "manifest.json").write_text(manifest)
    one_line(copy, r"no readable manifest\.json")


def test_damaged_prepared_songs_give_one_line(tiny_prepared: Path, tmp_path: Path) -> None:
    whole = (tiny_prepared / "songs.npz").read_bytes()
    (tmp_path / "songs.npz").write_bytes(whole[: len(whole) // 2])
    one_line(tmp_path, "holds no prepared songs")
    shutil.copy(tiny_prepared / "songs.npz", tmp_path / "songs.npz")
    with pytest.raises(DataError, match="has no song in the split 'all'"):
        load(tmp_path, "all")

"""Training on what is damaged, or as makes no sense: one line, and the mended retry works."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from faults.conftest import files_in

from drumnet.errors import DataError

if TYPE_CHECKING:
    from drumnet.training.drummer.config import TrainConfig

pytest.importorskip("torch")

Refused = Callable[..., str]


@pytest.fixture
def config(tiny_config: TrainConfig, tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(asdict(tiny_config) | {"steps": 1}))
    return path


@pytest.mark.parametrize(
    "setting",
    ["steps=-1", "steps=1.5", "steps=true", 'steps="many"', "learning_rate=NaN", "kl_weight=-1",
     "role_dropout=2", "average=1.5", "batch_songs=0", "passage_beats=0", "only_open=1",
     "start_from=3", "model=3", "model.width=0", 'model.pieces=["gong"]', "model.pieces=[]",
     'model.pieces=["kick", "kick"]', "model.heard_dilations=[0]", "model.heard_dilations=2",
     "model.dropout=-0.1", 'model.roles=["bass", 3]', "checkpoint_every=0", "nonsense=1"],
)  # fmt: skip
def test_settings_that_make_no_sense(
    setting: str, tiny_prepared: Path, config: Path, tmp_path: Path, refused: Refused
) -> None:
    line = refused("train", tiny_prepared, "-o", tmp_path / "run", "--config", config, "--set",
                   setting, "--loaders", 0)  # fmt: skip
    assert setting.partition("=")[0].removeprefix("model.") in line
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("text", ["", "[]", "3", '{"steps": []}', "{", "\x00", "[" * 9_999])
def test_a_config_that_is_none(
    text: str, tiny_prepared: Path, tmp_path: Path, refused: Refused
) -> None:
    (tmp_path / "bad.json").write_text(text)
    asked = ("train", tiny_prepared, "-o", tmp_path / "run", "--config", tmp_path / "bad.json")
    assert "bad.json' is no training configuration" in refused(*asked)


def harmed(path: Path, how: str) -> None:
    data = path.read_bytes()
    path.write_bytes({"cut off": data[: len(data) // 2], "empty": b"", "text": b"no"}[how])


@pytest.mark.parametrize(
    ("name", "how"), [("songs.npz", "cut off"), ("songs.npz", "other"), ("hearings.npz", "other")]
)
def test_prepared_songs_that_are_damaged(
    name: str, how: str, tiny_prepared: Path, config: Path, tmp_path: Path,
    refused: Refused, run: Callable[..., Any],
) -> None:  # fmt: skip
    prepared = Path(shutil.copytree(tiny_prepared, tmp_path / "prepared"))
    whole = (prepared / name).read_bytes()
    if how == "other":
        np.savez(prepared / name, about=np.array('[{"name": "a"}]'), bass=np.zeros(3))
    else:
        harmed(prepared / name, how)
    asked = ("train", prepared, "-o", tmp_path / "run", "--config", config, "--loaders", 0)
    assert f"{name}' holds no" in refused(*asked)
    assert not (tmp_path / "run").exists()
    if how == "cut off":
        (prepared / name).write_bytes(whole)
        assert run(*asked).exit_code == 0


@pytest.mark.parametrize("how", ["cut off", "empty", "text", "another model"])
def test_a_state_that_is_damaged(
    how: str, tiny_run: Path, tiny_prepared: Path, tmp_path: Path, refused: Refused
) -> None:
    run = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    if how == "another model":
        config = json.loads((run / "config.json").read_text())
        config["model"]["width"] = 8
        (run / "config.json").write_text(json.dumps(config))
    else:
        harmed(run / "state.pt", how)
    before = files_in(run)
    said = "state.pt' is no state of this training, or damaged"
    assert said in refused("train", tiny_prepared, "-o", run, "--resume", "--loaders", 0)
    assert said in refused("export", run, tiny_prepared, "-o", tmp_path / "weights")
    if how != "another model":
        assert said in refused(
            "train", tiny_prepared, "-o", tmp_path / "new", "--start-from", run, "--loaders", 0
        )
    assert files_in(run) == before
    assert not (tmp_path / "new").exists() and not (tmp_path / "weights").exists()


def test_a_log_that_is_damaged_does_not_matter(
    tiny_run: Path, tiny_prepared: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    """It is for people alone."""
    folder = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    (folder / "log.csv").write_bytes(b"step,\0\xff\nseven,,\n" * 3)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"steps": config["steps"] + 1}))
    assert run("train", tiny_prepared, "-o", folder, "--resume", "--loaders", 0).exit_code == 0


@pytest.mark.parametrize(
    "manifest",
    ["[3]", "{}", '[{"file": 3, "split": "test"}]', '[{"file": "a.mid"}]', "[", '"a"',
     '[{"file": "a.mid", "split": "test", "bpm": "fast"}]',
     '[{"file": "a.mid", "split": "test", "bpm": -1}]'],
)  # fmt: skip
def test_a_corpus_whose_list_is_damaged(manifest: str, tmp_path: Path, refused: Refused) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "manifest.json").write_text(manifest)
    (corpus / "info.csv").write_text("midi_filename,split,bpm\na.mid,test,120\n")
    out = ("-o", tmp_path / "out")
    for asked in (
        ("evaluate", "--data", corpus, *out),
        ("prepare", corpus, *out, "--render", 0, "--workers", 1),
        ("train-beats", corpus, *out, "--workers", 1),
    ):
        line = refused(*asked)
        assert "manifest.json" in line or "no song" in line
    from drumnet.training.band.scores import read_scores

    with pytest.raises(DataError, match=r"manifest\.json"):
        read_scores(corpus, corpus, "test", 1, 0)


@pytest.mark.parametrize(
    "info",
    ["", "a,b\n1,2\n", "midi_filename,split,bpm\na.mid,nowhere,120\n",
     "midi_filename,split,bpm,beat_type,time_signature,style\na.mid,test,fast,beat,4-4,rock\n",
     "midi_filename,split,bpm,beat_type,time_signature,style\na.mid,test\n", "\0", "\xff"],
)  # fmt: skip
def test_a_groove_data_set_whose_list_is_damaged(
    info: str, tmp_path: Path, refused: Refused
) -> None:
    groove = tmp_path / "groove"
    groove.mkdir()
    (groove / "info.csv").write_bytes(info.encode("latin-1"))
    for asked in (
        ("evaluate", "--groove", groove, "-o", tmp_path / "out"),
        ("prepare", groove, "-o", tmp_path / "out", "--workers", 1),
    ):
        line = refused(*asked)
        assert "info.csv" in line or "holds no song" in line


@pytest.mark.parametrize("how", ["cut off", "empty", "text"])
def test_a_checkpoint_that_is_damaged(how: str, tmp_path: Path) -> None:
    """Of the networks that hear beats and drums."""
    from drumnet.training.beats.export import export_beats
    from drumnet.training.beats.loop import BeatTrainingConfig, beat_run
    from drumnet.training.beats.model import BeatModelConfig

    config = BeatTrainingConfig(model=BeatModelConfig(first_width=4, width=4, dilations=(1,)))
    beat_run(tmp_path, config).save()
    assert beat_run(tmp_path, config).step == 0
    harmed(tmp_path / "checkpoint.pt", how)
    for read in (
        lambda: beat_run(tmp_path, config),
        lambda: export_beats(tmp_path, tmp_path / "out", {}),
    ):
        with pytest.raises(DataError, match=r"checkpoint\.pt' is no state of this training"):
            read()
    assert not (tmp_path / "out").exists()


def test_a_part_of_an_evaluation_that_is_damaged_is_measured_again(tmp_path: Path) -> None:
    from drumnet.evaluation.part import Part
    from drumnet.evaluation.report.file import read_report
    from drumnet.evaluation.runner import _kept
    from readers import seeds_of

    frame = read_report(seeds_of("report")[0])
    calls: list[int] = []

    def stage() -> Part:
        calls.append(1)
        return Part()

    for _ in range(2):
        _kept(tmp_path, "kit", stage, frame)
    assert len(calls) == 1
    (part,) = tmp_path.iterdir()
    part.write_text("{")
    assert _kept(tmp_path, "kit", stage, frame).rows == ()
    assert len(calls) == 2

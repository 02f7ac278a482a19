"""Weights whose hashes match, but that hold something else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drumnet.drummer import Drummer
from drumnet.errors import CheckpointError
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.hits import Piece

Refused = Callable[..., str]


@pytest.fixture
def weights(drummer: Drummer, tmp_path: Path) -> Path:
    """A copy of those that are shipped."""
    return Path(shutil.copytree(drummer.checkpoint.folder, tmp_path / "weights"))


def signed(weights: Path, name: str) -> Path:
    """The weights, with a hash that matches what is in the file."""
    about = json.loads((weights / MODEL_FILE).read_text())
    about["sha256"][name] = file_hash(weights / name)
    (weights / MODEL_FILE).write_text(json.dumps(about))
    return weights


@pytest.mark.parametrize("graph", ["listen", "encode", "decode"])
@pytest.mark.parametrize("harm", ["cut off", "another"])
def test_a_graph_that_is_none_of_ours(
    graph: str, harm: str, weights: Path, stems: Path, tmp_path: Path, refused: Refused
) -> None:
    file = weights / f"{graph}.onnx"
    if harm == "another":
        shutil.copy(weights / ("encode.onnx" if graph == "listen" else "listen.onnx"), file)
    else:
        file.write_bytes(file.read_bytes()[:5_000])
    signed(weights, file.name)
    if graph == "encode":
        asked: tuple[object, ...] = ("style", "extract", stems, "-o", tmp_path / "style.json")
    else:
        asked = ("generate", stems, "-o", tmp_path / "out")
    line = refused(*asked, "--bpm", 120, "--model", weights)
    assert f"{graph}.onnx' is no network that this drumnet runs" in line
    assert not (tmp_path / "out").exists() and not (tmp_path / "style.json").exists()


def preset(name: object = "a", code: object = "[0" + ", 0" * 15 + "]", measures: str = "{}") -> str:
    told = f'"name": {json.dumps(name)}, "description": "b", "code": {code}'
    return f'[{{{told}, "measures": {measures}}}]'


@pytest.mark.parametrize(
    "presets",
    ["[", "{}", "3", "[3]", '[{"name": "a"}]', preset(name=3), preset(code="[1, 2]"),
     preset(code="[" + "1e999, " * 15 + "0]"), preset(code='"x"'), preset(measures="[1]"),
     preset(measures='{"density": "much"}')],
)  # fmt: skip
def test_named_styles_that_are_none(presets: str, weights: Path, refused: Refused) -> None:
    (weights / "presets.json").write_text(presets)
    signed(weights, "presets.json")
    for asked in (("style", "list"), ("style", "show", "steady-pushing")):
        assert "presets.json' cannot be read" in refused(*asked, "--model", weights)


@pytest.mark.parametrize(
    "floors", [[], [0.3], [-1.0] * 9, [2.0] * 9, [float("nan")] * 9, ["a"] * 9, [None] * 9, 3]
)
def test_floors_that_are_no_probabilities(floors: Any, weights: Path, refused: Refused) -> None:
    about = json.loads((weights / MODEL_FILE).read_text())
    (weights / MODEL_FILE).write_text(json.dumps(about | {"floors": floors}))
    assert "model.json' cannot be read" in refused("style", "list", "--model", weights)


def test_pieces_that_are_none(weights: Path, refused: Refused) -> None:
    about = json.loads((weights / MODEL_FILE).read_text())
    for pieces in (["kick"] * 9, ["gong"] * 9, []):
        floors = [0.3] * len(pieces)
        (weights / MODEL_FILE).write_text(json.dumps(about | {"pieces": pieces, "floors": floors}))
        assert "model.json' cannot be read" in refused("style", "list", "--model", weights)


@pytest.mark.parametrize("name", ["styles", "controls", "fills", "map"])
@pytest.mark.parametrize("harm", ["text", "nan", "shape", "missing", "no archive"])
def test_what_surrounds_the_graphs(name: str, harm: str, weights: Path) -> None:
    """Styles at random, the pad's controls, fills, the map."""
    file = weights / f"{name}.npz"
    with np.load(file) as found:
        arrays = dict(found)
    first = next(field for field in arrays if field != "axes")
    harmed = {
        "text": np.full(arrays[first].shape, "x"),
        "nan": np.full(arrays[first].shape, np.nan, np.float32),
        "shape": np.zeros((3, 2), np.float32),
    }
    if harm == "no archive":
        file.write_bytes(b"PK\x03\x04 not")
    elif harm == "missing":
        np.savez(file, **{key: value for key, value in arrays.items() if key != first})
    else:
        np.savez(file, **(arrays | {first: harmed[harm]}))
    checkpoint = Drummer(signed(weights, file.name)).checkpoint
    with pytest.raises(CheckpointError) as told:
        _ = checkpoint.style_map if name == "map" else getattr(checkpoint, name)
    assert "export" in str(told.value)


def test_weights_that_are_whole_play_as_before(weights: Path, drummer: Drummer) -> None:
    """The copy is read as the weights are."""
    assert Drummer(weights).checkpoint.min_probabilities == drummer.checkpoint.min_probabilities
    assert Drummer(weights).checkpoint.pieces == tuple(Piece)

"""Weights are used only when they are whole, known and of this version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drumnet.errors import CheckpointError
from drumnet.graph import file_hash
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.hits import Piece
from drumnet.model.checkpoint import GRAPHS, load_checkpoint

PRESET = {
    "name": "steady-straight",
    "description": "4.0 hits a bar",
    "measures": {"density": 4.0},
    "code": [0.25] * 16,
}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder of weights; its graphs are only bytes, which is all that is checked."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for graph in GRAPHS:
        (folder / f"{graph}.onnx").write_bytes(f"the graph {graph}".encode() * 50)
    (folder / "presets.json").write_text(json.dumps([PRESET]))
    about = {
        "format": "drumnet-model/1",
        "name": "mine",
        "roles": [role.value for role in HEARD_ROLES],
        "pieces": ["kick", "snare"],
        "code_size": 16,
        "floors": [0.4, 0.5],
        "provenance": {"songs": 3},
        "sha256": {file.name: file_hash(file) for file in folder.iterdir()},
    }
    (folder / "model.json").write_text(json.dumps(about))
    return folder


def rewrite(folder: Path, **changes: Any) -> None:
    about = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps(about | changes))


def test_whole_weights_are_what_their_file_says(weights: Path) -> None:
    found = load_checkpoint(weights)
    assert found.pieces == (Piece.KICK, Piece.SNARE)
    assert found.min_probabilities == (0.4, 0.5)
    assert found.provenance["songs"] == 3
    assert found.name == "mine@" + file_hash(weights / "decode.onnx")[:8]
    preset = found.presets["steady-straight"]
    np.testing.assert_array_equal(preset.code, np.full(16, 0.25, np.float32))
    assert preset.measures == {"density": 4.0}


def test_a_named_style_is_found_by_the_names_that_it_had(weights: Path) -> None:
    renamed = PRESET | {"name": "four-on-the-floor", "title": "four on the floor"}
    renamed |= {"formerly": ["steady-straight", "old"]}
    (weights / "presets.json").write_text(json.dumps([renamed]))
    about = json.loads((weights / "model.json").read_text())
    sha256 = about["sha256"] | {"presets.json": file_hash(weights / "presets.json")}
    rewrite(weights, sha256=sha256)
    found = load_checkpoint(weights)
    assert list(found.presets) == ["four-on-the-floor"]
    for name in ("four-on-the-floor", "steady-straight", "old"):
        preset = found.preset(name)
        assert preset is not None and preset.title == "four on the floor"
    assert found.preset("other") is None


#: What styles of the weights that are shipped were called until 2026-11-30.
FORMERLY = {
    "default": (
        "sparse-bass-led steady-straight steady-bass-led steady-independent steady-off-beat "
        "steady-bass-led-2 steady-bass-led-3 busy-independent busy-independent-2 "
        "busy-independent-3 busy-independent-4 busy-independent-5"
    ),
    "open": (
        "sparse-straight sparse-straight-2 sparse-independent steady-pushing steady-straight "
        "steady-bass-led steady-bass-led-2 busy-off-beat busy-independent busy-pushing "
        "busy-independent-2 busy-independent-3"
    ),
}


@pytest.mark.parametrize("model", FORMERLY)
def test_the_old_names_of_shipped_styles_still_find_them(model: str) -> None:
    found = load_checkpoint(model)
    old = [found.preset(name) for name in FORMERLY[model].split()]
    assert old == list(found.presets.values())


def test_other_weights_of_one_name_are_told_apart(weights: Path) -> None:
    before = load_checkpoint(weights).name
    (weights / "decode.onnx").write_bytes(b"trained anew")
    about = json.loads((weights / "model.json").read_text())
    rewrite(weights, sha256=about["sha256"] | {"decode.onnx": file_hash(weights / "decode.onnx")})
    assert load_checkpoint(weights).name != before


@pytest.mark.parametrize("name", ["listen.onnx", "encode.onnx", "decode.onnx", "presets.json"])
def test_a_single_flipped_bit_is_noticed(weights: Path, name: str) -> None:
    content = bytearray((weights / name).read_bytes())
    content[len(content) // 2] ^= 1
    (weights / name).write_bytes(bytes(content))
    with pytest.raises(CheckpointError, match=f"{name}' is missing or damaged.*again"):
        load_checkpoint(weights)


@pytest.mark.parametrize("name", ["listen.onnx", "encode.onnx", "decode.onnx", "presets.json"])
def test_a_missing_file_is_noticed(weights: Path, name: str) -> None:
    (weights / name).unlink()
    with pytest.raises(CheckpointError, match=f"{name}' is missing or damaged"):
        load_checkpoint(weights)


def test_a_file_without_a_hash_is_not_trusted(weights: Path) -> None:
    rewrite(weights, sha256={})
    with pytest.raises(CheckpointError, match="missing or damaged"):
        load_checkpoint(weights)


def test_an_unknown_name_says_which_there_are(tmp_path: Path) -> None:
    for model in ("defalt", tmp_path, tmp_path / "none"):
        with pytest.raises(CheckpointError, match=r"no weights '.*': choose default or open"):
            load_checkpoint(model)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"format": "drumnet-model/2"}, r"format drumnet-model/2, this drumnet reads .*/1"),
        ({"roles": ["bass", "triangle"]}, "hears other roles"),
        ({"code_size": 8}, "hears other roles"),
        ({"sha256": None}, "cannot be read"),
        ({"pieces": ["cowbell"]}, "cannot be read"),
        ({"floors": [0.5]}, "cannot be read"),
        ({"floors": ["loud", 0.5]}, "cannot be read"),
        ({"roles": 3}, "cannot be read"),
    ],
)
def test_weights_of_another_version_are_refused(
    weights: Path, changes: dict[str, Any], fault: str
) -> None:
    rewrite(weights, **changes)
    with pytest.raises(CheckpointError, match=fault):
        load_checkpoint(weights)


@pytest.mark.parametrize("missing", ["name", "code_size", "pieces", "floors", "provenance"])
def test_a_description_that_lacks_something_is_refused(weights: Path, missing: str) -> None:
    about = json.loads((weights / "model.json").read_text())
    del about[missing]
    (weights / "model.json").write_text(json.dumps(about))
    with pytest.raises(CheckpointError, match=rf"model\.json' cannot be read.*{missing}"):
        load_checkpoint(weights)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\xff"])
def test_a_description_that_is_none_is_refused(weights: Path, content: str) -> None:
    (weights / "model.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(CheckpointError, match=r"model\.json' cannot be read"):
        load_checkpoint(weights)

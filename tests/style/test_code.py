"""Style codes: 16 numbers that are kept, mixed and moved."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from drumnet.errors import StyleError
from drumnet.style.code import CODE_SIZE, StyleCode

MODEL = "default@01234567"


def code_of(seed: int, model: str = MODEL) -> StyleCode:
    code = np.random.default_rng(seed).standard_normal(CODE_SIZE)
    return StyleCode(code, model, f"sample {seed}")


def test_what_is_saved_and_loaded_is_the_same_style(tmp_path: Path) -> None:
    style = code_of(3)
    style.save(tmp_path / "style.json")
    loaded = StyleCode.load(tmp_path / "style.json")
    np.testing.assert_array_equal(loaded.code, style.code)
    assert (loaded.model, loaded.source) == (MODEL, "sample 3")


def test_interpolation_begins_at_one_style_and_ends_at_the_other() -> None:
    one, other = code_of(1), code_of(2)
    np.testing.assert_array_equal(one.interpolate(other, 0.0).code, one.code)
    np.testing.assert_allclose(one.interpolate(other, 1.0).code, other.code, atol=1e-6)
    middle = one.interpolate(other, 0.5).code
    np.testing.assert_allclose(middle, (one.code + other.code) / 2, atol=1e-6)


def test_a_nudge_moves_one_number_and_leaves_the_style_that_it_came_from() -> None:
    style = code_of(1)
    before = style.code.copy()
    nudged = style.nudged(5, -0.75)
    np.testing.assert_allclose(nudged.code - before, np.eye(CODE_SIZE)[5] * -0.75, atol=1e-6)
    np.testing.assert_array_equal(style.code, before)
    np.testing.assert_allclose(nudged.nudged(5, 0.75).code, before, atol=1e-6)


def test_the_code_cannot_be_changed_under_the_style() -> None:
    numbers = np.zeros(CODE_SIZE, np.float32)
    style = StyleCode(numbers, MODEL)
    numbers[0] = 9.0
    assert style.code[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        style.code[0] = 1.0


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (np.zeros(15), "16 numbers, got 15"),
        (np.zeros((4, 4)), "16 numbers, got 16"),
        ([0.0] * 15 + [float("nan")], "finite"),
        ([0.0] * 15 + [float("inf")], "finite"),
        (["a"] * 16, "16 numbers"),
        (None, "16 numbers|finite"),
        ([[1, 2], [3]], "16 numbers"),
    ],
)
def test_what_is_no_code_is_refused(code: object, fault: str) -> None:
    with pytest.raises(StyleError, match=fault):
        StyleCode(code, MODEL)  # type: ignore[arg-type]


@pytest.mark.parametrize("index", [-1, 16])
def test_there_are_numbers_0_to_15(index: int) -> None:
    with pytest.raises(StyleError, match=f"numbers 0 to 15, not {index}"):
        code_of(0).nudged(index, 1.0)


def test_styles_of_different_weights_do_not_mix() -> None:
    with pytest.raises(StyleError, match=f"{MODEL} and open@89abcdef"):
        code_of(0).interpolate(code_of(1, "open@89abcdef"), 0.5)


def test_bad_style_files_give_one_line(tmp_path: Path) -> None:
    path = tmp_path / "style.json"
    with pytest.raises(StyleError, match=r"style\.json' cannot be read as a style"):
        StyleCode.load(path)
    contents = {
        "{": "cannot be read",
        "[]": "no style file",
        json.dumps({"format": "drumnet-style/9", "code": [0.0] * 16}): "format should be",
        json.dumps({"format": "drumnet-style/1", "model": MODEL}): r"style\.json.*16 numbers",
        json.dumps({"format": "drumnet-style/1", "code": [1, 2]}): r"style\.json.*got 2",
        json.dumps({"format": "drumnet-style/1", "code": ["1"] * 16}): r"style\.json.*16 numbers",
        json.dumps({"format": "drumnet-style/1", "code": [1e300] * 16}): r"style\.json.*finite",
        json.dumps({"format": "drumnet-style/1", "model": MODEL, "code": "loud"}): "16 numbers",
    }
    for content, fault in contents.items():
        path.write_text(content)
        with pytest.raises(StyleError, match=fault) as caught:
            StyleCode.load(path)
        assert "\n" not in str(caught.value)
    path.write_bytes(b"\xff\xfe\x00style")
    with pytest.raises(StyleError, match="cannot be read"):
        StyleCode.load(path)


def test_what_a_style_played_is_kept_in_its_file_and_nowhere_else(tmp_path: Path) -> None:
    style = StyleCode(np.zeros(16), "mine@1", "sampled", plays="shuffle on the ride")
    style.save(tmp_path / "style.json")
    again = StyleCode.load(tmp_path / "style.json")
    assert again.plays == "shuffle on the ride"
    assert again == StyleCode(np.zeros(16), "mine@1", "sampled"), "it is the same style"
    assert again.nudged(0, 1.0).plays == "", "another style plays something else"

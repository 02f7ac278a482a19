"""The directions of the controls lead where they were measured to lead, and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drumnet.controls import Controls
from drumnet.errors import CheckpointError

RNG = np.random.default_rng(0)
ALONG = np.eye(16, dtype=np.float32)
CONTROLS = Controls(
    2 * ALONG[0], 2 * ALONG[1], np.stack([1.5 * ALONG[2], 1.5 * ALONG[3]]), np.array(4.5, "f4")
)


def test_the_middle_changes_nothing() -> None:
    code = RNG.standard_normal(16).astype(np.float32)
    assert CONTROLS.moved(code, 0.0, 0.0) is code


def test_a_code_moves_along_the_way_alone() -> None:
    code = (0.5 * RNG.standard_normal(16)).astype(np.float32)
    moved = CONTROLS.moved(code, 0.5, -1.0, row=1, of_piece=1.0)
    np.testing.assert_allclose(moved - code, ALONG[0] - 2 * ALONG[1] + 1.5 * ALONG[3], atol=1e-5)


def test_no_code_is_led_out_of_the_typical() -> None:
    for _ in range(50):
        code = (1.5 * RNG.standard_normal(16)).astype(np.float32)
        moved = CONTROLS.moved(code, 1.0, 1.0)
        assert np.linalg.norm(moved) <= max(np.linalg.norm(code), 4.5) + 1e-4
        assert (moved - code)[:2].sum() > 0, "it still moves"


def test_controls_are_read_as_they_were_saved(tmp_path: Path) -> None:
    CONTROLS.save(tmp_path / "controls.npz")
    found = Controls.load(tmp_path / "controls.npz")
    np.testing.assert_array_equal(found.piece_complexity, CONTROLS.piece_complexity)
    assert found.typical == CONTROLS.typical
    (tmp_path / "controls.npz").write_bytes(b"no archive")
    with pytest.raises(CheckpointError, match="cannot be read"):
        Controls.load(tmp_path / "controls.npz")


def test_controls_of_another_shape_are_refused() -> None:
    with pytest.raises(CheckpointError, match="the controls' intensity is damaged"):
        Controls(ALONG[0], ALONG[1][:5], ALONG[:2], np.array(4.5, "f4"))

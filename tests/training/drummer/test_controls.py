"""The directions of the controls lead where they were measured to lead, and back."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from fixtures.networks import checkpoint_of

from drumnet.corpus.halves import HalvedSong
from drumnet.errors import CheckpointError
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import Piece
from drumnet.model.network import Network, OnsetActivations
from drumnet.style.directions import Controls
from drumnet.training.drummer.controls import fit_controls

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


# ------------------------------------------------------------------ fitted


class Obedient:
    """Of a code's numbers the first is how often a kick is hit, the second how hard, and
    the third how often another piece is hit off the beat."""

    checkpoint = checkpoint_of((Piece.KICK, Piece.RIDE))

    def listen(self, conditioning: Conditioning) -> np.ndarray:
        return np.zeros((4, conditioning.num_beats), np.float32)

    def decode_each(self, context: np.ndarray, codes: np.ndarray) -> OnsetActivations:
        shape = (len(codes), 2, 12 * context.shape[1])
        probability = np.full(shape, 1e-3, np.float32)
        probability[:, 0, ::12] = 1 / (1 + np.exp(-codes[:, :1]))
        probability[:, 1, 6::12] = 1 / (1 + np.exp(-codes[:, 2:3]))
        velocity = np.zeros(shape, np.float32)
        velocity += (0.5 + 0.1 * codes[:, 1])[:, None, None]
        return OnsetActivations(probability, velocity, velocity, velocity, velocity)


def test_directions_are_found_where_they_are() -> None:
    beats = np.arange(64)
    heard = Conditioning(
        np.zeros((9, 768), np.float32), np.zeros(9, bool), beats % 4, 0 * beats + 4, beats // 4
    )
    grid = BeatGrid.constant(120.0, 32.0)
    silent = np.zeros((9, 768), np.float32)
    song = HalvedSong("four", heard, silent, grid, np.zeros(0))
    codes = RNG.standard_normal((300, 16)).astype(np.float32)
    found = fit_controls(cast(Network, Obedient()), codes, [song])

    def share(step: np.ndarray, *numbers: int) -> float:
        return float(np.linalg.norm(step[list(numbers)]) / np.linalg.norm(step))

    assert share(found.complexity, 0, 2) > 0.95 and found.complexity[2] > 0
    assert share(found.intensity, 1) > 0.95 and found.intensity[1] > 0
    assert share(found.piece_complexity[0], 0) > 0.95 and found.piece_complexity[0][0] > 0
    assert share(found.piece_complexity[1], 2) > 0.95 and found.piece_complexity[1][2] > 0
    assert np.quantile(np.linalg.norm(codes, axis=1), 0.9) == pytest.approx(found.typical)

"""A kit plays the pieces that it has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from drumnet.errors import KitError
from drumnet.hits import Piece
from drumnet.kits.loading import load_kit


def sound(path: Path) -> None:
    soundfile.write(path, np.exp(-np.arange(4_000) / 800) * 0.5, 44_100)


def test_a_sample_that_is_missing_costs_its_piece_alone(tmp_path: Path) -> None:
    for name in ("kick.wav", "snare soft.wav"):
        sound(tmp_path / name)
    (tmp_path / "kit.sfz").write_text(
        "<region> key=36 sample=kick.wav\n"
        "<region> key=38 hivel=63 sample=snare soft.wav\n"
        "<region> key=38 lovel=64 sample=snare hard.wav\n"
        "<region> key=42 sample=hat.wav\n"
    )
    kit = load_kit(tmp_path / "kit.sfz")
    assert kit.pieces == (Piece.KICK, Piece.SNARE)
    assert len(kit.sounds[Piece.SNARE].layers) == 1
    with pytest.raises(KitError, match="has no closed_hat"):
        kit.require([Piece.KICK, Piece.CLOSED_HAT])


def test_a_kit_that_has_none_of_its_samples_says_so(tmp_path: Path) -> None:
    (tmp_path / "kit.sfz").write_text("<region> key=36 sample=kick.wav\n")
    with pytest.raises(KitError, match=r"kit\.sfz:1 names the sample 'kick\.wav', but there is no"):
        load_kit(tmp_path / "kit.sfz")

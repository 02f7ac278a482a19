"""A SoundFont becomes a kit through FluidSynth."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from drumnet.errors import KitError
from drumnet.hits import Piece
from drumnet.kits.kit import FULL_SCALE, KIT_RATE_HZ, velocity_gain
from drumnet.kits.loading import load_kit

SOUNDFONT = Path("/usr/share/sounds/sf2/TimGM6mb.sf2")


@pytest.mark.skipif(
    shutil.which("fluidsynth") is None or not SOUNDFONT.is_file(),
    reason="needs fluidsynth and the timgm6mb-soundfont",
)
def test_a_soundfont_gives_nine_pieces_that_end() -> None:
    kit = load_kit(SOUNDFONT)
    assert (kit.name, kit.pieces) == ("TimGM6mb", tuple(Piece))
    peak = 0.0
    for sound in kit.sounds.values():
        assert [layer.top_velocity for layer in sound.layers] == [31, 63, 95, 127]
        for layer in sound.layers:
            (shot,) = layer.shots
            top = np.abs(shot).max()
            peak = max(peak, float(top) * velocity_gain(layer.top_velocity))
            assert np.argmax(np.abs(shot).max(axis=0) > 0.1 * top) < 0.02 * KIT_RATE_HZ
            assert np.abs(shot[:, -5:]).max() < 0.001 * top, "no click at the end"
    assert peak == pytest.approx(FULL_SCALE, rel=1e-4)
    length_s = {
        piece: sound.layers[-1].shots[0].shape[1] / KIT_RATE_HZ
        for piece, sound in kit.sounds.items()
    }
    assert length_s[Piece.CLOSED_HAT] < 0.5 < length_s[Piece.CRASH] <= 4.0


def test_what_cannot_be_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "drums.sf2"
    path.write_bytes(b"RIFF\0\0\0\0sfbk")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KitError, match="needs FluidSynth: install it"):
        load_kit(path)
    program = tmp_path / "fluidsynth"
    program.write_text("#!/bin/sh\necho 'fluidsynth: error: no presets' >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(KitError, match=r"FluidSynth cannot play '.*' \(fluidsynth: error: no pres"):
        load_kit(path)
    path.write_bytes(b"no soundfont")
    with pytest.raises(KitError, match="is no SoundFont"):
        load_kit(path)

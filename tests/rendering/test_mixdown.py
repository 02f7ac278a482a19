"""Stems of more than two channels are folded as ITU-R BS.775-3 says."""

from __future__ import annotations

import numpy as np
import pytest

from drumnet.audio.source import Audio
from drumnet.hits import DrumTrack, Piece
from drumnet.kits.kit import embedded_kit
from drumnet.rendering.mixdown import MIX_RATE_HZ, MixLevels, mix_blocks
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem

KIT = embedded_kit(pieces=(Piece.KICK,))
HALF_POWER = float(np.sqrt(0.5))


def folded(channel: int, num_channels: int) -> list[float]:
    """The left and right of a sound in one channel alone."""
    sound = np.zeros((num_channels, MIX_RATE_HZ), np.float32)
    sound[channel] = 0.25
    song = Song((Stem("surround", Role.OTHER, Audio(sound, MIX_RATE_HZ)),))
    blocks = list(mix_blocks(song, DrumTrack(), KIT, levels=MixLevels(1.0, 1.0)))
    middle = np.concatenate(blocks, axis=1)[:, MIX_RATE_HZ // 2]
    return [round(float(value) / 0.25, 4) for value in middle]


@pytest.mark.parametrize("num_channels", [6, 8])
def test_the_low_frequency_channel_is_left_out(num_channels: int) -> None:
    assert folded(3, num_channels) == [0.0, 0.0]


@pytest.mark.parametrize(
    ("channel", "sides"),
    [
        (0, [1.0, 0.0]),
        (1, [0.0, 1.0]),
        (2, [HALF_POWER, HALF_POWER]),
        (4, [HALF_POWER, 0.0]),
        (5, [0.0, HALF_POWER]),
    ],
)
def test_the_centre_is_on_both_sides_and_surrounds_on_their_own(
    channel: int, sides: list[float]
) -> None:
    assert folded(channel, 6) == pytest.approx(sides, abs=1e-3)


def test_four_channels_are_two_pairs() -> None:
    assert [folded(channel, 4) for channel in range(4)] == [[1, 0], [0, 1], [1, 0], [0, 1]]

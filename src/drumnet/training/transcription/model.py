"""The drum network in PyTorch: a mel spectrum in, strokes out.

Convolutions over time and frequency, as transcription networks begin (Vogl,
Widmer & Knees, "Towards multi-instrument drum transcription", DAFx 2018), then
residual blocks over time, dilated, which see 1.4 s to either side: long enough
to tell an open hat from a closed one, and a crash from a ride.  For each kind of stroke
and frame: the logit of an onset, its level, and where in the frame it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from drumnet.hits import Piece
from drumnet.training.residual import ResidualBlock
from drumnet.training.transcription.render import NUM_KINDS, PIECES
from drumnet.transcribe.network import LEVEL_CENTRE_DB, LEVEL_SPREAD_DB
from drumnet.transcribe.spectrum import NUM_BANDS

_MEAN, _SPREAD = 1.8, 1.2
#: Toms are seldom struck: missing one costs as much as missing so many of the others.
_TOMS = tuple(map(PIECES.index, (Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM)))
_TOM_WEIGHT = 2.0


@dataclass(frozen=True)
class DrumModelConfig:
    """Args:
    channels: of the three convolutions over time and frequency.
    width: of the residual blocks.
    dilations: of the blocks, in frames.
    """

    channels: tuple[int, int, int] = (16, 32, 48)
    width: int = 144
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 1, 2, 4)
    dropout: float = 0.1


class DrumNetwork(nn.Module):
    """(batch, num_frames, 80) -> (batch, num_frames, 3, 11): logits of onsets,
    levels in units of `LEVEL_SPREAD_DB`, and offsets in frames."""

    def __init__(self, config: DrumModelConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before, bands = 1, NUM_BANDS
        for channels in config.channels:
            convolution = nn.Conv2d(before, channels, 3, stride=(1, 2), padding=1, bias=False)
            layers += [convolution, nn.BatchNorm2d(channels), nn.ReLU()]
            before, bands = channels, (bands + 1) // 2
        self.bands = nn.Sequential(*layers)
        self.join = nn.Conv1d(before * bands, config.width, 1)
        self.blocks = nn.Sequential(
            *(ResidualBlock(config.width, d, config.dropout) for d in config.dilations)
        )
        self.out = nn.Conv1d(config.width, 3 * NUM_KINDS, 1)
        with torch.no_grad():
            self.out.weight.mul_(0.3)
            assert self.out.bias is not None
            self.out.bias[:NUM_KINDS] = -4.0

    def forward(self, heard: Tensor) -> Tensor:
        x = self.bands(((heard - _MEAN) / _SPREAD)[:, None])  # (batch, channels, frames, bands)
        x = x.transpose(2, 3).flatten(1, 2)
        x = torch.relu(self.blocks(torch.relu(self.join(x))))
        found: Tensor = self.out(x).transpose(1, 2)
        return found.reshape(*found.shape[:2], 3, NUM_KINDS)


@dataclass(frozen=True, eq=False)
class Targets:
    """(batch, num_frames, 11) each.

    Args:
        onset: from 0 to 1, soft on either side of a stroke.
        level_db, offset: of the stroke.
        known: 1 where there is one.
    """

    onset: Tensor
    level_db: Tensor
    offset: Tensor
    known: Tensor


def loss(found: Tensor, targets: Targets) -> Tensor:
    """Cross-entropy of the onsets; where strokes are, error of level and offset."""
    logits, level, offset = found.unbind(2)
    weight = torch.ones(NUM_KINDS)
    weight[list(_TOMS)] = _TOM_WEIGHT
    onsets = nn.functional.binary_cross_entropy_with_logits(
        logits, targets.onset, pos_weight=weight, reduction="none"
    )
    wanted = (targets.level_db - LEVEL_CENTRE_DB) / LEVEL_SPREAD_DB
    strokes = targets.known.sum().clamp(min=1.0)
    levels = ((level - wanted).abs() * targets.known).sum() / strokes
    offsets = ((offset - targets.offset).abs() * targets.known).sum() / strokes
    return onsets.sum(-1).mean() + 0.05 * levels + 0.05 * offsets

"""The beat network in PyTorch: evidence in, beat and downbeat activations out.

A temporal convolutional network (Davies & Boeck, "Temporal convolutional
networks for musical audio beat tracking", EUSIPCO 2019): two convolutions at 50
frames a second, the second with a stride of 4, then residual blocks at 12.5,
whose dilation doubles from each to the next; the last layer gives four frames
for each of theirs.  The blocks see 40 s to either side.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from drumnet.beats.evidence import NUM_CHANNELS
from drumnet.training.residual import ResidualBlock

NUM_OUTPUTS = 2
#: Frames of evidence to a frame of the blocks.
STRIDE = 4


@dataclass(frozen=True)
class BeatModelConfig:
    """Args:
    first_width: channels at 50 frames a second.
    width: channels of the blocks.
    dilations: of the blocks, in frames of 80 ms.
    """

    first_width: int = 32
    width: int = 112
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1, 2, 4, 8)
    dropout: float = 0.1


class BeatNetwork(nn.Module):
    """(batch, num_frames, 29) -> (batch, num_frames, 2) logits of beat and
    downbeat; num_frames is a multiple of 4."""

    def __init__(self, config: BeatModelConfig) -> None:
        super().__init__()
        first, width = config.first_width, config.width
        self.near = nn.Conv1d(NUM_CHANNELS, first, 5, padding=2)
        self.wider = nn.Conv1d(first, width, 3 * STRIDE, stride=STRIDE, padding=STRIDE)
        self.blocks = nn.Sequential(
            *(ResidualBlock(width, d, config.dropout) for d in config.dilations)
        )
        self.out = nn.Conv1d(width, STRIDE * NUM_OUTPUTS, 1)
        nn.init.constant_(self.out.bias, -3.0)  # type: ignore[arg-type]

    def forward(self, evidence: Tensor) -> Tensor:
        x = torch.relu(self.near(evidence.transpose(1, 2)))
        x = torch.relu(self.wider(x))
        x = torch.relu(self.blocks(x))
        frames = self.out(x).transpose(1, 2)  # (batch, num_frames / 4, 4 * 2)
        out: Tensor = frames.reshape(frames.shape[0], -1, NUM_OUTPUTS)
        return out


def loss(logits: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """Cross-entropy of beats and downbeats over the frames that are known."""
    each = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return (each.sum(-1) * known).sum() / known.sum().clamp(min=1.0)

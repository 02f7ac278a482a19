"""The residual block of the networks that hear beats and drums."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """A dilated convolution over frames beside what there is; at first it adds
    nothing.

    Args:
        width: channels.
        dilation: in frames.
        dropout: of whole channels.
    """

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.wide = nn.Conv1d(width, width, 3, dilation=dilation, padding=dilation)
        self.out = nn.Conv1d(width, width, 1)
        self.dropout = nn.Dropout1d(dropout)
        nn.init.zeros_(self.out.weight)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, width, num_frames) of the same."""
        found: Tensor = self.out(self.dropout(torch.relu(self.wide(x))))
        return x + found

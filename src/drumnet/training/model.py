"""The gated autoencoder in PyTorch.

Time runs in beats: the 12 ticks of a beat are one frame's channels, so that
wide layers stay cheap and every beat of a bar pattern is seen whole.

    x  what is heard (roles, position)    u = U(x)          "heard"
    y  what is played (hits, velocities)  f = u * V(y)      "relation"
    z = mean over time of mapping(f): mean and log variance of 16 Gaussians
    decoder: u gated by a linear function of z, dilated convolutions modulated
    by z, then for each piece and tick a logit, a velocity and an offset.

After Lattner & Grachten, WASPAA 2019 (arXiv 1908.00948) and Memisevic, "Learning
to relate images", PAMI 2013; the modulation is FiLM (Perez et al., AAAI 2018).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from drumnet.beats.grid import TICKS_PER_BEAT
from drumnet.training.config import ModelConfig


class Heard(NamedTuple):
    """What is heard of a batch of passages.

    Args:
        strength: (batch, roles, ticks) 0 to 1; zero where a role is hidden.
        present: (batch, roles) 1 where the role is given.
        beat_in_bar, bar_length, bar: (batch, beats) int64.
    """

    strength: Tensor
    present: Tensor
    beat_in_bar: Tensor
    bar_length: Tensor
    bar: Tensor


class Activations(NamedTuple):
    """(batch, pieces, ticks) each: logit of a hit, velocity in 0-1, offset in
    ticks from -0.5 to 0.5."""

    logit: Tensor
    velocity: Tensor
    offset: Tensor


def _beats(ticks: Tensor) -> Tensor:
    """(batch, rows, ticks) -> (batch, rows * 12, beats)."""
    batch, rows, length = ticks.shape
    split = ticks.reshape(batch, rows, length // TICKS_PER_BEAT, TICKS_PER_BEAT)
    return split.transpose(2, 3).reshape(batch, rows * TICKS_PER_BEAT, -1)


def _ticks(beats: Tensor, rows: int) -> Tensor:
    """(batch, rows * 12, beats) -> (batch, rows, ticks)."""
    split = beats.reshape(beats.shape[0], rows, TICKS_PER_BEAT, -1)
    return split.transpose(2, 3).reshape(beats.shape[0], rows, -1)


class _Block(nn.Module):
    """A residual dilated convolution over beats; a code may modulate it."""

    def __init__(self, width: int, dilation: int, code_size: int = 0) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, width, affine=True)
        self.wide = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv1d(width, width, 1)
        self.modulate = nn.Linear(code_size, 2 * width) if code_size else None

    def forward(self, x: Tensor, code: Tensor | None = None) -> Tensor:
        # Layer norm over channels, beat by beat: no leak along time.
        h = nn.functional.layer_norm(
            x.transpose(1, 2), (self.norm.num_channels,), self.norm.weight, self.norm.bias
        ).transpose(1, 2)
        h = self.wide(h)
        if self.modulate is not None and code is not None:
            scale, shift = self.modulate(code)[:, :, None].chunk(2, dim=1)
            h = h * (1 + scale) + shift
        out: Tensor = x + self.mix(nn.functional.gelu(h))
        return out


class HeardEncoder(nn.Module):
    """U: (batch, roles, ticks) and positions -> (batch, width, beats)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        rows = len(config.roles)
        self.strength = nn.Conv1d(rows * TICKS_PER_BEAT, config.width, 1)
        self.present = nn.Linear(rows, config.width)
        self.beat_in_bar = nn.Embedding(config.max_bar_beats, config.width)
        self.bar_length = nn.Embedding(config.max_bar_beats + 1, config.width)
        self.phrase = nn.Embedding(config.phrase_bars, config.width)
        self.blocks = nn.ModuleList(_Block(config.width, d) for d in config.heard_dilations)

    def forward(self, heard: Heard) -> Tensor:
        most = self.config.max_bar_beats
        place = (
            self.beat_in_bar(heard.beat_in_bar.clamp(0, most - 1))
            + self.bar_length(heard.bar_length.clamp(0, most))
            + self.phrase(torch.remainder(heard.bar, self.config.phrase_bars))
        )
        h = self.strength(_beats(heard.strength)) + place.transpose(1, 2)
        h = nn.functional.gelu(h + self.present(heard.present)[:, :, None])
        for block in self.blocks:
            h = block(h)
        out: Tensor = h
        return out


class StyleEncoder(nn.Module):
    """The code of a passage: (mean, log variance), each (batch, code_size)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        rows = 2 * len(config.pieces)
        self.played = nn.Conv1d(rows * TICKS_PER_BEAT, config.width, 1)
        self.blocks = nn.ModuleList(_Block(config.width, d) for d in config.played_dilations)
        self.heard = nn.Conv1d(config.width, config.width, 1)
        self.relate = nn.Conv1d(config.width, config.width, 1)
        self.mapping = nn.Sequential(
            nn.Conv1d(config.width, config.mapping_width, 1),
            nn.GELU(),
            nn.Conv1d(config.mapping_width, config.mapping_width, 1),
            nn.GELU(),
        )
        self.code = nn.Linear(config.mapping_width, 2 * config.code_size)

    def forward(self, u: Tensor, velocity: Tensor) -> tuple[Tensor, Tensor]:
        """Args:
        u: (batch, width, beats) what is heard.
        velocity: (batch, pieces, ticks) 0 where nothing is hit, else 0-1.
        """
        played = torch.cat([(velocity > 0).to(velocity.dtype), velocity], dim=1)
        v = nn.functional.gelu(self.played(_beats(played)))
        for block in self.blocks:
            v = block(v)
        relation = self.heard(u) * self.relate(v) + v
        pooled = self.mapping(relation).mean(dim=2)
        mean, log_variance = self.code(pooled).chunk(2, dim=1)
        return mean, log_variance.clamp(-8.0, 2.0)


class Decoder(nn.Module):
    """What is played: (batch, width, beats) heard and a code -> activations."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.num_pieces = len(config.pieces)
        self.gate = nn.Linear(config.code_size, 2 * config.width)
        self.blocks = nn.ModuleList(
            _Block(config.width, d, config.code_size) for d in config.decoder_dilations
        )
        self.out = nn.Conv1d(config.width, 3 * self.num_pieces * TICKS_PER_BEAT, 1)

    def forward(self, u: Tensor, code: Tensor) -> Activations:
        scale, shift = self.gate(code)[:, :, None].chunk(2, dim=1)
        h = u * (1 + scale) + shift
        for block in self.blocks:
            h = block(h, code)
        logit, velocity, offset = _ticks(self.out(h), 3 * self.num_pieces).chunk(3, dim=1)
        return Activations(logit, torch.sigmoid(velocity), 0.5 * torch.tanh(offset))


class GatedAutoencoder(nn.Module):
    """U, the style encoder and the decoder."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.listen = HeardEncoder(config)
        self.encode = StyleEncoder(config)
        self.decode = Decoder(config)


def grow_from(model: GatedAutoencoder, weights: dict[str, Tensor]) -> None:
    """Take over the weights of a model with the same or fewer blocks; those
    that it lacks add nothing at first (Chen et al., "Net2Net", ICLR 2016).

    Raises:
        RuntimeError: they are of a model that is no smaller version of this one.
    """
    missing, unexpected = model.load_state_dict(weights, strict=False)
    strange = [*unexpected, *(name for name in missing if ".blocks." not in name)]
    if strange:
        raise RuntimeError(f"of another model: {strange[0]}")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in missing and ".mix." in name:
                parameter.zero_()

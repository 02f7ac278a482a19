"""The gated autoencoder in PyTorch.

Time runs in beats: the 12 ticks of a beat are one frame's channels, so that
wide layers stay cheap and every beat of a bar pattern is seen whole.

    x  what is heard (roles, position)    u = U(x)          "heard"
    y  what is played (hits, velocities)  f = u * V(y)      "relation"
    z = mean over time of mapping(f): mean and log variance of 16 Gaussians
    g  what of the drums is given: pieces that are played already, or a tap
    decoder: u gated by a linear function of z, plus G(g), dilated convolutions
    modulated by z, then for each piece and tick a logit, and the medians and
    spreads (Laplace) of a velocity and an offset.

After Lattner & Grachten, WASPAA 2019 (arXiv 1908.00948) and Memisevic, "Learning
to relate images", PAMI 2013; the modulation is FiLM (Perez et al., AAAI 2018).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from drumnet.grid import TICKS_PER_BEAT
from drumnet.training.drummer.config import ModelConfig


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


class Played(NamedTuple):
    """Drums whose style is to be found.

    Args:
        velocity: (batch, pieces, ticks) 0 where nothing is hit, else 0-1.
        seen: (batch, pieces) 1 for the pieces that are known.
    """

    velocity: Tensor
    seen: Tensor


class GivenHits(NamedTuple):
    """What of the drums is given to the decoder: the pieces, and last a tap,
    which is a rhythm of which it is not known what plays it.

    Args:
        velocity: (batch, pieces + 1, ticks) 0 where nothing is hit, else 0-1.
        offset: (batch, pieces + 1, ticks) in ticks.
        known: (batch, pieces + 1, beats) 1 where it is given, silence included.
    """

    velocity: Tensor
    offset: Tensor
    known: Tensor


class OnsetActivations(NamedTuple):
    """(batch, pieces, ticks) each: logit of a hit, velocity in 0-1, offset in
    ticks, and the log of the spreads of both."""

    logit: Tensor
    velocity: Tensor
    offset: Tensor
    log_velocity_spread: Tensor
    log_offset_spread: Tensor


#: Of the input of V and of the output of the decoder, for each piece.
_PLAYED_KINDS, _OUT_KINDS = 2, len(OnsetActivations._fields)
#: What the decoder gives before it is taught, in the order of `OnsetActivations`: silence;
#: and of songs that no person played, which never teach it more, one velocity (0.73),
#: hits on their ticks, and next to no spread.
_UNTAUGHT = (-4.0, 1.0, 0.0, -4.0, -4.0)
#: Nobody plays more exactly or more loosely.
_LOG_SPREADS = (-5.0, 0.5)
#: Of the tap's bins, in distances of their centres.
_BIN_WIDTH = 0.9


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
    """A residual dilated convolution over beats; a code, or one for each beat, may
    modulate it."""

    def __init__(self, config: ModelConfig, dilation: int, code_size: int = 0) -> None:
        super().__init__()
        width = config.width
        self.norm = nn.GroupNorm(1, width, affine=True)
        self.wide = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv1d(width, width, 1)
        self.modulate = nn.Linear(code_size, 2 * width) if code_size else None
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, code: Tensor | None = None) -> Tensor:
        # Layer norm over channels, beat by beat: no leak along time.
        h = nn.functional.layer_norm(
            x.transpose(1, 2), (self.norm.num_channels,), self.norm.weight, self.norm.bias
        ).transpose(1, 2)
        h = self.wide(h)
        if self.modulate is not None and code is not None:
            scale, shift = self.modulate(code).transpose(1, 2).chunk(2, dim=1)
            h = h * (1 + scale) + shift
        out: Tensor = x + self.mix(self.dropout(nn.functional.gelu(h)))
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
        self.blocks = nn.ModuleList(_Block(config, d) for d in config.heard_dilations)

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
        rows = _PLAYED_KINDS * len(config.pieces)
        self.played = nn.Conv1d(rows * TICKS_PER_BEAT, config.width, 1)
        self.seen = nn.Linear(len(config.pieces), config.width, bias=False)
        self.blocks = nn.ModuleList(_Block(config, d) for d in config.played_dilations)
        self.heard = nn.Conv1d(config.width, config.width, 1)
        self.relate = nn.Conv1d(config.width, config.width, 1)
        self.mapping = nn.Sequential(
            nn.Conv1d(config.width, config.mapping_width, 1),
            nn.GELU(),
            nn.Conv1d(config.mapping_width, config.mapping_width, 1),
            nn.GELU(),
        )
        self.code = nn.Linear(config.mapping_width, 2 * config.code_size)

    def forward(self, u: Tensor, played: Played) -> tuple[Tensor, Tensor]:
        """Args:
        u: (batch, width, beats) what is heard.
        """
        velocity = played.velocity * played.seen[:, :, None]
        rows = torch.cat([(velocity > 0).to(velocity.dtype), velocity], dim=1)
        v = self.played(_beats(rows)) + self.seen(played.seen)[:, :, None]
        v = nn.functional.gelu(v)
        for block in self.blocks:
            v = block(v)
        relation = self.heard(u) * self.relate(v) + v
        pooled = self.mapping(relation).mean(dim=2)
        mean, log_variance = self.code(pooled).chunk(2, dim=1)
        return mean, log_variance.clamp(-8.0, 2.0)


class TapEncoder(nn.Module):
    """A tap by how loud and how late it is, in steps: which piece a stroke was
    played on shows in small differences (radial basis functions; Broomhead &
    Lowe 1988)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        most = config.most_offset
        self.register_buffer("levels", torch.linspace(0.0, 1.0, config.tap_levels)[:, None], False)
        self.register_buffer(
            "places", torch.linspace(-most, most, config.tap_places)[:, None], False
        )
        self.levels: Tensor
        self.places: Tensor
        rows = (config.tap_levels + config.tap_places) * TICKS_PER_BEAT
        self.bins = nn.Conv1d(rows, config.width, 1)
        self.mix = nn.Conv1d(config.width, config.width, 1)

    def forward(self, velocity: Tensor, offset: Tensor) -> Tensor:
        """(batch, width, beats) of (batch, 1, ticks) each."""
        level = _near(velocity, self.levels) * (velocity > 0)
        place = _near(offset, self.places) * (velocity > 0)
        h = self.bins(_beats(torch.cat([level, place], dim=1)))
        out: Tensor = self.mix(nn.functional.gelu(h))
        return out


def _near(value: Tensor, centres: Tensor) -> Tensor:
    """1 at a centre, 0.3 at its neighbours; (batch, centres, ticks)."""
    step = centres[1] - centres[0]
    return torch.exp(-(((value - centres) / (_BIN_WIDTH * step)) ** 2))


class Decoder(nn.Module):
    """What is played: (batch, width, beats) heard and a code -> activations."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.num_pieces = len(config.pieces)
        self.most_offset = config.most_offset
        given_rows = 3 * (self.num_pieces + 1)
        self.given = nn.Conv1d(given_rows * TICKS_PER_BEAT, config.width, 1, bias=False)
        self.known = nn.Conv1d(self.num_pieces + 1, config.width, 1, bias=False)
        self.tap = TapEncoder(config)
        self.gate = nn.Linear(config.code_size, 2 * config.width)
        self.blocks = nn.ModuleList(
            _Block(config, d, config.code_size) for d in config.decoder_dilations
        )
        self.out = nn.Conv1d(config.width, _OUT_KINDS * self.num_pieces * TICKS_PER_BEAT, 1)
        with torch.no_grad():
            assert self.out.bias is not None
            rows = self.num_pieces * TICKS_PER_BEAT
            self.out.bias.copy_(torch.tensor(_UNTAUGHT).repeat_interleave(rows))
            self.out.weight[rows:] = 0.0

    def forward(self, u: Tensor, code: Tensor, given: GivenHits) -> OnsetActivations:
        """Args:
        code: (batch, code_size), or (batch, beats, code_size) where it departs.
        """
        code = code if code.dim() == 3 else code[:, None]
        scale, shift = self.gate(code).transpose(1, 2).chunk(2, dim=1)
        struck = (given.velocity > 0).to(given.velocity.dtype)
        rows = torch.cat([struck, given.velocity, given.offset], dim=1)
        h = u * (1 + scale) + shift + self.given(_beats(rows)) + self.known(given.known)
        h = h + self.tap(given.velocity[:, -1:], given.offset[:, -1:])
        for block in self.blocks:
            h = block(h, code)
        logit, velocity, offset, *spreads = _ticks(self.out(h), _OUT_KINDS * self.num_pieces).chunk(
            _OUT_KINDS, dim=1
        )
        level, place = torch.sigmoid(velocity), self.most_offset * torch.tanh(offset)
        return OnsetActivations(
            logit, level, place, *(part.clamp(*_LOG_SPREADS) for part in spreads)
        )


class GatedAutoencoder(nn.Module):
    """U, the style encoder and the decoder."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.listen = HeardEncoder(config)
        self.encode = StyleEncoder(config)
        self.decode = Decoder(config)

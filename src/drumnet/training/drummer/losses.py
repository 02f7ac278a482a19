"""What training minimises: a batch and a model in, the parts of the loss out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from drumnet.grid import TICKS_PER_BEAT
from drumnet.training.drummer.batches import Batch
from drumnet.training.drummer.config import TrainConfig
from drumnet.training.drummer.model import (
    GatedAutoencoder,
    GivenHits,
    Heard,
    OnsetActivations,
    Played,
)
from drumnet.training.drummer.windows import WINDOW_BEATS, WindowBatch

#: Velocities and offsets count by the hit, hits by the tick, of which there are
#: some fifty times as many.
_BY_HIT = 0.02


class Losses(NamedTuple):
    """The parts of the loss of one batch: `hits` in nats per tick, summed over
    the pieces asked for; `velocity` and `offset` as mean errors of a hit, in
    0-1 and in ticks; `kl` in nats per code; `windows` in nats per tick."""

    total: Tensor
    hits: Tensor
    velocity: Tensor
    offset: Tensor
    kl: Tensor
    windows: Tensor


class _Errors(NamedTuple):
    """Of what was played: negative log likelihoods, then mean errors for people."""

    hits: Tensor
    velocity_nll: Tensor
    offset_nll: Tensor
    velocity: Tensor
    offset: Tensor

    def weighted(self, config: TrainConfig) -> Tensor:
        by_hit = config.velocity_weight * self.velocity_nll + config.offset_weight * self.offset_nll
        return self.hits + _BY_HIT * by_hit


def losses(
    model: GatedAutoencoder,
    batch: Batch,
    windows: WindowBatch | None,
    config: TrainConfig,
    generator: torch.Generator,
) -> Losses:
    """Code of one passage, drums of the same passage or of its partner; and windows
    without a code, if there are any."""
    device = next(model.parameters()).device
    heard = Heard(*(_tensor(array, device) for array in batch[:5]))
    velocity, offset = (_tensor(array, device) for array in (batch.velocity, batch.offset))
    fast = torch.autocast(device.type, torch.bfloat16, enabled=config.bfloat16)
    with fast:
        u = model.listen(heard)
        played = Played(velocity, _tensor(batch.seen, device))
        mean, log_variance = (half.float() for half in model.encode(u, played))
    noise = torch.randn(mean.shape, generator=generator).to(device)
    code = mean + torch.exp(0.5 * log_variance) * noise
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1).mean()
    songs = len(code) // 2
    crossed = torch.rand(songs, generator=generator).to(device) < config.cross_passage
    partner = torch.arange(len(code), device=device).view(songs, 2).flip(1).view(-1)
    code = torch.where(crossed.repeat_interleave(2)[:, None], code[partner], code)
    code = code * _tensor(batch.coded, device)[:, None]
    with fast:
        given = as_given(velocity, offset, _tensor(batch.known, device))
        found = OnsetActivations(*(part.float() for part in model.decode(u, code, given)))
    human = _tensor(batch.human, device)
    errors = _errors(found, velocity, offset, _tensor(batch.asked, device), human)
    total = errors.weighted(config) + config.kl_weight * kl
    alone = torch.zeros((), device=device)
    if windows is not None:
        with _dropping_out(model, config.windows_dropout):
            in_windows = _window_errors(model, windows, config)
        # A window's tick weighs as much as a song's.
        share = _num_ticks(windows) / _num_ticks(batch)
        total = total + share * in_windows.weighted(config)
        alone = in_windows.hits
    return Losses(total, errors.hits, errors.velocity, errors.offset, kl, alone)


def _num_ticks(batch: Batch | WindowBatch) -> int:
    passages, _, ticks = batch.velocity.shape
    return int(passages * ticks)


def as_given(velocity: Tensor, offset: Tensor, known: Tensor) -> GivenHits:
    """Drums of which a part is known, and their tap: the loudest of each tick."""
    loudest = velocity.argmax(dim=1, keepdim=True)
    velocity, offset = (
        torch.cat([part, part.gather(1, loudest)], dim=1) for part in (velocity, offset)
    )
    by_tick = known.repeat_interleave(TICKS_PER_BEAT, dim=2)
    return GivenHits(velocity * by_tick, offset * by_tick, known)


@contextmanager
def _dropping_out(model: nn.Module, share: float) -> Iterator[None]:
    """The model with at least that share of dropout."""
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Dropout)]
    own = [layer.p for layer in layers]
    for layer in layers:
        layer.p = max(layer.p, share)
    try:
        yield
    finally:
        for layer, p in zip(layers, own, strict=True):
            layer.p = p


def _window_errors(model: GatedAutoencoder, batch: WindowBatch, config: TrainConfig) -> _Errors:
    """Of windows in which nothing is heard but the drums that are given."""
    device = next(model.parameters()).device
    velocity, offset, known = (_tensor(array, device) for array in batch)
    size, beats = len(velocity), torch.arange(WINDOW_BEATS, device=device)
    row = beats.repeat(size, 1)
    silent = torch.zeros(size, len(config.model.roles), velocity.shape[2], device=device)
    heard = Heard(silent, silent[:, :, 0], row % 4, torch.full_like(row, 4), row // 4)
    with torch.autocast(device.type, torch.bfloat16, enabled=config.bfloat16):
        code = torch.zeros(size, config.model.code_size, device=device)
        given = as_given(velocity, offset, known)
        found = model.decode(model.listen(heard), code, given)
    found = OnsetActivations(*(part.float() for part in found))
    return _errors(found, velocity, offset, 1 - known[:, :-1], torch.ones(size, 2, device=device))


def _errors(
    found: OnsetActivations, velocity: Tensor, offset: Tensor, asked: Tensor, human: Tensor
) -> _Errors:
    """Args:
    asked: (batch, pieces, beats) 1 where the piece counts.
    human: (batch, 2) 1 where velocities, and where offsets count.
    """
    counts = asked.repeat_interleave(TICKS_PER_BEAT, dim=2)
    hit = (velocity > 0).float()
    cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits(
        found.logit, hit, reduction="none"
    )
    hits = (cross_entropy * counts).sum() / hit[:, 0].numel()
    levels, places = ((hit * counts * human[:, i, None, None]) for i in range(2))

    def mean_and_nll(error: Tensor, log_spread: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        count = weight.sum().clamp(min=1.0)
        nll = (error * torch.exp(-log_spread) + log_spread) * weight
        return (error * weight).sum() / count, nll.sum() / count

    level, level_nll = mean_and_nll(
        (found.velocity - velocity).abs(), found.log_velocity_spread, levels
    )
    place, place_nll = mean_and_nll((found.offset - offset).abs(), found.log_offset_spread, places)
    return _Errors(hits, level_nll, place_nll, level, place)


def _tensor(values: NDArray[Any] | Tensor, device: torch.device) -> Tensor:
    return torch.as_tensor(values).to(device, non_blocking=True)

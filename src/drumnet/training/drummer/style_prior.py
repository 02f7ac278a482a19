"""Learns which songs' styles fit a song.

In: a network and songs with drums.  Out: a `StylePrior` of the songs of a bank.

Each song's code is to be likely under the codes of the other songs, weighed by how near they
sound: stochastic gradient on that mixture's log-likelihood, every song left out for itself.
Songs are heard whole, as one mix, and by some of their stems, as users have them.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from drumnet.corpus.halves import MELODIC_ROLES, halved
from drumnet.corpus.ticksong import TickSong
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning
from drumnet.hits import PIECES
from drumnet.model.checkpoint import load_checkpoint
from drumnet.model.network import Network
from drumnet.song.roles import Role
from drumnet.style.prior import StylePrior, song_features
from drumnet.workers import Workers, in_order

#: Songs are heard whole, as one mix, and that often by some of their stems.
_BY_SOME_STEMS = 2
_PART_BEATS, _LEAST_HITS = 192, 48
_LEAST_SONGS = 8
#: Heard by a process before it takes more.
_SONGS_AT_A_TIME = 16


@dataclass(frozen=True)
class PriorConfig:
    """Args:
    size: of what is heard, projected.
    steps, songs, others: of the gradient: in each so many songs, weighed among so many.
    rate, decay: of AdamW, the rate by one cycle.
    dropout: of features.
    spread: standard deviation around a code, to begin with; it is learned as well.
    """

    size: int = 16
    steps: int = 1200
    songs: int = 256
    others: int = 1500
    rate: float = 2e-3
    decay: float = 1e-2
    dropout: float = 0.2
    spread: float = 0.6


class _Heard(NamedTuple):
    """A song: (num_views, num_features), whole first, and its (16,) code."""

    features: NDArray[np.float32]
    code: NDArray[np.float32]


def fit_style_prior(
    network: Network,
    songs: Sequence[TickSong],
    bank: Sequence[TickSong],
    *,
    workers: Workers,
    config: PriorConfig = PriorConfig(),
    seed: int = 0,
) -> StylePrior | None:
    """The prior of a bank's songs, learned from all songs; None of too few to learn from.

    Args:
        bank: a song, or a part of one, for each style.
    """
    weights = network.checkpoint.folder
    heard = in_order(workers, partial(_heard, weights), songs, _SONGS_AT_A_TIME)
    found = [one for one in heard if one is not None]
    keys = list(in_order(workers, partial(_key, weights), bank, _SONGS_AT_A_TIME))
    if len(found) < _LEAST_SONGS or not keys:
        return None
    mean, spread = _units(np.array([one.features[0] for one in found]))
    projection = _learned(found, mean, spread, config, seed)
    by_unit = projection / spread[:, None]
    return StylePrior(by_unit, (np.array(keys) @ by_unit).astype(np.float32))


@lru_cache(maxsize=1)
def network_of(weights: Path) -> Network:
    """The network of a folder of weights, loaded once in a process."""
    return Network(load_checkpoint(weights))


def _key(weights: Path, song: TickSong) -> NDArray[np.float32]:
    return _features(network_of(weights), _band(song), song)


def _heard(weights: Path, song: TickSong) -> _Heard | None:
    """A part of a song; None of one without a band or hardly any drums."""
    network = network_of(weights)
    rng = np.random.default_rng(zlib.crc32(str(song.about["name"]).encode()))
    song = song.cut(int(rng.integers(max(1, song.num_beats - _PART_BEATS + 1))), _PART_BEATS)
    rows = [PIECES.index(piece) for piece in network.checkpoint.pieces]
    velocity, heard = song.dense_song().velocity[rows], _band(song)
    if (velocity > 0).sum() < _LEAST_HITS or not heard.strength.any():
        return None
    code = network.encode(network.listen(heard), velocity)
    views = [heard, _as_mix(heard), *(_by_some(heard, rng) for _ in range(_BY_SOME_STEMS))]
    return _Heard(np.array([_features(network, view, song) for view in views]), code)


def _band(song: TickSong) -> Conditioning:
    return halved(song, MELODIC_ROLES).conditioning


def _features(network: Network, heard: Conditioning, song: TickSong) -> NDArray[np.float32]:
    bpm = float(song.about.get("bpm") or 0.0)
    return song_features(network.listen(heard), heard.bar_length, bpm)


def _as_mix(heard: Conditioning) -> Conditioning:
    """All that is heard, in one stem."""
    row = HEARD_ROLES.index(Role.OTHER)
    strength, present = np.zeros_like(heard.strength), np.zeros_like(heard.present)
    strength[row], present[row] = heard.strength.max(axis=0), True
    return replace(heard, strength=strength, present=present)


def _by_some(heard: Conditioning, rng: np.random.Generator) -> Conditioning:
    """Some of the stems, one at least."""
    rows = np.flatnonzero(heard.present)
    kept = rng.choice(rows, rng.integers(1, len(rows) + 1), replace=False)
    present = np.isin(np.arange(len(heard.present)), kept)
    return replace(heard, strength=heard.strength * present[:, None], present=present)


def _units(features: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(num_features,) means, and deviations that are not 0."""
    spread = features.std(axis=0)
    return features.mean(axis=0), np.where(spread > 0, spread, 1.0).astype(np.float32)


def _learned(
    songs: Sequence[_Heard],
    mean: NDArray[np.float32],
    spread: NDArray[np.float32],
    config: PriorConfig,
    seed: int,
) -> NDArray[np.float32]:
    """(num_features, size), of features in standard units."""
    torch.manual_seed(seed)
    views = torch.from_numpy((np.array([one.features for one in songs]) - mean) / spread)
    codes = torch.from_numpy(np.array([one.code for one in songs]))
    num_features, size = views.shape[2], config.size
    projection = torch.nn.Parameter(torch.randn(num_features, size) / num_features**0.5)
    log_spread = torch.nn.Parameter(torch.tensor(config.spread).log())
    optimizer = torch.optim.AdamW(
        [projection, log_spread], lr=config.rate, weight_decay=config.decay
    )
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.rate, total_steps=config.steps)
    keep = torch.nn.Dropout(config.dropout)
    for _ in range(config.steps):
        own, other = (torch.randint(len(songs), (n,)) for n in (config.songs, config.others))
        view = torch.randint(views.shape[1], (config.songs,))
        query, key = keep(views[own, view]) @ projection, keep(views[other, 0]) @ projection
        itself = own[:, None] == other[None]
        sounds = (-(torch.cdist(query, key) ** 2) / size).masked_fill(itself, -torch.inf)
        plays = -(torch.cdist(codes[own], codes[other]) ** 2) / (2 * torch.exp(2 * log_spread))
        mixed = torch.logsumexp(sounds.log_softmax(dim=1) + plays, dim=1)
        loss = (codes.shape[1] * log_spread - mixed).mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        cycle.step()
    return projection.detach().numpy()

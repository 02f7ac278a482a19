"""The directions of the controls, fitted.

In: the codes of training songs, and a few valid songs that some of them are
played to.  Out: `Controls`.

What a code does is measured by expectation, on the probabilities themselves, so
that no threshold blurs it.  Complexity is density and syncopation, each in
standard deviations over the codes; intensity is how hard is struck, and how much
of it is what is only played loud (crash, open hat).  A ridge regression (Hoerl &
Kennard 1970) of these traits on the codes gives their slopes, and the dual basis
of the slopes the ways along which one trait moves and the other stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import Piece
from drumnet.model.network import Network, OnsetActivations
from drumnet.style.directions import Controls

Rows = NDArray[np.float64]

#: What is struck when it is to be loud.
_LOUD_PIECES = (Piece.CRASH, Piece.OPEN_HAT)
#: Hits per bar of which fewer make no difference.
_LEAST_DENSITY = 0.05
#: A trait (a share, a velocity, octaves) that differs less between codes is none.
_LEAST_SPREAD = 0.02


@dataclass(frozen=True)
class ControlsConfig:
    """Args:
    num_measured: codes that are played and measured.
    num_songs: that they are played to, of each so many beats.
    at_once: codes that are played together.
    ridge: of the regression.
    reach: how far a control of the pad leads at its end, in standard deviations of the
        trait as the regression expects it.
    piece_reach: likewise that of a piece.
    longest: a step in the codes' space, at most.
    typical: quantile of the codes' norm that none is led beyond.
    off_beat_share: weight of the kit's syncopation, beside its density.
    loud_share: weight of what is only played loud, beside how hard is struck.
    """

    num_measured: int = 400
    num_songs: int = 6
    num_beats: int = 64
    at_once: int = 25
    ridge: float = 10.0
    reach: float = 2.25
    piece_reach: float = 1.75
    longest: float = 2.5
    typical: float = 0.9
    off_beat_share: float = 2.0
    loud_share: float = 0.5


def fit_controls(
    network: Network,
    codes: NDArray[np.float32],
    songs: Sequence[HalvedSong],
    config: ControlsConfig = ControlsConfig(),
    *,
    seed: int = 0,
) -> Controls:
    """The controls of weights.

    Args:
        codes: (num_codes, 16) of training songs.
        songs: that the drums are played to, best without drums of their own.
    """
    order = np.random.default_rng(seed).permutation(len(codes))
    chosen = codes[order[: config.num_measured]].astype(np.float64)
    # Evenly from the list, whose neighbours may be versions of one song.
    places = np.linspace(0, len(songs) - 1, min(config.num_songs, len(songs))).astype(int)
    measured = np.mean([_traits(network, chosen, songs[place], config) for place in places], axis=0)
    scaled = (measured - measured.mean(axis=0)) / np.maximum(measured.std(axis=0), _LEAST_SPREAD)
    num_pieces = len(network.checkpoint.pieces)
    density, off_beat, force, loud = scaled[:, :4].T
    pad = np.stack(
        [density + config.off_beat_share * off_beat, force + config.loud_share * loud], axis=1
    )
    of_pieces = scaled[:, 4 : 4 + num_pieces] + scaled[:, 4 + num_pieces :]
    complexity, intensity = _steps(_slopes(chosen, pad, config), config.reach, config)
    slopes = _slopes(chosen, of_pieces, config)
    alone = [_steps(slope[None], config.piece_reach, config)[0] for slope in slopes]
    typical = np.quantile(np.linalg.norm(codes, axis=1), config.typical)
    wide = (complexity, intensity, np.array(alone), np.array(typical))
    return Controls(*(np.asarray(array, dtype=np.float32) for array in wide))


def _slopes(codes: Rows, traits: Rows, config: ControlsConfig) -> Rows:
    """(num_traits, 16) by how much a trait is expected to grow."""
    apart = codes - codes.mean(axis=0)
    gram = apart.T @ apart + config.ridge * np.eye(codes.shape[1])
    return np.asarray(np.linalg.solve(gram, apart.T @ (traits - traits.mean(axis=0))).T)


def _steps(slopes: Rows, reach: float, config: ControlsConfig) -> Rows:
    """(num_traits, 16) steps that move one trait each, and not the others."""
    ways = np.linalg.pinv(slopes).T
    steps = ways * (reach * np.linalg.norm(slopes, axis=1, keepdims=True))
    length = np.linalg.norm(steps, axis=1, keepdims=True)
    return np.asarray(steps * np.minimum(1.0, config.longest / np.maximum(length, 1e-9)))


def _traits(network: Network, codes: Rows, song: HalvedSong, config: ControlsConfig) -> Rows:
    """(num_codes, 4 + 2 * num_pieces) traits: octaves of density, syncopation, force and
    octaves of what is loud of the kit; then of each piece octaves of density, and
    syncopation."""
    # The middle of a song, where all play.
    start = max(0, (song.conditioning.num_beats - config.num_beats) // 2)
    beats = slice(start, start + config.num_beats)
    context = network.listen(song.conditioning)[:, beats]
    num_bars = float((1.0 / np.maximum(song.conditioning.bar_length[beats], 1)).sum())
    loud = [i for i, piece in enumerate(network.checkpoint.pieces) if piece in _LOUD_PIECES]
    rows = []
    for first in range(0, len(codes), config.at_once):
        found = network.decode_each(context, codes[first : first + config.at_once])
        rows.append(_expected(found, num_bars, loud))
    return np.concatenate(rows)


def _expected(found: OnsetActivations, num_bars: float, loud: Sequence[int]) -> Rows:
    """The traits of activations of several codes."""
    probability = found.probability.astype(np.float64)
    count = np.maximum(probability.sum(axis=2), 1e-6)  # of each piece
    off_beat = _syncopated(probability)
    every = count.sum(axis=1)
    force = (probability * found.velocity).sum(axis=(1, 2)) / every
    # A piece of which next to nothing is played has no trait off the beat.
    share = off_beat / (count + _LEAST_DENSITY * num_bars)

    def octaves(hits: Rows) -> Rows:
        return np.asarray(np.log2(hits / num_bars + _LEAST_DENSITY))

    kit = np.stack(
        [octaves(every), off_beat.sum(axis=1) / every, force, octaves(count[:, loud].sum(axis=1))],
        axis=1,
    )
    return np.concatenate([kit, octaves(count), share], axis=1)


def _syncopated(probability: Rows) -> Rows:
    """(num_codes, num_pieces) hits expected off the beat that none of the piece on the
    next beat resolves; as `metrics.patterns.is_syncopated`."""
    codes, pieces, num_ticks = probability.shape
    by_beat = probability.reshape(codes, pieces, num_ticks // TICKS_PER_BEAT, TICKS_PER_BEAT)
    following = np.concatenate([by_beat[:, :, 1:, 0], np.zeros((codes, pieces, 1))], axis=2)
    return np.asarray((by_beat[..., 1:].sum(axis=3) * (1 - following)).sum(axis=2))

"""The map behind the pad, fitted.

In: the codes of training songs, a few valid songs that some of them are played
to, and the presets.  Out: a `StyleMap` whose axes are two measured traits that
hardly depend on each other: syncopation, and hits per bar (on a scale of
octaves).

A ridge regression (Hoerl & Kennard 1970) of both on the codes gives the place
of every code.  A place leaves 14 of a code's 16 numbers open; these are taken
from songs around it: from anchors, typical songs spread over the map and the
presets, by Gaussian weights (Shepard 1968; Nadaraya 1964).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.model.network import Network
from drumnet.style.map import MapAxis, StyleMap
from drumnet.training.drummer.presets import measured_patterns

Rows = NDArray[np.float64]


@dataclass(frozen=True)
class MapConfig:
    """Args:
    size: of the lattice.
    num_measured: codes that are played and measured.
    ridge: of the regression.
    edge: quantile of the codes' places that lies on the border of the map.
    num_anchors: songs whose character the places around them take on.
    reach: standard deviation of the anchors' weights, in widths of the map.
    typical: codes farther out than this share of all are no anchors.
    contour_reach: standard deviation of the kernels of the density.
    """

    size: int = 33
    num_measured: int = 600
    ridge: float = 1.0
    edge: float = 0.03
    num_anchors: int = 48
    reach: float = 0.07
    typical: float = 0.8
    contour_reach: float = 0.035


SYNCOPATION = MapAxis("syncopation", "straight", "syncopated")
DENSITY = MapAxis("density", "sparse", "dense")
#: A pattern of fewer hits per bar counts as one of so many.
_LEAST_DENSITY = 0.25


def fit_style_map(
    network: Network,
    codes: NDArray[np.float32],
    songs: Sequence[HalvedSong],
    floor: float,
    presets: NDArray[np.float64],
    config: MapConfig = MapConfig(),
    *,
    seed: int = 0,
) -> StyleMap:
    """The map of weights.

    Args:
        codes: (num_codes, 16) of training songs.
        songs: what the measured codes are played to.
        presets: (num_presets, 16), at whose places the map plays like them.
    """
    wide: Rows = codes.astype(np.float64)
    chosen = np.random.default_rng(seed).permutation(len(codes))[: config.num_measured]
    measured = measured_patterns(network, codes[chosen], songs, floor)
    octaves = np.log2(np.maximum(measured[:, 0], _LEAST_DENSITY))
    traits = np.stack([measured[:, 3], octaves], axis=1)
    slopes, origin = _places_by_code(wide, wide[chosen], traits, config)
    anchors = np.concatenate([presets, _spread(wide, slopes, origin, config)])
    lattice = _lattice(anchors, slopes, origin, config)
    return StyleMap(
        SYNCOPATION,
        DENSITY,
        lattice.astype(np.float32),
        _density(wide @ slopes.T + origin, config).astype(np.float32),
        slopes.astype(np.float32),
        origin.astype(np.float32),
    )


def _places_by_code(
    codes: Rows, measured: Rows, traits: Rows, config: MapConfig
) -> tuple[Rows, Rows]:
    """(2, 16) slopes and (2,) origin of the places: the expected traits, scaled so
    that all but the outermost codes lie between 0 and 1."""
    centre, mean = measured.mean(axis=0), traits.mean(axis=0)
    apart = measured - centre
    gram = apart.T @ apart + config.ridge * np.eye(codes.shape[1])
    weights = np.linalg.solve(gram, apart.T @ (traits - mean)).T
    expected = (codes - centre) @ weights.T
    low, high = np.quantile(expected, (config.edge, 1 - config.edge), axis=0)
    slopes = weights / np.maximum(high - low, 1e-9)[:, None]
    return slopes, -low / np.maximum(high - low, 1e-9) - slopes @ centre


def _spread(codes: Rows, slopes: Rows, origin: Rows, config: MapConfig) -> Rows:
    """Typical codes, each as far as possible from those before (Gonzalez 1985)."""
    length = np.linalg.norm(codes, axis=1)
    places = codes @ slopes.T + origin
    inside = ((places >= 0) & (places <= 1)).all(axis=1)
    usable = np.flatnonzero(inside & (length <= np.quantile(length, config.typical)))
    chosen: list[int] = []
    gap = np.full(len(usable), np.inf)
    while len(chosen) < min(config.num_anchors, len(usable)):
        chosen.append(int(usable[gap.argmax()]))
        gap = np.minimum(gap, np.linalg.norm(places[usable] - places[chosen[-1]], axis=1))
    return codes[chosen]


def _lattice(anchors: Rows, slopes: Rows, origin: Rows, config: MapConfig) -> Rows:
    """(size, size, 16): the least code of each place, and what the anchors around
    it have beyond theirs."""
    least = np.linalg.pinv(slopes)
    places = anchors @ slopes.T + origin
    beyond = anchors - (places - origin) @ least.T
    points = _points(config.size)
    weights = _gaussians(points, places, config.reach)
    weights /= weights.sum(axis=1, keepdims=True)
    codes = (points - origin) @ least.T + weights @ beyond
    return codes.reshape(config.size, config.size, -1)


def _density(places: Rows, config: MapConfig) -> Rows:
    """(size, size) how many codes are near, the highest 1."""
    points = _points(config.size)
    gap = ((points[:, None] - places) ** 2).sum(axis=2)
    near = np.exp(-gap / (2 * config.contour_reach**2)).sum(axis=1)
    return np.asarray(near / near.max()).reshape(config.size, config.size)


def _points(size: int) -> Rows:
    """(size * size, 2) places of the lattice, by rows of y."""
    along = np.linspace(0.0, 1.0, size)
    x, y = np.meshgrid(along, along)
    return np.stack([x.reshape(-1), y.reshape(-1)], axis=1)


def _gaussians(points: Rows, places: Rows, reach: float) -> Rows:
    """(num_points, num_places) weights, the largest of each point 1."""
    exponent = -((points[:, None] - places) ** 2).sum(axis=2) / (2 * reach**2)
    return np.asarray(np.exp(exponent - exponent.max(axis=1, keepdims=True)))

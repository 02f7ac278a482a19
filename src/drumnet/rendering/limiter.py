"""A look-ahead peak limiter: no sample beyond `PEAK_LIMIT`, and no wave cut off.

In: blocks of (channels, n) samples.  Out: for each block the factors (n,) that bring it below
the limit, or None where there is nothing to do.  All channels have the same factors, so that
the image stands still; so have the parts of a sum that are to add up.

The rule, which the studio's page follows too (`web/src/audio/limiter.worklet.ts`): the factor
that a sample needs is held for `LOOK_AHEAD_S`, given back by `RELEASE_PER_S`, and averaged over
`LOOK_AHEAD_S`; it begins so much earlier, so that it arrives in time, as a slope.  After
D. Giannoulis, M. Massberg and J. D. Reiss, "Digital Dynamic Range Compressor Design", Journal of
the AES 60(6), 2012.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import Samples

#: The highest sample that is written: -1 dBFS, the headroom that EBU R 128
#: leaves for what later conversions add between samples.
PEAK_LIMIT = 10 ** (-1 / 20)

LOOK_AHEAD_S = 0.0015
#: Of the factor, in a second: 6 dB are given back in a quarter of one.
RELEASE_PER_S = 2.0

Factors = NDArray[np.float32]


def limiter_factors(blocks: Iterable[Samples], sample_rate: int) -> Iterator[Factors | None]:
    """The factors of each block.

    Args:
        blocks: all but the last are longer than `LOOK_AHEAD_S`; of each one more is read.
    """
    ahead = round(LOOK_AHEAD_S * sample_rate)
    release = RELEASE_PER_S / sample_rate
    before, now, last = np.ones(ahead), None, 1.0
    for following in chain(map(_needed, blocks), [np.ones(0)]):
        if now is not None:
            after = np.concatenate([following[:ahead], np.ones(max(0, ahead - len(following)))])
            around = np.concatenate([before, now, after])
            if last == 1.0 and around.min() == 1.0:
                yield None
            else:
                given_back = _given_back(_held(around, ahead), last, release)
                last = float(given_back[len(now) - 1])
                yield _averaged(given_back, ahead)
            before = around[len(now) : len(now) + ahead]
        now = following


def limited(blocks: Iterable[Samples], sample_rate: int) -> Iterator[Samples]:
    """The same blocks, no sample beyond `PEAK_LIMIT`."""
    waiting: list[Samples] = []

    def watched() -> Iterator[Samples]:
        for block in blocks:
            waiting.append(block)
            yield block

    for factors in limiter_factors(watched(), sample_rate):
        # What is left beyond the limit is rounding.
        held = applied(waiting.pop(0), factors)
        yield held if factors is None else np.clip(held, -PEAK_LIMIT, PEAK_LIMIT, dtype=np.float32)


def applied(block: Samples, factors: Factors | None) -> Samples:
    """A block, or a part of what is summed in it, with its factors."""
    return block if factors is None else block * factors


def _needed(block: Samples) -> NDArray[np.float64]:
    """What each sample is to be multiplied by at most."""
    if max(block.max(initial=0.0), -block.min(initial=0.0)) <= PEAK_LIMIT:
        return np.ones(block.shape[1])
    peaks = np.abs(block).max(axis=0, initial=0.0).astype(np.float64)
    return np.asarray(PEAK_LIMIT / np.maximum(peaks, PEAK_LIMIT))


def _held(factors: NDArray[np.float64], ahead: int) -> NDArray[np.float64]:
    """At each sample from `ahead` on the least of it and the `ahead` before."""
    least, width = factors, 1
    while 2 * width <= ahead + 1:
        least = np.minimum(least[:-width], least[width:])
        width *= 2
    rest = ahead + 1 - width
    held: NDArray[np.float64] = np.minimum(least[: len(least) - rest], least[rest:])
    return held


def _given_back(factors: NDArray[np.float64], last: float, release: float) -> NDArray[np.float64]:
    """The same, rising by no more than `release` a sample."""
    risen = release * np.arange(len(factors))
    lowest: NDArray[np.float64] = np.minimum.accumulate(factors - risen)
    given_back: NDArray[np.float64] = np.minimum(lowest + risen, last + release + risen)
    return given_back


def _averaged(factors: NDArray[np.float64], ahead: int) -> Factors:
    """The mean of each sample and the `ahead` after it."""
    sums = np.concatenate([[0.0], np.cumsum(factors)])
    means = (sums[ahead + 1 :] - sums[: -ahead - 1]) / (ahead + 1)
    return np.asarray(np.minimum(means, 1.0), dtype=np.float32)

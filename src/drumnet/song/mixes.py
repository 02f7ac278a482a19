"""A mix that lies beside its own stems.

In: stems.  Out: those that are the sum of others (a rough mix, a preview, a bus), which would
be heard twice.  A mix is told by its sound: up to faders, it is what the others add to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.source import AudioSource, mono_blocks
from drumnet.products import inner, product
from drumnet.song.guessing import says_only_a_role
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role

#: A mix has parts; of a part alone it would be a copy.
_LEAST_PARTS = 2
#: So much of a mix, in energy, its stems explain, and each part that counts has of it; so much
#: one stem alone does not, or the mix is a copy of it.
_EXPLAINED, _PART, _BEYOND_ONE = 0.9, 0.01, 0.01
#: The first minute is compared, at a rate that keeps what carries the energy.
_COMPARED_S, _RATE_HZ = 60.0, 4_000
#: A lossy codec may shift a mix by so much.
_SHIFT_S = 0.1


class _Stem(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def source(self) -> AudioSource | Onsets: ...


Stem = TypeVar("Stem", bound=_Stem)


def mixes_of(stems: Sequence[Stem]) -> list[Stem]:
    """Those of the stems that are the sum of others of them.

    Only such are looked at whose name says no instrument alone: of `bass.wav` and
    `drums.wav` nothing is read.

    Raises:
        AudioError: a stem cannot be read.
    """
    sounds = [stem for stem in stems if not isinstance(stem.source, Onsets)]
    found: list[Stem] = []
    doubtful = [s for s in sounds if s.role is Role.OTHER or not says_only_a_role(s.name)]
    if not doubtful or len(sounds) <= _LEAST_PARTS:
        return found
    heard = [_start_of(stem.source) for stem in sounds if not isinstance(stem.source, Onsets)]
    for at in [at for at, stem in enumerate(sounds) if stem in doubtful]:
        others = [heard[i] for i, one in enumerate(sounds) if i != at and one not in found]
        if _is_sum(heard[at], others):
            found.append(sounds[at])
    return found


def _start_of(source: AudioSource) -> NDArray[np.float32]:
    out = np.zeros(round(_COMPARED_S * _RATE_HZ), np.float32)
    at = 0
    for block in mono_blocks(source, _RATE_HZ):
        part = block[: len(out) - at]
        out[at : at + len(part)] = part
        at += len(part)
        if at == len(out):
            break
    return out


def _is_sum(mix: NDArray[np.float32], others: Sequence[NDArray[np.float32]]) -> bool:
    energy = inner(mix, mix)
    sounding = [other for other in others if other.any()]
    if energy == 0 or len(sounding) < _LEAST_PARTS:
        return False
    parts = np.array(sounding, np.float64)
    shift = _shift(mix, parts.sum(axis=0))
    parts = np.roll(parts, shift, axis=1)
    gram = product(parts, parts.T)
    gram[np.diag_indices(len(parts))] *= 1 + 1e-6  # two stems may be the same
    by_part = product(parts, mix[:, None])[:, 0]
    gains = np.linalg.solve(gram, by_part)
    rest = mix - product(gains[None], parts)[0]
    shares = gains**2 * gram.diagonal() / energy
    is_explained = inner(rest, rest) <= (1 - _EXPLAINED) * energy
    by_one = float((by_part**2 / gram.diagonal()).max()) / energy
    if by_one > 1 - _BEYOND_ONE:
        return False
    return is_explained and int(((shares >= _PART) & (gains > 0)).sum()) >= _LEAST_PARTS


def _shift(mix: NDArray[np.float32], total: NDArray[np.float64]) -> int:
    """By how many samples the mix is later than the sum."""
    size = 2 * len(mix)
    spectrum = np.fft.rfft(mix, size) * np.fft.rfft(total, size).conj()
    likeness = np.fft.irfft(spectrum, size)
    reach = round(_SHIFT_S * _RATE_HZ)
    lags = np.arange(-reach, reach + 1)
    return int(lags[int(np.argmax(likeness[lags]))])

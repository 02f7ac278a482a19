"""Onset strength as audio would have given it, from the onsets of events.

A stem that was rendered to sound and heard again gives, tick by tick, what
became of its onsets: how strong they are on their own tick, how much spills
onto the ticks beside it, and what is heard where nothing begins.  `Hearing`
keeps the quantiles of those three; a bank of many hearings (one for each
rendered stem) is drawn from to simulate the stems of all other songs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.arrays import fitting, read_arrays, write_arrays

_QUANTILES = np.linspace(0.0, 1.0, 33)
#: Stems with fewer onsets than this teach nothing of their hearing.
_LEAST_ONSETS = 24


@dataclass(frozen=True)
class SimulationConfig:
    """Variation that the renderings do not have.

    Args:
        jitter: most share of a stem's onsets that fall on a tick beside.
        gain: the level varies by a factor up to this, either way.
        missed: most share of onsets that are not heard at all.
        bleed: most strength at which another stem is heard in this one.
    """

    jitter: float = 0.12
    gain: float = 1.4
    missed: float = 0.1
    bleed: float = 0.3


@dataclass(frozen=True, eq=False)
class Hearing:
    """What became of one stem's onsets: (3, 33) quantiles of strength on a
    tick with an onset, on a tick beside one, and elsewhere."""

    quantiles: NDArray[np.float32]


def learn_hearing(events: NDArray[np.float32], heard: NDArray[np.float32]) -> Hearing | None:
    """The hearing of one stem.

    Args:
        events: (num_ticks,) onset strength of its events, 0 where none.
        heard: (num_ticks,) onset strength of its sound.

    Returns:
        None where the stem has too few onsets to tell.
    """
    kinds = _kinds(events > 0)
    if (kinds == 0).sum() < _LEAST_ONSETS or (kinds == 2).sum() < _LEAST_ONSETS:
        return None
    rows = [
        np.quantile(heard[kinds == kind], _QUANTILES) if (kinds == kind).any() else None
        for kind in range(3)
    ]
    rows[1] = rows[1] if rows[1] is not None else rows[2]
    return Hearing(np.array(rows, dtype=np.float32))


def _kinds(onset: NDArray[np.bool_]) -> NDArray[np.int64]:
    """0 at an onset, 1 beside one, 2 elsewhere."""
    beside = np.zeros_like(onset)
    beside[1:] |= onset[:-1]
    beside[:-1] |= onset[1:]
    return np.where(onset, 0, np.where(beside, 1, 2))


class HearingBank:
    """Hearings by role, to simulate stems with."""

    def __init__(self, hearings: Mapping[str, Sequence[Hearing]]) -> None:
        self._by_role = {role: tuple(found) for role, found in hearings.items() if found}
        self._all = tuple(hearing for found in self._by_role.values() for hearing in found)

    def __len__(self) -> int:
        return len(self._all)

    def simulate(
        self,
        role: str,
        events: NDArray[np.float32],
        rng: np.random.Generator,
        config: SimulationConfig,
    ) -> NDArray[np.float32]:
        """(num_ticks,) onset strength of a stem as its sound might give it."""
        known = self._by_role.get(role, self._all)
        table = known[rng.integers(len(known))].quantiles
        onset = _jittered(events > 0, rng.uniform(0, config.jitter), rng)
        onset &= rng.random(onset.shape) >= rng.uniform(0, config.missed)
        kinds = _kinds(onset)
        place = rng.random(len(events), dtype=np.float32) * (table.shape[1] - 1)
        low = np.minimum(place.astype(np.int64), table.shape[1] - 2)
        share = place - low
        strength = table[kinds, low] * (1 - share) + table[kinds, low + 1] * share
        level = np.exp(rng.uniform(-1, 1) * np.log(config.gain))
        return np.asarray(np.minimum(strength * level, 1.0), dtype=np.float32)

    def save(self, path: Path) -> None:
        arrays = {
            role: np.stack([hearing.quantiles for hearing in found])
            for role, found in self._by_role.items()
        }
        write_arrays(path, arrays)

    @staticmethod
    def load(path: Path) -> HearingBank:
        """Read a bank.

        Raises:
            DataError: the file is missing or no bank.
        """
        return read_arrays(path, "hearings", _bank)


def _bank(arrays: Mapping[str, NDArray[np.float32]]) -> HearingBank:
    kinds, steps = 3, len(_QUANTILES)
    return HearingBank(
        {
            role: [Hearing(table) for table in fitting(tables, None, kinds, steps)]
            for role, tables in arrays.items()
        }
    )


def _jittered(
    onset: NDArray[np.bool_], share: float, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """A share of the onsets moved by one tick, early or late."""
    at = np.flatnonzero(onset)
    step = np.where(rng.random(len(at)) < share, rng.choice((-1, 1), len(at)), 0)
    moved = np.zeros_like(onset)
    moved[np.clip(at + step, 0, len(onset) - 1)] = True
    return moved

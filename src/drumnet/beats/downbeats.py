"""Beats to bars: the number of each beat in its bar.

In: how likely each beat begins a bar.  Out: the likeliest numbering in metres
of 2 to 7 beats, by Viterbi decoding over the place in the bar; a change of
metre within the song costs, and so does a metre that songs seldom have.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.logits import logit

Curve = NDArray[np.float64]

#: Of a song's metre, before anything is heard; from the training songs, with
#: the rare ones not quite as rare.
METRES = {2: 0.03, 3: 0.08, 4: 0.83, 5: 0.015, 6: 0.03, 7: 0.015}

#: A beat that begins a bar with this probability says nothing; and limits.
_USUAL, _LEAST = 0.25, 0.02


@dataclass(frozen=True)
class BarConfig:
    """Args:
    change_cost: of a bar of another metre than the one before.
    prior_weight: how much the metre's rarity counts, once for each song.
    """

    change_cost: float = 14.0
    prior_weight: float = 4.0


@dataclass(frozen=True, eq=False)
class Numbering:
    """Args:
    numbers: (num_beats,) from 1, the downbeat.
    lead: how much likelier, in log odds a bar, than the best numbering of
        another phase or metre.
    """

    numbers: NDArray[np.int64]
    lead: float


def number_beats(
    downbeat: Curve, beats_per_bar: int | None = None, config: BarConfig = BarConfig()
) -> Numbering:
    """The likeliest numbering.

    Args:
        downbeat: (num_beats,) probability that the beat begins a bar.
        beats_per_bar: the metre, where it is known.
    """
    gain = logit(np.clip(downbeat, _LEAST, 1 - _LEAST)) - logit(_USUAL)
    metres = {beats_per_bar: 1.0} if beats_per_bar else METRES
    states = _States(metres, config)
    numbers = states.path(gain)
    return Numbering(numbers, _lead(gain, numbers))


def _lead(gain: Curve, numbers: NDArray[np.int64]) -> float:
    """What the downbeats gain over those of the best shifted numbering."""
    length = int(np.median(numbers[:-1][numbers[1:] == 1])) if (numbers[1:] == 1).any() else 4
    down = np.flatnonzero(numbers == 1)
    if length < 2 or not len(down):
        return 0.0
    own = float(gain[down].sum())
    shifted = [gain[(down + shift)[down + shift < len(gain)]].sum() for shift in range(1, length)]
    return (own - float(max(shifted))) / len(down)


class _States:
    """Places in bars of every metre, one after the other."""

    def __init__(self, metres: dict[int, float], config: BarConfig) -> None:
        lengths = list(metres)
        self.place = np.concatenate([np.arange(length) for length in lengths])
        self.last = np.cumsum(lengths) - 1
        self.first = self.last - np.array(lengths) + 1
        total = sum(metres.values())
        rarity = config.prior_weight * np.log([metres[n] / total for n in lengths])
        self.start = np.repeat(rarity, lengths)
        self.rarity = rarity
        self.change = np.full((len(lengths), len(lengths)), -float(config.change_cost))
        # To a rarer metre it costs that much more; and back that much less.
        self.change += 0.5 * (rarity[None] - rarity[:, None]) if len(lengths) > 1 else 0.0
        np.fill_diagonal(self.change, 0.0)

    def path(self, gain: Curve) -> NDArray[np.int64]:
        down = self.place == 0
        score = self.start + np.where(down, gain[0], 0.0)
        came_from = np.zeros((len(gain), len(self.place)), dtype=np.int64)
        before = np.arange(len(self.place)) - 1
        for beat in range(1, len(gain)):
            offered = score[self.last][:, None] + self.change  # (from, to)
            best = offered.argmax(axis=0)
            origin = before.copy()
            origin[self.first] = self.last[best]
            moved = score[before]
            moved[self.first] = offered[best, np.arange(len(best))]
            came_from[beat] = origin
            score = moved + np.where(down, gain[beat], 0.0)
        state = int(np.argmax(score))
        numbers = np.empty(len(gain), dtype=np.int64)
        for beat in range(len(gain) - 1, -1, -1):
            numbers[beat] = self.place[state] + 1
            state = int(came_from[beat, state])
        return numbers

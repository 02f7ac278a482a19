"""How sure one may be of beats that were heard, in numbers and words.

In: activations, the beats that were decided on and by how much the bars lead.
Out: a `Confidence`, and the switch that would help where it is low.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.decoding import Activations

#: Share of songs that are right (F over 0.8) rises with these; see
#: docs/beats.md for how often each word holds.
_SURE, _FAIR = 0.6, 0.28
_SURE_BARS, _FAIR_BARS = 0.5, 0.15
_WORDS = ("low", "fair", "high")


@dataclass(frozen=True)
class Confidence:
    """Args:
    beats: 0-1, how clearly the beats stand out of what is between them.
    bars: how much likelier, in log odds a bar, this numbering is than the
        best other one; 0 where it is a guess.
    """

    beats: float
    bars: float

    @staticmethod
    def none() -> Confidence:
        """Of a guess."""
        return Confidence(0.0, 0.0)

    @property
    def beats_word(self) -> str:
        """`high`, `fair` or `low`."""
        return _word(self.beats, _FAIR, _SURE)

    @property
    def bars_word(self) -> str:
        """`high`, `fair` or `low`; never higher than that of the beats.

        Bars on wrong beats are wrong, however clear: the lead of the bars counts
        for as much as the beats are sure.
        """
        sure = self.beats * self.bars / (1.0 + self.bars)
        return min(_word(sure, _FAIR_BARS, _SURE_BARS), self.beats_word, key=_WORDS.index)

    @property
    def advice(self) -> str | None:
        """What would help, where something is not sure."""
        if self.beats_word == "low":
            return (
                "the beat is a guess: check it with --click, and give --bpm, --tempo-range or --tap"
            )
        if self.bars_word == "low":
            return "the bar line is a guess: check it with --click, and move it by --shift-downbeat"
        return None


def _word(value: float, fair: float, sure: float) -> str:
    return _WORDS[int(value >= fair) + int(value >= sure)]


def confidence_of(
    activations: Activations, frames: NDArray[np.float64], bars_lead: float
) -> Confidence:
    """The confidence of beats at these (fractional) frames."""
    beat = activations.beat
    at = np.round(frames).astype(int)[:, None] + np.arange(-1, 2)
    inside = (at >= 0) & (at < len(beat))
    on = np.where(inside, beat[np.clip(at, 0, len(beat) - 1)], 0.0).max(axis=1)
    apart = np.ones(len(beat), dtype=bool)
    apart[np.clip(np.round(frames).astype(int)[:, None] + np.arange(-4, 5), 0, len(beat) - 1)] = (
        False
    )
    between = float(np.quantile(beat[apart], 0.95)) if apart.any() else 0.0
    return Confidence(float(np.clip(on.mean() - 0.5 * between, 0.0, 1.0)), max(0.0, bars_lead))

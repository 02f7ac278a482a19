"""What a drum pattern measurably does: the numbers that describe a style."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning
from drumnet.song.roles import Role

#: What counts as an onset of the bass: half the strength of its typical ones.
CLEAR_ONSET = 0.5


@dataclass(frozen=True)
class PatternMeasures:
    """Args:
    density: hits per bar.
    on_beat: share of hits on a beat.
    with_bass: share of hits at a bass onset; NaN without a bass.
    syncopation: share of hits that are syncopated.
    """

    density: float
    on_beat: float
    with_bass: float
    syncopation: float


def is_syncopated(ticks: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(num_hits,) which hits lie off the beat and are not resolved by a hit on
    the next beat, after Longuet-Higgins & Lee, "The rhythmic interpretation of
    monophonic music" (Music Perception 1, 1984); they weigh every level of the
    metre, here there are two, on and off the beat.

    >>> is_syncopated(np.array([0, 6, 12, 18]))  # nothing follows at 24
    array([False, False, False,  True])
    """
    next_beat = (ticks // TICKS_PER_BEAT + 1) * TICKS_PER_BEAT
    return np.asarray((ticks % TICKS_PER_BEAT != 0) & ~np.isin(next_beat, ticks))


def num_bars(heard: Conditioning) -> float:
    """How many bars a song has, parts of bars counted; 1 at least."""
    return max(1.0, float((1.0 / heard.bar_length).sum()))


def measure_pattern(ticks: NDArray[np.int64], heard: Conditioning) -> PatternMeasures:
    """Measure hits on ticks against what is heard.

    >>> import numpy as np
    >>> heard = Conditioning(np.zeros((9, 96), np.float32), np.zeros(9, bool),
    ...     np.arange(8) % 4, np.full(8, 4), np.arange(8) // 4)
    >>> four = measure_pattern(np.arange(0, 96, 12), heard)
    >>> four.density, four.on_beat, four.syncopation
    (4.0, 1.0, 0.0)
    """
    bass = HEARD_ROLES.index(Role.BASS)
    if not len(ticks):
        return PatternMeasures(0.0, 0.0, 0.0 if heard.present[bass] else float("nan"), 0.0)
    with_bass = (heard.strength[bass, ticks] >= CLEAR_ONSET).mean()
    return PatternMeasures(
        len(ticks) / num_bars(heard),
        float((ticks % TICKS_PER_BEAT == 0).mean()),
        float(with_bass) if heard.present[bass] else float("nan"),
        float(is_syncopated(ticks).sum() / len(ticks)),
    )

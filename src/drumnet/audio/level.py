"""Quiet sound, heard as if it were at an ordinary level.

In: a sound, and what listens to it.  Out: what is heard of it, and how loud it is.  Listeners
take rises of a logarithmic level, with a floor under which all is noise; they know levels as
people export them.  A sound whose peak is lower is listened to again, louder: only such are
read twice, and nothing else changes by a bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.metered import ChangedSource, scaled_source
from drumnet.audio.source import AudioSource, Samples

Heard = TypeVar("Heard")

#: A peak from here on is an ordinary one, and to which a quieter one is brought: between them
#: lie those of the stems that the weights were measured on (dB of full scale).
ORDINARY_DB, BROUGHT_TO_DB = -18.0, -9.0
#: What is quieter is hardly music, and what never gets above the second is silence (the noise
#: of a 16-bit converter lies below it).
QUIET_DB, SILENT_DB = -60.0, -80.0
#: Stems of a song are not all as loud as it: so far below `QUIET_DB` one is still brought up.
_BELOW_DB = 12.0
#: A sound begins and ends where it is so far below its peak.
_SOUNDS_DB = -50.0
_STEP_S = 0.01


@dataclass(frozen=True)
class Span:
    """From where to where a song sounds, in seconds; all of it where it is not known."""

    start_s: float = -np.inf
    end_s: float = np.inf

    def joined(self, other: Span) -> Span:
        """Where either sounds."""
        return Span(min(self.start_s, other.start_s), max(self.end_s, other.end_s))


EVERYWHERE = Span()


@dataclass(frozen=True, eq=False)
class Loudness:
    """How loud a sound is along its way, as it was given.

    Args:
        peaks: (num_steps,) float32 its peak in each step, of full scale.
        steps_per_s: about a hundred.
    """

    peaks: NDArray[np.float32]
    steps_per_s: float

    @property
    def peak(self) -> float:
        return float(self.peaks.max(initial=0.0))

    @property
    def span(self) -> Span | None:
        """Where it sounds, None where it is silent."""
        if self.peak < _from_db(SILENT_DB):
            return None
        sounds = np.flatnonzero(self.peaks >= self.peak * _from_db(_SOUNDS_DB))
        return Span(float(sounds[0]) / self.steps_per_s, float(sounds[-1] + 1) / self.steps_per_s)


def heard_at_level(
    source: AudioSource, hear: Callable[[AudioSource], Heard]
) -> tuple[Heard, Loudness]:
    """What a listener hears of a sound, whatever its level; and how loud it is.

    Args:
        hear: reads the sound to its end.

    Raises:
        AudioError: the sound cannot be read.
    """
    meter = Meter(source.sample_rate)
    heard = hear(ChangedSource(source, meter.metered))
    loudness = meter.loudness()
    louder = brought_up(source, loudness)
    return (heard if louder is None else hear(louder)), loudness


def brought_up(source: AudioSource, loudness: Loudness) -> AudioSource | None:
    """A sound that is too quiet to be listened to, louder; None of one that is not."""
    if _from_db(QUIET_DB - _BELOW_DB) <= loudness.peak < _from_db(ORDINARY_DB):
        return scaled_source(source, _from_db(BROUGHT_TO_DB) / loudness.peak)
    return None


def loudest_db(source: AudioSource, enough_db: float = QUIET_DB) -> float:
    """The peak of a sound in dB of full scale; it is read up to where it is over `enough_db`.

    Raises:
        AudioError: the sound cannot be read.
    """
    peak = 0.0
    for block in source.blocks():
        peak = max(peak, float(np.abs(block).max(initial=0.0)))
        if peak >= _from_db(enough_db):
            break
    return float(20 * np.log10(max(peak, 1e-12)))


class Meter:
    """The peaks of a sound that is read."""

    def __init__(self, sample_rate: int) -> None:
        self._step = max(1, round(_STEP_S * sample_rate))
        self._steps_per_s = sample_rate / self._step
        self._peaks = [np.zeros(0, np.float32)]
        self._rest = np.zeros(0, np.float32)

    def metered(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """The blocks as they are."""
        for block in blocks:
            level = np.concatenate([self._rest, np.abs(block).max(axis=0)])
            whole = len(level) // self._step * self._step
            self._peaks.append(level[:whole].reshape(-1, self._step).max(axis=1))
            self._rest = level[whole:]
            yield block

    def loudness(self) -> Loudness:
        """Of all that was read."""
        last = np.array([self._rest.max(initial=0.0)], np.float32)
        return Loudness(np.concatenate([*self._peaks, last]), self._steps_per_s)


def _from_db(level_db: float) -> float:
    return float(10 ** (level_db / 20))

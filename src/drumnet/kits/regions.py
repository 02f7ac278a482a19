"""What kit formats have in common: samples, and when each of them sounds.

In: the regions of a piece, each a sample with the velocities and the turns that
it is for.  Out: the velocity layers of the piece.

Regions that sound at once (several microphones, layered samples) are summed
into one stroke; those that sound in turn or by chance become round robins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import KitError
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.kits.kit import KIT_RATE_HZ, Layer, Shot
from drumnet.kits.one_shots import from_its_onset, read_sample

#: More round robins than a listener tells apart cost memory only.
_MAX_ROBINS = 16

#: A sample that is to sound further from itself than this is a slip of the kit.
_MAX_SEMITONES = 60.0
#: Levels of kits are within this, as a factor.
_MAX_GAIN = 1_000.0

#: Keys of another stroke or instrument than most keys of their piece: side
#: stick, clap, pedal hat, china, splash, ride bell.
_SECOND_RATE_KEYS = frozenset({37, 39, 44, 52, 53, 55})


@dataclass(frozen=True)
class Region:
    """A sample and when it sounds.

    Args:
        sample: the sound file.
        source: where it is named, for messages (`kit.sfz:12`).
        low_velocity, high_velocity: it sounds from the one to the other, 0-127.
        gain: factor on its level.
        turn, num_turns: it sounds in that turn (from 0) of so many.
        chance: it sounds where a number drawn from 0 to 1 falls in between.
        semitones: how much higher it sounds than the sample.
        start, stop: the part of the sample that sounds, in its own samples;
            stop None is the end.
    """

    sample: Path
    source: str
    low_velocity: int = 0
    high_velocity: int = MAX_VELOCITY
    gain: float = 1.0
    turn: int = 0
    num_turns: int = 1
    chance: tuple[float, float] = (0.0, 1.0)
    semitones: float = 0.0
    start: int = 0
    stop: int | None = None

    @property
    def is_there(self) -> bool:
        return self.sample.is_file()


def keys_of(piece: Piece) -> list[int]:
    """The General MIDI keys of a piece, the best first.

    >>> keys_of(Piece.SNARE)
    [38, 40, 37, 39]
    """
    keys = [key for key in range(MAX_VELOCITY + 1) if Piece.from_midi_key(key) is piece]
    return sorted(keys, key=lambda key: (key != piece.midi_key, key in _SECOND_RATE_KEYS, key))


def layers_by_piece(
    regions: Mapping[Piece, Sequence[Region]],
) -> dict[Piece, tuple[Layer, ...]]:
    """The layers of each piece.  A sample that is missing costs what it alone plays: the kit
    has the pieces that are left.

    Raises:
        KitError: nothing is left; or as of `layers_of`.
    """
    missing = [region for own in regions.values() for region in own if not region.is_there]
    found = {
        piece: layers_of([region for region in own if region.is_there])
        for piece, own in regions.items()
    }
    if missing and not any(found.values()):
        layers_of(missing)  # says which
    return found


def layers_of(regions: Sequence[Region]) -> tuple[Layer, ...]:
    """The velocity layers that regions of one piece make, softest first; none
    where no region sounds at any velocity.

    Raises:
        KitError: a sample is missing, silent or too long.
        AudioError: a sample that cannot be read.
    """
    edges = {region.low_velocity - 1 for region in regions}
    edges |= {region.high_velocity for region in regions}
    samples = _Samples()
    found: list[tuple[int, list[tuple[Region, ...]]]] = []
    for low, top in pairwise(sorted(edges | {0})):
        sounding = [r for r in regions if r.low_velocity <= top <= r.high_velocity]
        turns = list(dict.fromkeys(_turns(sounding)))[:_MAX_ROBINS]
        if top <= max(low, 0) or not turns:
            continue
        if found and found[-1][1] == turns:
            found.pop()
        found.append((top, turns))
    return tuple(
        Layer(
            MAX_VELOCITY if index == len(found) - 1 else top,
            tuple(samples.stroke(together) for together in turns),
        )
        for index, (top, turns) in enumerate(found)
    )


def _turns(regions: Sequence[Region]) -> Iterator[tuple[Region, ...]]:
    """What sounds together, for each turn and each outcome of chance."""
    num_turns = max((region.num_turns for region in regions), default=1)
    edges = sorted({edge for region in regions for edge in region.chance} | {0.0, 1.0})
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    for turn in range(num_turns):
        for middle in middles:
            together = tuple(
                region
                for region in regions
                if turn % region.num_turns == region.turn
                and region.chance[0] <= middle < region.chance[1]
            )
            if together:
                yield together


class _Samples:
    """Reads samples, each once."""

    def __init__(self) -> None:
        self._read: dict[tuple[Path, float, int, int | None], NDArray[np.float32]] = {}

    def stroke(self, regions: Iterable[Region]) -> Shot:
        """The sum of regions that sound at once, from its onset on."""
        parts = [(region, self._part(region)) for region in regions]
        num_channels = max(part.shape[0] for _, part in parts)
        length = max(part.shape[1] for _, part in parts)
        total = np.zeros((num_channels, length), dtype=np.float32)
        for region, part in parts:
            gain = np.float32(min(region.gain, _MAX_GAIN))
            total[:, : part.shape[1]] += part * gain
        first = parts[0][0]
        return from_its_onset(total, f"{first.source} names a sample that")

    def _part(self, region: Region) -> NDArray[np.float32]:
        if not region.is_there:
            raise KitError(
                f"{region.source} names the sample '{region.sample.name}', but there is no file "
                f"'{region.sample}': put it there or mend the name"
            )
        if abs(region.semitones) > _MAX_SEMITONES:
            raise KitError(
                f"{region.source} plays '{region.sample.name}' {region.semitones:+.0f} semitones "
                f"away: up to {_MAX_SEMITONES:.0f} are expected"
            )
        what = (region.sample, region.semitones, region.start, region.stop)
        if what not in self._read:
            self._read[what] = read_sample(
                region.sample, KIT_RATE_HZ, region.semitones, region.start, region.stop
            )
        return self._read[what]

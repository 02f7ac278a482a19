"""Reading that can be watched: a song whose stems tell how much is read of them.

In: a `Song`.  Out: the same song; nothing else has to know that someone counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from drumnet.audio import BLOCK_SAMPLES, AudioSource, Samples
from drumnet.onsets import Onsets
from drumnet.song import Song

#: Is told the seconds of sound that were read since it was told last.
Tell = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class CountedSource:
    """An `AudioSource` that tells how many seconds were read of it."""

    source: AudioSource
    tell: Tell

    @property
    def sample_rate(self) -> int:
        return self.source.sample_rate

    @property
    def num_channels(self) -> int:
        return self.source.num_channels

    @property
    def num_samples(self) -> int:
        return self.source.num_samples

    @property
    def duration_s(self) -> float:
        return self.source.duration_s

    def blocks(self, block_samples: int = BLOCK_SAMPLES) -> Iterator[Samples]:
        for block in self.source.blocks(block_samples):
            yield block
            self.tell(block.shape[1] / self.sample_rate)


def counted(song: Song, tell: Tell) -> Song:
    """The song with every sound counted; what `tell` raises ends the reading."""
    return replace(
        song,
        stems=tuple(
            stem
            if isinstance(stem.source, Onsets)
            else replace(stem, source=CountedSource(stem.source, tell))
            for stem in song.stems
        ),
    )


def seconds_of_sound(song: Song) -> float:
    """What there is to read, all stems together; events are no sound."""
    sounds = (stem for stem in song.stems if not isinstance(stem.source, Onsets))
    return sum(stem.duration_s for stem in sounds)

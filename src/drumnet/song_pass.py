"""One pass over the sound of a song, for all that is made of it.

In: a song.  Out: of each stem what the drummer hears and what the beat network is told, and the
sum of those that the drums are mixed to.  Each stem is decoded and resampled once, and its
spectrum taken once; stems are read side by side, some seconds at a time, so that an hour needs
little more memory than a minute.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from drumnet.audio.level import Meter, brought_up
from drumnet.audio.metered import ChangedSource
from drumnet.audio.source import BLOCK_S, AudioSource, Samples
from drumnet.audio.stretches import Ear, listen
from drumnet.beats.evidence import BeatEar, StemEvidence, hear_stem
from drumnet.hearing.onset_strength import OnsetCurve, OnsetEar, stem_curve
from drumnet.rendering.band import BLOCK_SAMPLES, Band, BandMeter, num_mixed, stereo_blocks, summed
from drumnet.song.onsets import Onsets
from drumnet.song.song import Song, Stem
from drumnet.threads import side_by_side

#: A block (2, n) of a stem, as it is mixed.
Mixed = NDArray[np.float32]

_NOTHING: Mixed = np.zeros((2, 0), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class SongHeard:
    """What one pass over a song gives.

    Args:
        curves: the onset strength of what is heard (`Song.heard`).
        evidence: for beats, of all stems; None where they are not tracked.
        band: what the drums are mixed to; None where they are not.
    """

    curves: Mapping[Stem, OnsetCurve]
    evidence: Mapping[Stem, StemEvidence] | None = None
    band: Band | None = None


def hear_song(song: Song, *, for_beats: bool = False, for_mix: bool = False) -> SongHeard:
    """Read what is needed of a song, once; stems that are too quiet to be listened to twice.

    Args:
        for_beats: they are to be tracked.
        for_mix: drums are to be mixed to it.

    Raises:
        AudioError: a stem cannot be read.
    """
    length = num_mixed(song.duration_s)
    passes = {
        stem: _Pass(
            source,
            OnsetEar() if stem in song.heard else None,
            BeatEar() if for_beats else None,
            length if for_mix and stem in song.sounding else 0,
        )
        for stem in song.stems
        if not isinstance(source := stem.source, Onsets)
    }
    meter = BandMeter(length) if for_mix else None
    _in_step(list(passes.values()), meter, length)
    loudness = {stem: one.meter.loudness() for stem, one in passes.items()}
    again = {
        stem: _Pass(louder, one.onsets and OnsetEar(), one.beats and BeatEar())
        for stem, one in passes.items()
        if (louder := brought_up(one.source, loudness[stem])) is not None
    }
    _in_step(list(again.values()))
    passes |= again
    evidence = {
        stem: hear_stem(stem.source, stem.role) for stem in song.stems if stem not in passes
    } | {stem: one.beats.evidence() for stem, one in passes.items() if one.beats is not None}
    return SongHeard(
        {
            stem: ear.curve(loudness[stem])
            if stem in passes and (ear := passes[stem].onsets) is not None
            else stem_curve(stem)
            for stem in song.heard
        },
        evidence if for_beats else None,
        None if meter is None else meter.band(),
    )


@dataclass(eq=False)
class _Pass:
    """One stem on its way past those who listen.

    Args:
        num_mixed: samples that are mixed of it.
    """

    source: AudioSource
    onsets: OnsetEar | None
    beats: BeatEar | None
    num_mixed: int = 0

    def __post_init__(self) -> None:
        self.meter = Meter(self.source.sample_rate)
        self._steps = self._read() if self.ears or self.num_mixed else iter(())

    @property
    def ears(self) -> list[Ear]:
        return [ear for ear in (self.onsets, self.beats) if ear is not None]

    def step(self) -> Mixed | None:
        """Reads on; the next block of the mix, which may be empty, or None at the end."""
        return next(self._steps, None)

    def _read(self) -> Iterator[Mixed]:
        blocks = self.source.blocks(round(BLOCK_S * self.source.sample_rate))
        read = again = self.meter.metered(blocks)
        if self.ears and self.num_mixed:
            read, again = _twice(read)
        told: Iterable[None] = ()
        mixed: Iterable[Mixed] = ()
        if self.ears:
            told = listen(_already(self.source, read), self.ears)
        if self.num_mixed:
            mixed = stereo_blocks(_already(self.source, again), self.num_mixed)
        for _, block in zip_longest(told, mixed, fillvalue=_NOTHING):
            yield np.asarray(block)


def _twice(blocks: Iterator[Samples]) -> tuple[Iterator[Samples], Iterator[Samples]]:
    """The same blocks for two who read in step; unlike `itertools.tee` it keeps none of those
    that both have had."""
    waiting: tuple[deque[Samples], deque[Samples]] = (deque(), deque())

    def side(own: int) -> Iterator[Samples]:
        while True:
            if not waiting[own]:
                block = next(blocks, None)
                if block is None:
                    return
                for one in waiting:
                    one.append(block)
            yield waiting[own].popleft()

    return side(0), side(1)


def _already(source: AudioSource, blocks: Iterator[Samples]) -> AudioSource:
    """A sound whose blocks are being read."""
    return ChangedSource(source, lambda _: blocks)


def _in_step(passes: Sequence[_Pass], meter: BandMeter | None = None, length: int = 0) -> None:
    """Read all to their ends, and tell the meter their sum, block by block."""
    steps = [one.step for one in passes]
    at = 0
    with side_by_side() as do_all:
        while True:
            parts = [block for block in do_all(steps) if block is not None]
            if meter is not None and at < length:
                size = min(BLOCK_SAMPLES, length - at)
                meter.add(summed([block for block in parts if block.shape[1]], size))
                at += size
            elif not parts:
                return

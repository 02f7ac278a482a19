"""Clips to learn from: evidence in, beats and downbeats as targets.

In: rendered clips, and songs as notes.  Out: examples of one length, endless,
under a seed: rendered or simulated, at another tempo, straight or swaying, of
all parts or some, each on its own or mixed, with and without drums.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.evidence import (
    BASS,
    DRUMS,
    FRAME_RATE_HZ,
    NUM_BANDS,
    NUM_GROUPS,
    REST,
    StemEvidence,
    joined,
    relative,
)
from drumnet.training.beats import songs as parts
from drumnet.training.beats.render import FULL_MIX, NO_DRUMS_MIX, REST_MIX, Clip
from drumnet.training.beats.simulate import PatchBank
from drumnet.training.beats.songs import PARTS, BeatSong

_GROUP_OF_PART = {parts.BASS: BASS, parts.DRUMS: DRUMS}
_BESIDE = 0.5  # the target beside a beat


@dataclass(frozen=True)
class BatchConfig:
    """Args:
    clip_s: length of an example.
    batch: examples in a batch.
    simulated: share of examples that are simulated.
    drums: share in which the drums are heard.
    mixed: share in which all is heard as one mix.
    tempo: most factor by which the tempo is changed.
    sway: most relative sway of the tempo.
    fresh: examples of a batch that are new.
    kept: examples that are kept to come again.
    """

    clip_s: float = 40.0
    batch: int = 16
    simulated: float = 0.6
    drums: float = 0.3
    mixed: float = 0.3
    tempo: float = 1.2
    sway: float = 0.12
    fresh: int = 6
    kept: int = 120


@dataclass(frozen=True, eq=False)
class Example:
    """(num_frames, 29) evidence; (num_frames, 2) targets for beat and downbeat;
    (num_frames,) 0 where nothing is known of the beats."""

    evidence: NDArray[np.float32]
    targets: NDArray[np.float32]
    known: NDArray[np.float32]


def targets(
    beats_s: NDArray[np.float64], beat_in_bar: NDArray[np.int64], num_frames: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Targets and known frames of an example."""
    target = np.zeros((num_frames + 2, 2), dtype=np.float32)
    at = np.round(beats_s * FRAME_RATE_HZ).astype(np.int64) + 1
    inside = (at >= 1) & (at <= num_frames)
    for column, chosen in ((0, inside), (1, inside & (beat_in_bar == 1))):
        where = at[chosen]
        target[where - 1, column] = np.maximum(target[where - 1, column], _BESIDE)
        target[where + 1, column] = np.maximum(target[where + 1, column], _BESIDE)
        target[where, column] = 1.0
    known = np.zeros(num_frames, dtype=np.float32)
    if len(at) > 1:
        half = (beats_s[-1] - beats_s[0]) / (len(beats_s) - 1) / 2
        first, last = (beats_s[0] - half) * FRAME_RATE_HZ, (beats_s[-1] + half) * FRAME_RATE_HZ
        known[max(0, int(first)) : max(0, int(last))] = 1.0
    return target[1:-1], known


@dataclass(frozen=True, eq=False)
class _Warp:
    """Time of the song -> time of the example, by knots."""

    song_s: NDArray[np.float64]
    clip_s: NDArray[np.float64]

    @staticmethod
    def draw(config: BatchConfig, rng: np.random.Generator) -> _Warp:
        clip_s = np.linspace(0.0, config.clip_s, 401)
        speed = np.full(401, config.tempo ** rng.uniform(-1, 1))
        if rng.random() < 0.4:
            sway = rng.uniform(0.0, config.sway) * rng.choice((0.2, 1.0))
            period_s = rng.uniform(10.0, 60.0)
            phase = rng.uniform(0, 2 * np.pi)
            speed *= 1.0 + sway * np.sin(2 * np.pi * clip_s / period_s + phase)
        song_s = np.concatenate([[0.0], np.cumsum(speed[:-1] * np.diff(clip_s))])
        return _Warp(song_s, clip_s)

    @property
    def reach_s(self) -> float:
        return float(self.song_s[-1])

    def to_clip(self, times_s: NDArray[np.floating]) -> NDArray[np.float64]:
        after = float(self.clip_s[-1]) + 1.0
        return np.asarray(np.interp(times_s, self.song_s, self.clip_s, left=-1.0, right=after))

    def frames(self, num_frames: int, rate_hz: float) -> NDArray[np.int64]:
        """The song's frame that sounds at each of the example's."""
        at = np.interp(np.arange(num_frames) / rate_hz, self.clip_s, self.song_s)
        return np.round(at * rate_hz).astype(np.int64)


class ExampleSource:
    """Endless examples."""

    def __init__(
        self, clips: Sequence[Clip], songs: Sequence[BeatSong], bank: PatchBank, config: BatchConfig
    ) -> None:
        self._clips, self._songs, self._bank, self._config = clips, songs, bank, config
        self._num_frames = round(config.clip_s * FRAME_RATE_HZ)

    def batches(
        self, rng: np.random.Generator
    ) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]]:
        """(batch, num_frames, 29), (batch, num_frames, 2), (batch, num_frames).

        Examples are kept for a while and come again at other levels: making
        them costs more than learning from them.
        """
        kept: list[Example] = []
        while True:
            fresh = self._config.batch if not kept else self._config.fresh
            made = [self.example(rng) for _ in range(fresh)]
            kept = (made + kept)[: self._config.kept]
            old = rng.integers(len(kept), size=self._config.batch - len(made))
            found = [*made, *(kept[int(i)] for i in old)]
            yield (
                np.stack([_varied(e.evidence, rng) for e in found]),
                np.stack([e.targets for e in found]),
                np.stack([e.known for e in found]),
            )

    def example(self, rng: np.random.Generator) -> Example:
        """One example."""
        simulated = rng.random() < self._config.simulated or not self._clips
        warp = _Warp.draw(self._config, rng)
        if simulated:
            heard, beats_s, numbers = self._simulated(warp, rng)
        else:
            heard, beats_s, numbers = self._rendered(warp, rng)
        groups = _grouped(heard, self._config, rng)
        evidence = joined(groups, self._num_frames).astype(np.float32)
        target, known = targets(beats_s, numbers, self._num_frames)
        return Example(evidence, target, known)

    def _rendered(
        self, warp: _Warp, rng: np.random.Generator
    ) -> tuple[dict[str, StemEvidence], NDArray[np.float64], NDArray[np.int64]]:
        clip = self._clips[int(rng.integers(len(self._clips)))]
        at = warp.frames(self._num_frames, FRAME_RATE_HZ)
        slow = warp.frames(self._num_frames // 2 + 1, FRAME_RATE_HZ / 2)
        heard = {}
        for name, stem in clip.heard.items():
            flux = np.append(stem.flux, np.zeros((1, NUM_BANDS), np.float32), axis=0)
            chroma = np.append(stem.chroma, np.zeros((1, 24), np.float32), axis=0)
            heard[name] = StemEvidence(
                flux[np.minimum(at, len(flux) - 1)], chroma[np.minimum(slow, len(chroma) - 1)]
            )
        return heard, warp.to_clip(clip.beats_s), clip.beat_in_bar

    def _simulated(
        self, warp: _Warp, rng: np.random.Generator
    ) -> tuple[dict[str, StemEvidence], NDArray[np.float64], NDArray[np.int64]]:
        song = self._songs[int(rng.integers(len(self._songs)))]
        latest = max(0.0, song.duration_s - warp.reach_s)
        start_s = 0.0 if rng.random() < 0.2 else float(rng.uniform(0.0, latest))
        begin, end = np.searchsorted(song.notes[:, 0], (start_s, start_s + warp.reach_s))
        notes = song.notes[begin:end].copy()
        notes[:, 0] = warp.to_clip(notes[:, 0] - start_s)
        notes[:, 1] = np.maximum(warp.to_clip(notes[:, 1] - start_s), notes[:, 0] + 0.03)
        heard = {}
        for part, name in enumerate(PARTS):
            own = notes[notes[:, 2] == part]
            if len(own):
                heard[name] = self._bank.play(own, part, self._num_frames, rng)
        inside = (song.beats_s >= start_s) & (song.beats_s < start_s + warp.reach_s)
        return heard, warp.to_clip(song.beats_s[inside] - start_s), song.beat_in_bar[inside]


def _grouped(
    heard: dict[str, StemEvidence], config: BatchConfig, rng: np.random.Generator
) -> list[list[StemEvidence]]:
    """The stems of the three groups, as a user may give them."""
    with_drums = "DRUMS" in heard and rng.random() < config.drums
    groups: list[list[StemEvidence]] = [[] for _ in range(NUM_GROUPS)]
    melodic = [name for name in PARTS[:-1] if name in heard]
    if not melodic:
        groups[DRUMS] = [heard[name] for name in ("DRUMS",) if name in heard]
        return groups
    if rng.random() < config.mixed:
        whole = FULL_MIX if with_drums else NO_DRUMS_MIX
        if whole in heard and rng.random() < 0.7:
            groups[REST] = [heard[whole]]
            return groups
        some = [*_some(melodic, rng), *(["DRUMS"] if with_drums else [])]
        groups[REST] = [_mixed([heard[name] for name in some], rng)]
        return groups
    if with_drums:
        groups[DRUMS] = [heard["DRUMS"]]
    if REST_MIX in heard and rng.random() < 0.5:
        groups[REST] = [heard[REST_MIX]]
        if "BASS" in heard:
            groups[BASS] = [heard["BASS"]]
        return groups
    chosen = melodic if rng.random() < 0.6 else _some(melodic, rng)
    groups[BASS] = [heard[name] for name in chosen if name == "BASS"]
    rest = [heard[name] for name in chosen if name != "BASS"]
    groups[REST] = [_mixed(rest, rng)] if rest and rng.random() < 0.6 else rest
    return groups


def _some(names: Sequence[str], rng: np.random.Generator) -> list[str]:
    count = int(rng.integers(1, len(names) + 1))
    return [names[i] for i in rng.permutation(len(names))[:count]]


def _mixed(stems: Sequence[StemEvidence], rng: np.random.Generator) -> StemEvidence:
    """About what a mixture of stems would show: the louder hides the other."""
    flux = np.zeros_like(stems[0].flux)
    chroma = np.zeros_like(stems[0].chroma)
    for stem in stems:
        level = rng.uniform(0.3, 1.0)
        flux = np.maximum(flux, level * relative(stem.flux))
        chroma = chroma + level * stem.chroma
    return StemEvidence(flux, chroma)


def _varied(evidence: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The evidence at other levels, in other tones and noise."""
    bands = np.r_[0:NUM_BANDS, 10 : 10 + NUM_BANDS, 20 : 20 + NUM_BANDS]
    out = evidence.copy()
    gain = np.exp(rng.normal(0.0, 0.25, len(bands))).astype(np.float32)
    power = rng.uniform(0.8, 1.25)
    out[:, bands] = out[:, bands] ** np.float32(power) * gain
    if rng.random() < 0.3:  # level of a whole passage
        start, stop = np.sort(rng.integers(0, len(out), 2))
        out[start:stop, bands] *= rng.uniform(0.2, 0.8)
    if rng.random() < 0.3:
        noise = rng.uniform(0.0, 0.1) * rng.random((len(out), len(bands)), dtype=np.float32)
        out[:, bands] += noise
    if rng.random() < 0.15:  # a pause
        start = int(rng.integers(len(out)))
        out[start : start + int(rng.integers(25, 250)), :26] = 0.0
    return out.astype(np.float32)

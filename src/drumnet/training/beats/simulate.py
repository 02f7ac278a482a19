"""Evidence as sound would have given it, without sound.

A part that was rendered and heard gives, onset by onset, a patch of onset
strength in bands: how the attack of that instrument looks, and what is heard
between.  `PatchBank` keeps these players; the parts of any other song are
played by one of them, patch by patch.  Pitch classes follow from the notes.
Thousands of times faster than rendering, so that the network can see the whole
corpus many times over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.evidence import (
    CHROMA_RATE_HZ,
    FRAME_RATE_HZ,
    NUM_BANDS,
    StemEvidence,
    relative,
)
from drumnet.training.beats.render import Clip
from drumnet.training.beats.songs import DRUMS, PARTS

#: Frames of a patch before its onset, and in all.
_LEAD, _PATCH = 2, 7
_LEAST_PATCHES = 8
#: Highest key of the low pitch classes (E3, 165 Hz).
_HIGHEST_LOW_KEY = 52
_PARTIALS = ((0, 1.0), (12, 0.6), (19, 0.4), (24, 0.25), (28, 0.15))
_CHROMA_BLUR = 13
_ALL_PIECES = 0


@dataclass(frozen=True, eq=False)
class Player:
    """How one rendered part was heard.

    Args:
        patches: by what was struck (`struck`), (num, 7, 6) onset strength.
        between: (num, 6) onset strength where nothing begins.
    """

    patches: Mapping[int, NDArray[np.float32]]
    between: NDArray[np.float32]


def struck(notes: NDArray[np.float32], part: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Onset times, those within 20 ms as one, and what was struck: of drums
    1 for a kick, 2 for a snare, 4 for anything else, added up; else 0."""
    frame = np.round(notes[:, 0] * FRAME_RATE_HZ).astype(np.int64)
    frames, first, group = np.unique(frame, return_index=True, return_inverse=True)
    kinds = np.zeros(len(frames), dtype=np.int64)
    if part == DRUMS:
        keys = notes[:, 3].astype(np.int64)
        kind = np.where(np.isin(keys, (35, 36)), 1, np.where(np.isin(keys, (37, 38, 39, 40)), 2, 4))
        np.bitwise_or.at(kinds, group, kind)
    return notes[first, 0].astype(np.float64), kinds


def learn_player(heard: StemEvidence, notes: NDArray[np.float32], part: int) -> Player | None:
    """How a part is heard; None where it has too few onsets to tell."""
    flux = relative(heard.flux)
    times_s, kinds = struck(notes, part)
    at = np.round(times_s * FRAME_RATE_HZ).astype(np.int64)
    kept = (at >= _LEAD) & (at < len(flux) - _PATCH)
    at, kinds = at[kept], kinds[kept]
    if len(at) < _LEAST_PATCHES:
        return None
    spans = at[:, None] + np.arange(_PATCH) - _LEAD
    patches = flux[spans].copy()
    # What belongs to the neighbours is not part of the patch.
    after = np.diff(at, append=len(flux))
    patches[np.arange(_PATCH)[None] - _LEAD >= np.maximum(after[:, None] - 1, 1)] = 0.0
    quiet = np.ones(len(flux), dtype=bool)
    quiet[np.minimum(spans, len(flux) - 1)] = False
    between = flux[quiet] if quiet.sum() > 20 else np.zeros((20, NUM_BANDS), np.float32)
    found = {int(kind): patches[kinds == kind] for kind in np.unique(kinds)}
    return Player(found, between)


class PatchBank:
    """Players by part."""

    def __init__(self, clips: Iterable[Clip]) -> None:
        self._players: dict[int, list[Player]] = {part: [] for part in range(len(PARTS))}
        for clip in clips:
            for part, name in enumerate(PARTS):
                if name in clip.heard:
                    notes = clip.notes[clip.notes[:, 2] == part]
                    player = learn_player(clip.heard[name], notes, part)
                    if player is not None:
                        self._players[part].append(player)

    def __len__(self) -> int:
        return sum(len(players) for players in self._players.values())

    def play(
        self, notes: NDArray[np.float32], part: int, num_frames: int, rng: np.random.Generator
    ) -> StemEvidence:
        """What is heard of a part's notes, on the clip's time in seconds."""
        players = self._players[part] or self._players[1]
        player = players[int(rng.integers(len(players)))]
        return StemEvidence(
            _flux(player, notes, part, num_frames, rng),
            _chroma(notes, num_frames, rng, silent=part == DRUMS),
        )


def _flux(
    player: Player,
    notes: NDArray[np.float32],
    part: int,
    num_frames: int,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    floor = player.between[rng.integers(len(player.between), size=num_frames)]
    flux = np.zeros((num_frames + 2 * _PATCH, NUM_BANDS), dtype=np.float32)
    flux[_PATCH : _PATCH + num_frames] = floor * rng.uniform(0.3, 1.3)
    times_s, kinds = struck(notes, part)
    times_s = times_s + rng.normal(0.0, rng.uniform(0.0, 0.012), len(times_s))
    at = np.round(times_s * FRAME_RATE_HZ).astype(np.int64)
    inside = (at >= 0) & (at < num_frames) & (rng.random(len(at)) > rng.uniform(0, 0.1))
    fallback = max(player.patches.values(), key=len)
    for kind in np.unique(kinds[inside]):
        where = at[inside & (kinds == kind)]
        patches = player.patches.get(int(kind), fallback)
        chosen = patches[rng.integers(len(patches), size=len(where))]
        chosen = chosen * rng.uniform(0.8, 1.2, (len(where), 1, 1)).astype(np.float32)
        spans = where[:, None] + np.arange(_PATCH) - _LEAD + _PATCH
        np.maximum.at(flux, spans, chosen)
    return flux[_PATCH : _PATCH + num_frames]


def _chroma(
    notes: NDArray[np.float32], num_frames: int, rng: np.random.Generator, silent: bool
) -> NDArray[np.float32]:
    """(num_frames / 2 + 1, 24) as windows of half a second would show it."""
    size = num_frames // 2 + 1
    steps = np.zeros((size + 1, 24), dtype=np.float32)
    if len(notes) and not silent:
        length = notes[:, 1] - notes[:, 0]
        ring = np.minimum(length * rng.uniform(0.7, 1.2) + 0.05, rng.uniform(0.5, 4.0))
        start = np.clip(np.round(notes[:, 0] * CHROMA_RATE_HZ), 0, size).astype(np.int64)
        end = (notes[:, 0] + ring) * CHROMA_RATE_HZ
        end = np.clip(np.round(end).astype(np.int64), start + 1, size)
        slope = rng.uniform(0.3, 1.5)
        for interval, partial in _PARTIALS:
            key = notes[:, 3].astype(np.int64) + interval
            place = (key - 9) % 12 + 12 * (key > _HIGHEST_LOW_KEY)
            np.add.at(steps, (start, place), partial**slope)
            np.subtract.at(steps, (np.minimum(end, size), place), partial**slope)
    level = np.maximum(np.cumsum(steps[:size], axis=0), 0.0)
    total = np.cumsum(np.pad(level, ((_CHROMA_BLUR // 2 + 1, _CHROMA_BLUR // 2), (0, 0))), axis=0)
    blurred = (total[_CHROMA_BLUR:] - total[:-_CHROMA_BLUR]) / _CHROMA_BLUR
    noise = rng.uniform(0.0, 0.15) * rng.random(blurred.shape, dtype=np.float32)
    return np.asarray(np.sqrt(np.maximum(blurred, 0.0) + noise), dtype=np.float32)

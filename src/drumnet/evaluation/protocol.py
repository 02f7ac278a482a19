"""The experiments of the design: what a code is worth.

Each experiment is a player: it hears a halved song and gives the ticks of its
second half.  Transfer takes the code of the first half; reconstruction of the
second; no code is 0; wrong code is that of another song, half the list away
(neighbours in the list may be versions of one song).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.evaluation.baselines import BASELINES
from drumnet.evaluation.metrics import Counts, onset_counts, tick_counts
from drumnet.evaluation.passages import HalvedSong
from drumnet.network import Network, OnsetActivations
from drumnet.picking import likely_ticks
from drumnet.refinement import extracted_code
from drumnet.style import CODE_SIZE

EXPERIMENTS = ("reconstruction", "transfer", "no code", "wrong code")


@dataclass(frozen=True)
class Score:
    """F1 as the mean over songs, and pooled over all their hits."""

    mean: float
    pooled: float
    per_song: tuple[float, ...]


def score(counts: Sequence[Counts]) -> Score:
    """The score of several songs, from the counts of each."""
    per_song = tuple(count.f_measure for count in counts)
    return Score(float(np.mean(per_song)), sum(counts, Counts()).f_measure, per_song)


def half_code(
    network: Network, song: HalvedSong, listened: NDArray[np.float32], first: bool
) -> NDArray[np.float32]:
    """The code of one half, refined as `Drummer.extract_style` refines it.

    Args:
        listened: (width, num_beats) what is heard of the whole song.
    """
    beats = slice(0, song.half_beat) if first else slice(song.half_beat, None)
    ticks = slice(0, song.half_tick) if first else slice(song.half_tick, None)
    return extracted_code(network, listened[:, beats], song.velocity[:, ticks])


def activations(network: Network, songs: Sequence[HalvedSong]) -> dict[str, list[OnsetActivations]]:
    """What each experiment would play to each song, over the whole of it."""
    found: dict[str, list[OnsetActivations]] = {name: [] for name in EXPERIMENTS}
    listened = [network.listen(song.heard) for song in songs]
    first = [half_code(network, s, u, True) for s, u in zip(songs, listened, strict=True)]
    for index, (song, u) in enumerate(zip(songs, listened, strict=True)):
        codes = {
            "reconstruction": half_code(network, song, u, False),
            "transfer": first[index],
            "no code": np.zeros(CODE_SIZE, dtype=np.float32),
            "wrong code": first[(index + len(songs) // 2) % len(songs)],
        }
        for name, code in codes.items():
            found[name].append(network.decode(u, code))
    return found


def transferred(network: Network, songs: Iterable[HalvedSong]) -> list[OnsetActivations]:
    """What transfer alone would play to each song."""
    found = []
    for song in songs:
        listened = network.listen(song.heard)
        found.append(network.decode(listened, half_code(network, song, listened, True)))
    return found


def second_half_ticks(
    song: HalvedSong, played: OnsetActivations, floor: float
) -> NDArray[np.int64]:
    """The ticks of the second half that are played."""
    start = song.half_tick
    return start + likely_ticks(played.probability[0, start:], floor)


def tick_score(
    songs: Sequence[HalvedSong], played: Sequence[OnsetActivations], floor: float
) -> Score:
    """Exact-tick F1 of the second halves in one experiment."""
    return score(
        [
            tick_counts(song.second_half_hits, second_half_ticks(song, one, floor))
            for song, one in zip(songs, played, strict=True)
        ]
    )


def tick_scores(
    songs: Sequence[HalvedSong],
    played: Mapping[str, Sequence[OnsetActivations]],
    floor: float,
) -> dict[str, Score]:
    """Exact-tick F1 of the second halves: every experiment, every baseline."""
    scores = {name: tick_score(songs, found, floor) for name, found in played.items()}
    for name, player in BASELINES.items():
        scores[name] = score([tick_counts(s.second_half_hits, player(s)) for s in songs])
    return scores


def onset_scores(
    songs: Sequence[HalvedSong],
    played: Mapping[str, Sequence[OnsetActivations]],
    floor: float,
) -> dict[str, Score]:
    """Onset F1 (50 ms) of the second halves of recordings."""

    def counts(song: HalvedSong, ticks: NDArray[np.float64] | NDArray[np.int64]) -> Counts:
        assert song.grid is not None and song.onsets_s is not None
        # Half a tick before the first tick of the second half.
        start_s = float(song.grid.ticks_to_seconds(song.half_tick - 0.5))
        wanted = song.onsets_s[song.onsets_s >= start_s]
        return onset_counts(wanted, song.grid.ticks_to_seconds(ticks))

    scores = {}
    for name, found in played.items():
        per_song = []
        for song, one in zip(songs, found, strict=True):
            ticks = second_half_ticks(song, one, floor)
            per_song.append(counts(song, ticks + one.offset[0, ticks]))
        scores[name] = score(per_song)
    for name, player in BASELINES.items():
        scores[name] = score([counts(song, player(song)) for song in songs])
    return scores


def best_floor(
    songs: Sequence[HalvedSong], played: Sequence[OnsetActivations], step: float = 0.02
) -> float:
    """The floor of the highest mean F1, for songs not used to report."""
    candidates = np.arange(0.1, 0.5, step)
    means = [tick_score(songs, played, float(value)).mean for value in candidates]
    return float(candidates[int(np.argmax(means))])

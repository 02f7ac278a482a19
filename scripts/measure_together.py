"""Whether drummers stop, strike and end where the band is heard to, and play as much as it does.

    python scripts/measure_together.py CORPUS [--split valid] [--without-ends]

CORPUS is the unpacked corpus; its songs of 32 bars or more with two stems or more besides
drums are counted, each heard without its drums, as MIDI stems are: notes sound until they end.
Chance is the same place in the bar, in all bars of the song.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import MELODIC_ROLES
from drumnet.corpus.reading import read_manifest, role_onsets
from drumnet.errors import DrumnetError
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.bar_patterns import bar_starts
from drumnet.hearing.conditioning import Conditioning, conditioning_of_curves
from drumnet.hearing.onset_strength import onset_pulses
from drumnet.hearing.together import (
    band_energy,
    band_pushes,
    band_stabs,
    band_stops,
    last_stroke,
)
from drumnet.hits import PIECES, Piece
from drumnet.midi.read import read_midi

_LEAST_BARS, _LEAST_STEMS = 32, 2
_ACCENTS = [PIECES.index(piece) for piece in (Piece.KICK, Piece.SNARE, Piece.CRASH)]
_DOWN = [PIECES.index(piece) for piece in (Piece.KICK, Piece.CRASH)]
_STOPS = (
    ("1 to 2 beats", 0, 2 * TICKS_PER_BEAT),
    ("2 to 4 beats", 2 * TICKS_PER_BEAT, 4 * TICKS_PER_BEAT),
    ("4 beats and more", 4 * TICKS_PER_BEAT, 2**31),
)
_ENERGIES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, np.inf)


@dataclass(frozen=True, eq=False)
class Played:
    """Args:
    heard: the band alone.
    drums: (num_pieces, num_ticks) where a piece is struck.
    """

    heard: Conditioning
    drums: NDArray[np.bool_]


@dataclass
class Tally:
    """How often something is so, and by chance."""

    found: list[float]
    chance: list[float]

    def row(self, name: str, num_songs: int, songs_with: int) -> str:
        if not self.found:
            return f"| {name} | 0 | | | |"
        return (
            f"| {name} | {len(self.found) / num_songs:.2f} | {songs_with / num_songs:.2f} "
            f"| {np.mean(self.found):.2f} | {np.mean(self.chance):.2f} |"
        )


def songs_of(corpus: Path, split: str) -> list[Played]:
    entries = [entry for entry in read_manifest(corpus) if entry["split"] == split]
    return [song for entry in entries if (song := read(corpus / entry["file"])) is not None]


def read(file: Path) -> Played | None:
    """None where it has too few bars or stems, or no drums."""
    try:
        midi = read_midi(file)
        grid = midi.beat_grid().covering(midi.duration_s)
    except DrumnetError:
        return None
    track = midi.drum_track(grid)
    stems = role_onsets(midi, track)
    curves = [(role, onset_pulses(stems[role])) for role in MELODIC_ROLES if role in stems]
    if len(curves) < _LEAST_STEMS or not track or not grid.is_downbeat.any():
        return None
    heard = conditioning_of_curves(curves, grid)
    drums = np.zeros((len(PIECES), heard.num_ticks), dtype=bool)
    for hit in track:
        drums[PIECES.index(hit.piece), min(max(hit.tick, 0), heard.num_ticks - 1)] = True
    return Played(heard, drums) if len(bar_starts(heard)) >= _LEAST_BARS else None


def runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where each stretch of true begins and ends."""
    edges = np.flatnonzero(np.diff(np.pad(flags.astype(np.int8), 1)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def elsewhere(song: Played, start: int, stop: int) -> list[tuple[int, int]]:
    """The same place in each bar of the song between the first and last stroke of its drums."""
    bars = bar_starts(song.heard) * TICKS_PER_BEAT
    into = start - bars[max(0, int(np.searchsorted(bars, start, side="right")) - 1)]
    struck = np.flatnonzero(song.drums.any(axis=0))
    places = [(int(bar + into), int(bar + into + stop - start)) for bar in bars]
    return [(a, b) for a, b in places if struck[0] <= a and b <= struck[-1]]


def tallied(
    name: str, songs: Sequence[Played], places: Sequence[Sequence[tuple[int, int]]], question: str
) -> str:
    tally = Tally([], [])
    for song, spans in zip(songs, places, strict=True):
        for start, stop in spans:
            tally.found.append(answer(song, start, stop, question))
            others = [answer(song, a, b, question) for a, b in elsewhere(song, start, stop)]
            tally.chance.append(float(np.mean(others)) if others else 0.0)
    return tally.row(name, len(songs), sum(bool(spans) for spans in places))


def answer(song: Played, start: int, stop: int, question: str) -> float:
    """1 or 0: whether the drums rest from `start` to `stop`, strike at `start`, or nobody
    strikes kick or crash at `stop`; or the hits a beat from `start` to `stop`."""
    if question == "hits":
        return float(song.drums[:, start:stop].sum() * TICKS_PER_BEAT / max(stop - start, 1))
    if question == "rest":
        return float(not song.drums[:, start:stop].any())
    if question == "strike":
        return float(song.drums[_ACCENTS, start : start + 1].any())
    return float(not song.drums[_DOWN, stop : stop + 1].any())


def together(songs: Sequence[Played]) -> None:
    print("| | a song | songs that have any | drummers do | by chance |")
    print("|---|---|---|---|---|")
    stops = [runs(band_stops(song.heard)) for song in songs]
    for name, low, high in _STOPS:
        of_length = [[(a, b) for a, b in one if low <= b - a < high] for one in stops]
        print(tallied(f"stops of {name}: the drums rest all of it", songs, of_length, "rest"))
        print(tallied(f"stops of {name}: hits a beat", songs, of_length, "hits"))
    stabs = [runs(band_stabs(song.heard)) for song in songs]
    print(tallied("stabs: kick, snare or crash", songs, stabs, "strike"))
    after = [[(a + 2, a + TICKS_PER_BEAT) for a, _ in spans] for spans in stabs]
    print(tallied("stabs: the drums rest for a beat then", songs, after, "rest"))
    pushes = [pushes_of(song.heard) for song in songs]
    print(tallied("pushes: kick, snare or crash", songs, pushes, "strike"))
    print(tallied("pushes: no kick or crash on the downbeat", songs, pushes, "no downbeat"))


def pushes_of(heard: Conditioning) -> list[tuple[int, int]]:
    """Each push and its downbeat."""
    bars = bar_starts(heard) * TICKS_PER_BEAT
    ticks = np.flatnonzero(band_pushes(heard)).tolist()
    ahead = np.append(bars, heard.num_ticks - 1)
    return [(tick, int(ahead[np.searchsorted(bars, tick, side="right")])) for tick in ticks]


def endings(songs: Sequence[Played]) -> None:
    ends = [(song, last_stroke(song.heard)) for song in songs]
    found = [(song, tick) for song, tick in ends if tick is not None]
    near = [
        abs(int(np.flatnonzero(song.drums.any(axis=0))[-1]) - tick) <= 1 for song, tick in found
    ]
    print(f"\n{len(found)} of {len(songs)} songs end together; of {np.mean(near):.2f} of them the")
    print("last stroke of the drums is with it.")


def energies(songs: Sequence[Played]) -> None:
    print("\n| band energy | bars | hits a bar | bars without any |")
    print("|---|---|---|---|")
    energy = np.concatenate([band_energy(song.heard) for song in songs])
    hits = np.concatenate(
        [
            np.add.reduceat(song.drums.sum(axis=0), bar_starts(song.heard) * TICKS_PER_BEAT)
            for song in songs
        ]
    )
    for low, high in pairwise(_ENERGIES):
        inside = (energy >= low) & (energy < high)
        share = f"{np.mean(hits[inside] == 0):.2f}" if inside.any() else ""
        mean = f"{np.mean(hits[inside]):.1f}" if inside.any() else ""
        name = f"{low:g} to {high:g}" if np.isfinite(high) else f"{low:g} and more"
        print(f"| {name} | {np.mean(inside):.2f} | {mean} | {share} |")
    print(f"\ncorrelation of energy and hits a bar: {np.corrcoef(energy, hits)[0, 1]:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--without-ends", action="store_true", help="as if no note had an end")
    given = parser.parse_args()
    songs = songs_of(given.corpus, given.split)
    if given.without_ends:
        songs = [replace(song, heard=replace(song.heard, sounding=None)) for song in songs]
    print(f"{len(songs)} songs\n")
    together(songs)
    endings(songs)
    energies(songs)


if __name__ == "__main__":
    main()

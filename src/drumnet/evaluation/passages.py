"""Songs cut in halves, to learn a style from one and play it to the other.

In: prepared songs (ticks known exactly), or a folder of recordings (beats and
drums annotated, the other stems heard).  Out: `HalvedSong`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.files import read_beats
from drumnet.beats.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.beats.tracker import BeatTracker
from drumnet.corpus.ticksong import PIECES, TickSong
from drumnet.errors import SongError
from drumnet.features import HEARD_ROLES, Conditioning, conditioning
from drumnet.hits import Piece
from drumnet.onsets import read_onset_table
from drumnet.roles import Role
from drumnet.song import Song, Stem, load_song

#: What the benchmark gives of a corpus song: its band and its snare.
BENCHMARK_ROLES = (Role.BASS, Role.GUITAR, Role.KEYS, Role.VOCALS, Role.OTHER, Role.SNARE)


@dataclass(frozen=True, eq=False)
class HalvedSong:
    """A song whose drums are known.

    Args:
        name: of the song.
        heard: the conditioning of the whole song.
        velocity: (1, num_ticks) the wanted kick, 0-1.
        grid: its beats where it is a recording.
        onsets_s: the annotated kick onsets where it is a recording.
    """

    name: str
    heard: Conditioning
    velocity: NDArray[np.float32]
    grid: BeatGrid | None = None
    onsets_s: NDArray[np.float64] | None = None

    @property
    def num_ticks(self) -> int:
        return self.heard.num_ticks

    @property
    def half_beat(self) -> int:
        """The beat at which the second half begins."""
        return self.heard.num_beats // 2

    @property
    def half_tick(self) -> int:
        return self.half_beat * TICKS_PER_BEAT

    @property
    def hits(self) -> NDArray[np.int64]:
        """Ticks of the wanted hits."""
        return np.flatnonzero(self.velocity[0])

    @property
    def first_half_hits(self) -> NDArray[np.int64]:
        return self.hits[self.hits < self.half_tick]

    @property
    def second_half_hits(self) -> NDArray[np.int64]:
        return self.hits[self.hits >= self.half_tick]

    @property
    def bar_position(self) -> NDArray[np.int64]:
        """(num_ticks,) the tick's place in its bar."""
        ticks = self.heard.beat_in_bar[:, None] * TICKS_PER_BEAT + np.arange(TICKS_PER_BEAT)
        return ticks.reshape(-1)


def halved(song: TickSong, roles: Sequence[Role] = BENCHMARK_ROLES) -> HalvedSong | None:
    """A prepared song; None where one of its halves has no kick."""
    heard = song.conditioning()
    given = np.array([role in roles for role in HEARD_ROLES]) & song.present
    heard = replace(heard, strength=heard.strength * given[:, None], present=given)
    kick = song.dense_song().velocity[[PIECES.index(Piece.KICK)]]
    found = HalvedSong(str(song.about["name"]), heard, kick)
    return found if found.first_half_hits.size and found.second_half_hits.size else None


def all_halved(songs: Iterable[TickSong]) -> list[HalvedSong]:
    """The prepared songs that have a kick in both halves."""
    return [found for found in map(halved, songs) if found is not None]


def halved_recording(
    folder: Path, *, snare: bool = True, tracker: BeatTracker | None = None
) -> HalvedSong:
    """A recording in the layout of MDB: `bass.flac`, `other.flac`, annotated
    `drums.tsv` and `beats.tsv`.

    Args:
        snare: give the annotated snare as a stem.
        tracker: finds the beats in place of `beats.tsv`.
    """
    stems = [path for path in sorted(folder.glob("*.flac")) if path.stem != "drums"]
    song = load_song(stems)
    onsets = read_onset_table(folder / "drums.tsv", Role.KICK).times_s
    if snare:
        with suppress(SongError):  # some are played without a snare
            annotated = read_onset_table(folder / "drums.tsv", Role.SNARE)
            song = Song((*song.stems, Stem("snare", Role.SNARE, annotated)))
    # Before the first and after the last annotated beat nothing is known: the
    # grid is left as it is.
    grid = tracker.track(song) if tracker is not None else read_beats(folder / "beats.tsv")
    velocity = np.zeros((1, grid.num_ticks), dtype=np.float32)
    ticks = np.round(grid.seconds_to_ticks(onsets)).astype(int)
    velocity[0, ticks[(ticks >= 0) & (ticks < grid.num_ticks)]] = 1.0
    return HalvedSong(folder.name, conditioning(song, grid), velocity, grid, onsets)

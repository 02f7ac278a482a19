"""What is known of the drums before they are played: hits that are given or kept.

In: hits in time, and which of them stay.  Out: what the network is given, and a
track in which the kept hits stand as they were, to the microsecond and the
velocity, among the ones that are played anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumnet.errors import DrumnetError
from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hearing.lateness import settled
from drumnet.hits import MAX_VELOCITY, DrumTrack, Hit, Piece
from drumnet.hits_csv import HitRow, read_hits, track_of
from drumnet.model.network import GivenHits
from drumnet.playing.pattern import SOFTEST
from drumnet.playing.peak_picking import MIN_DISTANCE_TICKS
from drumnet.song.casting import Cast
from drumnet.song.onsets import Onsets, onset_track
from drumnet.song.roles import Role
from drumnet.transcribe import kick_track

#: A given hit is at most so many ticks from its tick, as in training.
_MOST_OFFSET = 0.5
#: A tap is so early at most, half a 16th.
_MOST_EARLY_TICKS = TICKS_PER_BEAT / 8
_ROW = {piece: row for row, piece in enumerate(Piece)}


def given_hits(casting: Cast, grid: BeatGrid) -> DrumTrack:
    """The hits of given stems that are known piece by piece: a kick, heard from its
    sound or given as events, and a snare that is given as events."""
    hits: list[Hit] = []
    for stem in casting.given:
        if stem.role is Role.KICK:
            hits += kick_track(stem, grid)
        elif stem.role is Role.SNARE and isinstance(stem.source, Onsets):
            hits += onset_track(stem.source, Piece.SNARE, grid)
    return settled(DrumTrack(tuple(hits)), grid)


@dataclass(frozen=True)
class Keep:
    """Hits that stay while the rest is played again.

    With neither pieces nor bars, the pieces of the track are kept; with both,
    these pieces throughout, and of these bars everything.

    Args:
        track: hits on the song's beats.
        pieces: that are kept in every bar, their rests included.
        bars: that are kept whole, numbered as in hits.csv (`BeatGrid.bar_number`).
    """

    track: DrumTrack
    pieces: frozenset[Piece] = frozenset()
    bars: frozenset[int] = frozenset()

    @property
    def whole_pieces(self) -> frozenset[Piece]:
        """The pieces that are kept in every bar."""
        if self.pieces or self.bars:
            return self.pieces
        return frozenset(self.track.pieces)

    def on(self, grid: BeatGrid) -> Kept:
        """What is kept, on the song's beats.

        Raises:
            DrumnetError: a bar that the song does not have.
        """
        numbers = set(grid.bar_number.tolist())
        missing = sorted(self.bars - numbers)
        if missing:
            raise DrumnetError(
                f"there is no bar {missing[0]} to keep: the song has "
                f"{min(numbers)} to {max(numbers)}"
            )
        of_piece = np.array([piece in self.whole_pieces for piece in Piece])
        in_bar = np.isin(grid.bar_number, list(self.bars))
        return Kept(self.track, np.asarray(of_piece[:, None] | in_bar))


@dataclass(frozen=True, eq=False)
class Kept:
    """Hits that stay.

    Args:
        track: of these hits, those that lie where it says.
        where: (all pieces, num_beats) what is kept, on all beats of the song's grid.
    """

    track: DrumTrack
    where: NDArray[np.bool_]

    @staticmethod
    def nothing(grid: BeatGrid) -> Kept:
        """All is played anew."""
        return Kept(DrumTrack(), np.zeros((len(Piece), grid.num_beats), dtype=bool))

    @property
    def hits(self) -> DrumTrack:
        """The hits that are kept."""
        return DrumTrack(tuple(hit for hit in self.track if self.has(hit)))

    def has(self, hit: Hit) -> bool:
        """Whether a hit lies where things are kept."""
        beat = int(np.clip(hit.tick // TICKS_PER_BEAT, 0, self.where.shape[1] - 1))
        return bool(self.where[_ROW[hit.piece], beat])

    def among(self, track: DrumTrack) -> DrumTrack:
        """The track, with what is kept in place of what it plays there; what comes too
        close to a kept hit of its piece is left out."""
        if not self.where.any():
            return track
        kept = self.hits
        reach = range(1 - MIN_DISTANCE_TICKS, MIN_DISTANCE_TICKS)
        taken = {(hit.piece, hit.tick + away) for hit in kept for away in reach}
        free = [hit for hit in track if (hit.piece, hit.tick) not in taken and not self.has(hit)]
        return DrumTrack((*free, *kept))

    def cut(self, start: int, stop: int) -> Kept:
        """The beats from `start` up to `stop`, on ticks from there."""
        shift = start * TICKS_PER_BEAT
        within = [hit for hit in self.hits if start <= hit.tick // TICKS_PER_BEAT <= stop]
        hits = tuple(replace(hit, tick=hit.tick - shift) for hit in within)
        return Kept(DrumTrack(hits), self.where[:, start : stop + 1])

    def after(self, track: DrumTrack, num_beats: int) -> Kept:
        """The same, with a track kept up to a beat."""
        where = self.where.copy()
        where[:, :num_beats] = True
        before = [hit for hit in self.among(track) if hit.tick < num_beats * TICKS_PER_BEAT]
        later = [hit for hit in self.hits if hit.tick >= num_beats * TICKS_PER_BEAT]
        return Kept(DrumTrack((*before, *later)), where)


def known_hits(
    pieces: tuple[Piece, ...],
    grid: BeatGrid,
    pulse: BeatGrid,
    given: DrumTrack,
    kept: Kept | None = None,
    rhythm: Onsets | None = None,
    given_late_s: float = 0.0,
) -> GivenHits:
    """What the network is given.

    Args:
        pieces: in the network's order.
        grid: the song's beats.
        pulse: those on whose ticks the result is.
        given: pieces that are known throughout.
        kept: see there.
        rhythm: any piece may play it.
        given_late_s: by how much what is given is late all along.
    """
    known = GivenHits.nothing(len(pieces), pulse.num_beats - 1)
    for row, piece in enumerate(pieces):
        hits = given.of(piece)
        if len(hits):
            times_s = [hit.onset_s - given_late_s for hit in hits]
            _put(known, row, hits, pulse, pulse.nearest_ticks(times_s), given_late_s)
            known.known[row] = True
    if kept is not None:
        locked, hits = _on_beats_of(pulse, kept.where, grid), kept.hits
        for row, piece in enumerate(pieces):
            _put(known, row, hits.of(piece), pulse, _meant_ticks(hits.of(piece), grid, pulse))
            known.known[row] |= locked[_ROW[piece]]
    if rhythm is not None and len(rhythm):
        _tap(known, rhythm, pulse)
    return known


def _on_beats_of(pulse: BeatGrid, known: NDArray[np.bool_], grid: BeatGrid) -> NDArray[np.bool_]:
    """(num_pieces, num_beats) of the pulse that lie wholly in what is known on the grid."""
    inside = np.arange(pulse.num_ticks) + 0.5
    beat = grid.seconds_to_ticks(pulse.ticks_to_seconds(inside)) // TICKS_PER_BEAT
    beat = np.clip(beat, 0, grid.num_beats - 1).astype(int)
    return np.asarray(known[:, beat].reshape(len(known), -1, TICKS_PER_BEAT).all(axis=2))


def _meant_ticks(hits: DrumTrack, grid: BeatGrid, pulse: BeatGrid) -> NDArray[np.int64]:
    """The ticks of the pulse that hits on the grid's belong to, however late they are."""
    return pulse.nearest_ticks(grid.ticks_to_seconds([hit.tick for hit in hits]))


def _put(
    known: GivenHits,
    row: int,
    hits: DrumTrack,
    pulse: BeatGrid,
    ticks: NDArray[np.int64],
    late_s: float = 0.0,
) -> None:
    """A piece's hits, on their ticks and beside them."""
    levels = np.array([hit.velocity / MAX_VELOCITY for hit in hits], dtype=np.float32)
    beside = pulse.seconds_to_ticks([hit.onset_s - late_s for hit in hits]) - ticks
    inside = (ticks >= 0) & (ticks < pulse.num_ticks)
    known.velocity[row, ticks[inside]] = levels[inside]
    known.offset[row, ticks[inside]] = np.clip(beside, -_MOST_OFFSET, _MOST_OFFSET)[inside]


def _tap(known: GivenHits, rhythm: Onsets, pulse: BeatGrid) -> None:
    """The rhythm in the last row; of strokes on one tick, the strongest.  What is tapped a
    little before the first beat belongs to it."""
    place = pulse.seconds_to_ticks(rhythm.times_s)
    order = np.argsort(rhythm.strengths, kind="stable")
    inside = order[(place > -_MOST_EARLY_TICKS)[order] & (place < pulse.num_ticks - 0.5)[order]]
    ticks = np.round(place[inside]).astype(int).clip(min=0)
    known.velocity[-1, ticks] = np.maximum(rhythm.strengths[inside], SOFTEST)
    known.offset[-1, ticks] = place[inside] - ticks
    known.known[-1] = True


@dataclass(frozen=True)
class EarlierTake:
    """What is kept of hits whose beats are not known yet.

    Args:
        rows: of a file.
    """

    keep: Keep | None
    rows: tuple[HitRow, ...]

    @staticmethod
    def of(
        keep: Keep | str | Path | None, pieces: Iterable[Piece], bars: Iterable[int]
    ) -> EarlierTake:
        """Raises:
        DrumnetError: a file that cannot be read, or pieces or bars of nothing.
        """
        chosen = frozenset(pieces), frozenset(bars)
        if isinstance(keep, Keep):
            return EarlierTake(keep, ())
        if keep is None:
            if any(chosen):
                raise DrumnetError("pieces or bars of what are kept? Name the hits with --keep")
            return EarlierTake(None, ())
        return EarlierTake(Keep(DrumTrack(), *chosen), read_hits(keep))

    def with_kept(self, played: Iterable[Piece]) -> tuple[Piece, ...]:
        """The pieces that sound: those played, and those of kept hits.

        Raises:
            DrumnetError: nothing is left to play.
        """
        hits = {row.piece for row in self.rows}
        if self.keep is not None:
            hits |= set(self.keep.track.pieces)
            whole = self.keep.pieces or hits
            if not self.keep.bars and whole.issuperset(played):
                raise DrumnetError(
                    "every piece is kept and none is left to play: say which with "
                    "--keep-pieces or --keep-bars, or name more --pieces"
                )
            hits &= set(Piece) if self.keep.bars else whole
        return tuple(piece for piece in Piece if piece in hits | set(played))

    def on(self, grid: BeatGrid) -> Keep | None:
        """The same, on the song's beats."""
        if self.keep is None or not self.rows:
            return self.keep
        return replace(self.keep, track=track_of(self.rows, grid))

"""What was done by hand, laid over what the drummer plays.

In: a track, locks and changes.  Out: the track with them, and who says each
hit.  A lock keeps its hits in its ticks, whatever is played; then a change
adds, changes or removes the hit of one piece at one tick.  What the drummer
plays too close to a hit that was set by hand gives way.  What is locked in whole
bars, or of a piece throughout, the drummer knows beforehand (`kept`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.playing.given import Keep
from drumnet.playing.peak_picking import MIN_DISTANCE_TICKS
from drumnet.studio.schemas.project import Origin
from drumnet.studio.schemas.song import Change, Edits, Lock, LockedHit


@dataclass(frozen=True, eq=False)
class EditedTrack:
    """Args:
    origins: of each hit of the track, in its order.
    """

    track: DrumTrack
    origins: tuple[Origin, ...]


def edited(track: DrumTrack, edits: Edits, grid: BeatGrid, duration_s: float) -> EditedTrack:
    """The track with the edits; what they set beyond the song is left out."""
    if not (edits.locks or edits.changes):
        return EditedTrack(track, (Origin.MODEL,) * len(track))
    hits: _Hits = {(hit.piece, hit.tick): (hit, Origin.MODEL) for hit in track}
    for lock in edits.locks:
        _hold(hits, lock, grid)
    set_by_hand = [change for change in edits.changes if change.velocity]
    placed = dict(zip(map(id, set_by_hand), _placed(set_by_hand, grid), strict=True))
    for change in edits.changes:
        if change.velocity:
            _set(hits, placed[id(change)])
        else:
            hits.pop((change.piece, change.tick), None)
    within = [(hit, origin) for hit, origin in hits.values() if hit.onset_s < duration_s]
    result = DrumTrack(tuple(hit for hit, _ in within))
    origin_of = {id(hit): origin for hit, origin in within}
    return EditedTrack(result, tuple(origin_of[id(hit)] for hit in result))


def kept(locks: Sequence[Lock], grid: BeatGrid) -> Keep | None:
    """The bars and the pieces that are locked as a whole, for the rest to be played to."""
    bars: set[int] = set()
    pieces: set[Piece] = set()
    held: list[LockedHit] = []
    for lock in locks:
        if lock.piece is None:
            found = _bars_within(lock, grid)
            bars |= found
            fits = bool(found)
        else:
            fits = lock.start_tick == 0 and lock.end_tick >= grid.num_ticks
            pieces |= {lock.piece} if fits else set()
        if fits:
            held += [hit for hit in lock.hits if _is_held(hit, lock) and hit.tick < grid.num_ticks]
    if not (bars or pieces):
        return None
    by_place = {(hit.piece, hit.tick): hit for hit in held}  # the later lock counts
    track = DrumTrack(tuple(_placed(list(by_place.values()), grid)))
    return Keep(track, frozenset(pieces), frozenset(bars))


def _bars_within(lock: Lock, grid: BeatGrid) -> set[int]:
    """The numbers of the bars that a lock holds whole."""
    beats = np.arange(grid.num_beats - 1) * TICKS_PER_BEAT
    inside = (beats >= lock.start_tick) & (beats + TICKS_PER_BEAT <= lock.end_tick)
    numbers = grid.bar_number[:-1]
    return set(numbers.tolist()) - set(numbers[~inside].tolist())


def _is_held(hit: LockedHit, lock: Lock) -> bool:
    return lock.start_tick <= hit.tick < lock.end_tick and lock.piece in (None, hit.piece)


#: By piece and tick.
_Hits = dict[tuple[Piece, int], tuple[Hit, Origin]]


def _hold(hits: _Hits, lock: Lock, grid: BeatGrid) -> None:
    ticks = range(lock.start_tick, lock.end_tick)
    for piece, tick in list(hits):
        if tick in ticks and lock.piece in (None, piece):
            del hits[piece, tick]
    for hit in _placed([hit for hit in lock.hits if _is_held(hit, lock)], grid):
        hits[hit.piece, hit.tick] = (hit, Origin.LOCKED)


def _set(hits: _Hits, hit: Hit) -> None:
    reach = MIN_DISTANCE_TICKS
    for tick in range(hit.tick - reach + 1, hit.tick + reach):
        near = hits.get((hit.piece, tick))
        if near is not None and near[1] is Origin.MODEL:
            del hits[hit.piece, tick]
    hits[hit.piece, hit.tick] = (hit, Origin.HAND)


def _placed(hits: Sequence[Change | LockedHit], grid: BeatGrid) -> list[Hit]:
    """The core's hits, at their times."""
    onsets_s = grid.ticks_to_seconds([hit.tick + hit.shift_ticks for hit in hits]).clip(min=0.0)
    return [
        Hit(onset_s, hit.tick, hit.piece, hit.velocity)
        for onset_s, hit in zip(onsets_s.tolist(), hits, strict=True)
    ]

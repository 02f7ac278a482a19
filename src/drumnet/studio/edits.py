"""What was done by hand, laid over what the drummer plays.

In: a track, locks and changes.  Out: the track with them, and who says each
hit.  A lock keeps its hits in its ticks, whatever is played; then a change
adds, changes or removes the hit of one piece at one tick.  What the drummer
plays too close to a hit that was set by hand gives way.
"""

from __future__ import annotations

from dataclasses import dataclass

from drumnet.beats.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.picking import DEFAULT_PICKING
from drumnet.studio.schemas import Origin
from drumnet.studio.song_schemas import Change, Edits, Lock, LockedHit

Place = tuple[Piece, int]


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
    hits = {(hit.piece, hit.tick): (hit, Origin.MODEL) for hit in track}
    for lock in edits.locks:
        _hold(hits, lock, grid)
    for change in edits.changes:
        if change.velocity:
            _set(hits, change, grid)
        else:
            hits.pop((change.piece, change.tick), None)
    within = [(hit, origin) for hit, origin in hits.values() if hit.onset_s < duration_s]
    result = DrumTrack(tuple(hit for hit, _ in within))
    origin_of = {id(hit): origin for hit, origin in within}
    return EditedTrack(result, tuple(origin_of[id(hit)] for hit in result))


Hits = dict[Place, tuple[Hit, Origin]]


def _hold(hits: Hits, lock: Lock, grid: BeatGrid) -> None:
    ticks = range(lock.start_tick, lock.end_tick)
    for piece, tick in list(hits):
        if tick in ticks and lock.piece in (None, piece):
            del hits[piece, tick]
    for held in lock.hits:
        if held.tick in ticks and lock.piece in (None, held.piece):
            hits[held.piece, held.tick] = (_placed(held, grid), Origin.LOCKED)


def _set(hits: Hits, change: Change, grid: BeatGrid) -> None:
    reach = DEFAULT_PICKING.min_distance_ticks
    for tick in range(change.tick - reach + 1, change.tick + reach):
        near = hits.get((change.piece, tick))
        if near is not None and near[1] is Origin.MODEL:
            del hits[change.piece, tick]
    hits[change.piece, change.tick] = (_placed(change, grid), Origin.HAND)


def _placed(hit: Change | LockedHit, grid: BeatGrid) -> Hit:
    onset_s = float(grid.ticks_to_seconds(hit.tick + hit.shift_ticks))
    return Hit(max(onset_s, 0.0), hit.tick, hit.piece, hit.velocity)

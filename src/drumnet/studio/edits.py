"""What was done by hand, laid over what the drummer plays.

In: a track, locks and changes.  Out: the track with them, and who says each
hit.  A lock keeps its hits in its ticks, whatever is played; then a change
adds, changes or removes the hit of one piece at one tick.  What the drummer
plays too close to a hit that was set by hand gives way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drumnet.beats.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.picking import DEFAULT_PICKING
from drumnet.studio.schemas import Origin
from drumnet.studio.song_schemas import Change, Edits, Lock, LockedHit


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


#: By piece and tick.
_Hits = dict[tuple[Piece, int], tuple[Hit, Origin]]


def _hold(hits: _Hits, lock: Lock, grid: BeatGrid) -> None:
    ticks = range(lock.start_tick, lock.end_tick)
    for piece, tick in list(hits):
        if tick in ticks and lock.piece in (None, piece):
            del hits[piece, tick]
    held = [hit for hit in lock.hits if hit.tick in ticks and lock.piece in (None, hit.piece)]
    for hit in _placed(held, grid):
        hits[hit.piece, hit.tick] = (hit, Origin.LOCKED)


def _set(hits: _Hits, hit: Hit) -> None:
    reach = DEFAULT_PICKING.min_distance_ticks
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

"""The bars in which drums play, and where in them each piece is struck.

In: a drum track and its grid.  Out: `PlayedBars`.

Whole bars of the usual metre count, in which something is played that is no fill; two bars
of two beats are taken as one of four, one of eight as two.  A beat has four places: its
sixteenths, or in a shuffle the three of its triplet, the last of which is where its second
eighth would be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import MAX_VELOCITY, DrumTrack, Piece

#: Of a beat.
PLACES = 4
#: Bars that are looked at together.
_PHRASE_BARS = 4
#: A bar with so many more strokes of snare and toms than the bar in the middle has a fill.
_FILL_STROKES = 3
#: Beats of the grid that are taken as a bar of four.
_AS_FOUR = {2: 4, 8: 4}
#: A stroke of the snare that is softer than this share of its loud ones is a ghost note.
_GHOST, _LOUD_QUANTILE = 0.6, 0.9
#: From where to where a stroke between two beats is on a triplet, in ticks; the last one of
#: a beat is half-way from a lightly swung eighth to a sixteenth.
_FIRST_TRIPLET, _LAST_TRIPLET = (3.5, 4.6), (7.2, 8.5)
#: What is nearer to a beat is on it.
_ON_BEAT_TICKS = 1.5
#: Fewer strokes a bar on triplets are no shuffle.
_LEAST_TRIPLETS = 1.0
#: Sixteenths that are later by so many ticks are swung; they lie about there after an eighth.
_SWUNG_TICKS, _SIXTEENTH = 0.5, (1.5, 4.7)
#: Strokes of the hats that follow each other faster than sixteenths are a roll, and where
#: those are swung, faster than the later of two.
_ROLL_TICKS, _SWUNG_ROLL_TICKS = 2.2, 1.7

_HATS = (Piece.CLOSED_HAT, Piece.OPEN_HAT)
_CYMBALS = (*_HATS, Piece.RIDE, Piece.CRASH)
#: What is struck, by row; of the snare what is no ghost note.
_ROWS = {
    "kick": (Piece.KICK,),
    "snare": (Piece.SNARE,),
    "hat": _HATS,
    "open_hat": (Piece.OPEN_HAT,),
    "ride": (Piece.RIDE,),
    "crash": (Piece.CRASH,),
    "cymbal": _CYMBALS,
    "tom": (Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM),
    "hands": (Piece.SNARE, *_CYMBALS),
}


@dataclass(frozen=True, eq=False)
class PlayedBars:
    """The whole bars in which something is played that is no fill.

    Args:
        struck: (num_bars, 4 * beats) by row.
        rolls: (num_bars,).
        silent: share of the bars without a stroke, up to the last that has one.
    """

    beats: int
    bpm: float
    struck: Mapping[str, NDArray[np.bool_]]
    rolls: NDArray[np.int64]
    silent: float
    is_shuffled: bool
    is_swung: bool

    def __len__(self) -> int:
        return len(self.rolls)

    @staticmethod
    def of(track: DrumTrack, grid: BeatGrid) -> PlayedBars | None:
        """Those of a drum track; None where nothing is played in a whole bar."""
        starts, beats = _whole_bars(grid)
        if not len(track) or not len(starts):
            return None
        ticks = grid.seconds_to_ticks([hit.onset_s for hit in track])
        # Who is late all along is on the beat.
        ticks = ticks - np.median(ticks - np.array([hit.tick for hit in track]))
        bar = np.searchsorted(starts, ticks + 1, side="right") - 1
        at = ticks - starts[np.maximum(bar, 0)]
        inside = (bar >= 0) & (at < beats * TICKS_PER_BEAT - 1)
        if not inside.any():
            return None
        played, bar = np.unique(bar[inside], return_inverse=True)
        piece = np.array([hit.piece for hit in track], dtype=object)
        strokes = _Strokes(
            beats, len(played), bar, at[inside].clip(min=0), piece[inside], _loud(track)[inside]
        )
        struck = strokes.struck()
        told = ~_filled(struck)
        return PlayedBars(
            beats,
            grid.tempo_bpm,
            {name: rows[told] for name, rows in struck.items()},
            strokes.rolls()[told],
            1 - len(played) / float(played[-1] + 1),
            strokes.is_shuffled,
            strokes.is_swung,
        )

    def phrases(self) -> list[NDArray[np.int64]]:
        """The bars of each phrase; the last one takes those that are left over."""
        count = max(1, len(self) // _PHRASE_BARS)
        return [np.array(bars) for bars in np.array_split(np.arange(len(self)), count)]


@dataclass(frozen=True, eq=False)
class _Strokes:
    """Strokes in bars that count.

    Args:
        bar, at: (num_strokes,) where, in ticks from the bar's beginning on, in parts of them too.
        piece, loud: (num_strokes,) what is struck, and whether it is no ghost note.
    """

    beats: int
    num_bars: int
    bar: NDArray[np.int64]
    at: NDArray[np.float64]
    piece: NDArray[np.object_]
    loud: NDArray[np.bool_]

    @property
    def is_shuffled(self) -> bool:
        in_beat = self.at % TICKS_PER_BEAT
        triplet = _within(in_beat, _FIRST_TRIPLET) | _within(in_beat, _LAST_TRIPLET)
        between = _within(in_beat, (_ON_BEAT_TICKS, TICKS_PER_BEAT - _ON_BEAT_TICKS))
        straight = int((between & ~triplet).sum())
        return int(triplet.sum()) > max(straight, _LEAST_TRIPLETS * self.num_bars)

    @property
    def is_swung(self) -> bool:
        half = TICKS_PER_BEAT / 2
        after = self.at % half
        inner = after[_within(after, _SIXTEENTH)]
        if self.is_shuffled or len(inner) < self.num_bars:
            return False
        return float(inner.mean()) - half / 2 >= _SWUNG_TICKS

    def struck(self) -> dict[str, NDArray[np.bool_]]:
        """(num_bars, num_places) by row."""
        if self.is_shuffled:
            beat, third = np.divmod(np.floor(self.at * 3 / TICKS_PER_BEAT + 0.5).astype(int), 3)
            place = PLACES * beat + third
        else:
            place = np.floor(self.at * PLACES / TICKS_PER_BEAT + 0.5).astype(int)
        place = np.minimum(place, PLACES * self.beats - 1)

        def rows(chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
            found = np.zeros((self.num_bars, PLACES * self.beats), dtype=bool)
            found[self.bar[chosen], place[chosen]] = True
            return found

        struck = {name: rows(self._of(pieces) & self.loud) for name, pieces in _ROWS.items()}
        struck["ghost"] = rows(~self.loud) & ~struck["snare"]
        struck["strokes"] = struck["snare"] | struck["ghost"]
        return struck

    def rolls(self) -> NDArray[np.int64]:
        """(num_bars,) strokes of the hats that are faster than sixteenths."""
        hat = self._of(_HATS)
        order = np.lexsort((self.at[hat], self.bar[hat]))
        bar, at = self.bar[hat][order], self.at[hat][order]
        step = np.diff(at)
        fastest = _SWUNG_ROLL_TICKS if self.is_swung else _ROLL_TICKS
        fast = (step > 0.5) & (step < fastest) & (np.diff(bar) == 0)
        return np.bincount(bar[1:][fast], minlength=self.num_bars)

    def _of(self, pieces: tuple[Piece, ...]) -> NDArray[np.bool_]:
        return np.array([piece in pieces for piece in self.piece], dtype=bool)


def _filled(struck: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """(num_bars,) which bars have a fill."""
    strokes = (struck["snare"] | struck["tom"]).sum(axis=1)
    return np.asarray(strokes >= np.median(strokes) + _FILL_STROKES)


def _loud(track: DrumTrack) -> NDArray[np.bool_]:
    """(num_hits,) which are no ghost notes."""
    snare = np.array([hit.piece is Piece.SNARE for hit in track])
    velocity = np.array([hit.velocity for hit in track]) / MAX_VELOCITY
    softest = _GHOST * np.quantile(velocity[snare], _LOUD_QUANTILE) if snare.any() else 0.0
    return np.asarray(~snare | (velocity >= softest))


def _whole_bars(grid: BeatGrid) -> tuple[NDArray[np.int64], int]:
    """The ticks at which bars of the usual metre begin, and how many beats they have."""
    first = np.flatnonzero(grid.is_downbeat)
    lengths = np.diff(np.append(first, grid.num_beats - 1))
    whole = lengths == grid.bar_length[first]
    if not whole.any():
        return np.zeros(0, np.int64), 0
    usual = Counter(lengths[whole].tolist()).most_common(1)[0][0]
    first = first[whole & (lengths == usual)]
    beats = int(_AS_FOUR.get(usual) or usual)
    if beats > usual:
        first = first[: len(first) // 2 * 2 : 2]
    elif beats < usual:
        first = np.sort(np.concatenate([first, first + beats]))
    return first * TICKS_PER_BEAT, beats


def _within(value: NDArray[np.float64], limits: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((value >= limits[0]) & (value < limits[1]))

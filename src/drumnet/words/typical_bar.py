"""What drums do in a typical bar.

In: bars that were played.  Out: of any of them a `TypicalBar`: how often each place is
struck, and how much is played.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drumnet.words.played_bars import PLACES, PlayedBars

#: A share of bars that is most of them.
MOST = 0.6
#: Rows that together are the kit.
_SEPARATE = ("kick", "snare", "ghost", "cymbal", "tom")


@dataclass(frozen=True, eq=False)
class TypicalBar:
    """Numbers are of the bar in the middle, by which a fill now and then counts for nothing.

    Args:
        beats: in a bar; 0 where nothing is played in a whole bar.
        bpm: of the grid.
        shares: of the bars, (4 * beats,) by row, in which each place is struck: `kick`, `snare`
            (without ghost notes), `strokes` (with them), `hat`, `open_hat`, `ride`, `crash`,
            `cymbal` (any of those), `tom`, `hands` (snare or cymbal); and `time`: how often
            cymbals are struck where the snare does not stand in for them, NaN where it always does.
        backbeats: beats but the first on which the snare is struck in most bars.
        hits: of all pieces.
        kicks_between, kicks_on_16ths: off the beat; off the eighths.
        snares, snares_between: without ghost notes; and off the beat.
        kicks_a_second, snares_a_second: ghost notes included.
        together: share of moments with more than one piece.
        rolls: strokes of the hats that are faster than sixteenths.
        is_shuffled: the eighths are those of triplets.
        is_swung: the sixteenths are late.
    """

    beats: int = 0
    bpm: float = 0.0
    shares: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    backbeats: int = 0
    hits: float = 0.0
    kicks: float = 0.0
    kicks_between: float = 0.0
    kicks_on_16ths: float = 0.0
    kicks_a_second: float = 0.0
    snares: float = 0.0
    snares_between: float = 0.0
    snares_a_second: float = 0.0
    ghosts: float = 0.0
    hats: float = 0.0
    open_hats: float = 0.0
    ride: float = 0.0
    crash: float = 0.0
    toms: float = 0.0
    together: float = 0.0
    rolls: float = 0.0
    is_shuffled: bool = False
    is_swung: bool = False

    @staticmethod
    def of(played: PlayedBars, bars: NDArray[np.int64]) -> TypicalBar:
        """What is played in some of the bars."""
        struck = {name: rows[bars] for name, rows in played.struck.items()}
        count = {name: _median(rows) for name, rows in struck.items()}
        kick, snare = struck["kick"], struck["snare"]
        pieces = np.sum([struck[name] for name in _SEPARATE], axis=0)
        place = np.arange(kick.shape[1]) % PLACES
        seconds = played.beats * 60 / played.bpm
        shares = {name: rows.mean(axis=0) for name, rows in struck.items()}
        return TypicalBar(
            beats=played.beats,
            bpm=played.bpm,
            shares=shares | {"time": _time(struck["cymbal"], snare)},
            backbeats=int((shares["snare"][PLACES::PLACES] >= MOST).sum()),
            hits=float(np.median(pieces.sum(axis=1))),
            kicks=count["kick"],
            kicks_between=_median(kick[:, place != 0]),
            kicks_on_16ths=_median(kick[:, place % 2 == 1]),
            kicks_a_second=count["kick"] / seconds,
            snares=count["snare"],
            snares_between=_median(snare[:, place != 0]),
            snares_a_second=count["strokes"] / seconds,
            ghosts=count["ghost"],
            hats=count["hat"],
            open_hats=count["open_hat"],
            ride=count["ride"],
            crash=count["crash"],
            toms=count["tom"],
            together=float((pieces > 1).sum() / (pieces > 0).sum()),
            rolls=float(played.rolls[bars].mean()),
            is_shuffled=played.is_shuffled,
            is_swung=played.is_swung,
        )


def mean_share(shares: NDArray[np.float64]) -> float:
    """The mean of those that are known; NaN of none."""
    known = shares[~np.isnan(shares)]
    return float(known.mean()) if len(known) else float("nan")


def _median(rows: NDArray[np.bool_]) -> float:
    return float(np.median(rows.sum(axis=1)))


def _time(cymbal: NDArray[np.bool_], snare: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(num_places,) how often cymbals are struck where the snare does not stand in for them."""
    free = (cymbal | ~snare).sum(axis=0)
    unknown = np.full(cymbal.shape[1], np.nan)
    return np.asarray(np.divide(cymbal.sum(axis=0), free, out=unknown, where=free > 0))

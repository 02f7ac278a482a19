"""What a drummer plays again and again, beyond what the 16 numbers tell.

In: what the network finds likely under a style's code, and what was played.  Out: a `Figure`:
by how much each stroke is likelier or less likely at its place, in logits.

A code is a place on a map of all drummers; its own drummer has figures that lie beside the
map: a kick on the last 16th of every bar, a fill in every fourth.  They are the random
effects of a logistic model whose fixed part is the network (Gelman & Hill 2007): one for each
place of the bar, and what departs from that in two, four and eight bars, each shrunk to
none by how seldom it was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumnet.bar_places import BarPlaces
from drumnet.errors import StyleError
from drumnet.grid import MAX_BEATS_PER_BAR, TICKS_PER_BEAT
from drumnet.hits import Piece
from drumnet.logits import sigmoid

#: Bars after which a figure begins again.
FIGURE_BARS = 8
#: A stroke that is likelier by less than that is as the code tells.
_LEAST_LEAN = 0.1
_MOST_LEAN = 20.0
_ROUNDS, _MOST_STEP = 12, 2.0


@dataclass(frozen=True)
class FigureConfig:
    """Args:
    periods: in bars, each of which divides the next.
    spreads: standard deviations of the leans of each period, in logits.
    """

    periods: tuple[int, ...] = (1, 2, 4, 8)
    spreads: tuple[float, ...] = (0.7, 0.5, 0.5, 0.5)


@dataclass(frozen=True, eq=False)
class Figure:
    """Leans of bars of one length.

    Args:
        pieces: the rows.
        leans: (num_pieces, 8, 12 * beats in the bar) in logits, of each of eight bars.

    Raises:
        StyleError: another shape, or numbers that are not finite.
    """

    pieces: tuple[Piece, ...]
    leans: NDArray[np.float32]

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):  # what is too large is not finite
            leans = np.array(self.leans, dtype=np.float32)
        bars = (len(self.pieces), FIGURE_BARS)
        if leans.ndim != 3 or leans.shape[:2] != bars or leans.shape[2] % TICKS_PER_BEAT:
            raise StyleError(f"a figure has {FIGURE_BARS} bars of whole beats for each piece")
        if not np.isfinite(leans).all():
            raise StyleError("the leans of a figure must be finite numbers")
        leans.setflags(write=False)
        object.__setattr__(self, "leans", leans)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Figure)
            and self.pieces == other.pieces
            and np.array_equal(self.leans, other.leans)
        )

    def __hash__(self) -> int:
        return hash((self.pieces, (self.leans + np.float32(0)).tobytes()))  # -0 equals 0

    @property
    def beats_per_bar(self) -> int:
        return int(self.leans.shape[2]) // TICKS_PER_BEAT

    @property
    def num_strokes(self) -> int:
        """How many strokes are likelier by more than a half, of all pieces, in eight bars."""
        return int(np.count_nonzero(self.leans > np.log(1.5)))

    def fading(self, amount: float) -> Figure:
        """With leans of that share of their size."""
        return replace(self, leans=self.leans * np.float32(amount))

    def along(self, pieces: Sequence[Piece], places: BarPlaces) -> NDArray[np.float32]:
        """(num_pieces, num_ticks) leans along a song, 0 in bars of another length."""
        found = np.zeros((len(pieces), len(places.tick)), dtype=np.float32)
        own = places.beats_per_bar == self.beats_per_bar
        for row, piece in enumerate(pieces):
            if piece in self.pieces:
                leans = self.leans[self.pieces.index(piece)]
                found[row, own] = leans[places.bar[own] % FIGURE_BARS, places.tick[own]]
        return found

    @staticmethod
    def read(written: Any) -> Figure:
        """What `written` gave.

        Raises:
            StyleError: anything else.
        """
        try:
            beats = written["beats_per_bar"]
            if type(beats) is not int or not 1 <= beats <= MAX_BEATS_PER_BAR:
                raise StyleError(f"a figure has 1-{MAX_BEATS_PER_BAR} whole beats in a bar")
            size = beats * TICKS_PER_BEAT
            pieces = tuple(Piece(name) for name in written["leans"])
            leans = np.zeros((len(pieces), FIGURE_BARS, size), dtype=np.float32)
            for row, strokes in zip(leans, written["leans"].values(), strict=True):
                for bar, tick, lean in strokes:
                    if bar < 0 or tick < 0:
                        raise IndexError("before the figure")
                    row[bar, tick] = np.clip(float(lean), -_MOST_LEAN, _MOST_LEAN)
        except (TypeError, LookupError, ValueError, AttributeError, OverflowError) as fault:
            raise StyleError("a figure has 'beats_per_bar', and 'leans' of pieces") from fault
        return Figure(pieces, leans)

    def written(self) -> dict[str, Any]:
        """As `style.json` keeps it: of each piece the strokes that lean, as bar, tick and lean."""
        leans = {}
        for piece, own in zip(self.pieces, self.leans, strict=True):
            bars, ticks = np.nonzero(own)
            values = own[bars, ticks].astype(np.float64).round(2)
            strokes = zip(bars.tolist(), ticks.tolist(), values.tolist(), strict=True)
            leans[piece.value] = [list(stroke) for stroke in strokes]
        return {"beats_per_bar": self.beats_per_bar, "leans": leans}


def found_figure(
    pieces: Sequence[Piece],
    likely: NDArray[np.float64],
    struck: NDArray[np.bool_],
    places: BarPlaces,
    config: FigureConfig = FigureConfig(),
) -> Figure:
    """The figure of what was played, in bars of the usual length.

    Args:
        pieces: the rows.
        likely: (num_pieces, num_ticks) logits of the strokes under the code.
        struck: (num_pieces, num_ticks) what was played.
    """
    lengths, counts = np.unique(places.beats_per_bar, return_counts=True)
    beats = int(lengths[counts.argmax()])
    own = places.beats_per_bar == beats
    bar, tick = places.bar[own], places.tick[own]
    likely, played = likely[:, own], struck[:, own]
    size = beats * TICKS_PER_BEAT
    leans = np.zeros((len(pieces), FIGURE_BARS, size))
    for period, spread in zip(config.periods, config.spreads, strict=True):
        so_far = likely + leans[:, bar % FIGURE_BARS, tick]
        place = (bar % period) * size + tick
        more = _random_effects(so_far, played, place, period * size, spread)
        leans += np.tile(more.reshape(len(pieces), period, size), (1, FIGURE_BARS // period, 1))
    leans[np.abs(leans) < _LEAST_LEAN] = 0.0
    return Figure(tuple(pieces), leans.round(2).astype(np.float32))


def unexplained(likely: NDArray[np.float64], struck: NDArray[np.bool_]) -> float:
    """The share of the strokes that nobody could tell, from 0 to 1.

    Args:
        likely: (num_pieces, num_ticks) logits of the strokes.
        struck: (num_pieces, num_ticks) what was played.
    """
    wrong = np.abs(struck - sigmoid(likely)).sum() / 2
    return float(min(wrong / max(int(struck.sum()), 1), 1.0))


def _random_effects(
    likely: NDArray[np.float64],
    struck: NDArray[np.bool_],
    group: NDArray[np.int64],
    num_groups: int,
    spread: float,
) -> NDArray[np.float64]:
    """(num_pieces, num_groups) the most probable effects, by Newton's method."""
    effects = np.zeros((len(likely), num_groups))

    def summed(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([np.bincount(group, weights=row, minlength=num_groups) for row in rows])

    for _ in range(_ROUNDS):
        probability = sigmoid(likely + effects[:, group])
        slope = summed(struck - probability) - effects / spread**2
        curve = summed(probability * (1 - probability)) + 1 / spread**2
        effects += np.clip(slope / curve, -_MOST_STEP, _MOST_STEP)
    return effects

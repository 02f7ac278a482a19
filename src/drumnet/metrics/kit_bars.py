"""What each bar of a whole kit measurably does.

In: where the pieces are hit, and the song's bars.  Out: a table of measures
over the bars, which `realness` compares, and `KitSongFeatures`, one value of
each over the song, which `distributions` compares.  The measures of one piece
are those of `bars`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hits import PIECES
from drumnet.metrics.bars import BarFeatures, Bars, bar_features, song_features

#: Of each piece and bar.
PIECE_MEASURES = ("density", "syncopation", "repetition", "on beat")
#: Of each bar, all pieces together.
KIT_MEASURES = (
    "density",
    "repetition",
    "pieces played",
    "struck together",
    "unlike the song's bars",
    "16ths without a hit",
)
FEATURE_NAMES = tuple(
    [f"{piece.value}: {name}" for piece in PIECES for name in PIECE_MEASURES]
    + [f"kit: {name}" for name in KIT_MEASURES]
)
_SIXTEENTH_TICKS = TICKS_PER_BEAT // 4


@dataclass(frozen=True, eq=False)
class KitSongFeatures:
    """Measures of a song over its whole bars.

    Args:
        density: hits a bar, all pieces together.
        syncopation: share of all hits that are syncopated among those of their
            piece; 0 without hits.
        repetition: Jaccard index of each bar's hits (piece and place) with those
            of the bar before, mean over bars; NaN where no bar follows another.
        pieces: (num_pieces,) hits a bar of each.
        histogram: (num_pieces * 16,) share of all hits on each 16th of the bars
            in four, piece by piece; None where less than half of them are in four.
    """

    density: float
    syncopation: float
    repetition: float
    pieces: NDArray[np.float64]
    histogram: NDArray[np.float64] | None


def validate(struck: ArrayLike, bars: Bars) -> None:
    """
    Args:
        struck: (num_pieces, num_ticks) bool, rows as in `Piece`.
        bars: as `whole_bars` finds them.

    Raises:
        ValueError: another shape or type, bars beyond the ticks, or no bar.
    """
    _checked(struck, bars)


def kit_bar_table(struck: ArrayLike, bars: Bars) -> NDArray[np.float64]:
    """(num_bars, num_features), columns as in `FEATURE_NAMES`; NaN where a bar
    leaves a measure undefined.

    Raises:
        ValueError: as `validate`.
    """
    hits = _checked(struck, bars)
    columns = []
    for row in hits:
        found = bar_features(np.flatnonzero(row), bars)
        columns += [found.density, found.syncopation, found.repetition, found.on_beat]
    return np.column_stack([*columns, *_kit_measures(hits, bars)])


def kit_song_features(struck: ArrayLike, bars: Bars) -> KitSongFeatures:
    """Measure a song.

    Raises:
        ValueError: as `validate`.
    """
    hits = _checked(struck, bars)
    found = [bar_features(np.flatnonzero(row), bars) for row in hits]
    density = np.array([one.density.mean() for one in found])
    syncopated = sum(float(np.nansum(one.syncopation * one.density)) for one in found)
    num_hits = float(density.sum()) * len(bars)
    repeated = _together(hits, bars).repetition
    repeated = repeated[~np.isnan(repeated)]
    shares = [song_features(np.flatnonzero(row), bars).histogram for row in hits]
    known = [share for share in shares if share is not None]
    histogram = None
    if len(known) == len(shares):
        weight = density / max(float(density.sum()), 1e-12)
        histogram = np.concatenate([w * one for w, one in zip(weight, known, strict=True)])
    return KitSongFeatures(
        float(density.sum()),
        syncopated / num_hits if num_hits else 0.0,
        float(repeated.mean()) if repeated.size else float("nan"),
        density,
        histogram,
    )


def evaluate(struck: ArrayLike, bars: Bars) -> dict[str, float]:
    """`density`, `syncopation` and `repetition` of `KitSongFeatures`.

    Raises:
        ValueError: as `validate`.
    """
    song = kit_song_features(struck, bars)
    return {
        "density": song.density,
        "syncopation": song.syncopation,
        "repetition": song.repetition,
    }


def _kit_measures(hits: NDArray[np.bool_], bars: Bars) -> list[NDArray[np.float64]]:
    """Columns as in `KIT_MEASURES`."""
    together = _together(hits, bars)
    pieces = np.stack([_in_bars(row, bars) for row in hits])
    ticks = _in_bars(np.asarray(hits.any(axis=0)), bars)
    both = _in_bars(hits.sum(axis=0) > 1, bars)
    nothing = np.full(len(bars), np.nan)
    sixteenths = _sixteenths(hits, bars)
    return [
        together.density,
        together.repetition,
        (pieces > 0).sum(axis=0).astype(np.float64),
        np.asarray(np.divide(both, ticks, out=nothing, where=ticks > 0)),
        _unlike(sixteenths),
        1 - sixteenths.any(axis=1).mean(axis=1),
    ]


def _together(hits: NDArray[np.bool_], bars: Bars) -> BarFeatures:
    """The kit as one piece, whose hits are told apart by piece and tick: each tick
    becomes as many as there are pieces."""
    num_pieces = len(hits)
    flat = np.flatnonzero(hits.T.reshape(-1))
    return bar_features(flat, Bars(bars.start_tick * num_pieces, bars.num_ticks * num_pieces))


def _in_bars(row: NDArray[np.bool_], bars: Bars) -> NDArray[np.float64]:
    """(num_bars,) how many flags are set."""
    before = np.concatenate([[0], np.cumsum(row)])
    ends = bars.start_tick + bars.num_ticks
    return np.asarray(before[ends] - before[bars.start_tick], dtype=np.float64)


def _sixteenths(hits: NDArray[np.bool_], bars: Bars) -> NDArray[np.bool_]:
    """(num_bars, num_pieces, 16ths of the longest bar) where pieces are hit."""
    longest = int(bars.num_ticks.max())
    found = np.zeros((len(bars), len(hits), -(-longest // _SIXTEENTH_TICKS)), dtype=bool)
    for bar, (start, length) in enumerate(zip(bars.start_tick, bars.num_ticks, strict=True)):
        piece, place = np.nonzero(hits[:, start : start + length])
        found[bar, piece, place // _SIXTEENTH_TICKS] = True
    return found


def _unlike(sixteenths: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(num_bars,) distance of each bar from the mean of the song's bars."""
    flat = sixteenths.reshape(len(sixteenths), -1).astype(np.float64)
    return np.asarray(np.linalg.norm(flat - flat.mean(axis=0), axis=1))


def _checked(struck: ArrayLike, bars: Bars) -> NDArray[np.bool_]:
    hits = np.asarray(struck)
    if hits.ndim != 2 or len(hits) != len(PIECES) or hits.dtype != bool:
        raise ValueError(
            f"hits of the shape {hits.shape} and type {hits.dtype}, not ({len(PIECES)}, ticks) "
            "flags: are they velocities?"
        )
    if not len(bars):
        raise ValueError("there is no whole bar: are downbeats known, is the passage too short?")
    if int(bars.start_tick[-1] + bars.num_ticks[-1]) > hits.shape[1]:
        raise ValueError("bars reach beyond the ticks: are they of the same song?")
    return hits

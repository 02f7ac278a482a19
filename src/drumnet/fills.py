"""Fills: where they are, and playing them.

In: a pattern, sections or every so many bars, and a `FillBank`.  Out: the pattern
with other last beats before these places, and a crash on the beats they lead to.

Snare and toms play a drummer's fill, drawn of those whose strokes the network
finds likeliest at the place; what keeps time rests, and the network plays the kick
to it.  Weights without a bank play snare and toms more often than they would.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from drumnet.arrangement import Part, compose_parts, given_at, heard_at, ticks_of
from drumnet.beats.grid import TICKS_PER_BEAT
from drumnet.composition import Decode, Pattern, freely
from drumnet.features import Conditioning
from drumnet.fill_bank import DRUMS, FillBank
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.network import GivenHits, Network, OnsetActivations
from drumnet.picking import Freedom
from drumnet.sections import Section, bar_starts
from drumnet.settings import FillPlace, Fills

#: Beats before and behind a fill that are decoded with it.
_NEAR_BEATS = 16
#: A fill is drawn from this share of all, those that the network finds likeliest.
_LIKELY = 0.25
#: Without a bank, snare and toms are played that many times as often.
_BUSIER = 2.5
#: A fill's strokes are scaled so that this quantile of them is as loud as the song's.
_LOUD = 0.75
_LEAST_CHANCE, _SOFTEST = 1e-3, 1 / MAX_VELOCITY
#: Struck with the crash is the kick; what keeps time waits.
_TIMEKEEPERS = (Piece.CLOSED_HAT, Piece.OPEN_HAT, Piece.RIDE)


@dataclass(frozen=True)
class Fill:
    """From one beat up to the one that it leads to.

    Args:
        crash: there is a crash on that.
    """

    start_beat: int
    end_beat: int
    crash: bool


def fill_places(
    heard: Conditioning, sections: Sequence[Section], fills: Fills, seed: int
) -> tuple[Fill, ...]:
    """Where fills are played.  More are those of fewer, and others besides.

    Args:
        sections: of which all but the first may have a fill before them; from
            each of them on, every 4 or 8 bars are counted.
    """
    if fills.place is FillPlace.NOWHERE:
        return ()
    starts = bar_starts(heard)
    section_bars = np.unique(np.searchsorted(starts, [one.start_beat for one in sections]))
    if fills.place is FillPlace.SECTIONS:
        ends = section_bars
    else:
        every = int(fills.place.value)
        edges = np.unique([0, *section_bars, len(starts)])
        runs = zip(edges[:-1], edges[1:], strict=True)
        ends = np.concatenate([np.arange(first, last, every) for first, last in runs])
    ends = ends[(ends > 0) & (ends < len(starts))]
    rank = np.random.default_rng([seed, 1]).permutation(len(ends))
    chosen = rank < round(fills.amount * len(ends))
    leads_to, before = starts[ends], starts[np.append(0, ends[:-1])] if len(ends) else ends
    return tuple(
        Fill(max(int(end) - fills.length_beats, int(least)), int(end), fills.crash)
        for end, least, plays in zip(leads_to, before, chosen, strict=True)
        if plays
    )


@dataclass(frozen=True, eq=False)
class Filler:
    """Plays fills to a song that was listened to.

    Args:
        listened: (width, num_beats) from `Network.listen`, of `heard`.
        bank: how drummers fill.
        seed: of the fills that are drawn.
    """

    network: Network
    listened: NDArray[np.float32]
    heard: Conditioning
    bank: FillBank
    seed: int

    def play(
        self,
        pattern: Pattern,
        given: GivenHits,
        wanted: Collection[Piece],
        places: Sequence[Fill],
        codes: Sequence[NDArray[np.float32]],
    ) -> Pattern:
        """The pattern with fills: none where something is given, and none at all
        without a snare or a tom to play.

        Args:
            given: what of the pattern was given.
            codes: (16,) of the style at each place.
        """
        rows = [pattern.pieces.index(piece) for piece in wanted]
        drums = {piece: pattern.pieces.index(piece) for piece in DRUMS if piece in wanted}
        free = [
            (fill, code)
            for fill, code in zip(places, codes, strict=True)
            if not given.known[rows, fill.start_beat : fill.end_beat + 1].any()
        ]
        if not free or not drums:
            return pattern
        known = GivenHits(given.velocity.copy(), given.offset.copy(), given.known.copy())
        known.velocity[:-1], known.offset[:-1] = pattern.velocity, pattern.offset
        known.known[:-1] = True
        level = _typical_level(pattern, list(drums.values()))
        for fill, code in free:
            likely = self._likely(fill, code, known)
            self._strike(known, fill, likely, rows, drums, level)
            if fill.crash and Piece.CRASH in wanted:
                _land(known, fill, likely, pattern.pieces, wanted)
        filled = compose_parts(self._parts(free), pattern.pieces, known, wanted)
        return _replaced(pattern, filled, [fill for fill, _ in free])

    def _likely(self, fill: Fill, code: NDArray[np.float32], known: GivenHits) -> OnsetActivations:
        """What is likely from the fill's first beat on to the one that it leads to, if
        nothing is known there."""
        beats = self._near(fill)
        inside = (beats >= fill.start_beat) & (beats <= fill.end_beat)
        ticks = ticks_of(np.flatnonzero(inside))
        near = given_at(known, beats)
        near.known[:-1, inside], near.velocity[:-1, ticks], near.offset[:-1, ticks] = False, 0, 0
        found = self.network.decode(self.listened[:, beats], code, near)
        return OnsetActivations(**{name: rows[:, ticks] for name, rows in vars(found).items()})

    def _near(self, fill: Fill) -> NDArray[np.int64]:
        first, last = fill.start_beat - _NEAR_BEATS, fill.end_beat + _NEAR_BEATS
        return np.arange(max(0, first), min(self.heard.num_beats, last))

    def _strike(
        self,
        known: GivenHits,
        fill: Fill,
        likely: OnsetActivations,
        rows: Sequence[int],
        drums: Mapping[Piece, int],
        level: float,
    ) -> None:
        """Put the fill's strokes in place of all that was played; the kick, and without
        a bank the drums, are open then."""
        beats = slice(fill.start_beat, fill.end_beat)
        ticks = slice(beats.start * TICKS_PER_BEAT, beats.stop * TICKS_PER_BEAT)
        known.velocity[rows, ticks], known.offset[rows, ticks] = 0, 0
        kick = self.network.checkpoint.pieces.index(Piece.KICK)
        known.known[kick, beats] = kick not in rows
        if not len(self.bank):
            known.known[list(drums.values()), beats] = False
            return
        velocity, offset = self._drawn(fill, likely, drums)
        loudest = np.quantile(velocity[velocity > 0], _LOUD)
        for drum, strokes, places in zip(DRUMS, velocity, offset, strict=True):
            # What a drum that is not there would play, another does.
            row = drums.get(drum, next(iter(drums.values())))
            struck = np.minimum(strokes * level / loudest, 1.0)
            louder = np.flatnonzero(struck > known.velocity[row, ticks])
            known.velocity[row, ticks.start + louder] = struck[louder]
            known.offset[row, ticks.start + louder] = places[louder]

    def _drawn(
        self, fill: Fill, likely: OnsetActivations, drums: Mapping[Piece, int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(4, num_ticks) velocity and offset of one of the bank's fills."""
        velocity, offset = self.bank.last_beats(fill.end_beat - fill.start_beat)
        chance = likely.probability[list(drums.values()), : velocity.shape[2]]
        chance = np.log(np.maximum(1 - np.prod(1 - chance, axis=0), _LEAST_CHANCE))
        struck = velocity.max(axis=1) > 0
        strokes = struck.sum(axis=1)
        fit = np.where(strokes > 0, (struck * chance).sum(axis=1) / np.maximum(strokes, 1), -np.inf)
        best = np.argsort(-fit, kind="stable")[: max(1, round(_LIKELY * len(fit)))]
        rng = np.random.default_rng([self.seed, fill.end_beat])
        drawn = int(best[rng.integers(len(best))])
        return velocity[drawn], offset[drawn]

    def _parts(self, fills: Sequence[tuple[Fill, NDArray[np.float32]]]) -> list[Part]:
        """The fills of each code."""
        checkpoint = self.network.checkpoint
        floors = dict(zip(checkpoint.pieces, checkpoint.floors, strict=True))
        freedom = {drum: Freedom(density=_BUSIER) for drum in DRUMS}
        codes = {code.tobytes(): code for _, code in fills}
        parts = []
        for key, code in codes.items():
            own = [fill for fill, other in fills if other.tobytes() == key]
            beats = np.unique(np.concatenate([self._near(fill) for fill in own]))
            inside = np.isin(
                beats, np.concatenate([np.arange(f.start_beat, f.end_beat) for f in own])
            )
            pick = freely(floors, heard_at(self.heard, beats[inside]), freedom, self.seed)
            parts.append(Part(beats, inside, self._decoder(beats, code), pick))
        return parts

    def _decoder(self, beats: NDArray[np.int64], code: NDArray[np.float32]) -> Decode:
        listened = self.listened[:, beats]
        return lambda _, known: self.network.decode(listened, code, known)


def _typical_level(pattern: Pattern, drums: Sequence[int]) -> float:
    """How loud a drum is struck as a rule."""
    struck = pattern.velocity[drums]
    return float(np.quantile(struck[struck > 0], _LOUD)) if struck.any() else _LOUD


def _land(
    known: GivenHits,
    fill: Fill,
    likely: OnsetActivations,
    pieces: Sequence[Piece],
    wanted: Collection[Piece],
) -> None:
    """A crash with a kick on the beat that the fill leads to."""
    tick = fill.end_beat * TICKS_PER_BEAT
    at = tick - fill.start_beat * TICKS_PER_BEAT
    for piece in wanted:
        row = pieces.index(piece)
        if piece in _TIMEKEEPERS:
            known.velocity[row, tick], known.offset[row, tick] = 0, 0
        elif piece is Piece.CRASH or (piece is Piece.KICK and known.velocity[row, tick] == 0):
            known.velocity[row, tick] = max(likely.velocity[row, at], _SOFTEST)
            known.offset[row, tick] = likely.offset[row, at]


def _replaced(pattern: Pattern, filled: Pattern, fills: Sequence[Fill]) -> Pattern:
    """The pattern, from the first tick of each fill on to the one that it leads to as it
    was filled."""
    inside = np.zeros(pattern.velocity.shape[1], dtype=bool)
    for fill in fills:
        inside[fill.start_beat * TICKS_PER_BEAT : fill.end_beat * TICKS_PER_BEAT + 1] = True
    names = [one.name for one in fields(Pattern) if one.name != "pieces"]
    rows = {name: np.where(inside, getattr(filled, name), getattr(pattern, name)) for name in names}
    return replace(pattern, **rows)

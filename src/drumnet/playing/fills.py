"""Fills: where they are, and playing them.

In: sections, or every so many bars, and a `FillBank`.  Out: patterns with other
last beats before these places, and a crash on the beats that they lead to.

Snare and toms play a drummer's fill, drawn of those whose strokes the network
finds likeliest at the place; what keeps time rests, and the network plays the kick
to it.  Weights without a bank play snare and toms more often than they would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT, BeatGrid
from drumnet.hits import MAX_VELOCITY, Piece
from drumnet.model.fill_bank import DRUMS, FillBank
from drumnet.model.network import GivenHits, OnsetActivations
from drumnet.playing.composing import Composer
from drumnet.playing.listening import Listening
from drumnet.playing.passages import Passage
from drumnet.playing.pattern import Pattern
from drumnet.settings import FillPlace, Fills, Settings

#: A fill is drawn from this share of all, those that the network finds likeliest.
_LIKELY = 0.25
#: Without a bank, snare and toms are played that many times as often.
_BUSIER = 2.5
#: An arrangement has a fill before that share of its sections.
_ARRANGED = 0.75
#: A fill's strokes are scaled so that this quantile of them is as loud as the song's.
_LOUD = 0.75
#: Of a fill: (4, num_ticks) velocity and offset.
_Strokes = tuple[NDArray[np.float32], NDArray[np.float32]]
_LEAST_PROBABILITY, _SOFTEST = 1e-3, 1 / MAX_VELOCITY
#: They wait while a crash is struck.
_TIMEKEEPERS = (Piece.CLOSED_HAT, Piece.OPEN_HAT, Piece.RIDE)


@dataclass(frozen=True)
class Fill:
    """From one beat up to the one that it leads to.

    Args:
        crash: there is a crash on that.
        music: fills of the same length at the end of the same music are the same, the
            likeliest for it; None: each is drawn for itself.
    """

    start_beat: int
    end_beat: int
    crash: bool
    music: int | None = None


def fill_places(
    grid: BeatGrid, section_beats: Sequence[int], fills: Sequence[Fills], seed: int
) -> tuple[Fill, ...]:
    """Where fills are played.  More of them are those of fewer, and others besides.

    Args:
        section_beats: where the sections begin; from each on, every 4 or 8 bars are
            counted.
        fills: of each section; those of a section say what leads to the next one.
    """
    starts = np.flatnonzero(grid.is_downbeat[:-1])
    edges = [*np.searchsorted(starts, section_beats).tolist(), len(starts)]
    places: list[tuple[Fill, float]] = []
    for (first, last), how in zip(pairwise(edges), fills, strict=True):
        if how.place is FillPlace.NOWHERE:
            continue
        every = max(last - first, 1)
        if how.place is not FillPlace.SECTIONS:
            every = int(how.place.value)
        ends = [*range(first + every, last, every), last]
        if (last - first) % every and how.place is not FillPlace.SECTIONS:
            ends.pop()
        for before, bar in pairwise([first, *ends]):
            if bar < len(starts):
                least, end = int(starts[before]), int(starts[bar])
                fill = Fill(max(end - how.length_beats, least), end, how.crash)
                places.append((fill, how.amount))
    rank = np.random.default_rng([seed, 1]).permutation(len(places))
    return tuple(
        fill
        for (fill, amount), own in zip(places, rank, strict=True)
        if own < round(amount * len(places))
    )


def filler(
    listening: Listening, passages: Sequence[Passage], bank: FillBank, arranges: bool = True
) -> Filler | None:
    """Plays the fills that the settings of the passages ask for.

    Args:
        arranges: a passage that is arranged leads to its sections, unless its settings say
            something else of fills.
    """
    begun = [passage for passage in passages if passage.begins_section] or [passages[0]]
    fills = [_asked(passage, arranges) for passage in begun]
    places = {one.place for one in fills}
    if places == {FillPlace.NOWHERE}:
        return None
    starts = [passage.start_beat for passage in begun]
    if FillPlace.SECTIONS in places and (len(begun) == 1 or any(map(_leads_on, begun))):
        found = [section.start_beat for section in listening.sections]
        given, starts = np.array(starts), sorted({*found, *starts[1:]})
        fills = [fills[max(int((given <= start).sum()) - 1, 0)] for start in starts]
    seed = passages[0].settings.seed
    played = fill_places(listening.beats, starts, fills, seed)
    if listening.form is not None and passages[0].settings.variation == 0:
        part = listening.form.part
        played = tuple(replace(fill, music=int(part[fill.start_beat])) for fill in played)
    return Filler(played, listening.beats, bank)


def _leads_on(passage: Passage) -> bool:
    """Whether its fills lead to sections that were found in it, too."""
    return passage.settings.fills.place is FillPlace.ARRANGED and passage.is_arranged


def _asked(passage: Passage, arranges: bool) -> Fills:
    """The fills of a passage."""
    fills = passage.settings.fills
    if fills.place is not FillPlace.ARRANGED:
        return fills
    if not (arranges and passage.is_arranged):
        return replace(fills, place=FillPlace.NOWHERE)
    # Without variation, what is alike is played alike.
    share = _ARRANGED if passage.settings.variation else 1.0
    return replace(fills, place=FillPlace.SECTIONS, amount=share * fills.amount)


@dataclass(frozen=True)
class Filler:
    """Plays fills; it is what `Drummer.play` takes as `finish`.

    Args:
        fills: on the beats of the grid.
        bank: how drummers fill.
    """

    fills: tuple[Fill, ...]
    grid: BeatGrid
    bank: FillBank

    def __call__(
        self, pattern: Pattern, composer: Composer, settings: Settings, given: GivenHits
    ) -> Pattern:
        """The pattern with its fills: none where something is given, and none at all
        without a snare or a tom to play."""
        fills = self._on_beats_of(composer.listening.beats)
        rows = [pattern.pieces.index(piece) for piece in composer.wanted]
        if not (fills and set(DRUMS) & set(composer.wanted)) or given.known[-1].any():
            return pattern
        known = given.copy()
        known.velocity[:-1], known.offset[:-1] = pattern.velocity, pattern.offset
        known.known[:-1] = True

        arrangement = composer.arrangement
        silent = np.zeros(pattern.velocity.shape[1], dtype=bool)
        if arrangement is not None:
            silent = arrangement.silent

        def is_free(start: int, end: int) -> bool:
            ticks = slice(start * TICKS_PER_BEAT, end * TICKS_PER_BEAT)
            return not (given.known[rows, start:end].any() or silent[ticks].any())

        played = [fill for fill in fills if is_free(fill.start_beat, fill.end_beat)]
        crashes = Piece.CRASH in composer.wanted
        landed = [
            fill
            for fill in fills
            if fill.crash and crashes and is_free(fill.end_beat, fill.end_beat + 1)
        ]
        likely = _likely(composer, known, rows, played, landed)
        drawn: dict[tuple[int | None, int], _Strokes | None] = {}
        for fill in played:
            own = (fill.music, fill.end_beat - fill.start_beat)
            strokes = drawn.get(own) if fill.music is not None else None
            drawn[own] = self._strike(fill, known, likely, composer, settings.seed, strokes)
        for fill in landed:
            _land(fill, known, likely, composer)
        filled = composer.compose(self._busier(settings), known)
        return _replaced(pattern, filled, played, landed)

    def _on_beats_of(self, grid: BeatGrid) -> list[Fill]:
        """The fills on the beats of another grid of the same song, or a part of it."""
        found = []
        for fill in self.fills:
            times_s = self.grid.beats_s[[fill.start_beat, fill.end_beat]]
            start, end = np.round(grid.seconds_to_ticks(times_s) / TICKS_PER_BEAT).astype(int)
            if start >= 0 and 0 < end < grid.num_beats - 1:
                start_beat = min(int(start), int(end) - 1)
                found.append(replace(fill, start_beat=start_beat, end_beat=int(end)))
        return found

    def _busier(self, settings: Settings) -> Settings:
        if len(self.bank):
            return settings
        pieces = dict(settings.pieces)
        for drum in DRUMS:
            own = settings.of(drum)
            pieces[drum] = replace(own, amount=min(_BUSIER * own.amount, 8.0))
        return replace(settings, pieces=pieces)

    def _strike(
        self,
        fill: Fill,
        known: GivenHits,
        likely: OnsetActivations,
        composer: Composer,
        seed: int,
        strokes: _Strokes | None,
    ) -> _Strokes | None:
        """Put the fill's strokes in place of all that was played; the kick, and without
        a bank the drums, are open then.  The strokes are given, or drawn."""
        pieces = composer.network.checkpoint.pieces
        rows = {piece: pieces.index(piece) for piece in composer.wanted}
        drums = {drum: rows[drum] for drum in DRUMS if drum in rows}
        level = _typical_level(known, list(drums.values()))
        beats = slice(fill.start_beat, fill.end_beat)
        ticks = slice(fill.start_beat * TICKS_PER_BEAT, fill.end_beat * TICKS_PER_BEAT)
        known.velocity[list(rows.values()), ticks] = 0
        known.offset[list(rows.values()), ticks] = 0
        open_to = [Piece.KICK, *([] if len(self.bank) else DRUMS)]
        known.known[[rows[piece] for piece in open_to if piece in rows], beats] = False
        if not len(self.bank):
            return None
        probability = 1 - np.prod(1 - likely.probability[list(drums.values()), ticks], axis=0)
        strokes = strokes or self._drawn(fill, probability, seed)
        velocity, offset = strokes
        loudest = np.quantile(velocity[velocity > 0], _LOUD) if velocity.any() else 1.0
        for drum, own, late in zip(DRUMS, velocity, offset, strict=True):
            # What a drum that is not there would play, another does.
            row = drums.get(drum, next(iter(drums.values())))
            struck = np.minimum(own * level / loudest, 1.0)
            louder = np.flatnonzero(struck > known.velocity[row, ticks])
            known.velocity[row, ticks.start + louder] = struck[louder]
            known.offset[row, ticks.start + louder] = late[louder]
        return strokes

    def _drawn(self, fill: Fill, probability: NDArray[np.float32], seed: int) -> _Strokes:
        """(4, num_ticks) velocity and offset of one of the bank's fills.

        Args:
            probability: (num_ticks,) of a stroke.
        """
        velocity, offset = self.bank.last_beats(fill.end_beat - fill.start_beat)
        struck = velocity.max(axis=1) > 0
        strokes = struck.sum(axis=1)
        fit = (struck * np.log(np.maximum(probability, _LEAST_PROBABILITY))).sum(axis=1)
        fit = np.where(strokes > 0, fit / np.maximum(strokes, 1), -np.inf)
        best = np.argsort(-fit, kind="stable")[: max(1, round(_LIKELY * len(fit)))]
        rng = np.random.default_rng([seed, fill.end_beat])
        drawn = best[0 if fill.music is not None else rng.integers(len(best))]
        return velocity[drawn], offset[drawn]


def _likely(
    composer: Composer,
    known: GivenHits,
    rows: Sequence[int],
    played: Sequence[Fill],
    landed: Sequence[Fill],
) -> OnsetActivations:
    """What is likely in fills and where they land, if nothing were played there."""
    open_beats = {beat for fill in played for beat in range(fill.start_beat, fill.end_beat)}
    open_beats |= {fill.end_beat for fill in landed}
    beats = np.isin(np.arange(known.known.shape[1]), list(open_beats))
    free = known.copy()
    ticks = np.repeat(beats, TICKS_PER_BEAT)
    for row in rows:
        free.velocity[row, ticks], free.offset[row, ticks] = 0, 0
        free.known[row, beats] = False
    return composer.likely(free)


def _typical_level(known: GivenHits, rows: Sequence[int]) -> float:
    """How loud the drums are struck where they are struck loud."""
    struck = known.velocity[rows]
    return float(np.quantile(struck[struck > 0], _LOUD)) if struck.any() else _LOUD


def _land(fill: Fill, known: GivenHits, likely: OnsetActivations, composer: Composer) -> None:
    """A crash with a kick on the beat that the fill leads to."""
    tick = fill.end_beat * TICKS_PER_BEAT
    pieces = composer.network.checkpoint.pieces
    for piece in composer.wanted:
        row = pieces.index(piece)
        if piece in _TIMEKEEPERS:
            known.velocity[row, tick], known.offset[row, tick] = 0, 0
        elif piece is Piece.CRASH or (piece is Piece.KICK and known.velocity[row, tick] == 0):
            known.velocity[row, tick] = max(float(likely.velocity[row, tick]), _SOFTEST)
            known.offset[row, tick] = likely.offset[row, tick]


def _replaced(
    pattern: Pattern, filled: Pattern, played: Sequence[Fill], landed: Sequence[Fill]
) -> Pattern:
    """The pattern, with the fills and where they land as they were filled."""
    inside = np.zeros(pattern.velocity.shape[1], dtype=bool)
    for fill in played:
        inside[fill.start_beat * TICKS_PER_BEAT : fill.end_beat * TICKS_PER_BEAT] = True
    for fill in landed:
        inside[fill.end_beat * TICKS_PER_BEAT] = True
    names = [one.name for one in fields(Pattern) if one.name != "pieces"]
    rows = {name: np.where(inside, getattr(filled, name), getattr(pattern, name)) for name in names}
    return replace(pattern, **rows)

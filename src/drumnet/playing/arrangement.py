"""A song, not a loop: the drums follow its form.

In: the form of a song, and what a style finds likely.  Out: by how much each stroke becomes
likelier or less likely there, and which ticks are the same music.

The same section is played alike: what is likely is shared among its repeats.  One cymbal
keeps time through a section, and another section may have another one, and be busier or
plainer, as people's are.  A crash is an accent: people ride on it in 1 % of their bars.  Where
part of the band plays, in an intro or a breakdown, drums hold back.  Where the whole band
stops, strikes together or ends, so do the drums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.hearing.form import SongForm
from drumnet.hits import Piece
from drumnet.logits import logit, sigmoid
from drumnet.model.network import GivenHits, OnsetActivations
from drumnet.playing.pattern import Pattern

_HATS, _DRUMS = (Piece.CLOSED_HAT, Piece.OPEN_HAT), (Piece.KICK, Piece.SNARE)
_TOMS = (Piece.LOW_TOM, Piece.MID_TOM, Piece.HIGH_TOM)
_COLUMNS = ("velocity", "offset", "velocity_spread", "offset_spread")
#: What keeps time, in one of two ways.
_WAYS: tuple[tuple[Piece, ...], ...] = (_HATS, (Piece.RIDE,))


@dataclass(frozen=True)
class ArrangementConfig:
    """In logits, but for the energy.

    Args:
        other_way: of a cymbal that does not keep time in the section; what keeps time takes
            over the strokes of a crash.
        way_spread, busy_spread: standard deviations of what another section has of its own:
            a taste for one of the ways of keeping time, and how busy the whole kit is.
        crash: of a crash that does not begin a phrase; accent: of one that begins a section.
        strike: of kick and crash where the band strikes together.
        least_energy: a phrase with less of the band holds back, wholly at none of it;
            phrase_beats: so many beats from its section's start on are one.
        held: by so much, of drums and crashes; hats by half of it.
        strength: what the band begins with at least that much of strength, it plays.
    """

    other_way: float = -2.0
    way_spread: float = 1.5
    busy_spread: float = 0.5
    crash: float = -4.5
    accent: float = 6.0
    strike: float = 3.0
    least_energy: float = 0.6
    phrase_beats: int = 16
    held: float = -3.0
    strength: float = 0.1


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Of a song, or of a part of it.

    Args:
        leans: (num_pieces, num_ticks) by which logits are moved.
        music: (num_ticks,) ticks with the same number are the same music.
        silent: (num_ticks,) where nothing is played.
        small_fills: so many times the turnarounds of a plain pattern have a fill: there are
            those that lead to sections.
    """

    leans: NDArray[np.float32]
    music: NDArray[np.int64]
    silent: NDArray[np.bool_]
    small_fills: float = 0.1

    def shared(self, probability: NDArray[np.float32]) -> NDArray[np.float32]:
        """(num_ticks,) what is likely, the same wherever the music is, the mean in logits; and
        nothing in silence."""
        count = np.bincount(self.music)
        total = np.bincount(self.music, weights=logit(probability))
        mean = sigmoid(total / np.maximum(count, 1))[self.music].astype(np.float32)
        found = np.where(count[self.music] > 1, mean, probability)
        return np.where(self.silent, np.float32(0), found)


def arranged(
    form: SongForm,
    likely: OnsetActivations,
    pieces: tuple[Piece, ...],
    seed: int,
    variation: float = 0.5,
    config: ArrangementConfig = ArrangementConfig(),
) -> Arrangement:
    """Args:
    likely: (num_pieces, num_ticks) what the style finds likely before anything is played.
    variation: at 0 sections differ only as the song does.
    """
    leans = np.zeros(likely.probability.shape, dtype=np.float32)
    row = {piece: index for index, piece in enumerate(pieces)}

    def lean(these: tuple[Piece, ...], ticks: NDArray[np.bool_], by: float) -> None:
        for piece in these:
            if piece in row:
                leans[row[piece], ticks] += by

    part = np.repeat(form.part, TICKS_PER_BEAT)
    for number in np.unique(part):
        here = part == number
        own = np.random.default_rng([seed, 2, int(number)]).standard_normal(2)
        taste, busy = min(2 * variation, 1.0) * own if number else np.zeros(2)
        lean(pieces, here, config.busy_spread * float(busy))
        strokes = [
            sum(float(likely.probability[row[piece], here].sum()) for piece in way if piece in row)
            for way in _WAYS
        ]
        hats = np.log(strokes[0] + 1) - np.log(strokes[1] + 1) + config.way_spread * taste
        lean(_WAYS[1] if hats >= 0 else _WAYS[0], here, config.other_way)
        keeper = Piece.OPEN_HAT if hats >= 0 else Piece.RIDE
        if keeper in row and Piece.CRASH in row:
            crash, own_logit = (
                logit(likely.probability[row[piece]]) for piece in (Piece.CRASH, keeper)
            )
            leans[row[keeper]] += here * np.maximum(crash - own_logit, 0)
    phrases, starts = np.zeros((2, len(part)), dtype=bool)
    phrases[np.flatnonzero(form.phrases) * TICKS_PER_BEAT] = True
    starts[form.starts * TICKS_PER_BEAT] = True
    lean((Piece.CRASH,), ~phrases, config.crash)
    held = np.repeat(_held_back(form, config), TICKS_PER_BEAT)
    for piece in pieces:
        share = {**dict.fromkeys((*_DRUMS, *_TOMS, Piece.CRASH), 1.0), **dict.fromkeys(_HATS, 0.5)}
        leans[row[piece]] += share.get(piece, 0.0) * config.held * held
    lean((Piece.CRASH,), starts & (held < 0.5), config.accent)
    strikes = form.strikes.copy()
    if form.last_tick is not None:
        strikes[form.last_tick] = True
        lean((Piece.KICK, Piece.CRASH), np.arange(len(part)) == form.last_tick, config.accent)
    lean((Piece.KICK, Piece.CRASH), strikes, config.strike)
    return Arrangement(leans, _music(form), form.stops | form.ends)


def _held_back(form: SongForm, config: ArrangementConfig) -> NDArray[np.float64]:
    """(num_beats,) 0-1, by how much less of the band plays in the phrase than usual."""
    section, phrase = np.cumsum(form.since == 0), form.since // config.phrase_beats
    _, own = np.unique(np.stack([section, phrase]), axis=1, return_inverse=True)
    own = own.reshape(-1)
    energy = np.bincount(own, weights=form.energy) / np.bincount(own)
    return np.asarray(np.clip(1 - energy[own] / config.least_energy, 0, 1))


def without_holes(
    pattern: Pattern,
    heard: Conditioning,
    form: SongForm,
    known: GivenHits,
    config: ArrangementConfig = ArrangementConfig(),
) -> Pattern:
    """The pattern, in which no bar is empty where the band plays: it gets the nearest bar that
    is not, of the same music if there is one; where the drums hold back, what keeps time.

    Args:
        known: where anything is, nothing is put in.
    """
    band = np.asarray((heard.strength[heard.present] >= config.strength).any(axis=0))
    struck = np.asarray((pattern.velocity > 0).any(axis=0))
    starts = np.flatnonzero(heard.beat_in_bar == 0)
    if not len(starts):
        return pattern
    ends = np.append(starts[1:], heard.num_beats)
    held = _held_back(form, config)

    def in_bars(ticks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.asarray(np.logical_or.reduceat(ticks, starts * TICKS_PER_BEAT))

    silent = form.stops | form.ends
    silent = form.stops | form.ends
    # What is given all along is played to, and no more.
    every = np.flatnonzero(~known.known[:-1].all(axis=1)).tolist()
    keepers = [row for row in every if pattern.pieces[row] in sum(_WAYS, ())]
    plays, full = in_bars(band & ~silent), in_bars(struck)
    strokes = np.add.reduceat((pattern.velocity[keepers] > 0).sum(axis=0), starts * TICKS_PER_BEAT)
    timed = 2 * strokes >= max(float(np.median(strokes[full])) if full.any() else 0.0, 1.0)
    fields = {name: getattr(pattern, name).copy() for name in _COLUMNS}
    for bar in np.flatnonzero(plays & ~full):
        beats = slice(int(starts[bar]), int(ends[bar]))
        as_long = ends - starts == beats.stop - beats.start
        is_held = held[beats.start] > 0 and (as_long & timed).any()
        like = np.flatnonzero(as_long & (timed if is_held else full))
        if not len(like) or known.known[every, beats].any():
            continue
        other_music = form.part[starts[like]] != form.part[beats.start]
        nearest = like[np.lexsort((np.abs(like - bar), other_music))[0]]
        shift = int(starts[nearest] - beats.start) * TICKS_PER_BEAT
        ticks = np.arange(beats.start * TICKS_PER_BEAT, beats.stop * TICKS_PER_BEAT)
        ticks = ticks[~silent[ticks]]
        for array in fields.values():
            for row in keepers if is_held else every:
                array[row, ticks] = array[row, ticks + shift]
    return replace(pattern, **fields)


def _music(form: SongForm) -> NDArray[np.int64]:
    """(num_ticks,) the number of each place in each part."""
    place = form.part * (int(form.since.max(initial=0)) + 1) + np.maximum(form.since, 0)
    tick = np.arange(TICKS_PER_BEAT)
    _, music = np.unique((place[:, None] * TICKS_PER_BEAT + tick).reshape(-1), return_inverse=True)
    return np.asarray(music, dtype=np.int64)

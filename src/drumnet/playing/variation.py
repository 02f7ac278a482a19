"""Probabilities to probabilities: the bars of a song differ, as a drummer's do.

Phrases of four bars are of a few kinds, that come again, the first of which is the
likeliest and the others busier or plainer; and the last bar of each phrase, the
turnaround, is busier or plainer than the bars before it, or leads on with a fill, in
which one drum at a time dares what it hardly ever would: the snare, or each beat the drum
of the beat before or a lower one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import PIECES, Piece
from drumnet.logits import moved

#: What keeps time: people vary it less than what they play to it.
_TIMEKEEPERS = frozenset({Piece.CLOSED_HAT, Piece.OPEN_HAT, Piece.CRASH, Piece.RIDE})
#: What fills are played on, from high to low as they go round the drums.
_ROUND = (Piece.SNARE, Piece.HIGH_TOM, Piece.MID_TOM, Piece.LOW_TOM)
_NO_LEAD = -1


@dataclass(frozen=True)
class VariationConfig:
    """What variation is like.

    Args:
        phrase_bars: bars of a phrase; `phrase_kinds`: how many kinds there are, two or more.
        home: share, less than all, of the phrases that are of the first kind, as the first
            phrase always is; it has no noise.
        phrase_logits: standard deviation of another kind's noise at variation 1;
            `turnaround_logits`: of what the last bar of a phrase has besides;
            `most_logits`: of both together there is no more, so that what is sure stays.
        steady: what keeps time has that much of it.
        together: share of that noise's variance that all pieces have in common:
            the whole kit is busier or plainer.
        least_probability: a tick that is less likely is left alone.
        fills: how many turnarounds have a fill at variation 1.
        fill_beats: the lengths of fills, one as likely as another: as people's are
            (docs/experiments/fills.md, 2026-11-28).
        one_drum: share of the fills that are the snare's alone; the others go round the drums.
        fill_logits: by how much the drum that leads a beat of a fill is likelier there,
            `fill_probability`: where it is that likely.
    """

    phrase_bars: int = 4
    phrase_kinds: int = 3
    home: float = 0.4
    phrase_logits: float = 1.8
    turnaround_logits: float = 3.4
    most_logits: float = 4.0
    steady: float = 0.25
    together: float = 0.5
    least_probability: float = 0.1
    fills: float = 1.0
    fill_beats: tuple[int, ...] = (1, 2, 2, 3, 4, 4, 4, 4)
    one_drum: float = 0.5
    fill_logits: float = 6.0
    fill_probability: float = 0.02


DEFAULT_VARIATION = VariationConfig()


def variation_of(asked: float, own: float) -> float:
    """How much bars differ of a style whose drummer varies by `own`: so much where half is
    asked for, not at all at 0, and as much as it gets at 1.

    >>> [variation_of(asked, 0.1) for asked in (0.0, 0.25, 0.5, 1.0)]
    [0.0, 0.05, 0.1, 1.0]
    """
    return float(np.interp(asked, (0.0, 0.5, 1.0), (0.0, own, 1.0)))


def varied(
    probability: NDArray[np.float32],
    conditioning: Conditioning,
    variation: float,
    seed: int,
    piece: Piece,
    config: VariationConfig = DEFAULT_VARIATION,
) -> NDArray[np.float32]:
    """Probabilities whose logits were moved by noise that is alike within a bar: the
    piece is busier in some bars and plainer in others, partly as the others are, and a
    turnaround may have a fill.

    All goes by the bar's number in the song, from its first whole bar on, so that a passage
    that is cut out varies as it does in the song; where the pulse is another than the song's
    and the tempo changes, about so.

    Args:
        probability: (num_ticks,).
        variation: 0 changes nothing.
    """
    if variation == 0:
        return probability
    # A pickup belongs to the first bar.
    bar = np.maximum(conditioning.bar - conditioning.first_bar, 0)
    num_bars = int(bar.max()) + 1
    num_phrases = -(-num_bars // config.phrase_bars)
    # Streams that `picked_ticks` gives to no piece's temperature.
    common, own, form, filling = (
        np.random.default_rng([seed, len(Piece) + stream])
        for stream in (0, 1 + PIECES.index(piece), 1 + len(Piece), 2 + len(Piece))
    )
    kinds = _kinds(num_phrases, form, config)
    of_bar = sum(
        np.sqrt(share) * _busyness(num_bars, kinds, rng, config)
        for share, rng in ((config.together, common), (1 - config.together, own))
    )
    of_bar = np.clip(of_bar, -config.most_logits, config.most_logits)
    amount = variation * (config.steady if piece in _TIMEKEEPERS else 1.0)
    noise, least = amount * of_bar[bar], np.full(conditioning.num_beats, config.least_probability)
    if piece in _ROUND:
        lead = _leads(conditioning, bar, config.fills * variation, filling, config)
        leads = lead == _ROUND.index(piece)
        noise[lead != _NO_LEAD] = 0
        noise[leads], least[leads] = variation * config.fill_logits, config.fill_probability
    noise, least = np.repeat(noise, TICKS_PER_BEAT), np.repeat(least, TICKS_PER_BEAT)
    return np.where(probability < least, probability, moved(probability, noise))


def _kinds(
    num_phrases: int, rng: np.random.Generator, config: VariationConfig
) -> NDArray[np.int64]:
    """(num_phrases,) the kind of each phrase; the first is of the first kind."""
    away = (rng.random(num_phrases) - config.home) / (1 - config.home)
    kinds = np.where(away < 0, 0, 1 + (config.phrase_kinds - 1) * away).astype(np.int64)
    kinds[0] = 0
    return kinds


def _busyness(
    num_bars: int, kinds: NDArray[np.int64], rng: np.random.Generator, config: VariationConfig
) -> NDArray[np.float64]:
    """(num_bars,) how much busier each bar is, in logits: as its phrase's kind, and a
    turnaround by itself."""
    of_kind = config.phrase_logits * rng.standard_normal(config.phrase_kinds)
    of_kind[0] = 0.0
    of_turnaround = config.turnaround_logits * rng.standard_normal(num_bars)
    of_phrase = of_kind[kinds[np.arange(num_bars) // config.phrase_bars]]
    return of_phrase + np.where(_turnarounds(num_bars, config), of_turnaround, 0.0)


def _turnarounds(num_bars: int, config: VariationConfig) -> NDArray[np.bool_]:
    """(num_bars,) the last bar of each phrase."""
    return np.asarray(np.arange(num_bars) % config.phrase_bars == config.phrase_bars - 1)


def _leads(
    conditioning: Conditioning,
    bar: NDArray[np.int64],
    share: float,
    rng: np.random.Generator,
    config: VariationConfig,
) -> NDArray[np.int64]:
    """(num_beats,) the place in `_ROUND` of the drum that leads a fill there, or `_NO_LEAD`.

    Args:
        bar: (num_beats,) from the first whole bar on.
        share: of the turnarounds, that have a fill.
    """
    num_bars, longest = int(bar.max()) + 1, max(config.fill_beats)
    filled, length, alone, *places = rng.random((num_bars, 3 + longest)).T
    filled = (filled < share) & _turnarounds(num_bars, config)
    beats = np.array(config.fill_beats)[(length * len(config.fill_beats)).astype(int)]
    # Of the bar's last beats: those before the fill count as the first drum of all.
    before = np.arange(longest)[:, None] < longest - beats
    drums = np.sort(np.where(before, 0, np.array(places) * len(_ROUND)).astype(int), axis=0)
    drums[:, alone < config.one_drum] = 0
    to_go = conditioning.bar_length - conditioning.beat_in_bar
    inside = filled[bar] & (to_go <= beats[bar])
    return np.where(inside, drums[-np.clip(to_go, 1, longest), bar], _NO_LEAD)

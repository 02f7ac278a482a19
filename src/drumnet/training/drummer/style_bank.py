"""The styles of songs, for styles at random.

In: a network and songs.  Out: a `StyleBank` of the refined codes and the habits of a part
of each: those that explain best what was played, as when a style is extracted from a song;
and which of them fit a song.  Left out are songs that nobody would play so (`chart_faults`),
and styles whose kick is next to never on a downbeat, which no band can be led by.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import MELODIC_ROLES, halved
from drumnet.corpus.ticksong import TickSong
from drumnet.grid import TICKS_PER_BEAT
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import PIECES, Piece
from drumnet.model.infer import extracted_code, extracted_passages
from drumnet.model.network import Network
from drumnet.playing.peak_picking import likely_ticks
from drumnet.style.bank import Drawn, StyleBank
from drumnet.style.code import CODE_SIZE
from drumnet.training.drummer.chart_faults import BarLines, is_no_kit, rides_the_crash
from drumnet.training.drummer.style_prior import fit_style_prior, network_of
from drumnet.workers import Workers, in_order

#: Styles of at most so many songs, each of a part as long as that: six passages in 4/4.
_MOST_SONGS = 800
#: Heard by a process before it takes more.
_SONGS_AT_A_TIME = 8
_PART_BEATS = 192
#: In a part with fewer hits there is no style.
_LEAST_HITS = 48
#: The kick of a style, played to so many songs, is on at least this share of their downbeats:
#: a style that avoids them is on some, one of a chart that lies elsewhere on none.
_BANDS, _LEAST_DOWNBEATS = 4, 0.05
#: The least probability of a kick, whose own floor is not known yet when styles are taken.
_FLOOR = 0.1


def fit_style_bank(
    network: Network, songs: Sequence[TickSong], *, workers: Workers, seed: int = 0
) -> StyleBank:
    """Styles of songs that have drums and something to play to.

    Args:
        songs: of the training split.
        workers: load the weights of the network from its folder, once each.
    """
    parts = _as_people_play(_parts(songs, seed))
    barred = [part for part in parts if (part.beat_in_bar == 0).any()]
    bands = [band_of(network, part) for part in barred[:_BANDS]]
    work = partial(_style, network.checkpoint.folder, bands)
    styles = list(in_order(workers, work, parts, _SONGS_AT_A_TIME))
    found = [(part, one) for part, one in zip(parts, styles, strict=True) if one is not None]
    codes = np.array([one.code for _, one in found], dtype=np.float16).reshape(-1, CODE_SIZE)
    prior = fit_style_prior(network, songs, [part for part, _ in found], workers=workers)
    return StyleBank(codes, [one.passages for _, one in found], prior)


def _parts(songs: Sequence[TickSong], seed: int) -> list[TickSong]:
    """A part of each of some songs that have a band."""
    rng = np.random.default_rng(seed)
    banded = [song for song in songs if song.present.any()]
    parts = []
    for index in rng.permutation(len(banded))[:_MOST_SONGS]:
        song = banded[int(index)]
        start = int(rng.integers(max(1, song.num_beats - _PART_BEATS + 1)))
        parts.append(song.cut(start, _PART_BEATS))
    return parts


def _as_people_play(parts: Sequence[TickSong]) -> list[TickSong]:
    lines = BarLines(parts)
    return [
        part
        for part in parts
        if not (rides_the_crash(part) or is_no_kit(part) or lines.lie_elsewhere(part))
    ]


class Band(NamedTuple):
    """A band, and what the network made of it: (width, num_beats)."""

    heard: Conditioning
    context: NDArray[np.float32]


def band_of(network: Network, song: TickSong) -> Band:
    """Of a song's band alone: what is played is not heard as well."""
    heard = halved(song, MELODIC_ROLES).conditioning
    return Band(heard, network.listen(heard))


def _style(weights: Path, bands: Sequence[Band], song: TickSong) -> Drawn | None:
    """Of all pieces; None where hardly anything is hit, or no bar is kept."""
    network = network_of(weights)
    rows = [PIECES.index(piece) for piece in network.checkpoint.pieces]
    velocity = song.dense_song().velocity[rows]
    if (velocity > 0).sum() < _LEAST_HITS:
        return None
    heard, context = band_of(network, song)
    seen = np.ones(len(rows), dtype=bool)
    code = extracted_code(network, context, velocity, seen)
    if not keeps_the_bar(network, bands, code):
        return None
    passages = extracted_passages(network, context, heard.bar, velocity, seen, code)
    return Drawn(code, passages)


def keeps_the_bar(network: Network, bands: Sequence[Band], code: NDArray[np.float32]) -> bool:
    """Whether the kick of a style is on downbeats at times, on average over bands.

    Args:
        bands: what it is played to.
        code: (16,).
    """
    if Piece.KICK not in network.checkpoint.pieces or not bands:
        return True
    kick = network.checkpoint.pieces.index(Piece.KICK)
    struck = []
    for heard, context in bands:
        played = likely_ticks(network.decode(context, code).probability[kick], _FLOOR)
        beat, off = np.divmod(played + 1, TICKS_PER_BEAT)
        beats = beat[off <= 2]  # a tick early or late at most
        struck.append(np.isin(np.flatnonzero(heard.beat_in_bar == 0), beats).mean())
    return bool(np.mean(struck) >= _LEAST_DOWNBEATS)

"""How near what is played comes to what was played, as people hear rhythms: in edits.

In: halved songs and what players played to them.  Out: the edits a bar of every player
(see `metrics.edit_distance`), and in how many songs the model's second half is nearer to
the real one than copy-bar's, of the kick or of the whole kit.

A song in which both are as near (they play the same, or err as much) is no song in which
the model is nearer; such songs have a row of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.baselines import COPY_BAR
from drumnet.evaluation.experiments.kit import wanted_hits
from drumnet.evaluation.report.model import HIGHER, LOWER, MODEL_PLAYER, NEITHER, Row
from drumnet.evaluation.statistics import mean_interval
from drumnet.evaluation.takes import KitHits, Takes
from drumnet.hits import PIECES, Piece
from drumnet.metrics.bars import whole_bars
from drumnet.metrics.edit_distance import edits_a_bar

EDITS, NEARER, AS_NEAR = "edits a bar", "nearer than copy-bar", "as near as copy-bar"
#: What is compared of them.
KICK, KIT = (Piece.KICK,), PIECES


def nearness_rows(
    section: str, takes: Takes, pieces: Sequence[Piece], setting: str = ""
) -> list[Row]:
    """Of transfer; nothing where no song has a whole bar in its second half.

    Args:
        takes: of the model and of copy-bar, and of others.
        pieces: `KICK` or `KIT`.
    """
    found = {player: _edits(takes, player, pieces) for player in takes.played}
    own, copied = found[MODEL_PLAYER], found[COPY_BAR.name]
    gaps = [
        None if one is None or other is None else other - one
        for one, other in zip(own, copied, strict=True)
    ]
    if all(gap is None for gap in gaps):
        return []
    nearer = [None if gap is None else float(gap > 0) for gap in gaps]
    as_near = [None if gap is None else float(gap == 0) for gap in gaps]
    return [
        *(_row(section, player, EDITS, setting, edits, LOWER) for player, edits in found.items()),
        _row(section, MODEL_PLAYER, NEARER, setting, nearer, HIGHER),
        _row(section, MODEL_PLAYER, AS_NEAR, setting, as_near, NEITHER),
    ]


def _edits(takes: Takes, player: str, pieces: Sequence[Piece]) -> list[float | None]:
    """Song by song; None without a whole bar."""
    played = zip(takes.songs, takes.kits(player), strict=True)
    return [_song_edits(song, hits, pieces) for song, hits in played]


def _song_edits(song: HalvedSong, played: KitHits, pieces: Sequence[Piece]) -> float | None:
    rows = [PIECES.index(piece) for piece in pieces]
    bars = whole_bars(song.conditioning).since(song.half_tick)
    edits = edits_a_bar(wanted_hits(song)[rows], played[rows], bars)
    return None if np.isnan(edits) else edits


def _row(
    section: str,
    player: str,
    metric: str,
    setting: str,
    per_song: Sequence[float | None],
    better: str,
) -> Row:
    mean = mean_interval(per_song)
    return Row(
        section, "transfer", player, metric, setting, mean.value, mean.low, mean.high,
        per_song=per_song, better=better,
    )  # fmt: skip

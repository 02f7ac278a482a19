"""Nearer, as near, farther: on songs for which it is plain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fixtures.whole_kits import NAMES, ROCK, song_of

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.experiments.kit import wanted_hits
from drumnet.evaluation.experiments.nearness import (
    AS_NEAR,
    EDITS,
    KICK,
    KIT,
    NEARER,
    nearness_rows,
)
from drumnet.evaluation.report.model import Row
from drumnet.evaluation.takes import KitHits, Takes
from drumnet.hits import PIECES, DrumTrack


def without(hits: KitHits, piece: str) -> KitHits:
    found = hits.copy()
    found[NAMES.index(piece)] = False
    return found


def track(song: HalvedSong, hits: KitHits) -> DrumTrack:
    rows, ticks = np.nonzero(hits)
    return song.track([PIECES[row] for row in rows], ticks, [100] * len(ticks))


@pytest.fixture
def songs() -> list[HalvedSong]:
    return [song_of([ROCK] * 8, name) for name in ("nearer", "as near", "farther")]


@pytest.fixture
def takes(songs: Sequence[HalvedSong]) -> Takes:
    """The model leaves out the kick of the last song; copy-bar that of the first, and the
    snare of all of them."""
    real = [wanted_hits(song) for song in songs]
    model = [real[0], without(real[1], "snare"), without(real[2], "kick")]
    copied = [without(without(real[0], "snare"), "kick"), *(without(h, "snare") for h in real[1:])]
    played = {
        name: [track(*one) for one in zip(songs, hits, strict=True)]
        for name, hits in (("drumnet", model), ("copy-bar", copied))
    }
    return Takes(songs, played)


def found(rows: Sequence[Row]) -> dict[tuple[str, str], Row]:
    return {(row.player, row.metric): row for row in rows}


def test_edits_are_counted_bar_by_bar(takes: Takes) -> None:
    """A rock bar has two kicks and two snares."""
    rows = found(nearness_rows("kit", takes, KIT))
    assert rows["drumnet", EDITS].per_song == (0.0, 2.0, 2.0)
    assert rows["copy-bar", EDITS].per_song == (4.0, 2.0, 2.0)
    kick = found(nearness_rows("corpus", takes, KICK))
    assert kick["copy-bar", EDITS].per_song == (2.0, 0.0, 0.0)


def test_as_near_is_not_nearer(takes: Takes) -> None:
    """Of the whole kit the last song is as near too: two hits a bar are missing in both."""
    rows = found(nearness_rows("corpus", takes, KICK))
    assert rows["drumnet", NEARER].per_song == (1.0, 0.0, 0.0)
    assert rows["drumnet", AS_NEAR].per_song == (0.0, 1.0, 0.0)
    assert rows["drumnet", NEARER].value == pytest.approx(1 / 3, abs=1e-6)
    kit = found(nearness_rows("kit", takes, KIT))
    assert kit["drumnet", AS_NEAR].per_song == (0.0, 1.0, 1.0)


def test_a_song_without_a_whole_bar_says_nothing(takes: Takes) -> None:
    short = song_of([ROCK], "short")
    nothing = track(short, np.zeros_like(short.velocity, dtype=bool))
    played = {name: [*tracks, nothing] for name, tracks in takes.played.items()}
    rows = found(nearness_rows("corpus", Takes([*takes.songs, short], played), KICK))
    assert rows["drumnet", NEARER].per_song == (1.0, 0.0, 0.0, None)
    alone = Takes([short], {"drumnet": [nothing], "copy-bar": [nothing]})
    assert nearness_rows("corpus", alone, KICK) == []

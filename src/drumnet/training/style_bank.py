"""The styles of songs, for styles at random.

In: a network and songs.  Out: a `StyleBank` of the refined codes and the habits of a part
of each: those that explain best what was played, as when a style is extracted from a song.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from drumnet.corpus.ticksong import PIECES, TickSong
from drumnet.evaluation.passages import MELODIC_ROLES, halved
from drumnet.network import Network
from drumnet.refinement import extracted_code, extracted_habits
from drumnet.style import CODE_SIZE
from drumnet.style_bank import Drawn, StyleBank

#: Styles of at most so many songs, each of a part as long as that: six passages in 4/4.
_MOST_SONGS = 800
_PART_BEATS = 192
#: In a part with fewer hits there is no style.
_LEAST_HITS = 48


def fit_style_bank(
    network: Network, songs: Sequence[TickSong], *, seed: int = 0, workers: int = 2
) -> StyleBank:
    """Styles of songs that have drums and something to play to.

    Args:
        songs: of the training split.
    """
    rng = np.random.default_rng(seed)
    banded = [song for song in songs if song.present.any()]
    parts = []
    for index in rng.permutation(len(banded))[:_MOST_SONGS]:
        song = banded[int(index)]
        start = int(rng.integers(max(1, song.num_beats - _PART_BEATS + 1)))
        parts.append(song.cut(start, _PART_BEATS))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        styles = list(pool.map(lambda song: _style(network, song), parts))
    found = [style for style in styles if style is not None]
    codes = np.array([one.code for one in found], dtype=np.float16).reshape(-1, CODE_SIZE)
    return StyleBank(codes, [one.habits for one in found])


def _style(network: Network, song: TickSong) -> Drawn | None:
    """Of all pieces; None where hardly anything is hit."""
    rows = [PIECES.index(piece) for piece in network.checkpoint.pieces]
    velocity = song.dense_song().velocity[rows]
    if (velocity > 0).sum() < _LEAST_HITS:
        return None
    # What is played is not heard as well.
    heard = halved(song, MELODIC_ROLES).heard
    listened, seen = network.listen(heard), np.ones(len(rows), dtype=bool)
    code = extracted_code(network, listened, velocity, seen)
    habits = extracted_habits(network, listened, heard.bar, velocity, seen, code)
    return Drawn(code, habits)

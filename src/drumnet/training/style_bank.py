"""The codes of songs, for styles at random.

In: a network and songs.  Out: a `StyleBank` of the refined codes of a passage each:
those that explain best what was played, as when a style is extracted from a song.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.ticksong import PIECES, TickSong
from drumnet.evaluation.passages import MELODIC_ROLES, halved
from drumnet.network import Network
from drumnet.refinement import extracted_code
from drumnet.style_bank import StyleBank

#: Codes of at most so many songs, each of a passage as long as that.
_MOST_SONGS = 1_000
_PASSAGE_BEATS = 96
#: In a passage with fewer hits there is no style.
_LEAST_HITS = 24


def fit_style_bank(
    network: Network, songs: Sequence[TickSong], *, seed: int = 0, workers: int = 2
) -> StyleBank:
    """Styles of songs that have drums and something to play to.

    Args:
        songs: of the training split.
    """
    rng = np.random.default_rng(seed)
    banded = [song for song in songs if song.present.any()]
    passages = []
    for index in rng.permutation(len(banded))[:_MOST_SONGS]:
        song = banded[int(index)]
        start = int(rng.integers(max(1, song.num_beats - _PASSAGE_BEATS + 1)))
        passages.append(song.cut(start, _PASSAGE_BEATS))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        found = list(pool.map(lambda song: _code(network, song), passages))
    codes = [code for code in found if code is not None]
    return StyleBank(np.array(codes, dtype=np.float16).reshape(len(codes), -1))


def _code(network: Network, song: TickSong) -> NDArray[np.float32] | None:
    """(16,) the code of all pieces of a passage; None where hardly anything is hit."""
    rows = [PIECES.index(piece) for piece in network.checkpoint.pieces]
    velocity = song.dense_song().velocity[rows]
    if (velocity > 0).sum() < _LEAST_HITS:
        return None
    # What is played is not heard as well.
    listened = network.listen(halved(song, MELODIC_ROLES).heard)
    seen = np.ones(len(rows), dtype=bool)
    return extracted_code(network, listened, velocity, seen)
